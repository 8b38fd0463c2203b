"""People and how they sign in: sessions, single-use links, whom one acts for. Personal state, not records."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa
from flask import current_app

from app.accounts import acting
from app.accounts.models import LoginSession, Membership, Organisation, Person, SingleUseLink
from app.accounts.passwords import PASSWORD_LEAST as PASSWORD_LEAST
from app.accounts.passwords import SIGN_IN_FAILED as SIGN_IN_FAILED
from app.accounts.passwords import WEAK_PASSWORD as WEAK_PASSWORD
from app.accounts.passwords import check_password as check_password
from app.accounts.passwords import hash_password as hash_password
from app.accounts.passwords import hasher as hasher
from app.accounts.passwords import normal as normal
from app.kernel.actors import STAFF_KINDS, Actor
from app.kernel.db import UtcDateTime, db
from app.kernel.errors import CONFLICT, SIGN_IN, refusal
from app.kernel.events import courier, owe
from app.kernel.values import N_, new_id, now
from app.kernel.work import unit_of_work

SESSION_LIFE: Final = timedelta(hours=12)
"""However busy it is; SESSION_IDLE_MINUTES ends one that nobody uses earlier."""
HALF_LIFE: Final = timedelta(minutes=10)
"""Between the password and the second factor."""
FRESH: Final = timedelta(minutes=15)
"""How long ago somebody may have proved themselves who changes how they sign in."""
SEEN_EVERY: Final = timedelta(minutes=5)
"""How often the last use of a session is written down at most."""
INVITATION_LIFE: Final = timedelta(days=7)
RESET_LIFE: Final = timedelta(hours=1)
TOKEN_BYTES: Final = 32

LINK_DEAD = refusal("link_dead", CONFLICT, N_("This link was used or has expired. Ask for a new one."))


def hashed(token: str) -> str:
    """How secrets of high entropy (sessions, keys, links) stand in the database: SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def memberships_of(person_id: str) -> list[Membership]:
    """Active memberships with their organisations, oldest first."""
    return list(db.session.scalars(_held(), {"person": person_id}))


@cache
def _held() -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .options(sa.orm.joinedload(Membership.organisation), sa.orm.raiseload(Membership.unit_roles))
        .where(Membership.person_id == sa.bindparam("person"), Membership.state == "active")
        .order_by(Membership.id)
    )


def open_session(
    person: Person,
    *,
    proof: str | None = None,
    half: bool = False,
    sign_on_org_id: str | None = None,
    device: str = "",
    address: str = "",
) -> str:
    """A new session for a person who has just proved who they are; returns the token for the cookie.

    proof: the second factor shown; half: it is still to be shown; sign_on_org_id: whose identity provider vouches.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    first = next((one for one in memberships_of(person.id) if may_act(one.organisation)), None)
    db.session.add(
        LoginSession(
            token_hash=hashed(token),
            person_id=person.id,
            org_id=sign_on_org_id or (first.org_id if first else None),
            expires_at=now() + (HALF_LIFE if half else SESSION_LIFE),
            half=half,
            proof=proof,
            proved_at=None if sign_on_org_id else now(),
            sign_on_org_id=sign_on_org_id,
            device=device[:60],
            address=address[:45],
        )
    )
    return token


def session_of(token: str, *, half: bool = False) -> tuple[LoginSession, Person] | None:
    """The live session of a cookie's token and its person; only a half one when that is asked for."""
    idle = timedelta(minutes=int(current_app.config["SESSION_IDLE_MINUTES"]))
    asked = {"token": hashed(token), "moment": now(), "since": now() - idle, "half": half}
    row = db.session.execute(_live_session(), asked).one_or_none()
    return (row[0], row[1]) if row else None


@cache
def _live_session() -> sa.Select[LoginSession, Person]:
    return (
        sa.select(LoginSession, Person)
        .join(Person, Person.id == LoginSession.person_id)
        .where(
            LoginSession.token_hash == sa.bindparam("token"),
            LoginSession.expires_at > sa.bindparam("moment"),
            LoginSession.seen_at > sa.bindparam("since"),
            LoginSession.half == sa.bindparam("half"),
            Person.active,
        )
    )


