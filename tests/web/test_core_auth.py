"""Signing in and out, links by mail, invitations, the account page."""

from __future__ import annotations

import email
import re
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from flask import Flask, current_app

from app.accounts.actions import memberships
from app.accounts.models import LoginSession, Membership, Person, SingleUseLink
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.security import SecurityNote
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.web.visitor import Page, Visitor
from tests.world import PASSWORD, World, build, person


@pytest.fixture
def park(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def sign_in(visitor: Visitor, address: str, password: str = PASSWORD, **more: str) -> Page:
    return visitor.send("/login", on="/login", email=address, password=password, **more)


def mailed() -> list[str]:
    """The paths of the links owed by mail, oldest first."""
    rows = db.session.scalars(db.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
    return [row.payload["link"].removeprefix("http://localhost") for row in rows if "link" in row.payload]


def posted() -> list[str]:
    """The paths of the links that the worker has mailed so far, oldest first."""
    db.session.rollback()
    worker.deliver()
    letters = sorted((Path(current_app.instance_path) / "mail").glob("*.eml"))
    texts = [email.message_from_bytes(one.read_bytes(), policy=policy.default).get_content() for one in letters]
    return [path for text in texts for path in dict.fromkeys(re.findall(r"http://localhost(/password/\S+)", text))]


def sessions(world: World, name: str) -> int:
    count = db.select(db.func.count()).select_from(LoginSession).where(LoginSession.person_id == world.people[name])
    return db.session.scalar(count) or 0


# Sign in and out -----------------------------------------------------------------------------------------------------


def test_signing_in_leads_to_where_one_wanted(app: Flask, park: World) -> None:
    visitor = Visitor(app)
    page = visitor.get(visitor.get("/work").location or "")
    done = visitor.send("/login", on=page, email=park.email("pu").upper(), password=PASSWORD)
    assert (done.status, done.location) == (303, "/work")
    assert "Pu" in visitor.get("/work").text


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "evil"],
)
def test_signing_in_never_leads_to_another_site(app: Flask, park: World, elsewhere: str) -> None:
    assert sign_in(Visitor(app), park.email("pu"), next=elsewhere).location == "/work"


def test_unknown_address_and_wrong_password_get_one_answer(app: Flask, park: World) -> None:
    wrong, unknown = (
        sign_in(Visitor(app), park.email("pu"), "wrong"),
        sign_in(Visitor(app), "nobody@x.example", "wrong"),
    )
    assert wrong.status == unknown.status == 401
    assert "E-mail or password is wrong." in wrong.text
    assert "E-mail or password is wrong." in unknown.text
    assert wrong.forms["/login"]["email"] == park.email("pu")  # the address stays typed
    assert "wrong" not in wrong.forms["/login"].get("password", "")


def test_a_session_begins_anew_at_sign_in_and_ends_in_the_database(app: Flask, park: World) -> None:
    visitor = Visitor(app)
    sign_in(visitor, park.email("pu"))
    first = visitor.client.get_cookie("labpark")
    sign_in(visitor, park.email("an")) if visitor.get("/login").status == 200 else None
    visitor.send("/logout", on="/account")
    assert sessions(park, "pu") == 0
    assert first is not None
    visitor.client.set_cookie("labpark", first.value)
    assert visitor.get("/work").status == 303  # the old cookie opens nothing


def test_who_guesses_the_old_password_is_told_until_when(app: Flask, park: World) -> None:
    visitor = Visitor(app, park, "pu")
    wrong = {"current": "wrong", "password": "a long enough new one", "again": "a long enough new one"}
    answers = [visitor.send("/account/password", on="/account", **wrong) for _ in range(21)]
    assert answers[0].status == 422
    assert answers[-1].status == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


def test_after_ten_failures_an_account_rests_and_recovers_by_itself(app: Flask, park: World) -> None:
    visitor, pu = Visitor(app), park.email("pu")
    for _ in range(10):
        assert sign_in(visitor, pu, "wrong").status == 401
    resting = sign_in(visitor, pu)
    assert resting.status == 429
    assert 0 < int(resting.headers["Retry-After"]) <= 900
    assert "Try again in 15 minutes." in resting.text
    assert sign_in(Visitor(app), park.email("an")).status == 303  # others are not concerned
    with clock_at(timedelta(minutes=16)):
        assert sign_in(visitor, pu).status == 303


def test_the_security_log_holds_no_addresses(app: Flask, park: World) -> None:
    sign_in(Visitor(app), "typed@the.wrong.example", "wrong")
    (note,) = db.session.scalars(db.select(SecurityNote).where(SecurityNote.kind == "sign_in_failed"))
    assert "wrong.example" not in str(note.detail)
    assert note.request_id


