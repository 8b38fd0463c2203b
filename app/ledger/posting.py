"""The one function that moves money, and what its readers ask: balances and lines."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.events import canonical, words_digest
from app.kernel.values import N_, Money, new_id, now
from app.kernel.work import current, gather
from app.ledger.models import KINDS, Entry, EntryLine, LedgerAccount

NOT_ENOUGH = refusal("not_enough_money", CONFLICT, N_("There is not enough money for this on the account."))

LEAST_LINES: Final = 2

Lines = Sequence[tuple[str, Money]]
"""(account code, amount), debit positive."""


class KeyReused(RuntimeError):
    """The same business key was posted with other lines: a defect of the caller, never a choice."""


def post(key: str, memo: str, lines: Lines) -> Entry:
    """Move money: one entry under a business key, once.

    key: what is posted, such as `release:{instalment}:{n}`; the same key with the same lines answers with the entry
    that is there. memo: a stable word for what happened. lines: lines on one account are added up, amounts of nothing
    are left out; the rest sums to zero per currency (ValueError otherwise). Posting outside an action is a bug
    (RuntimeError). Refusal `not_enough_money` when money that belongs to somebody else would fall below zero.
    """
    if not current().doing:
        raise RuntimeError("money is moved by an action only")
    told = _told(lines)
    earlier = db.session.scalar(sa.select(Entry).where(Entry.key == key))
    if earlier is not None:
        return _same(earlier, memo, told)
    accounts = _move(told)
    entry_id, at, event_id = new_id("ent"), now(), current().doing[-1].id
    body = canonical({"id": entry_id, "key": key, "at": at.isoformat(), "memo": memo, "event": event_id, "lines": told})
    salt = secrets.token_hex(16)
    digest = words_digest(salt, body)
    rows = [
        {"entry_id": entry_id, "account_id": account, "currency": one["currency"], "amount_minor": one["minor"]}
        for account, one in zip(accounts, told, strict=True)
    ]
    db.session.execute(sa.insert(EntryLine).values(rows))
    db.session.execute(
        sa.insert(Entry).values(
            id=entry_id, key=key, at=at, memo=memo, event_id=event_id, body=body, salt=salt, digest=digest
        )
    )
    gather("entries", {"id": entry_id, "key": key, "digest": digest})
    return db.session.get_one(Entry, entry_id)


def _told(lines: Lines) -> list[dict[str, Any]]:
    """The lines as the body tells them: one per account, sorted, none of nothing, zero in sum."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for code, amount in lines:
        if code.partition(":")[0] not in KINDS:
            raise ValueError(f"no kind of account: {code}")
        sums[code, amount.currency] += amount.minor
    totals: dict[str, int] = defaultdict(int)
    for (_, currency), value in sums.items():
        totals[currency] += value
    if any(totals.values()):
        raise ValueError(f"does not sum to zero: {dict(totals)}")
    told = [
        {"account": code, "currency": currency, "minor": value}
        for (code, currency), value in sorted(sums.items())
        if value
    ]
    if len(told) < LEAST_LINES:
        raise ValueError("an entry moves money between two accounts at least")
    return told


def _same(earlier: Entry, memo: str, told: list[dict[str, Any]]) -> Entry:
    line = sa.select(LedgerAccount.code, EntryLine.currency, EntryLine.amount_minor)
    rows = db.session.execute(
        line.join(LedgerAccount, LedgerAccount.id == EntryLine.account_id).where(EntryLine.entry_id == earlier.id)
    )
    there = sorted((row.code, row.currency, row.amount_minor) for row in rows)
    if earlier.memo != memo or there != [(one["account"], one["currency"], one["minor"]) for one in told]:
        raise KeyReused(f"{earlier.key} is posted with other lines")
    return earlier


