"""Places in organisations: invited by mail, taken once, changed, ended; and who may never hold two of them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import credentials, people
from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import ApiKey, Membership, Organisation, Person, SingleUseLink
from app.accounts.schemas import InviteInput, RolesInput
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Delivery, Event
from app.kernel.lifecycle import find, offers, visible
from app.kernel.values import clock_at, now
from app.kernel.work import unit_of_work
from tests.kernel.crowd import failures, together
from tests.kernel.rounds import rounds
from tests.world import World, build

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def code_of(call: Any) -> str:
    with pytest.raises(Refusal) as refused, unit_of_work():
        call()
    return refused.value.code


def membership_of(world: World, name: str) -> Membership:
    statement = sa.select(Membership).where(Membership.person_id == world.people[name], Membership.state == "active")
    return db.session.scalars(statement).one()


def invite(world: World, email: str, roles: list[str], *, org: str = "lab", by: str = "guan") -> str:
    with unit_of_work():
        return memberships.invite(world.org(org), world.actor(by), email=email, roles=roles).id


def join(membership_id: str, *, password: str | None = None, name: str = "New") -> str:
    with unit_of_work():
        membership = find(Membership, membership_id, SYSTEM_ACTOR)
        memberships.join(membership, SYSTEM_ACTOR, name=name, language="zh", password_hash=password)
        return str(membership.person_id)


def token_of_the_last_mail(app: Flask) -> str:
    worker.deliver()
    last = max((Path(app.instance_path) / "mail").glob("*.eml"), key=lambda path: path.name)
    import email  # noqa: PLC0415
    from email import policy  # noqa: PLC0415

    body = email.message_from_bytes(last.read_bytes(), policy=policy.default).get_content()
    (token,) = set(re.findall(r"http://localhost/(?:invitations|password)/([\w-]+)", body))
    return str(token)


# Invited and joined ---------------------------------------------------------------------------------------------------


def test_from_the_invitation_through_the_link_to_the_place(app: Flask, world: World) -> None:
    membership = invite(world, "Neu@Lab.Example ", ["purchaser", "member"])
    token = token_of_the_last_mail(app)
    link = people.peek_link("invite", token)
    assert link.membership_id == membership
    with unit_of_work():
        people.use_link("invite", token)
        memberships.join(
            find(Membership, membership, SYSTEM_ACTOR), SYSTEM_ACTOR, name="Neu", language="en",
            password_hash=people.hash_password("a password of mine", email="neu@lab.example"),
        )  # fmt: skip
    person = people.check_password("neu@lab.example", "a password of mine")
    actor = people.actor_for(person.id, world.organisations["lab"], channel="web")
    assert actor.roles == {"purchaser", "member"}
    assert code_of(lambda: people.use_link("invite", token)) == "link_dead"


def test_an_invitation_is_mailed_in_both_languages_and_its_link_is_stored_as_a_hash(app: Flask, world: World) -> None:
    invite(world, "neu@lab.example", ["member"])
    token = token_of_the_last_mail(app)
    assert len(token) >= 43
    stored = db.session.scalars(sa.select(SingleUseLink.token_hash)).all()
    assert token not in stored
    assert people.hashed(token) in stored
    db.session.rollback()
    payloads = [str(row.payload) for row in db.session.scalars(sa.select(Delivery))]
    assert not any(token in payload for payload in payloads), "a mail that was sent is forgotten"
    assert not any(token in event.body for event in db.session.scalars(sa.select(Event)))


@pytest.mark.parametrize(
    "purpose,token,later",
    [("invite", "wrong", 0), ("invite", "", 0), ("invite", "\x00", 0), ("reset", None, 0), ("invite", None, 8)],
    ids=["wrong", "empty", "nul", "for another purpose", "after a week"],
)
def test_a_link_that_is_none_or_for_something_else_or_too_old_is_dead(
    app: Flask, world: World, purpose: str, token: str | None, later: int
) -> None:
    invite(world, "neu@lab.example", ["member"])
    real = token_of_the_last_mail(app)
    with clock_at(timedelta(days=later)):
        assert code_of(lambda: people.peek_link(purpose, real if token is None else token)) == "link_dead"
        assert code_of(lambda: people.use_link(purpose, real if token is None else token)) == "link_dead"


@pytest.mark.prove
def test_of_racers_with_one_link_one_gets_in(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        membership = invite(world, f"racer{turn}@lab.example", ["member"])
        token = token_of_the_last_mail(app)

        def take(token: str = token, membership: str = membership) -> str:
            with unit_of_work():
                people.use_link("invite", token)
                joined = find(Membership, membership, SYSTEM_ACTOR, lock=True)
                memberships.join(joined, SYSTEM_ACTOR, name="R", language="zh")
                return str(joined.person_id)

        outcomes = together(app, *[take] * 4)
        lost = [error.code for error in failures(outcomes) if isinstance(error, Refusal)]
        assert lost == ["link_dead"] * 3
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.email.like("racer%"))) == rounds(3, 60)


def test_somebody_with_an_account_keeps_name_and_password(world: World) -> None:
    before = db.session.get_one(Person, world.people["pu"])
    name, password = before.name, before.password_hash
    membership = invite(world, "pu@lab.example", ["finance"], org="lab2", by="lab2admin")
    assert join(membership, password="$argon2id$stolen", name="Somebody Else") == world.people["pu"]
    after = db.session.get_one(Person, world.people["pu"])
    assert (after.name, after.password_hash) == (name, password)
    actor = world.actor("pu")
    assert (actor.org_id, actor.roles) == (world.organisations["lab"], {"purchaser", "member"})
    assert actor.org_ids == {world.organisations["lab"], world.organisations["lab2"]}


def test_nobody_is_invited_twice_while_a_place_is_theirs(world: World) -> None:
    assert code_of(lambda: memberships.invite(
        world.org("lab"), world.actor("guan"), email="PU@lab.example", roles=["member"]
    )) == "already_there"  # fmt: skip
    with unit_of_work():
        memberships.end(membership_of(world, "pu"), world.actor("guan"))
    assert invite(world, "pu@lab.example", ["member"])


def test_only_roles_that_the_organisation_gives(world: World) -> None:
    for org, by, roles in (
        ("lab", "guan", ["reviewer"]),
        ("lab", "guan", ["member", "sales"]),
        ("supplier", "zong", ["expert"]),
        ("owner", "wang", ["settlement"]),
        ("operator", "ops", ["owner"]),
    ):
        assert code_of(lambda org=org, by=by, roles=roles: memberships.invite(
            world.org(org), world.actor(by), email="neu@x.example", roles=roles
        )) == "role_not_given"  # fmt: skip
        with pytest.raises(Refusal), unit_of_work():
            memberships.change_roles(membership_of(world, by), world.actor(by), roles=[*roles, "org_admin"])


def test_roles_come_as_a_list_of_known_ones_and_never_empty() -> None:
    for wrong in ([], ["king"], "member", None, [1], {}):
        assert RolesInput().validate({"roles": wrong})
        assert InviteInput().validate({"email": "a@b.cn", "roles": wrong})
    assert not RolesInput().validate({"roles": ["member"]})


def test_roles_are_kept_once_and_in_order(world: World) -> None:
    with unit_of_work():
        memberships.change_roles(
            membership_of(world, "pu"), world.actor("guan"), roles=["receiver", "member", "receiver"]
        )
    assert membership_of(world, "pu").roles == ["member", "receiver"]
    assert world.actor("pu").roles == {"member", "receiver"}


def test_only_the_admin_of_the_organisation_invites_changes_and_ends(world: World) -> None:
    mine = membership_of(world, "pu")
    for by in ("pu", "an", "lab2admin", "zong", "shen", "wang", "ops"):
        actor = world.actor(by)
        for call in (
            lambda actor=actor: memberships.invite(world.org("lab"), actor, email="x@y.example", roles=["member"]),
            lambda actor=actor: memberships.change_roles(mine, actor, roles=["org_admin"]),
            lambda actor=actor: memberships.end(mine, actor),
        ):
            assert code_of(call) == "not_yours", by


def test_the_operator_helps_an_organisation_without_an_admin_and_no_other(world: World) -> None:
    reviewer = world.actor("rui")
    assert code_of(lambda: memberships.invite(
        world.org("lab"), reviewer, email="mine@operator.example", roles=["org_admin"]
    )) == "has_admin"  # fmt: skip
    (offer,) = [one for one in offers(world.org("lab"), reviewer) if one.action.name == "invite"]
    assert not offer.enabled
    with unit_of_work():
        new = organisations.register(
            world.org("operator"), reviewer, name_zh="新实验室", name_en="", kinds=["lab"],
            credit_code="91110000600037341L", address="",
        ).id  # fmt: skip
    with unit_of_work():
        first = memberships.invite(
            find(Organisation, new, reviewer), reviewer, email="boss@new.example", roles=["org_admin"]
        ).id
    with unit_of_work():
        memberships.invite(find(Organisation, new, reviewer), reviewer, email="two@new.example", roles=["member"])
    join(first)
    assert code_of(lambda: memberships.invite(
        find(Organisation, new, reviewer), reviewer, email="three@new.example", roles=["org_admin"]
    )) == "has_admin"  # fmt: skip


# The last admin -------------------------------------------------------------------------------------------------------


def test_an_organisation_keeps_an_admin(world: World) -> None:
    last, admin = membership_of(world, "guan"), world.actor("guan")
    assert code_of(lambda: memberships.end(last, admin)) == "last_admin"
    assert code_of(lambda: memberships.change_roles(last, admin, roles=["member"])) == "last_admin"
    waiting = invite(world, "two@lab.example", ["org_admin"])
    assert code_of(lambda: memberships.end(membership_of(world, "guan"), admin)) == "last_admin", "not yet joined"
    with unit_of_work():
        memberships.change_roles(find(Membership, waiting, SYSTEM_ACTOR), admin, roles=["member"])
        memberships.change_roles(find(Membership, waiting, SYSTEM_ACTOR), admin, roles=["org_admin"])
    join(waiting)
    with unit_of_work():
        memberships.change_roles(membership_of(world, "guan"), admin, roles=["member"])
    assert "org_admin" not in world.actor("guan").roles


@pytest.mark.prove
def test_two_admins_who_end_each_other_leave_one(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        second = invite(world, f"second{turn}@lab.example", ["org_admin"], by="guan")
        person = join(second)
        first = membership_of(world, "guan").id
        org = world.organisations["lab"]

        def end(membership: str, by: str, org: str = org) -> None:
            with unit_of_work():
                actor = people.actor_for(by, org, channel="web")
                memberships.end(find(Membership, membership, actor, lock=True), actor)

        outcomes = together(
            app,
            lambda second=second, end=end: end(second, world.people["guan"]),
            lambda first=first, person=person, end=end: end(first, person),
        )
        db.session.rollback()
        left = [
            one
            for one in db.session.scalars(
                sa.select(Membership).where(Membership.org_id == org, Membership.state == "active")
            )
            if "org_admin" in one.roles
        ]
        assert len(left) == 1, outcomes
        assert {error.code for error in failures(outcomes) if isinstance(error, Refusal)} <= {
            "last_admin",
            "not_yours",
            "not_there",
        }
        if left[0].person_id == person:  # put the park back
            back = invite_by(world, person, "guan@lab.example")
            join(back)
            with unit_of_work():
                memberships.end(find(Membership, left[0].id, SYSTEM_ACTOR), world.actor("guan"))


def invite_by(world: World, person: str, email: str) -> str:
    with unit_of_work():
        actor = people.actor_for(person, world.organisations["lab"], channel="web")
        return memberships.invite(world.org("lab"), actor, email=email, roles=["org_admin"]).id


# Who never goes together ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "person,home,org,by,roles",
    [
        ("rui", "operator", "owner", "wang", ["owner"]),
        ("rui", "operator", "auditor", "shen", ["auditor"]),
        ("wen", "owner", "operator", "ops", ["reviewer"]),
        ("shen", "auditor", "operator", "ops", ["settlement"]),
    ],
)
def test_operator_owner_and_auditor_are_different_people(
    world: World, person: str, home: str, org: str, by: str, roles: list[str]
) -> None:
    membership = invite(world, f"{person}@{home}.example", roles, org=org, by=by)
    assert code_of(lambda: memberships.join(
        find(Membership, membership, SYSTEM_ACTOR), SYSTEM_ACTOR, name="x", language="zh"
    )) == "platform_apart"  # fmt: skip
    assert find(Membership, membership, SYSTEM_ACTOR).state == "invited"


def test_whoever_has_left_one_of_them_may_join_another(world: World) -> None:
    with unit_of_work():
        memberships.end(membership_of(world, "rui"), world.actor("ops"))
    join(invite(world, "rui@operator.example", ["auditor"], org="auditor", by="shen"))


@pytest.mark.prove
def test_two_places_taken_at_the_same_moment_are_looked_at_in_turn(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        person = join(invite(world, f"both{turn}@lab.example", ["member"]))
        places = [
            invite(world, f"both{turn}@lab.example", ["auditor"], org="auditor", by="shen"),
            invite(world, f"both{turn}@lab.example", ["reviewer"], org="operator", by="ops"),
        ]
        outcomes = together(app, *[lambda place=place: join(place) for place in places])
        lost = [error.code for error in failures(outcomes) if isinstance(error, Refusal)]
        assert lost == ["platform_apart"]
        db.session.rollback()
        assert len(people.excluded_kinds(person)) == 1


def test_system_security_and_audit_administration_are_three_people(world: World) -> None:
    admin = world.actor("ops")
    for roles in (["system_admin", "security_admin"], ["security_admin", "audit_admin", "reviewer"]):
        assert code_of(lambda roles=roles: memberships.invite(
            world.org("operator"), admin, email="neu@operator.example", roles=roles
        )) == "admins_apart"  # fmt: skip
        assert code_of(lambda roles=roles: memberships.change_roles(
            membership_of(world, "rui"), admin, roles=roles
        )) == "admins_apart"  # fmt: skip
    assert invite(world, "neu@operator.example", ["audit_admin"], org="operator", by="ops")


# Keys -----------------------------------------------------------------------------------------------------------------


def test_a_key_is_issued_to_oneself_only(world: World) -> None:
    for by in ("guan", "an"):
        assert code_of(lambda by=by: keys.issue_key(
            membership_of(world, "pu"), world.actor(by), title="x", scope="write"
        )) == "key_for_oneself"  # fmt: skip
    assert (
        code_of(lambda: keys.issue_key(membership_of(world, "pu"), world.actor("xiao"), title="x", scope="read"))
        == "not_yours"
    )


def test_a_key_is_stored_as_a_hash_and_revoked_by_its_holder_or_an_admin(world: World) -> None:
    secrets = [world.key("pu"), world.key("pu")]
    found = db.session.scalars(sa.select(ApiKey).order_by(ApiKey.id)).all()
    assert [key.secret_hash for key in found] == [people.hashed(secret) for secret in secrets]
    assert code_of(lambda: keys.revoke(found[0], world.actor("an"))) == "key_for_oneself"
    for key, by in zip(found, ("pu", "guan"), strict=True):
        with unit_of_work():
            keys.revoke(key, world.actor(by))
    assert [credentials.live_key(secret) for secret in secrets] == [None, None]


def test_what_a_member_may_not_do_with_a_key_is_offered_with_the_reason(world: World) -> None:
    world.key("pu")
    key = db.session.scalars(sa.select(ApiKey)).one()
    offered = {name: {one.action.name: one.enabled for one in offers(key, world.actor(name))} for name in
               ("pu", "guan", "an")}  # fmt: skip
    assert [offered[name]["revoke"] for name in ("pu", "guan", "an")] == [True, True, False]
    assert [offered[name]["rotate"] for name in ("pu", "guan", "an")] == [True, False, False]


def test_members_read_the_memberships_of_their_own_organisation_only(world: World) -> None:
    rows = db.session.scalars(visible(Membership, world.actor("pu"))).all()
    assert {row.org_id for row in rows} == {world.organisations["lab"]}
    assert db.session.scalars(visible(Membership, Actor())).all() == []


def test_leaving_is_told_in_the_chain_by_reference(world: World) -> None:
    membership = membership_of(world, "pu").id
    with unit_of_work():
        memberships.end(find(Membership, membership, SYSTEM_ACTOR), world.actor("guan"))
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert (event.name, event.object_id) == ("membership.end", membership)
    assert "@" not in event.body
    assert event.at <= now()