def elevate(token: str, *, proof: str | None = None) -> str:
    """The person has proved themselves again: the same session under a new token, so that no planted one gains."""
    fresh, moment = secrets.token_urlsafe(TOKEN_BYTES), now()
    whole_life = sa.literal(moment + SESSION_LIFE, UtcDateTime())
    changes = {
        "token_hash": hashed(fresh),
        "half": False,
        "proved_at": moment,
        "seen_at": moment,
        "expires_at": sa.case((LoginSession.half, whole_life), else_=LoginSession.expires_at),
    } | ({"proof": proof} if proof is not None else {})
    own = sa.update(LoginSession).where(LoginSession.token_hash == hashed(token), LoginSession.expires_at > moment)
    if db.session.execute(own.values(changes).returning(LoginSession.token_hash)).scalar_one_or_none() is None:
        raise SIGN_IN()
    return fresh


def note_seen(token: str) -> None:
    """Write the use of a session down; needs a unit of work."""
    stale = sa.and_(LoginSession.token_hash == hashed(token), LoginSession.seen_at <= now() - SEEN_EVERY)
    db.session.execute(sa.update(LoginSession).where(stale).values(seen_at=now()))


def sessions_of(person_id: str) -> list[LoginSession]:
    """The live sessions of a person, the last used first."""
    idle = timedelta(minutes=int(current_app.config["SESSION_IDLE_MINUTES"]))
    live = sa.select(LoginSession).where(
        LoginSession.person_id == person_id,
        LoginSession.expires_at > now(),
        LoginSession.seen_at > now() - idle,
        sa.not_(LoginSession.half),
    )
    return list(db.session.scalars(live.order_by(LoginSession.seen_at.desc(), LoginSession.token_hash)))


def end_session(person_id: str, token_hash: str) -> None:
    """Sign out one device of a person's own."""
    db.session.execute(
        sa.delete(LoginSession).where(LoginSession.person_id == person_id, LoginSession.token_hash == token_hash)
    )


def close_sessions(person_id: str, *, but: str | None = None) -> None:
    """End every session of a person (password changed), or all but one."""
    statement = sa.delete(LoginSession).where(LoginSession.person_id == person_id)
    db.session.execute(statement.where(LoginSession.token_hash != hashed(but)) if but else statement)


def close_session(token: str) -> None:
    """Sign out."""
    db.session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


def switch(token: str, org_id: str, person_id: str) -> bool:
    """Act for another of one's organisations; False when one has no place and no emergency access there.

    An identity provider speaks for its own organisation only: its session does not switch to another one.
    """
    own_places = {membership.org_id for membership in memberships_of(person_id)}
    if org_id not in own_places and acting.emergency(person_id, org_id) is None:
        return False
    own = sa.update(LoginSession).where(
        LoginSession.token_hash == hashed(token),
        LoginSession.person_id == person_id,
        sa.or_(LoginSession.sign_on_org_id.is_(None), LoginSession.sign_on_org_id == org_id),
    )
    changed = db.session.execute(own.values(org_id=org_id).returning(LoginSession.token_hash)).scalar_one_or_none()
    return changed is not None


def actor_for(
    person_id: str, org_id: str | None, *, channel: str, request_id: str | None = None, read_only: bool = False
) -> Actor:
    """The actor that a person is in an organisation right now, read from the database at each request."""
    held = memberships_of(person_id)
    own = next((membership for membership in held if membership.org_id == org_id), None)
    org_ids = frozenset(membership.org_id for membership in held)
    bare = Actor(person_id=person_id, channel=channel, request_id=request_id, read_only=read_only)
    if own is None:
        return _in_an_emergency(bare, org_id, org_ids)
    if not may_act(own.organisation):
        return bare
    possible, lab = own.organisation.roles_possible, own.organisation.is_lab
    return replace(
        bare,
        org_id=own.org_id,
        roles=frozenset(own.roles) & possible,
        kinds=own.organisation.kinds,
        org_ids=org_ids,
        unit_roles=acting.unit_roles(own) if lab else frozenset(),
        lent_roles=frozenset(one.role for one in acting.lent_to(person_id, own.org_id)) if lab else frozenset(),
    )