def _move(told: list[dict[str, Any]]) -> list[str]:
    """Change the stored balances in the sorted order of their accounts, so that two entries never wait crosswise."""
    _open([(one["account"], one["currency"]) for one in told])
    accounts = []
    for one in told:
        statement = (
            sa.update(LedgerAccount)
            .where(LedgerAccount.code == one["account"], LedgerAccount.currency == one["currency"])
            .values(balance_minor=LedgerAccount.balance_minor + one["minor"])
            .returning(LedgerAccount.id)
            .execution_options(synchronize_session=False)
        )
        try:
            accounts.append(db.session.execute(statement).scalar_one())
        except IntegrityError as error:
            raise NOT_ENOUGH() from error
    return accounts


def _open(accounts: Iterable[tuple[str, str]]) -> None:
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"id": new_id("lac"), "code": code, "kind": code.partition(":")[0], "currency": currency, "balance_minor": 0}
        for code, currency in accounts
    ]
    db.session.execute(insert(LedgerAccount).values(rows).on_conflict_do_nothing(index_elements=["code", "currency"]))


def balance(code: str, currency: str) -> Money:
    """What stands on an account, debit positive; nothing where it was never used."""
    statement = sa.select(LedgerAccount.balance_minor).where(
        LedgerAccount.code == code, LedgerAccount.currency == currency
    )
    return Money(db.session.scalar(statement) or 0, currency)


def balances(kind: str) -> dict[str, list[Money]]:
    """Every account of a kind that is not empty: code -> its balances, one per currency, sorted."""
    found: dict[str, list[Money]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(LedgerAccount.code, LedgerAccount.balance_minor, LedgerAccount.currency)
        .where(LedgerAccount.kind == kind, LedgerAccount.balance_minor != 0)
        .order_by(LedgerAccount.code, LedgerAccount.currency)
    )
    for row in rows:
        found[row.code].append(Money(row.balance_minor, row.currency))
    return dict(found)


def lines_of(
    code: str, currency: str, *, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[Entry, Money]]:
    """The movements of an account from `since` (included) to `until` (excluded), oldest first."""
    statement = (
        sa.select(Entry, EntryLine.amount_minor)
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(LedgerAccount.code == code, LedgerAccount.currency == currency)
        .order_by(Entry.at, Entry.id)
    )
    if since is not None:
        statement = statement.where(Entry.at >= since)
    if until is not None:
        statement = statement.where(Entry.at < until)
    return [(entry, Money(amount, currency)) for entry, amount in db.session.execute(statement)]


def hold(code: str, currency: str) -> Money:
    """The balance of an account, whose row then stays locked to the end: for guards that decide on it."""
    _open([(code, currency)])
    statement = (
        sa.select(LedgerAccount.balance_minor)
        .where(LedgerAccount.code == code, LedgerAccount.currency == currency)
        .with_for_update()
    )
    return Money(db.session.scalars(statement).one(), currency)


def cover(currency: str, *, refunds_due: int) -> Money:
    """What would be left of bank and gateway after everybody else's money (states.md, guard of outgoing legs).

    refunds_due: minor units of the refunds due that do not wait for cover; those that wait are known to the caller.
    """
    return Money(_covers().get(currency, 0) - refunds_due, currency)


def _covers() -> dict[str, int]:
    """currency -> bank + gateway - (held + in transit + unallocated + payables in credit)."""
    counted = LedgerAccount.kind.in_(("bank", "gateway", "held", "in_transit", "unallocated"))
    owed = sa.and_(LedgerAccount.kind == "payable", LedgerAccount.balance_minor < 0)
    statement = (
        sa.select(LedgerAccount.currency, sa.func.sum(LedgerAccount.balance_minor))
        .where(sa.or_(counted, owed))
        .group_by(LedgerAccount.currency)
    )
    return {currency: int(total) for currency, total in db.session.execute(statement)}


def covers() -> dict[str, Money]:
    """The cover of every currency before any refund due is counted."""
    return {currency: Money(total, currency) for currency, total in sorted(_covers().items())}


def opening(code: str, currency: str, before: datetime) -> Money:
    """What stood on an account at a moment."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(EntryLine.amount_minor), 0))
        .join(Entry, Entry.id == EntryLine.entry_id)
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(LedgerAccount.code == code, LedgerAccount.currency == currency, Entry.at < before)
    )
    return Money(int(db.session.scalar(statement) or 0), currency)
