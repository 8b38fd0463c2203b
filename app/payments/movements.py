"""What moved on a supplier's account, line by line, with the commission that each line bears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.values import Money
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.ledger.posting import lines_of
from app.ordering.models import Order
from app.payments import codes
from app.payments.models import Instalment, Payout, Refund, Statement, StatementLine
from app.payments.schemas import LINE_WORDS

KIND_OF_MEMO: Final = {
    "release": "release",
    "refund": "clawback",
    "refund_cancelled": "clawback",
    "claw_back": "clawback",
    "payout": "payout",
    "payout_back": "payout_back",
    "repayment": "repayment",
}


def lines_between(statement: Statement) -> list[StatementLine]:
    """The lines of a statement from the ledger; credit positive, gross = amount + commission + its VAT."""
    moved = lines_of(
        codes.payable(statement.supplier_id), statement.currency, since=statement.period_from, until=statement.period_to
    )
    entries = [entry for entry, _ in moved]
    commission, vat = (_on(entries, kind, statement.currency) for kind in ("commission", "vat"))
    orders = _orders(entries)
    numbers = _numbers(entries, orders)
    made = []
    for position, (entry, amount) in enumerate(moved, start=1):
        fee, tax = -commission.get(entry.id, 0), -vat.get(entry.id, 0)
        made.append(
            StatementLine(
                supplier_id=statement.supplier_id, position=position, entry_id=entry.id,
                kind=KIND_OF_MEMO.get(entry.memo, "other"), order_id=orders.get(entry.id),
                reference=numbers.get(entry.id, ""), at=entry.at, gross_minor=-amount.minor + fee + tax,
                commission_minor=fee, vat_minor=tax, amount_minor=-amount.minor,
            )
        )  # fmt: skip
    return made


def described(payout: Payout) -> list[tuple[str, str, datetime, Money]]:
    """The movements that a payout pays: (title, number of the order, moment, amount), oldest first."""
    amounts = {line.entry_id: line.amount_minor for line in payout.lines}
    entries = db.session.scalars(sa.select(Entry).where(Entry.id.in_(amounts)).order_by(Entry.at, Entry.id)).all()
    numbers = _numbers(entries, _orders(entries))
    return [
        (
            LINE_WORDS[KIND_OF_MEMO.get(entry.memo, "other")],
            numbers.get(entry.id, ""),
            entry.at,
            Money(amounts[entry.id], payout.currency),
        )
        for entry in entries
    ]


def _on(entries: Sequence[Entry], kind: str, currency: str) -> dict[str, int]:
    """entry -> what it did to the accounts of a kind; debit positive."""
    rows = db.session.execute(
        sa.select(EntryLine.entry_id, sa.func.sum(EntryLine.amount_minor))
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(
            EntryLine.entry_id.in_([entry.id for entry in entries]),
            LedgerAccount.kind == kind,
            EntryLine.currency == currency,
        )
        .group_by(EntryLine.entry_id)
    )
    return {entry: int(total) for entry, total in rows}


def _about(entry: Entry) -> str:
    """The id that a business key names: `release:{instalment}:{n}` -> the instalment."""
    return entry.key.split(":")[1]


def _orders(entries: Sequence[Entry]) -> dict[str, str]:
    """entry -> the order that it is about, by its instalment or refund."""
    about = {entry.id: _about(entry) for entry in entries}
    found: dict[str, str] = {}
    for model in (Instalment, Refund):
        ids = [one for one in about.values() if one.startswith(model.__prefix__)]
        rows = db.session.execute(sa.select(model.id, model.order_id).where(model.id.in_(ids)))
        found |= {row.id: row.order_id for row in rows}
    return {entry: found[one] for entry, one in about.items() if one in found}


def _numbers(entries: Sequence[Entry], orders: dict[str, str]) -> dict[str, str]:
    """entry -> the number people know: of its order, or of its payout."""
    by_order = _numbered(Order, set(orders.values()))
    payouts = {_about(entry) for entry in entries if _about(entry).startswith(Payout.__prefix__)}
    by_payout = _numbered(Payout, payouts)
    found = {entry: by_order.get(order) or "" for entry, order in orders.items()}
    found |= {entry.id: by_payout.get(_about(entry)) or "" for entry in entries if _about(entry) in by_payout}
    return found


def _numbered(model: type[Order] | type[Payout], ids: set[str]) -> dict[str, str | None]:
    rows = db.session.execute(sa.select(model.id, model.number).where(model.id.in_(ids)))
    return {row.id: row.number for row in rows}