def _in_an_emergency(bare: Actor, org_id: str | None, org_ids: frozenset[str]) -> Actor:
    """A stranger to the organisation, or its guest for some hours with the roles that a second person allowed."""
    access = acting.emergency(str(bare.person_id), org_id)
    organisation = db.session.get_one(Organisation, access.subject_id) if access is not None else None
    if access is None or organisation is None or not may_act(organisation):
        return bare
    return replace(
        bare, org_id=access.subject_id, roles=frozenset(access.roles) & organisation.roles_possible,
        kinds=organisation.kinds, org_ids=org_ids | {access.subject_id}, emergency=access.id,
    )  # fmt: skip


def may_act(organisation: Organisation) -> bool:
    """Admitted organisations act; a suspended one still finishes what is open (its scopes are guarded by actions)."""
    return organisation.state in ("admitted", "suspended", "applied", "correcting")


def make_link(purpose: str, *, person_id: str | None = None, membership_id: str | None = None) -> str:
    """A single-use token for a mail; only its hash is stored."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    life = INVITATION_LIFE if purpose == "invite" else RESET_LIFE
    db.session.add(
        SingleUseLink(
            token_hash=hashed(token),
            purpose=purpose,
            person_id=person_id,
            membership_id=membership_id,
            expires_at=now() + life,
        )
    )
    return token


@courier("reset_link")
def mail_reset(payload: dict[str, str]) -> None:
    """Mail a link to whoever has this address, if anybody: out of sight of the request, which takes equally long."""
    with unit_of_work():
        person = db.session.scalar(sa.select(Person).where(Person.email == payload["to"], Person.active))
        if person is not None:
            link = f"{current_app.config['BASE_URL']}/password/{make_link('reset', person_id=person.id)}"
            owe(db.session(), "mail", {"to": person.email, "template": "reset", "link": link})


def peek_link(purpose: str, token: str) -> SingleUseLink:
    """The live link of a token; refusal `link_dead` else."""
    link = db.session.get(SingleUseLink, hashed(token))
    if link is None or link.purpose != purpose or link.used_at is not None or link.expires_at <= now():
        raise LINK_DEAD()
    return link


def use_link(purpose: str, token: str) -> SingleUseLink:
    """Take the link, once: of two racing uses one wins."""
    peek_link(purpose, token)
    used = db.session.execute(
        sa.update(SingleUseLink)
        .where(SingleUseLink.token_hash == hashed(token), SingleUseLink.used_at.is_(None))
        .values(used_at=now())
        .returning(SingleUseLink.token_hash)
    ).scalar_one_or_none()
    if used is None:
        raise LINK_DEAD()
    return db.session.get_one(SingleUseLink, used, populate_existing=True)


def person_with(email: str, *, name: str, language: str, password_hash: str | None) -> Person:
    """The person with this address, made if there is none; an existing one keeps name and password."""
    address = email.strip().lower()
    person = db.session.scalar(sa.select(Person).where(Person.email == address))
    if person is None:
        person = Person(id=new_id("per"), email=address, name=name, language=language, password_hash=password_hash)
        db.session.add(person)
        db.session.flush()
    return person


def known_of(person: Person) -> tuple[str, ...]:
    """What a guesser knows of a person: name and organisations."""
    held = [one.organisation for one in memberships_of(person.id)]
    return (person.name, *(name for one in held for name in (one.name_zh, one.name_en)))


def set_password(person: Person, password_hash: str, *, keep: str | None = None) -> None:
    """Store a new password; every session that the old one opened ends, and every link to set another one.

    keep: the token of the session in which it was changed, which goes on under a new one.
    """
    person.password_hash = password_hash
    close_sessions(person.id, but=keep)
    db.session.execute(
        sa.update(SingleUseLink)
        .where(SingleUseLink.person_id == person.id, SingleUseLink.used_at.is_(None))
        .values(used_at=now())
    )


def excluded_kinds(person_id: str) -> set[str]:
    """The platform kinds (operator, owner, auditor) that a person already serves; no two go together."""
    return {kind for membership in memberships_of(person_id) for kind in membership.organisation.kinds & STAFF_KINDS}
