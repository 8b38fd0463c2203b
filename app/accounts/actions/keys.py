"""API keys: issued by a member for themselves or for a machine, shown once, rotated, revoked, over by the clock.

Nobody issues or rotates a key that may do more than they may themselves (Vendure GHSA-37xp-mjp8-6f9x), and a secret is
shown to the one person in whose name the key acts, never to an administrator.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import current_app

from app.accounts import second_factors
from app.accounts.areas import EVERY_AREA
from app.accounts.key_schemas import KeyInput, RotateInput
from app.accounts.lifecycles import API_KEY, MEMBERSHIP, SERVICE_ACCOUNT
from app.accounts.models import KIND_ROLES, ApiKey, Membership, ServiceAccount
from app.accounts.people import TOKEN_BYTES, hashed
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import FORBIDDEN, INVALID, Refusal, refusal
from app.kernel.lifecycle import fresh
from app.kernel.values import N_, now
from app.kernel.work import note

ANY_ROLE = who("|".join(sorted({role for roles in KIND_ROLES.values() for role in roles})), "self")
MARK: Final = "lpk_"
"""By which a secret that was left in public is found and reported."""

KEY_FOR_ONESELF = refusal("key_for_oneself", FORBIDDEN, N_("Keys are issued to oneself only."))
WIDER_THAN_YOURS = refusal(
    "wider_than_yours", FORBIDDEN, N_("Nobody makes a key that may do more than they may themselves.")
)
NOT_RESPONSIBLE = refusal(
    "not_responsible", FORBIDDEN, N_("The keys of a machine are made and kept by the colleague who answers for it.")
)
KEY_TOO_LONG = refusal("key_too_long", INVALID, N_("A key is valid for %(days)s days at most."))


def _for_oneself(membership: Membership, actor: Actor) -> None:
    if membership.person_id != actor.person_id:
        raise KEY_FOR_ONESELF()


def answers_for_it(account: ServiceAccount, actor: Actor) -> None:
    """Whoever answers for the machine, and holds every role that it has."""
    if account.responsible.person_id != actor.person_id or actor.machine is not None:
        raise NOT_RESPONSIBLE()
    if not frozenset(account.roles) <= actor.roles:
        raise WIDER_THAN_YOURS()


def _proved(owner: Membership | ServiceAccount, actor: Actor) -> None:
    """A key outlives the session: who needs a second factor makes one only after showing it, and with no other key."""
    del owner
    if second_factors.required() and second_factors.demanded_of(actor) and not actor.proved:
        raise second_factors.SECOND_FACTOR_NEEDED()


def _own_or_admin(key: ApiKey, actor: Actor) -> None:
    if not actor.system and _holder(key) != actor.person_id and "org_admin" not in actor.roles:
        raise KEY_FOR_ONESELF()


def _holder(key: ApiKey) -> str | None:
    """The person in whose name the key acts: its own, or the one who answers for its machine now."""
    account = _account(key)
    return account.responsible.person_id if account is not None else key.person_id


def _account(key: ApiKey) -> ServiceAccount | None:
    return db.session.get(ServiceAccount, key.account_id) if key.account_id else None


def _held_by_them(key: ApiKey, actor: Actor) -> None:
    account = _account(key)
    if account is not None:
        answers_for_it(account, actor)
    elif key.person_id != actor.person_id or actor.machine is not None:
        raise KEY_FOR_ONESELF()
    _no_wider(actor, key.areas)


def _no_wider(actor: Actor, areas: Sequence[str]) -> None:
    """A key that was given for a part of the platform makes none for another part."""
    if actor.areas is not None and not actor.areas >= frozenset(areas):
        raise WIDER_THAN_YOURS()


@MEMBERSHIP.action(
    "active -> =", by=ANY_ROLE, needs=[_for_oneself, _proved], takes=KeyInput, makes=API_KEY, title=N_("New API key")
)
def issue_key(
    membership: Membership, actor: Actor, *, title: str, scope: str, areas: Sequence[str] = EVERY_AREA,
    days: int | None = None,
) -> ApiKey:  # fmt: skip
    """A member makes a key that acts for them; the answer shows its secret once."""
    if actor.machine is not None:
        raise WIDER_THAN_YOURS()
    return _issued(membership, actor, None, title=title, scope=scope, areas=areas, days=days)


@SERVICE_ACCOUNT.action(
    "active -> =", by=ANY_ROLE, needs=[answers_for_it, _proved], takes=KeyInput, makes=API_KEY, name="issue_key",
    title=N_("New API key"), primary=True,
)  # fmt: skip
def issue_machine_key(
    account: ServiceAccount, actor: Actor, *, title: str, scope: str, areas: Sequence[str] = EVERY_AREA,
    days: int | None = None,
) -> ApiKey:  # fmt: skip
    """Whoever answers for the machine makes a key for it; the answer shows its secret once."""
    return _issued(account.responsible, actor, account.id, title=title, scope=scope, areas=areas, days=days)


def _issued(
    membership: Membership, actor: Actor, account_id: str | None, *, title: str, scope: str, areas: Sequence[str],
    days: int | None,
) -> ApiKey:  # fmt: skip
    wanted = sorted(set(areas))
    _no_wider(actor, wanted)
    secret = _secret()
    key = fresh(
        ApiKey, org_id=membership.org_id, membership_id=membership.id, person_id=actor.person_id, account_id=account_id,
        title=title, scope=scope, areas=wanted, secret_hash=hashed(secret), expires_at=_expiry(days),
    )  # fmt: skip
    note(scope=scope, areas=wanted)
    key.secret = secret  # type: ignore[attr-defined] # lives in memory only, for the one answer that shows it
    return key


def _secret() -> str:
    return f"{MARK}{secrets.token_urlsafe(TOKEN_BYTES)}"


def _expiry(days: int | None) -> datetime:
    most = int(current_app.config["API_KEY_MOST_DAYS"])
    if days is not None and days > most:
        raise Refusal(KEY_TOO_LONG, params={"days": str(most)}, fields={"days": [KEY_TOO_LONG(days=str(most))]})
    return now() + timedelta(days=days if days is not None else int(current_app.config["API_KEY_DAYS"]))


def grace() -> timedelta:
    """How long a secret that was replaced, or whose machine was handed over, goes on working."""
    return timedelta(hours=int(current_app.config["API_KEY_GRACE_HOURS"]))


@API_KEY.action(
    "active -> =", by=ANY_ROLE, needs=[_held_by_them], takes=RotateInput, title=N_("Change the secret"), primary=True
)
def rotate(key: ApiKey, actor: Actor, *, days: int | None = None, at_once: bool = False) -> None:
    """Whoever holds the key gets a new secret, shown once; the old one works for some hours more, then no longer."""
    del actor
    secret = _secret()
    until = now() if at_once else now() + grace()
    key.previous_hash, key.previous_until = key.secret_hash, until
    key.secret_hash, key.expires_at = hashed(secret), _expiry(days)
    note(at_once=at_once)
    key.secret = secret  # type: ignore[attr-defined] # as above


@API_KEY.action("active -> revoked", by=ANY_ROLE | SYSTEM, needs=[_own_or_admin], title=N_("Revoke"), dangerous=True)
def revoke(key: ApiKey, actor: Actor) -> None:
    """The holder, or an admin, makes the key useless at once."""
    del key, actor


@API_KEY.action("active -> =", by=SYSTEM, title=N_("Let it run out"))
def run_out(key: ApiKey, actor: Actor) -> None:
    """Another colleague answers for the machine now: the secrets that the former one knows work for some hours more."""
    del actor
    key.expires_at = min(key.expires_at, now() + grace())


@API_KEY.action("active -> expired", by=SYSTEM, after="expires_at", title=N_("Let it expire"))
def expire(key: ApiKey, actor: Actor) -> None:
    """The time for which the key was given is over."""
    del key, actor
