"""Single sign-on against an identity provider that the test runs: who gets in, as whom, and with what rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa
from flask import Flask

from app.accounts import people, sign_on
from app.accounts.actions import memberships, sign_ons
from app.accounts.models import LoginSession, Membership, Person, SignOn, SignOnIdentity
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.accounts.identity_provider import CLIENT, SECRET, Provider, provided
from tests.conftest import Apps, serving
from tests.house.everybody import hire
from tests.web.test_second_factors import HOME, code_of, set_up
from tests.web.visitor import Page, Visitor
from tests.world import PASSWORD, Api, World, build


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An identity provider on this machine."""
    with provided() as made:
        yield made


@pytest.fixture
def app(database: str, apps: Apps) -> Iterator[Flask]:
    """As everywhere, but the platform may ask a provider on this machine."""
    with serving(apps, database, OUTGOING_LOOPBACK=True) as made:
        yield made


@pytest.fixture
def strict(database: str, apps: Apps) -> Iterator[Flask]:
    """The same where second factors are required."""
    with serving(apps, database, OUTGOING_LOOPBACK=True, SECOND_FACTOR="required") as made:
        yield made


@pytest.fixture
def park(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def config(world: World, provider: Provider, org: str = "lab", admin: str = "guan", **more: Any) -> SignOn:
    """Single sign-on of an organisation, switched on."""
    given: dict[str, Any] = {
        "title": "Campus", "issuer": provider.url, "client_id": CLIENT, "client_secret": SECRET,
        "domains": [f"{org}.example"], "admits_new": False, "two_factors": False,
    } | more  # fmt: skip
    with unit_of_work():
        made = sign_ons.set_up_sign_on(world.org(org), world.actor(admin), **given)
        db.session.flush()
        sign_ons.switch_on(made, world.actor(admin))
    return made


def go(visitor: Visitor, sign_on_id: str, **query: str) -> Page:
    """To the provider and back, as a browser goes."""
    there = visitor.get(f"/sign-on/{sign_on_id}", **query)
    assert there.status == 303, there.text
    back = requests.get(there.location or "", allow_redirects=False, timeout=10).headers["Location"]
    return visitor.get(back.removeprefix("http://localhost"))


def refused(page: Page) -> bool:
    return page.status == 403 and "Signing in through your organisation did not work." in page.text


# The way there and back -----------------------------------------------------------------------------------------------


def test_a_member_comes_in_through_the_provider_of_their_organisation(
    app: Flask, park: World, provider: Provider
) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example")
    visitor = Visitor(app)
    found = visitor.send("/sign-on", on="/sign-on", email="whoever@LAB.example")
    assert f"/sign-on/{made.id}" in found.html
    assert visitor.send("/sign-on", on="/sign-on", email="x@elsewhere.example").status == 200
    done = go(visitor, made.id, next="/orders")
    assert (done.status, done.location) == (303, "/orders")
    assert "Pu" in visitor.get("/account").text
    assert provider.asked.count("/token") == 1
    again = Visitor(app)
    provider.vouch("renamed@lab.example", "sub of pu@lab.example")
    assert go(again, made.id).location == "/work"
    assert "Pu" in again.get("/account").text, "known by the subject from now on"


def test_what_the_browser_carries_to_the_provider_is_ours_alone(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider)
    asked = [parse_qs(urlsplit(Visitor(app).get(f"/sign-on/{made.id}").location or "").query) for _ in range(2)]
    for one in asked:
        assert one["redirect_uri"] == ["http://localhost/sign-on/callback"]
        assert (one["response_type"], one["code_challenge_method"]) == (["code"], ["S256"])
        assert one["scope"] == ["openid email profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 43


def test_an_answer_counts_once_and_in_the_browser_that_asked(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example")
    visitor, other = Visitor(app), Visitor(app)
    there = visitor.get(f"/sign-on/{made.id}").location or ""
    back = requests.get(there, allow_redirects=False, timeout=10).headers["Location"].removeprefix("http://localhost")
    assert refused(other.get(back)), "a planted answer signs nobody in"
    assert visitor.get(back).status == 303
    visitor.send("/logout", on="/account")
    assert refused(visitor.get(back))
    assert refused(Visitor(app).get("/sign-on/callback?code=x&state="))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"}, {"aud": "another client"}, {"aud": ["a", "b"]}, {"exp": 1},
        {"nonce": "other"},
        {"sub": ""}, {"email_verified": False}, {"email_verified": "yes"}, {"email": None}, {"sub": "x" * 300},
        {"email": "pu@elsewhere.example"}, {"iat": 10**11},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_does_not_fit_opens_nothing(
    app: Flask, park: World, provider: Provider, claims: dict[str, Any]
) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example", **({"subject": claims["sub"]} if "sub" in claims else {}))
    provider.claims |= claims
    assert refused(go(Visitor(app), made.id))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 0


@pytest.mark.parametrize("forged", ["other key", "shared secret", "none"])
def test_a_token_that_the_provider_has_not_signed_opens_nothing(
    app: Flask, park: World, provider: Provider, forged: str
) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example")
    provider.forged = forged
    assert refused(go(Visitor(app), made.id))


@pytest.mark.parametrize(
    "said",
    [{"issuer": "http://other.example"}, {"token_endpoint": None}, {"jwks_uri": "file:///etc/passwd"}],
    ids=str,
)
def test_a_provider_that_says_something_else_of_itself_is_none(
    app: Flask, park: World, provider: Provider, said: dict[str, Any]
) -> None:
    made = config(park, provider)
    provider.said = said
    assert refused(Visitor(app).get(f"/sign-on/{made.id}"))


def test_a_provider_that_is_not_there_is_said_so(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider, issuer="http://127.0.0.1:9")
    page = Visitor(app).get(f"/sign-on/{made.id}")
    assert (page.status, "did not answer as it should" in page.text) == (503, True)


# Whom it lets in ------------------------------------------------------------------------------------------------------


def test_it_lets_in_members_only(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider, domains=["lab.example", "supplier.example"])
    for address in ("nobody@lab.example", park.email("xiao")):
        provider.vouch(address)
        assert refused(go(Visitor(app), made.id)), address
    provider.vouch("mei@lab.example")
    assert go(Visitor(app), made.id).status == 303
    with unit_of_work():
        memberships.end(people.memberships_of(park.people["mei"])[0], park.actor("guan"))
    assert refused(go(Visitor(app), made.id))


def test_it_never_takes_over_an_address_of_another_organisation(app: Flask, park: World, provider: Provider) -> None:
    """Whatever domains an admin names: a person of another organisation is not signed in, made or changed."""
    made = config(park, provider, domains=["supplier.example", "operator.example"], admits_new=True)
    before = db.session.get_one(Person, park.people["xiao"]).password_hash
    for name in ("xiao", "rui"):
        provider.vouch(park.email(name))
        assert refused(go(Visitor(app), made.id))
    db.session.expire_all()
    assert db.session.get_one(Person, park.people["xiao"]).password_hash == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignOnIdentity)) == 0


def test_a_person_of_two_organisations_acts_for_the_providers_alone(
    app: Flask, park: World, provider: Provider
) -> None:
    hire(park, "lab", "second", ["member"], email=park.email("lab2pu"))
    made = config(park, provider, domains=["lab2.example"])
    provider.vouch(park.email("lab2pu"))
    visitor = Visitor(app)
    assert go(visitor, made.id).status == 303
    assert visitor.client.get("/api/v1/me").get_json()["org"] == park.organisations["lab"]
    assert visitor.send("/organisation", on="/account", org=park.organisations["lab2"]).status == 404
    assert visitor.client.get("/api/v1/me").get_json()["org"] == park.organisations["lab"]
    assert visitor.send(f"{HOME}/app", on=HOME).location == f"{HOME}/confirm?next=/account/security"


def test_one_subject_is_one_person_and_one_person_one_subject(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example", "one")
    assert go(Visitor(app), made.id).status == 303
    provider.vouch("pu@lab.example", "two")
    assert refused(go(Visitor(app), made.id)), "somebody else got the address at the provider"


def test_where_the_organisation_wants_it_newcomers_join_as_members(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider, admits_new=True)
    provider.vouch("neu@lab.example", name="Neu Wei")
    visitor = Visitor(app)
    assert go(visitor, made.id).status == 303
    held = db.session.scalars(sa.select(Membership).where(Membership.email == "neu@lab.example")).one()
    assert (held.state, held.roles, held.org_id) == ("active", ["member"], park.organisations["lab"])
    person = db.session.get_one(Person, held.person_id)
    assert (person.name, person.password_hash) == ("Neu Wei", None)
    assert visitor.send("/login", on="/terms", email="neu@lab.example", password="").status == 401


def test_a_switched_off_provider_opens_nothing_and_those_who_came_through_it_are_out(
    app: Flask, park: World, provider: Provider
) -> None:
    made = config(park, provider)
    provider.vouch("pu@lab.example")
    through, by_password = Visitor(app), Visitor(app, park, "pu")
    go(through, made.id)
    with unit_of_work():
        sign_ons.switch_off(find(SignOn, made.id, SYSTEM_ACTOR, lock=True), park.actor("guan"))
    assert through.get("/work").status == 303
    assert by_password.get("/work").status == 200
    assert refused(Visitor(app).get(f"/sign-on/{made.id}"))
    assert "Sign in" in Visitor(app).send("/sign-on", on="/sign-on", email="pu@lab.example").text


# Second factors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [True, False])
def test_whether_it_stands_for_the_second_factor_is_the_organisations_to_say(
    strict: Flask, provider: Provider, counts: bool
) -> None:
    world = build()
    made = config(world, provider, two_factors=counts)
    provider.vouch("cai@lab.example")
    visitor = Visitor(strict)
    assert go(visitor, made.id).location == "/work"
    page = visitor.get("/work")
    assert (page.status, page.location) == ((200, None) if counts else (303, f"{HOME}?next=/work"))


def test_it_never_stands_for_it_in_operator_owner_and_auditor(strict: Flask, provider: Provider) -> None:
    world = build()
    with pytest.raises(Refusal) as said:
        config(world, provider, "operator", "ops", two_factors=True)
    assert said.value.code == "never_for_staff"
    made = config(world, provider, "operator", "ops")
    provider.vouch("rui@operator.example")
    visitor = Visitor(strict)
    go(visitor, made.id)
    assert visitor.get("/work").location == f"{HOME}?next=/work"


def test_who_has_a_factor_of_ours_shows_it_after_the_provider(app: Flask, park: World, provider: Provider) -> None:
    made = config(park, provider)
    secret, _ = set_up(Visitor(app, park, "pu"))
    provider.vouch("pu@lab.example")
    visitor = Visitor(app)
    assert go(visitor, made.id).location == "/login/code"
    assert visitor.get("/work").status == 303
    assert visitor.send("/login/code", on="/login/code", code=code_of(secret, 1)).location == "/work"
    assert visitor.client.get("/api/v1/me").status_code == 200


# Its configuration ----------------------------------------------------------------------------------------------------


def test_an_admin_sets_it_up_in_pages_and_nobody_reads_its_secret(app: Flask, park: World, provider: Provider) -> None:
    guan = Visitor(app, park, "guan")
    page = guan.do(
        "/sign-ons/new", title="Campus", issuer=provider.url, client_id=CLIENT, client_secret=SECRET,
        domains="lab.example\nchem.lab.example", two_factors="true",
    )  # fmt: skip
    assert page.status == 303, page.text
    made = db.session.scalars(sa.select(SignOn)).one()
    assert (made.state, made.domains, made.two_factors, made.admits_new) == (
        "off", ["chem.lab.example", "lab.example"], True, False,
    )  # fmt: skip
    assert SECRET not in made.secret
    shown = guan.get(f"/sign-ons/{made.id}")
    assert "chem.lab.example" in shown.text
    assert SECRET not in shown.html
    assert SECRET not in guan.get(f"/sign-ons/{made.id}/change").html
    body = guan.client.get(f"/api/v1/sign-ons/{made.id}").get_json()
    assert "secret" not in body
    guan.do(f"/sign-ons/{made.id}/change", title="Campus login", issuer=provider.url, client_id=CLIENT,
            client_secret="", domains="lab.example")  # fmt: skip
    guan.do(f"/sign-ons/{made.id}/switch_on")
    provider.vouch("pu@lab.example")
    assert go(Visitor(app), made.id).status == 303, "the secret stayed what it was"
    second = guan.get("/sign-ons/new")
    assert "Single sign-on is set up already." in second.text


def test_the_same_over_the_api_with_the_fields_that_are_wrong(app: Flask, park: World) -> None:
    api = Api(app, park.key("guan"))
    good = {"title": "Campus", "issuer": "https://login.lab.example", "client_id": "x", "client_secret": "y" * 20,
            "domains": ["lab.example"]}  # fmt: skip
    for name, value in (
        ("issuer", "login.lab.example"), ("issuer", "https://login.lab.example/?x=1"), ("issuer", "https://"),
        ("domains", []), ("domains", ["lab"]), ("domains", ["a@b"]), ("client_secret", ""), ("title", ""),
    ):  # fmt: skip
        answer = api.post("sign-ons", good | {name: value})
        assert answer.status_code == 422, (name, value)
        assert answer.get_json()["errors"][0]["field"].startswith(name)
    assert api.post("sign-ons", good).status_code == 201
    assert api.post("sign-ons", good).get_json()["code"] == "has_sign_on"
    assert Api(app, park.key("zong")).post("sign-ons", good | {"admits_new": True}).get_json()["code"] == "no_members"
    assert Api(app, park.key("pu")).post("sign-ons", good).status_code == 403
    made = db.session.scalars(sa.select(SignOn)).one()
    assert Api(app, park.key("xiao")).get(f"sign-ons/{made.id}").status_code == 404


def test_another_provider_knows_nobody_yet(app: Flask, park: World, provider: Provider) -> None:
    """The subjects of one provider mean nothing at another one, nor do the sessions that it has opened."""
    made = config(park, provider)
    provider.vouch("pu@lab.example", "1")
    visitor = Visitor(app)
    go(visitor, made.id)
    with unit_of_work():
        row = find(SignOn, made.id, SYSTEM_ACTOR, lock=True)
        sign_ons.change(row, park.actor("guan"), title="x", issuer="http://127.0.0.1:9", client_id=CLIENT,
                        client_secret="", domains=["lab.example"], admits_new=False, two_factors=False)  # fmt: skip
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignOnIdentity)) == 0
    assert visitor.get("/work").status == 303


def test_the_offer_follows_domains_and_names_no_people(app: Flask, park: World, provider: Provider) -> None:
    config(park, provider)
    known, unknown = (
        Visitor(app).send("/sign-on", on="/sign-on", email=address).text
        for address in ("pu@lab.example", "x@lab.example")
    )
    assert known == unknown
    assert [one.title for one, _ in sign_on.offered_for("x@lab.example")] == ["Campus"]
    assert PASSWORD not in known
