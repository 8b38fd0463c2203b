"""Who is asking: keys and browser sessions, decided anew at each request; denials leave a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people
from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import ApiKey, Membership, Person
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.security import SecurityNote
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.standing.actions import handovers
from tests.api.browser_session import Browser
from tests.kernel.kettles import a_kettle, kettle_of
from tests.world import Api, World


@pytest.fixture
def api(app: Flask, park: World) -> Callable[..., Api]:
    """A named person at the API."""
    return lambda name, **kwargs: Api(app, park.key(name, **kwargs))


def denials() -> list[tuple[str | None, str]]:
    db.session.rollback()
    notes = db.session.scalars(sa.select(SecurityNote).order_by(SecurityNote.id)).all()
    found = [(note.person_id, note.detail["code"]) for note in notes if note.kind == "denied"]
    db.session.rollback()
    return found


def membership_of(park: World, name: str) -> Membership:
    return db.session.scalars(sa.select(Membership).where(Membership.person_id == park.people[name])).one()


# Keys -----------------------------------------------------------------------------------------------------------------


def test_a_key_that_may_only_read_reads_and_writes_nothing(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    caller = api("pu", scope="read")
    assert caller.get(f"kettles/{kettle}").status_code == 200
    assert caller.get("me").get_json()["read_only"] is True
    for path, body in ((f"kettles/{kettle}/heat", {}), ("kettles", {"label": "x"}), (f"kettles/{kettle}/sip", {})):
        answer = caller.post(path, body, version=1)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "read_only_key")
    assert kettle_of(kettle).state == "cold"
    assert denials() == [(park.people["pu"], "read_only_key")] * 3


@pytest.mark.parametrize(
    "header",
    ["Bearer lpk_wrong", "bearer x", "Bearer " + "x" * 5_000, "Bearer \u00fc", "Bearer ' OR 1=1", "BEARER a b c"],
    ids=lambda header: ascii(header)[:16],
)
def test_a_key_that_is_none_is_refused_even_for_what_everybody_may_read(app: Flask, park: World, header: str) -> None:
    del park
    for method, path in (("GET", "organisations"), ("GET", "me"), ("POST", "kettles")):
        answer = app.test_client().open(
            f"/api/v1/{path}", method=method, headers={"Authorization": header.encode().decode("latin-1")}
        )
        assert (answer.status_code, answer.get_json()["code"]) == (401, "sign_in")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="labpark"'
    assert denials() == [(None, "sign_in")] * 3


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic cHU6cHU=", "lpk_x"])
def test_without_a_key_one_sees_what_is_public_and_writes_nothing(app: Flask, park: World, header: str) -> None:
    a_kettle(park)
    client = app.test_client()
    headers = {"Authorization": header}
    assert len(client.get("/api/v1/organisations", headers=headers).get_json()["items"]) == 8
    assert client.get("/api/v1/kettles", headers=headers).get_json()["items"] == []
    for path in ("kettles", f"organisations/{park.organisations['lab']}/edit_profile"):
        answer = client.post(f"/api/v1/{path}", json={}, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "sign_in")


def test_a_revoked_key_is_dead_at_the_next_request(park: World, api: Callable[..., Api]) -> None:
    caller = api("pu")
    key = db.session.scalars(sa.select(ApiKey)).one()
    assert caller.get("me").status_code == 200
    assert caller.do(f"api-keys/{key.id}", "revoke").status_code == 200
    assert caller.get("me").status_code == 401
    assert caller.get("organisations").status_code == 401


def test_an_ended_membership_ends_its_keys_at_the_next_request_and_for_good(
    park: World, api: Callable[..., Api]
) -> None:
    caller, browser = api("pu"), api("guan")
    path = f"memberships/{membership_of(park, 'pu').id}"
    assert browser.do(path, "end").status_code == 200
    assert caller.get("me").status_code == 401
    with unit_of_work():
        made = memberships.invite(park.org("lab"), park.actor("guan"), email=park.email("pu"), roles=["purchaser"])
        memberships.join(made, SYSTEM_ACTOR, name="Pu", language="zh")
    assert caller.get("me").status_code == 401, "a key of the membership that ended does not come back with a new one"
    with unit_of_work():
        fresh_key = keys.issue_key(
            find(Membership, made.id, SYSTEM_ACTOR), park.actor("pu"), title="new", scope="write"
        )
    assert Api(caller.client.application, str(fresh_key.secret)).get("me").status_code == 200  # type: ignore[attr-defined]


def test_changed_roles_count_from_the_next_request(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    caller = api("pu")
    path = f"memberships/{membership_of(park, 'pu').id}"
    assert api("guan").do(path, "change_roles", {"roles": ["member"]}).status_code == 200
    assert caller.get("me").get_json()["roles"] == ["member"]
    answer = caller.post(f"kettles/{kettle}/heat", version=kettle_of(kettle).version)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_yours")


def test_a_person_who_was_locked_out_is_nobody(park: World, api: Callable[..., Api]) -> None:
    caller = api("pu")
    with unit_of_work():
        db.session.get_one(Person, park.people["pu"]).active = False
    assert caller.get("me").status_code == 401


def test_a_suspended_organisation_reads_and_finishes_but_begins_nothing(park: World, api: Callable[..., Api]) -> None:
    kettle, caller = a_kettle(park), api("pu")
    with unit_of_work():
        organisations.suspend(park.org("lab"), park.actor("rui"), reason="unpaid")
    assert caller.get(f"kettles/{kettle}").status_code == 200
    answer = caller.post("kettles", {"label": "new"})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "wrong_state")
    assert caller.do(f"kettles/{kettle}", "heat").status_code == 200


def test_a_terminated_organisation_is_nobody_any_more(app: Flask, park: World, api: Callable[..., Api]) -> None:
    caller, browser = api("pu"), Browser(app, park, "pu")
    with unit_of_work():
        organisations.suspend(park.org("lab"), park.actor("rui"), reason="unpaid")
        handovers.terminate(park.org("lab"), park.actor("rui"), reason="unpaid")
    assert caller.get("me").status_code == 401
    answer = browser.get("me")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_organisation")


# Browsers -------------------------------------------------------------------------------------------------------------


def test_a_browser_reads_with_its_cookie_and_writes_with_its_form_token_only(app: Flask, park: World) -> None:
    kettle, browser = a_kettle(park), Browser(app, park, "pu")
    version = {"If-Match": str(kettle_of(kettle).version)}
    assert browser.get("me").get_json()["person"]["id"] == park.people["pu"]
    for token in (None, "", "x", browser.form_token[:-1], "0" * 40):
        answer = browser.post(f"kettles/{kettle}/heat", token=token, **version)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "csrf_failed")
    assert kettle_of(kettle).state == "cold"
    assert browser.post(f"kettles/{kettle}/heat", token=browser.form_token, **version).status_code == 200


def test_the_form_token_of_another_browser_is_worth_nothing(app: Flask, park: World) -> None:
    kettle, mine, other = a_kettle(park), Browser(app, park, "pu"), Browser(app, park, "qiu")
    with other.client.session_transaction() as session:
        session["csrf_token"] = "1" * 40
    answer = other.post(f"kettles/{kettle}/heat", token=mine.form_token, **{"If-Match": "1"})
    assert answer.get_json()["code"] == "csrf_failed"


def test_a_key_beside_a_cookie_is_what_counts(app: Flask, park: World) -> None:
    browser, key = Browser(app, park, "pu"), park.key("xiao")
    answer = browser.client.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})
    assert answer.get_json()["person"]["id"] == park.people["xiao"]
    answer = browser.post("kettles", {"label": "x"}, Authorization=f"Bearer {key}")
    assert answer.status_code == 403


def test_a_session_ends_by_sign_out_by_time_by_a_new_password_and_by_leaving(app: Flask, park: World) -> None:
    def browser() -> Browser:
        made = Browser(app, park, "pu")
        assert made.get("me").status_code == 200
        return made

    signed_out = browser()
    with unit_of_work():
        people.close_session(signed_out.token)
    assert signed_out.get("me").status_code == 401

    old = browser()
    with clock_at(people.SESSION_LIFE + timedelta(seconds=1)):
        assert old.get("me").status_code == 401

    before, keeps = browser(), browser()
    with unit_of_work():
        people.close_sessions(park.people["pu"], but=keeps.token)
    assert (before.get("me").status_code, keeps.get("me").status_code) == (401, 200)

    with unit_of_work():
        person = db.session.get_one(Person, park.people["pu"])
        people.set_password(person, people.hash_password("a brand new one", email=person.email))
    assert keeps.get("me").status_code == 401

    leaving = browser()
    with unit_of_work():
        memberships.end(membership_of(park, "pu"), park.actor("guan"))
    assert leaving.get("me").status_code in (401, 409)


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "x" * 5_000, "\u00e9", "' OR 1=1"])
def test_a_cookie_that_names_no_session_is_nobody(app: Flask, park: World, token: str) -> None:
    browser = Browser(app, park, "pu")
    with browser.client.session_transaction() as session:
        session["_user_id"] = token
    assert browser.get("me").status_code == 401


def test_a_cookie_signed_with_another_secret_is_nobody(app: Flask, park: World) -> None:
    browser = Browser(app, park, "pu")
    secret, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "x" * 40
    try:
        assert browser.get("me").status_code == 401
    finally:
        app.config["SECRET_KEY"] = secret


# Denials --------------------------------------------------------------------------------------------------------------


def test_denials_are_written_down_and_what_is_not_there_is_not(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    caller = api("xiao")
    caller.post(f"kettles/{kettle}/heat", version=1)
    caller.post(f"kettles/{a_kettle(park, supplier=None)}/heat", version=1)
    caller.post(f"kettles/{kettle}/fill", {}, version=1)
    caller.get("kettles", state="hot")
    assert denials() == [(park.people["xiao"], "not_yours")]
    db.session.rollback()
    note = db.session.scalars(sa.select(SecurityNote).where(SecurityNote.kind == "denied")).one()
    assert note.detail["path"] == f"/api/v1/kettles/{kettle}/heat"
    assert note.address == "127.0.0.1"
    assert len(str(note.request_id)) == 16
