"""Does the ledger still say what was chained? Used by `flask doctor` and by the audit page; names every row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kernel.events import Event, words_digest
from app.ledger import triggers
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.ledger.posting import covers

BATCH_ROWS: Final = 1_000


def verify(session: Session, *, refunds_due: Mapping[str, int] | None = None) -> Iterator[str]:
    """What does not fit, in words: triggers, sums, balances, digests against the chain, missing entries, cover.

    refunds_due: currency -> minor units of refunds due that do not wait for cover (payments knows them).
    Whether the chain itself is whole is `events.verify`'s to say.
    """
    yield from (f"trigger {name}: missing" for name in triggers.missing(session.connection()))
    yield from _sums(session)
    yield from _balances(session)
    yield from _entries(session)
    yield from _chained(session)
    for currency, left in covers().items():
        uncovered = left.minor - (refunds_due or {}).get(currency, 0)
        if uncovered < 0:
            yield f"cover {currency}: bank and gateway hold {-uncovered} minor units less than belongs to others"


def _sums(session: Session) -> Iterator[str]:
    statement = (
        sa.select(EntryLine.entry_id, EntryLine.currency, sa.func.sum(EntryLine.amount_minor).label("total"))
        .group_by(EntryLine.entry_id, EntryLine.currency)
        .having(sa.func.sum(EntryLine.amount_minor) != 0)
        .order_by(EntryLine.entry_id)
    )
    for row in session.execute(statement):
        yield f"entry {row.entry_id}: its lines in {row.currency} sum to {row.total}, not to zero"
    orphans = sa.select(EntryLine.entry_id).outerjoin(Entry, Entry.id == EntryLine.entry_id).where(Entry.id.is_(None))
    for entry_id in session.scalars(orphans.distinct().order_by(EntryLine.entry_id)):
        yield f"entry {entry_id}: has lines, but is not there itself"


def _balances(session: Session) -> Iterator[str]:
    total = sa.func.coalesce(sa.func.sum(EntryLine.amount_minor), 0)
    statement = (
        sa.select(
            LedgerAccount.code, LedgerAccount.currency, LedgerAccount.balance_minor, total.label("total")
        )
        .outerjoin(EntryLine, EntryLine.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id, LedgerAccount.code, LedgerAccount.currency, LedgerAccount.balance_minor)
        .having(LedgerAccount.balance_minor != total)
        .order_by(LedgerAccount.code)
    )  # fmt: skip
    for row in session.execute(statement):
        yield f"account {row.code} {row.currency}: stores {row.balance_minor}, its lines sum to {row.total}"


def _entries(session: Session) -> Iterator[str]:
    last = ""
    columns = (Entry.id, Entry.key, Entry.at, Entry.memo, Entry.event_id, Entry.body, Entry.salt, Entry.digest)
    while batch := session.execute(
        sa.select(*columns).where(Entry.id > last).order_by(Entry.id).limit(BATCH_ROWS)
    ).all():
        lines = _lines(session, [entry.id for entry in batch])
        statement = sa.select(Event.id, Event.body).where(Event.id.in_({entry.event_id for entry in batch}))
        chained = {event_id: _facts(body) for event_id, body in session.execute(statement)}
        for entry in batch:
            yield from _entry(entry, lines.get(entry.id, []), chained.get(entry.event_id, {}))
        last = batch[-1].id


def _lines(session: Session, ids: list[str]) -> dict[str, list[tuple[str, str, int]]]:
    statement = (
        sa.select(EntryLine.entry_id, LedgerAccount.code, EntryLine.currency, EntryLine.amount_minor)
        .outerjoin(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(EntryLine.entry_id.in_(ids))
    )
    found: dict[str, list[tuple[str, str, int]]] = {}
    for row in session.execute(statement):
        found.setdefault(row.entry_id, []).append((row.code or "", row.currency, row.amount_minor))
    return found


def _entry(entry: Any, lines: list[tuple[str, str, int]], chained: dict[str, Any]) -> Iterator[str]:
    named = f"entry {entry.id} ({entry.key})"
    if entry.digest != words_digest(entry.salt, entry.body):
        yield f"{named}: its body does not fit its digest"
    try:
        body: dict[str, Any] = json.loads(entry.body)
        within = (body["id"], body["key"], body["memo"], body["event"], datetime.fromisoformat(body["at"]))
        told = sorted((line["account"], line["currency"], line["minor"]) for line in body["lines"])
    except (ValueError, KeyError, TypeError):
        yield f"{named}: its body cannot be read"
        return
    if within != (entry.id, entry.key, entry.memo, entry.event_id, entry.at):
        yield f"{named}: its columns differ from its body"
    if told != sorted(lines):
        yield f"{named}: its lines differ from its body"
    if chained.get(entry.id) != {"id": entry.id, "key": entry.key, "digest": entry.digest}:
        yield f"{named}: the chain does not know it"


def _facts(body: str) -> dict[str, Any]:
    """entry -> what the body of an event says of it; nothing where the body cannot be read (the chain says so)."""
    try:
        return {one["id"]: one for one in json.loads(body)["facts"].get("entries", [])}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _chained(session: Session) -> Iterator[str]:
    """Every entry that the chain knows must be there."""
    seq = 0
    while batch := session.execute(
        sa.select(Event.seq, Event.body)
        .where(Event.seq > seq, Event.body.contains('"entries":['))
        .order_by(Event.seq)
        .limit(BATCH_ROWS)
    ).all():
        told = [(event.seq, one) for event in batch for one in _facts(event.body).values()]
        there = set(session.scalars(sa.select(Entry.id).where(Entry.id.in_([one["id"] for _, one in told]))))
        for at, one in told:
            if one["id"] not in there:
                yield f"entry {one['id']} ({one.get('key')}): missing, event {at} has its digest"
        seq = batch[-1].seq
