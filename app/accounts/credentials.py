"""What programs sign in with: which key a secret opens, whom it acts for, and when it was last used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Final

import sqlalchemy as sa

from app.accounts import people
from app.accounts.models import ApiKey, Membership, Person, ServiceAccount
from app.kernel.actors import Actor
from app.kernel.db import UtcDateTime, db
from app.kernel.values import now

KEY_USE_EVERY: Final = timedelta(hours=1)
"""How often the last use of an API key is written down at most."""


def live_key(secret: str) -> ApiKey | None:
    """The API key that this secret opens now, or None: unknown, revoked, expired, or nobody is behind it any more.

    After a rotation the secret before it opens as well, until its grace ends. A later membership of the same person
    in the same organisation does not bring a key back.
    """
    return db.session.scalar(_live(), {"digest": people.hashed(secret), "moment": now()})


@cache
def _live() -> sa.Select[ApiKey]:
    """Built once, like all that a request asks before it comes to its point: building costs more than asking."""
    digest = sa.bindparam("digest", type_=sa.String())
    moment = sa.bindparam("moment", type_=UtcDateTime())
    before = sa.and_(ApiKey.previous_hash == digest, ApiKey.previous_until > moment)
    return (
        sa.select(ApiKey)
        .outerjoin(ServiceAccount, ServiceAccount.id == ApiKey.account_id)
        .join(Membership, Membership.id == sa.func.coalesce(ServiceAccount.membership_id, ApiKey.membership_id))
        .join(Person, Person.id == Membership.person_id)
        .where(
            sa.or_(ApiKey.secret_hash == digest, before), ApiKey.state == "active", ApiKey.expires_at > moment,
            sa.or_(ApiKey.account_id.is_(None), ServiceAccount.state == "active"),
            Membership.state == "active", Person.active,
        )
    )  # fmt: skip


def use_untold(key: ApiKey) -> bool:
    """Whether its last use was written down so long ago that this one has to be."""
    return key.used_at is None or key.used_at <= now() - KEY_USE_EVERY


def note_key_use(key_id: str) -> None:
    """Write the key's use down, at most once per KEY_USE_EVERY whoever else does; needs a unit of work."""
    moment = now()
    untold = sa.or_(ApiKey.used_at.is_(None), ApiKey.used_at <= moment - KEY_USE_EVERY)
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id, untold).values(used_at=moment))


def actor_of_key(key: ApiKey | None, *, request_id: str | None = None) -> Actor | None:
    """The actor of a live API key, or None when there is none or its organisation may not act.

    A machine acts in the name of the colleague responsible, with those of its roles that this colleague holds too.
    """
    if key is None:
        return None
    account = db.session.get(ServiceAccount, key.account_id) if key.account_id else None
    person_id = str(account.responsible.person_id) if account is not None else key.person_id
    actor = people.actor_for(person_id, key.org_id, channel="api", request_id=request_id, read_only=key.scope == "read")
    if actor.org_id is None or actor.emergency is not None:
        return None
    actor = replace(actor, areas=frozenset(key.areas))
    if account is None:
        return actor
    return replace(
        actor, machine=account.id, roles=actor.roles & frozenset(account.roles), unit_roles=frozenset(),
        lent_roles=frozenset(),
    )  # fmt: skip
