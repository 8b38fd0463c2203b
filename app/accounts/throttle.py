"""How often something may be tried. Counted in the database before it is tried, in one conditional statement.

So neither racers nor several processes nor a restart give anybody a try more, and the slow hash of a password is only
computed for a try that was counted. What succeeded is given back; what was refused is not counted, so that every limit
lifts by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import TryCount
from app.kernel.db import UtcDateTime, db
from app.kernel.errors import TOO_MANY, Code, refusal
from app.kernel.values import N_, now

WINDOW: Final = timedelta(minutes=15)
MARK_CHARS: Final = 32
IPV6_SITE_BITS: Final = 64
"""One customer has at least so much of the address space; single addresses of it are no obstacle to them."""

TOO_MANY_TRIES = refusal(
    "too_many_tries", TOO_MANY, N_("Too many failed sign-ins for this account. Try again in %(minutes)s minutes.")
)
TOO_MANY_FROM_HERE = refusal(
    "too_many_from_here", TOO_MANY, N_("Too many failed sign-ins from this network. Try again in %(minutes)s minutes.")
)
TOO_MANY_CODES = refusal("too_many_codes", TOO_MANY, N_("Too many wrong codes. Try again in %(minutes)s minutes."))
TOO_MANY_APPLICATIONS = refusal(
    "too_many_applications", TOO_MANY, N_("Too many applications from here. Try again in %(minutes)s minutes.")
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of a kind within the window.

    rests: the window begins anew with every try, so that no span of that length ever holds more than `most` of them;
    else it begins with the first one, which suits counters that many people share.
    """

    kind: str
    most: int
    code: Code
    rests: bool = False


ACCOUNT: Final = Limit("account", 10, TOO_MANY_TRIES, rests=True)
DEVICE: Final = Limit("device", 10, TOO_MANY_TRIES, rests=True)
"""A browser in which the account has signed in before: strangers who try cannot lock it out."""
ADDRESS: Final = Limit("address", 60, TOO_MANY_FROM_HERE)
ADDRESS_IN_ALARM: Final = Limit("address", 10, TOO_MANY_FROM_HERE)
PARK: Final = Limit("park", 10**9, TOO_MANY_FROM_HERE)
PARK_ALARM: Final = 300
"""Failures in the whole park within the window from which on somebody is trying many accounts from many addresses."""
CODE: Final = Limit("code", 6, TOO_MANY_CODES, rests=True)
RESET: Final = Limit("reset", 3, TOO_MANY_TRIES)
RESET_ADDRESS: Final = Limit("reset_address", 30, TOO_MANY_FROM_HERE)
CEREMONY: Final = Limit("ceremony", 120, TOO_MANY_FROM_HERE)
SIGN_UP: Final = Limit("sign_up", 5, TOO_MANY_APPLICATIONS)


def mark(text: str) -> str:
    """What counters and log call an account: a keyed hash, so that they hold no addresses, not even unknown ones."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, text.strip().lower().encode(), hashlib.sha256).hexdigest()[:MARK_CHARS]


def site(address: str) -> str:
    """A network address as far as one attacker has to pay for another one: the IPv6 network, not the host in it."""
    with suppress(ValueError):
        known = ip_address(address)
        if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
            return f"{IPv6Address(int(known) >> IPV6_SITE_BITS << IPV6_SITE_BITS)}/{IPV6_SITE_BITS}"
    return address[:45]


def take(limit: Limit, subject: str) -> int:
    """Count one try that is about to be made; refusal of the limit when there were too many. Needs a unit of work."""
    moment = sa.literal(now(), UtcDateTime())
    over = TryCount.since <= now() - WINDOW
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = {"kind": limit.kind, "subject": subject, "since": now(), "tries": 1, "told": False}
    counted = (
        insert(TryCount)
        .values(first)
        .on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_={
                "tries": sa.case((over, 1), else_=TryCount.tries + 1),
                "since": moment if limit.rests else sa.case((over, moment), else_=TryCount.since),
                "told": sa.and_(TryCount.told, sa.not_(over)),
            },
            where=sa.or_(over, TryCount.tries < limit.most),
        )
        .returning(TryCount.tries)
    )
    tries = db.session.scalar(counted)
    if tries is None:
        raise refused(limit, subject)
    return tries


def give_back(limit: Limit, subject: str) -> None:
    """The try succeeded: it was no guess. Needs a unit of work."""
    own = sa.and_(TryCount.kind == limit.kind, TryCount.subject == subject, TryCount.tries > 0)
    db.session.execute(sa.update(TryCount).where(own).values(tries=TryCount.tries - 1))


def full(limit: Limit, subject: str) -> bool:
    """Whether another try would be refused."""
    return _seconds(limit, subject) is not None


def refused(limit: Limit, subject: str) -> Exception:
    """The refusal, with the time after which it lifts."""
    seconds = _seconds(limit, subject) or 1
    return limit.code(minutes=math.ceil(seconds / 60), retry_after=seconds)


def _seconds(limit: Limit, subject: str) -> int | None:
    known = db.session.execute(
        sa.select(TryCount.since, TryCount.tries).where(TryCount.kind == limit.kind, TryCount.subject == subject)
    ).one_or_none()
    if known is None or known.tries < limit.most:
        return None
    left = math.ceil((known.since + WINDOW - now()).total_seconds())
    return left if left > 0 else None


def tell_once(kind: str, subject: str) -> bool:
    """Whether this is the first time that somebody is told of the running window. Needs a unit of work."""
    untold = sa.and_(TryCount.kind == kind, TryCount.subject == subject, sa.not_(TryCount.told))
    first = db.session.execute(sa.update(TryCount).where(untold).values(told=True).returning(TryCount.kind))
    return first.scalar_one_or_none() is not None


def at_limit() -> dict[str, int]:
    """Kind -> how many accounts, networks or second factors rest at this moment."""
    most = {one.kind: one.most for one in (ACCOUNT, ADDRESS, CODE)} | {"park": PARK_ALARM}
    resting = sa.or_(*(sa.and_(TryCount.kind == kind, TryCount.tries >= number) for kind, number in most.items()))
    counted = (
        sa.select(TryCount.kind, sa.func.count())
        .where(TryCount.since > now() - WINDOW, resting)
        .group_by(TryCount.kind)
    )
    return dict.fromkeys(most, 0) | {row[0]: int(row[1]) for row in db.session.execute(counted)}