def test_a_person_without_an_organisation_is_told_so(app: Flask, park: World) -> None:
    visitor = Visitor(app, park, "pu")
    with unit_of_work():
        held = db.session.scalars(db.select(Membership).where(Membership.person_id == park.people["pu"])).one()
        memberships.end(held, park.actor("guan"))
    assert visitor.get("/work").status == 303  # ending it signed them out
    sign_in(visitor, park.email("pu"))
    assert "You act for no organisation." in visitor.get("/work").text
    assert visitor.get("/account").status == 200


def test_switching_organisations_changes_what_one_may(app: Flask, park: World) -> None:
    _invite(park, "lab2", "lab2admin", park.email("pu"), ["member"])
    pu = Visitor(app, park, "pu")
    pu.send(mailed()[-1], on=mailed()[-1])
    assert "Lab2" in pu.get("/account").text
    there = pu.send("/organisation", on="/account", org=park.organisations["lab"])
    assert there.location == "/work"
    assert pu.send("/organisation", on="/account", org=park.organisations["supplier"]).status == 404


def test_the_language_stays_with_the_person_and_the_browser(app: Flask, park: World) -> None:
    visitor = Visitor(app)
    assert visitor.send("/language", on="/login", lang="zh", next="/login").location == "/login"
    assert "登录" in visitor.get("/login").text
    sign_in(visitor, park.email("pu"))
    visitor.send("/language", on="/account", lang="en")
    assert "Account" in visitor.get("/account").text
    assert person(park, "pu").language == "en"
    assert visitor.send("/language", on="/account", lang="xx").status == 303


# Passwords by link ---------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_answered_the_same_for_every_address(app: Flask, park: World) -> None:
    known = Visitor(app).send("/forgotten", on="/forgotten", email=park.email("pu"))
    unknown = Visitor(app).send("/forgotten", on="/forgotten", email="nobody@x.example")
    assert known.text == unknown.text
    assert "If an account belongs to this address" in known.text
    assert len(posted()) == 1


def test_the_link_sets_a_new_password_once_and_ends_the_sessions(app: Flask, park: World) -> None:
    elsewhere = Visitor(app, park, "pu")
    for _ in range(2):
        Visitor(app).send("/forgotten", on="/forgotten", email=park.email("pu"))
    other, link = posted()
    visitor, new = Visitor(app), "another correct horse"
    differ = visitor.send(link, on=link, password=new, again="not the same")
    assert (differ.status, "The two passwords differ." in differ.text) == (422, True)
    weak = visitor.send(link, on=link, password="short", again="short")
    assert (weak.status, "Use at least 10 characters" in weak.text) == (422, True)
    done = visitor.send(link, on=link, password=new, again=new)
    assert (done.status, done.location) == (303, "/login")
    assert elsewhere.get("/work").status == 303
    assert sign_in(Visitor(app), park.email("pu")).status == 401
    assert sign_in(Visitor(app), park.email("pu"), new).status == 303
    for spent in (link, other):
        dead = visitor.get(spent)
        assert (dead.status, "This link was used or has expired." in dead.text) == (409, True)


def test_links_die_after_an_hour_and_cannot_be_guessed(app: Flask, park: World) -> None:
    Visitor(app).send("/forgotten", on="/forgotten", email=park.email("pu"))
    (link,) = posted()
    with clock_at(timedelta(minutes=61)):
        assert Visitor(app).get(link).status == 409
    assert Visitor(app).get("/password/guess").status == 409
    assert Visitor(app).get("/invitations/guess").status == 409


def test_mails_for_one_account_are_limited_without_a_word(app: Flask, park: World) -> None:
    answers = {Visitor(app).send("/forgotten", on="/forgotten", email=park.email("pu")).text for _ in range(5)}
    assert len(answers) == 1
    assert len(posted()) == 3


# Invitations ---------------------------------------------------------------------------------------------------------


def _invite(world: World, org: str, admin: str, email: str, roles: list[str]) -> None:
    with unit_of_work():
        memberships.invite(world.org(org), world.actor(admin), email=email, roles=roles)


def test_a_new_person_takes_the_place_and_is_signed_in(app: Flask, park: World) -> None:
    _invite(park, "lab", "guan", "Neu@Lab.example", ["member", "receiver"])
    visitor, link = Visitor(app), mailed()[-1]
    page = visitor.get(link)
    assert "Guan invites you to act for Lab." in page.text
    assert "lab member receiver" in page.text
    blank = visitor.send(link, on=page, name=" ", password="one two three", again="one two three")
    assert (blank.status, "Please fill this in." in blank.text) == (422, True)
    done = visitor.send(link, on=link, name="Neu", password="one two three", again="one two three")
    assert (done.status, done.location) == (303, "/work")
    assert "Neu" in visitor.get("/account").text
    held = db.session.scalars(db.select(Membership).where(Membership.email == "neu@lab.example")).one()
    assert held.state == "active"
    assert visitor.get(link).status == 409


