"""Do instalments, payments and refunds say what the ledger says? For `flask doctor`; names every row that does not."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger import verification as ledger
from app.ledger.models import LedgerAccount
from app.ledger.posting import opening
from app.payments.books import refunds_due_by_currency
from app.payments.codes import payable
from app.payments.models import Allocation, Instalment, Payment, Payout, Refund, Statement, StatementLine


def verify(session: Session) -> Iterator[str]:
    """The ledger by itself, then order by order and party by party what payments believes of it."""
    yield from ledger.verify(session, refunds_due=refunds_due_by_currency())
    yield from _orders(session)
    yield from _allocations(session)
    yield from _owed_to_buyers(session)
    yield from _in_transit(session)
    yield from _statements(session)


def _accounts(session: Session, kind: str) -> dict[tuple[str, str], int]:
    """(owner, currency) -> balance of the accounts of a kind that are not empty."""
    rows = session.execute(
        sa.select(LedgerAccount.code, LedgerAccount.currency, LedgerAccount.balance_minor).where(
            LedgerAccount.kind == kind, LedgerAccount.balance_minor != 0
        )
    )
    return {(row.code.partition(":")[2], row.currency): row.balance_minor for row in rows}


def _differences(what: str, believed: dict[tuple[str, str], int], booked: dict[tuple[str, str], int]) -> Iterator[str]:
    for owner, currency in sorted({*believed, *booked}):
        one, other = believed.get((owner, currency), 0), booked.get((owner, currency), 0)
        if one != other:
            yield f"{what} {owner} {currency}: its records say {one}, the ledger {other}"


def _orders(session: Session) -> Iterator[str]:
    """held + released + refunded = paid - reversed + due from the buyer, with held and due as the ledger has them."""
    rows = session.execute(
        sa.select(
            Instalment.order_id,
            Instalment.currency,
            sa.func.sum(
                Instalment.paid_minor - Instalment.reversed_minor + Instalment.owed_minor
                - Instalment.released_minor - Instalment.refunded_minor
            ).label("held"),
            sa.func.sum(Instalment.owed_minor).label("owed"),
        ).group_by(Instalment.order_id, Instalment.currency)
    ).all()  # fmt: skip
    held = {(row.order_id, row.currency): -int(row.held) for row in rows if row.held}
    owed = {(row.order_id, row.currency): int(row.owed) for row in rows if row.owed}
    yield from _differences("held of order", held, _accounts(session, "held"))
    yield from _differences("due from the buyer of order", owed, _accounts(session, "due_from"))


def _allocations(session: Session) -> Iterator[str]:
    total = sa.func.coalesce(sa.func.sum(Allocation.amount_minor), 0)
    wrong = session.execute(
        sa.select(Instalment.id, total.label("allocated"))
        .outerjoin(Allocation, Allocation.instalment_id == Instalment.id)
        .group_by(Instalment.id)
        .having(total != Instalment.paid_minor - Instalment.reversed_minor)
        .order_by(Instalment.id)
    )
    for row in wrong:
        yield f"instalment {row.id}: {row.allocated} is allocated to it, it counts something else"
    counted = sa.case((Payment.state == "succeeded", Payment.amount_minor), else_=0)
    unequal = session.execute(
        sa.select(Payment.id, total.label("allocated"))
        .outerjoin(Allocation, Allocation.payment_id == Payment.id)
        .group_by(Payment.id)
        .having(total != counted)
        .order_by(Payment.id)
    )
    for row in unequal:
        yield f"payment {row.id}: {row.allocated} of it is allocated, not what arrived"


def _owed_to_buyers(session: Session) -> Iterator[str]:
    booked = Refund.state.in_(("approved", "submitted", "unknown", "failed"))
    rows = session.execute(
        sa.select(Refund.buyer_id, Refund.currency, sa.func.sum(Refund.amount_minor).label("total"))
        .where(booked)
        .group_by(Refund.buyer_id, Refund.currency)
    )
    believed = {(row.buyer_id, row.currency): -int(row.total) for row in rows}
    yield from _differences("refunds due to", believed, _accounts(session, "refund_due"))


def _in_transit(session: Session) -> Iterator[str]:
    rows = session.execute(
        sa.select(Payout.supplier_id, Payout.currency, sa.func.sum(Payout.amount_minor).label("total"))
        .where(Payout.state.in_(("submitted", "unknown")))
        .group_by(Payout.supplier_id, Payout.currency)
    )
    believed = {(row.supplier_id, row.currency): -int(row.total) for row in rows}
    yield from _differences("payouts in transit to", believed, _accounts(session, "in_transit"))


def _statements(session: Session) -> Iterator[str]:
    """A frozen statement adds up, and its balances are those of the ledger at its two ends."""
    total = sa.func.coalesce(sa.func.sum(StatementLine.amount_minor), 0).label("moved")
    rows = session.execute(
        sa.select(Statement.id, Statement.number, Statement.supplier_id, Statement.currency, Statement.period_from,
                  Statement.period_to, Statement.opening_minor, Statement.closing_minor, total)
        .outerjoin(StatementLine, StatementLine.statement_id == Statement.id)
        .where(Statement.state != "open")
        .group_by(Statement.id)
        .order_by(Statement.id)
    ).all()  # fmt: skip
    for row in rows:
        account = payable(row.supplier_id)
        ends = tuple(-opening(account, row.currency, moment).minor for moment in (row.period_from, row.period_to))
        if (row.opening_minor, row.closing_minor) != ends or row.opening_minor + row.moved != row.closing_minor:
            yield f"statement {row.id} ({row.number}): does not say what the ledger says"
