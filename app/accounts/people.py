"""People and how they sign in: passwords, sessions, single-use links. Personal state, not records."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from app.accounts.models import ApiKey, LoginSession, Membership, Organisation, Person, SingleUseLink
from app.kernel.actors import STAFF_KINDS, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, UNAUTHENTICATED, refusal
from app.kernel.values import N_, new_id, now

SESSION_LIFE: Final = timedelta(hours=12)
INVITATION_LIFE: Final = timedelta(days=7)
RESET_LIFE: Final = timedelta(hours=1)
PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 200
TOKEN_BYTES: Final = 32
KEY_USE_EVERY: Final = timedelta(hours=1)
"""How often the last use of an API key is written down at most."""

SIGN_IN_FAILED = refusal("sign_in_failed", UNAUTHENTICATED, N_("E-mail or password is wrong."))
LINK_DEAD = refusal("link_dead", CONFLICT, N_("This link was used or has expired. Ask for a new one."))
WEAK_PASSWORD = refusal(
    "weak_password", INVALID, N_("Use at least 10 characters that are not your address and not one repeated.")
)


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


def hasher() -> PasswordHasher:
    """argon2id at library strength; tests set CHEAP_PASSWORDS, which production refuses."""
    return _hasher(bool(current_app.config["CHEAP_PASSWORDS"]))


@cache
def _nobody_hash(cheap: bool) -> str:
    return _hasher(cheap).hash(secrets.token_hex(16))


def hashed(token: str) -> str:
    """How secrets of high entropy (sessions, keys, links) stand in the database: SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str, *, email: str) -> str:
    """argon2id of an acceptable password; refusal `weak_password` else. Slow on purpose: call outside transactions."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST or len(set(password)) < 4 or password.lower() == email:
        raise WEAK_PASSWORD(fields={"password": [WEAK_PASSWORD.words]})
    return hasher().hash(password)


def check_password(email: str, password: str) -> Person:
    """The person with this address and password. Unknown addresses cost the same work and get the same answer."""
    address = email.strip().lower()
    # PostgreSQL takes no NUL, not even in a question.
    person = None if "\0" in address else db.session.scalar(sa.select(Person).where(Person.email == address))
    stored = person.password_hash if person and person.password_hash and person.active else None
    try:
        hasher().verify(stored or _nobody_hash(bool(current_app.config["CHEAP_PASSWORDS"])), password[:PASSWORD_MOST])
    except (VerificationError, InvalidHashError):
        raise SIGN_IN_FAILED() from None
    if person is None or stored is None:
        raise SIGN_IN_FAILED()
    return person


def memberships_of(person_id: str) -> list[Membership]:
    """Active memberships with their organisations, oldest first."""
    statement = (
        sa.select(Membership)
        .options(sa.orm.joinedload(Membership.organisation))
        .where(Membership.person_id == person_id, Membership.state == "active")
        .order_by(Membership.id)
    )
    return list(db.session.scalars(statement))


def open_session(person: Person) -> str:
    """A new session for a person who has just proved who they are; returns the token for the cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    first = next((one for one in memberships_of(person.id) if may_act(one.organisation)), None)
    db.session.add(
        LoginSession(
            token_hash=hashed(token),
            person_id=person.id,
            org_id=first.org_id if first else None,
            expires_at=now() + SESSION_LIFE,
        )
    )
    return token


def session_of(token: str) -> tuple[LoginSession, Person] | None:
    """The live session of a cookie's token and its person."""
    row = db.session.execute(
        sa.select(LoginSession, Person)
        .join(Person, Person.id == LoginSession.person_id)
        .where(LoginSession.token_hash == hashed(token), LoginSession.expires_at > now(), Person.active)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def close_sessions(person_id: str, *, but: str | None = None) -> None:
    """End every session of a person (password changed), or all but one."""
    statement = sa.delete(LoginSession).where(LoginSession.person_id == person_id)
    db.session.execute(statement.where(LoginSession.token_hash != hashed(but)) if but else statement)


def close_session(token: str) -> None:
    """Sign out."""
    db.session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


def switch(token: str, org_id: str, person_id: str) -> bool:
    """Act for another of one's organisations; False when one is no active member there."""
    if org_id not in {membership.org_id for membership in memberships_of(person_id)}:
        return False
    own = sa.update(LoginSession).where(LoginSession.token_hash == hashed(token), LoginSession.person_id == person_id)
    db.session.execute(own.values(org_id=org_id))
    return True


def actor_for(
    person_id: str, org_id: str | None, *, channel: str, request_id: str | None = None, read_only: bool = False
) -> Actor:
    """The actor that a person is in an organisation right now, read from the database at each request."""
    held = memberships_of(person_id)
    own = next((membership for membership in held if membership.org_id == org_id), None)
    if own is None or not may_act(own.organisation):
        return Actor(person_id=person_id, channel=channel, request_id=request_id, read_only=read_only)
    return Actor(
        person_id=person_id,
        org_id=own.org_id,
        roles=frozenset(own.roles) & own.organisation.roles_possible,
        kinds=own.organisation.kinds,
        org_ids=frozenset(membership.org_id for membership in held),
        channel=channel,
        request_id=request_id,
        read_only=read_only,
    )


def may_act(organisation: Organisation) -> bool:
    """Admitted organisations act; a suspended one still finishes what is open (its scopes are guarded by actions)."""
    return organisation.state in ("admitted", "suspended", "applied", "correcting")


def live_key(secret: str) -> ApiKey | None:
    """The API key with this secret, or None when it is unknown or revoked or its membership has ended.

    A later membership of the same person in the same organisation does not bring it back.
    """
    key = db.session.scalar(
        sa.select(ApiKey)
        .join(Membership, Membership.id == ApiKey.membership_id)
        .where(ApiKey.secret_hash == hashed(secret), ApiKey.state == "active", Membership.state == "active")
    )
    person = db.session.get(Person, key.person_id) if key else None
    return key if person is not None and person.active else None


def use_untold(key: ApiKey) -> bool:
    """Whether its last use was written down so long ago that this one has to be."""
    return key.used_at is None or key.used_at <= now() - KEY_USE_EVERY


def note_key_use(key_id: str) -> None:
    """Write the key's use down, at most once per KEY_USE_EVERY whoever else does; needs a unit of work."""
    moment = now()
    untold = sa.or_(ApiKey.used_at.is_(None), ApiKey.used_at <= moment - KEY_USE_EVERY)
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id, untold).values(used_at=moment))


def actor_of_key(key: ApiKey | None, *, request_id: str | None = None) -> Actor | None:
    """The actor of a live API key, or None when there is none or its organisation may not act."""
    if key is None:
        return None
    actor = actor_for(key.person_id, key.org_id, channel="api", request_id=request_id, read_only=key.scope == "read")
    return actor if actor.org_id else None


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


def set_password(person: Person, password_hash: str) -> None:
    """Store a new password; every session that the old one opened ends, and every link to set another one."""
    person.password_hash = password_hash
    close_sessions(person.id)
    db.session.execute(
        sa.update(SingleUseLink)
        .where(SingleUseLink.person_id == person.id, SingleUseLink.used_at.is_(None))
        .values(used_at=now())
    )


def excluded_kinds(person_id: str) -> set[str]:
    """The platform kinds (operator, owner, auditor) that a person already serves; no two go together."""
    return {kind for membership in memberships_of(person_id) for kind in membership.organisation.kinds & STAFF_KINDS}
