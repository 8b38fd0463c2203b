"""The second factor: who has to have one, setting it up, signing in with it, losing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people, second_factors, vault
from app.accounts.actions import memberships
from app.accounts.models import ApiKey, LoginSession, RecoveryCode, TotpSecret
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import clock_at, now
from app.kernel.work import unit_of_work
from tests.conftest import Apps, serving
from tests.house.everybody import hire
from tests.kernel.crowd import failures, together
from tests.web.visitor import Page, Visitor
from tests.world import PASSWORD, World, build

HOME = "/account/security"


@pytest.fixture
def strict(database: str, apps: Apps) -> Iterator[Flask]:
    """An application that asks for second factors, as in production."""
    with serving(apps, database, SECOND_FACTOR="required") as made:
        yield made


@pytest.fixture
def park(app: Flask) -> World:
    """The small park, where nobody has to have one."""
    del app
    return build()


@pytest.fixture
def strict_park(strict: Flask) -> World:
    """The small park, where some have to."""
    del strict
    return build()


def code_of(secret: str, ahead: int = 0) -> str:
    """What the app shows, now or some steps of 30 seconds ahead."""
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * ahead))


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """The app scans, the person types: (secret, recovery codes)."""
    page = visitor.send(f"{HOME}/app", on=HOME)
    assert (page.status, page.location) == (303, f"{HOME}/app")
    page = visitor.get(f"{HOME}/app")
    found = re.search(r'<code class="secret" id="secret">([A-Z2-7 ]+)</code>', page.html)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert "data:image/svg+xml" in page.html
    done = visitor.send(f"{HOME}/app/confirm", on=page, code=code_of(secret))
    assert done.status == 200
    return secret, re.findall(r"<code>([0-9A-Z-]{19})</code>", done.html)


def sign_in(visitor: Visitor, address: str) -> Page:
    return visitor.send("/login", on="/login", email=address, password=PASSWORD)


def give(visitor: Visitor, code: str) -> Page:
    return visitor.send("/login/code", on="/login/code", code=code)


# Setting it up and using it ------------------------------------------------------------------------------------------


def test_an_app_counts_once_its_first_code_has_come(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    pu.send(f"{HOME}/app", on=HOME)
    wrong = pu.send(f"{HOME}/app/confirm", on=f"{HOME}/app", code="000000")
    assert (wrong.status, "This code is wrong" in wrong.text) == (422, True)
    assert sign_in(Visitor(app), park.email("pu")).location == "/work"
    _, codes = set_up(pu)
    assert len(set(codes)) == 10
    assert sign_in(Visitor(app), park.email("pu")).location == "/login/code"


def test_signing_in_takes_password_and_code_and_leads_to_where_one_wanted(app: Flask, park: World) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    visitor = Visitor(app)
    page = visitor.send("/login", on="/login", email=park.email("pu"), password=PASSWORD, next="/orders")
    assert page.location == "/login/code?next=/orders"
    assert visitor.get("/work").location == "/login?next=/work", "half a session opens nothing"
    asked = visitor.get(page.location or "")
    assert give(visitor, "123456").status == 422
    done = visitor.send("/login/code", on=asked, code=code_of(secret, 1))
    assert (done.status, done.location) == (303, "/orders")
    assert visitor.get("/work").status == 200


def test_the_second_step_begins_with_the_first(app: Flask, park: World) -> None:
    del park
    visitor = Visitor(app)
    assert "Forgotten the password?" in visitor.get("/login/code").text
    refused = visitor.send("/login/code", on="/login", code="123456")
    assert (refused.status, "Sign in again from the start." in refused.text) == (401, True)


def test_half_a_session_ends_after_ten_minutes(app: Flask, park: World) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    visitor = Visitor(app)
    sign_in(visitor, park.email("pu"))
    page = visitor.get("/login/code")
    with clock_at(people.HALF_LIFE + timedelta(seconds=1)):
        assert visitor.send("/login/code", on=page, code=code_of(secret)).status == 401


def test_a_code_is_good_once(app: Flask, park: World) -> None:
    """RFC 6238, 5.2: the verifier must not accept the second attempt of the same code."""
    secret, _ = set_up(Visitor(app, park, "pu"))
    code = code_of(secret, 1)
    for status in (303, 422):
        visitor = Visitor(app)
        sign_in(visitor, park.email("pu"))
        assert give(visitor, code).status == status
    visitor = Visitor(app)
    sign_in(visitor, park.email("pu"))
    assert give(visitor, code_of(secret, 0)).status == 422, "nor one from before the last"


@pytest.mark.parametrize("ahead,taken", [(-3, False), (-1, True), (0, True), (1, True), (3, False)])
def test_the_telephones_clock_may_be_off_by_one_step(app: Flask, park: World, ahead: int, taken: bool) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    with clock_at(timedelta(minutes=10)):
        visitor = Visitor(app)
        sign_in(visitor, park.email("pu"))
        assert (give(visitor, code_of(secret, ahead)).status == 303) is taken


@pytest.mark.database_matters
def test_of_racing_uses_of_one_code_one_wins(app: Flask, park: World) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    person = park.people["pu"]
    for ahead in range(1, 4):
        with clock_at(timedelta(seconds=30 * ahead)):
            code = code_of(secret)

            def use(code: str = code) -> str:
                with unit_of_work():
                    return second_factors.prove(person, code)

            outcomes = together(app, *[use] * 6)
            assert outcomes.count("app") == 1
            assert {one.code for one in failures(outcomes) if isinstance(one, Refusal)} == {"wrong_factor_code"}


def test_the_first_code_of_an_app_is_counted_too_and_the_page_says_until_when(app: Flask, park: World) -> None:
    visitor = Visitor(app, park, "pu")
    visitor.send("/account/security/app", on="/account/security")
    answers = [visitor.send("/account/security/app/confirm", on="/account/security/app", code=f"{number:06}")
               for number in range(7)]  # fmt: skip
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_wrong_codes_are_counted_and_the_limit_lifts(app: Flask, park: World) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    visitor = Visitor(app)
    sign_in(visitor, park.email("pu"))
    answers = [give(visitor, f"{number:06}") for number in range(8)]
    assert [one.status for one in answers] == [422] * 6 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert give(visitor, code_of(secret, 1)).status == 429, "a right one neither"
    with clock_at(timedelta(minutes=16)):
        sign_in(visitor, park.email("pu"))
        assert give(visitor, code_of(secret)).status == 303


# Recovery ------------------------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_the_account_once(app: Flask, park: World) -> None:
    _, codes = set_up(Visitor(app, park, "pu"))
    for typed, status in ((codes[0].lower().replace("-", " "), 303), (codes[0], 422), (codes[1], 303)):
        visitor = Visitor(app)
        sign_in(visitor, park.email("pu"))
        done = give(visitor, typed)
        assert done.status == status
    assert "8 recovery codes are left." in visitor.get("/account").text
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert not any(code in str(kept) for code in codes)


def test_new_recovery_codes_replace_the_old_ones(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    _, old = set_up(pu)
    page = pu.send(f"{HOME}/codes", on=HOME)
    fresh = re.findall(r"<code>([0-9A-Z-]{19})</code>", page.html)
    assert not set(fresh) & set(old)
    for code, status in ((old[0], 422), (fresh[0], 303)):
        visitor = Visitor(app)
        sign_in(visitor, park.email("pu"))
        assert give(visitor, code).status == status


# Changing it ---------------------------------------------------------------------------------------------------------


def test_a_borrowed_browser_changes_nothing(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    with clock_at(people.FRESH + timedelta(minutes=1)):
        assert pu.send(f"{HOME}/app", on=HOME).location == f"{HOME}/confirm?next=/account/security"
        assert db.session.scalar(sa.select(TotpSecret)) is None
        wrong = pu.send(f"{HOME}/confirm", on=f"{HOME}/confirm", current="wrong")
        assert (wrong.status, "This is not your current password." in wrong.text) == (422, True)
        assert pu.send(f"{HOME}/confirm", on=f"{HOME}/confirm", current=PASSWORD).location == HOME
        secret, _ = set_up(pu)
    with clock_at(2 * people.FRESH + timedelta(minutes=2)):
        assert pu.send(f"{HOME}/app/remove", on=HOME).location == f"{HOME}/confirm?next=/account/security"
        asked = pu.get(f"{HOME}/confirm")
        assert "current" not in asked.forms[f"{HOME}/confirm"], "who has a factor shows that, not the password"
        assert pu.send(f"{HOME}/confirm", on=asked, code=code_of(secret)).location == HOME
        assert pu.send(f"{HOME}/app/remove", on=HOME).location == HOME
        assert sign_in(Visitor(app), park.email("pu")).location == "/work"


def test_a_session_from_before_the_factor_does_not_remove_it(app: Flask, park: World) -> None:
    before, pu = Visitor(app, park, "pu"), Visitor(app, park, "pu")
    set_up(pu)
    assert before.send(f"{HOME}/app/remove", on=HOME).location == f"{HOME}/confirm?next=/account/security"
    assert second_factors.has_any(park.people["pu"])


def test_the_secret_is_stored_encrypted_and_survives_a_new_key(app: Flask, park: World) -> None:
    secret, _ = set_up(Visitor(app, park, "pu"))
    stored = db.session.scalars(sa.select(TotpSecret)).one()
    assert secret not in stored.secret
    old = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="another secret key that is long enough", SECRET_KEY_FALLBACKS=[old])
    assert second_factors.secret_of(stored) == secret
    stored.secret = vault.reseal(stored.secret, purpose=f"totp:{park.people['pu']}")
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert second_factors.secret_of(stored) == secret
    with pytest.raises(Refusal) as refused:
        vault.unseal(stored.secret, purpose=f"totp:{park.people['an']}")
    assert refused.value.code == "sealed_shut"
    db.session.rollback()


# Who has to have one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name,needed", [("rui", True), ("wang", True), ("shen", True), ("cai", True), ("jin", True),
                                         ("pu", False), ("xiao", False), ("guan", False)])  # fmt: skip
def test_operator_owner_auditor_and_finance_can_do_nothing_without(
    strict: Flask, strict_park: World, name: str, needed: bool
) -> None:
    visitor = Visitor(strict, strict_park, name)
    page = visitor.get("/work")
    api = visitor.client.get("/api/v1/me")
    if not needed:
        assert (page.status, api.status_code) == (200, 200)
        return
    assert page.location == f"{HOME}?next=/work"
    assert visitor.get("/organisations").location == f"{HOME}?next=/organisations"
    assert "A second factor is needed" in visitor.get(HOME).text
    assert (api.status_code, api.get_json()["code"]) == (403, "second_factor_needed")
    assert visitor.client.get("/api/v1/organisations").status_code == 403
    form = visitor.get(HOME)
    token = form.forms[f"{HOME}/app"]["csrf_token"]
    sent = visitor.client.post("/organisations/new", data={"csrf_token": token})
    assert sent.status_code == 403
    held = {"X-CSRFToken": token, "Referer": "http://localhost/"}
    assert visitor.client.post("/api/v1/organisations", json={}, headers=held).status_code == 403
    set_up(visitor)
    assert visitor.get("/work").status == 200
    assert visitor.client.get("/api/v1/me").status_code == 200


def test_switching_to_an_organisation_where_it_is_needed_asks_for_it(strict: Flask, strict_park: World) -> None:
    hire(strict_park, "lab2", "second", ["finance"], email=strict_park.email("pu"))
    pu = Visitor(strict, strict_park, "pu")
    assert pu.get("/work").status == 200
    lab, lab2 = strict_park.organisations["lab"], strict_park.organisations["lab2"]
    assert pu.send("/organisation", on="/account", org=lab2).location == "/work"
    assert pu.get("/work").location == f"{HOME}?next=/work"
    assert pu.send("/organisation", on=HOME, org=lab).location == "/work"
    assert pu.get("/work").status == 200
    pu.send("/organisation", on="/account", org=lab2)
    set_up(pu)
    assert pu.get("/work").status == 200


def test_a_role_given_later_counts_from_the_next_request(strict: Flask, strict_park: World) -> None:
    mei = Visitor(strict, strict_park, "mei")
    assert mei.get("/work").status == 200
    with unit_of_work():
        held = people.memberships_of(strict_park.people["mei"])[0]
        memberships.change_roles(held, strict_park.actor("guan"), roles=["member", "finance"])
    assert mei.get("/work").location == f"{HOME}?next=/work"


def test_a_session_from_before_the_factor_is_asked_for_it(strict: Flask, strict_park: World) -> None:
    before, cai = Visitor(strict, strict_park, "cai"), Visitor(strict, strict_park, "cai")
    secret, _ = set_up(cai)
    assert before.get("/work").location == f"{HOME}/confirm?next=/work"
    asked = before.get(f"{HOME}/confirm", next="/work")
    done = before.send(f"{HOME}/confirm", on=asked, code=code_of(secret, 1))
    assert done.location == "/work"
    assert before.get("/work").status == 200


def test_the_last_factor_of_a_role_that_needs_one_stays(strict: Flask, strict_park: World) -> None:
    cai = Visitor(strict, strict_park, "cai")
    set_up(cai)
    refused = cai.send(f"{HOME}/app/remove", on=HOME)
    assert (refused.status, "Set up another one first." in refused.text) == (409, True)
    assert second_factors.has_any(strict_park.people["cai"])


def test_a_key_of_such_a_role_is_made_in_a_session_with_a_second_factor_only(strict: Flask, strict_park: World) -> None:
    held = people.memberships_of(strict_park.people["cai"])[0].id
    with pytest.raises(Refusal) as refused:
        strict_park.key("cai")
    assert refused.value.code == "second_factor_needed"
    cai = Visitor(strict, strict_park, "cai")
    assert cai.get(f"/memberships/{held}/issue_key").location == f"{HOME}?next=/memberships/{held}/issue_key"
    set_up(cai)
    made = cai.do(f"/memberships/{held}/issue_key", title="bank", scope="write")
    assert made.status == 200
    found = re.search(r"lpk_[\w-]+", made.text)
    assert found is not None
    head = {"Authorization": f"Bearer {found[0]}"}
    assert strict.test_client().get("/api/v1/me", headers=head).status_code == 200
    again = strict.test_client().post(f"/api/v1/memberships/{held}/issue_key", headers=head,
                                      json={"title": "more", "scope": "write"})  # fmt: skip
    assert (again.status_code, again.get_json()["code"]) == (403, "second_factor_needed")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ApiKey)) == 1


def test_where_it_is_optional_nobody_is_asked(app: Flask, park: World) -> None:
    assert Visitor(app, park, "cai").get("/work").status == 200
    assert db.session.scalars(sa.select(LoginSession.proof)).all() == [None]