def test_whoever_has_an_account_signs_in_to_accept(app: Flask, park: World) -> None:
    _invite(park, "lab2", "lab2admin", park.email("pu"), ["member"])
    link, visitor = mailed()[-1], Visitor(app)
    first = visitor.get(link)
    assert first.location == f"/login?next={link}"
    # Nobody takes over an account by posting a new password to the link.
    taken = visitor.send(link, on="/login", name="Evil", password="evil evil evil", again="evil evil evil")
    assert taken.location == f"/login?next={link}"
    done = sign_in(visitor, park.email("pu"), next=link)
    assert done.location == link
    page = visitor.get(link)
    assert "password" not in page.forms[link]
    assert visitor.send(link, on=page).location == "/work"
    assert "化学学院" in visitor.get("/work").text
    assert person(park, "pu").name == "Pu"


def test_an_invitation_for_somebody_else_is_not_taken_by_accident(app: Flask, park: World) -> None:
    _invite(park, "lab2", "lab2admin", park.email("pu"), ["member"])
    other = Visitor(app, park, "an")
    assert other.get(mailed()[-1]).location == "/work"
    assert "Sign out, then open it again." in other.get("/work").text


def test_operator_and_owner_are_not_served_by_one_person(app: Flask, park: World) -> None:
    _invite(park, "owner", "wang", park.email("rui"), ["owner"])
    link, rui = mailed()[-1], Visitor(app, park, "rui")
    refused = rui.send(link, on=link)
    assert refused.status == 409
    assert "Operator, owner and auditor are served by different people." in refused.text
    assert db.session.scalars(db.select(SingleUseLink).where(SingleUseLink.used_at.is_not(None))).all() == []


def test_an_ended_membership_cannot_be_joined_any_more(app: Flask, park: World) -> None:
    _invite(park, "lab", "guan", "neu@lab.example", ["member"])
    with unit_of_work():
        held = db.session.scalars(db.select(Membership).where(Membership.email == "neu@lab.example")).one()
        memberships.end(held, park.actor("guan"))
    assert Visitor(app).get(mailed()[-1]).status == 409


# Account -------------------------------------------------------------------------------------------------------------


def test_the_account_page_is_for_those_who_are_signed_in(app: Flask, park: World) -> None:
    assert Visitor(app).get("/account").location == "/login?next=/account"
    page = Visitor(app, park, "pu").get("/account")
    assert park.email("pu") in page.text
    assert "purchaser" in page.text


def test_name_and_language_are_changed(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    assert pu.send("/account", on="/account", name="Pu Wei", lang="zh").status == 303
    assert "已保存。" in pu.get("/account").text
    assert (person(park, "pu").name, person(park, "pu").language) == ("Pu Wei", "zh")
    refused = pu.send("/account", on="/account", name="", lang="xx")
    assert refused.status == 422
    assert person(park, "pu").name == "Pu Wei"


def test_a_password_is_changed_with_the_old_one_and_signs_out_other_devices(app: Flask, park: World) -> None:
    here, there = Visitor(app, park, "pu"), Visitor(app, park, "pu")
    new = "a longer sentence"
    wrong = here.send("/account/password", on="/account", current="wrong", password=new, again=new)
    assert (wrong.status, "This is not your current password." in wrong.text) == (422, True)
    done = here.send("/account/password", on="/account", current=PASSWORD, password=new, again=new)
    assert done.location == "/account"
    assert here.get("/work").status == 200
    assert there.get("/work").status == 303
    assert sign_in(Visitor(app), park.email("pu"), new).status == 303


def test_other_devices_are_signed_out_from_here(app: Flask, park: World) -> None:
    here, there, third = (Visitor(app, park, "pu") for _ in range(3))
    page = here.get("/account")
    listed = re.findall(r'name="id" value="([0-9a-f]{64})"', page.html)
    assert len(listed) == 2
    here.send("/account/sessions/end", on="/account", id=listed[0])
    assert sorted(one.get("/work").status for one in (here, there, third)) == [200, 200, 303]
    here.send("/account/sessions/end", on="/account", all="1")
    assert sorted(one.get("/work").status for one in (here, there, third)) == [200, 303, 303]


def test_nobody_ends_the_sessions_of_others(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    token = db.session.scalars(
        db.select(LoginSession.token_hash).where(LoginSession.person_id == park.people["pu"])
    ).one()
    Visitor(app, park, "an").send("/account/sessions/end", on="/account", id=token)
    assert pu.get("/work").status == 200


def test_an_inactive_person_cannot_sign_in(app: Flask, park: World) -> None:
    with unit_of_work():
        db.session.get_one(Person, park.people["pu"]).active = False
    assert sign_in(Visitor(app), park.email("pu")).status == 401
