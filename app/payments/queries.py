"""Questions about money: what is to pay, what is payable, the money of one order, and the whole at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.models import BankAccount, Organisation
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import Money
from app.ledger.models import LedgerAccount
from app.ledger.posting import balances, covers
from app.ordering.models import Order
from app.payments import codes
from app.payments.arithmetic import Split, Terms, entitled
from app.payments.books import refunds_due_by_currency
from app.payments.models import Allocation, CardPayment, Instalment, Payment, Payout, Refund

DUE_ROWS: Final = 200
PAYMENT_VIEWS: Final = {
    "waiting": ("created", "submitted", "unknown"),
    "received": ("succeeded",),
    "failed": ("failed", "reversed", "cancelled"),
}
"""Views of the list of payments -> their states."""


def listed_payments(actor: Actor, view: str | None) -> Any:
    """The select of the payments that the actor may see, in a view or all."""
    statement = visible(Payment, actor)
    return statement.where(Payment.state.in_(PAYMENT_VIEWS[view])) if view else statement


def payment_counts(actor: Actor) -> dict[str, int]:
    """How many payments the actor sees in each state."""
    inner = visible(Payment, actor).with_only_columns(Payment.state).subquery()
    rows = db.session.execute(sa.select(inner.c.state, sa.func.count()).group_by(inner.c.state))
    return {state: int(number) for state, number in rows}


def to_pay(actor: Actor) -> Sequence[Instalment]:
    """The actor's organisation's instalments that are due, the most urgent first; at most DUE_ROWS."""
    statement = visible(Instalment, actor).where(Instalment.buyer_id == actor.org_id, Instalment.state == "due")
    found: Sequence[Instalment] = db.session.scalars(
        statement.order_by(Instalment.due_by, Instalment.id).limit(DUE_ROWS)
    ).all()
    return found


def cards_under_way(order_ids: set[str], actor: Actor) -> dict[str, Payment]:
    """Order -> its card payment whose outcome is open; there is at most one."""
    statement = visible(Payment, actor).join(CardPayment, CardPayment.payment_id == Payment.id)
    rows = db.session.scalars(statement.where(CardPayment.order_id.in_(order_ids), CardPayment.live)).unique()
    return {payment.order_id: payment for payment in rows}


def orders_by_id(ids: set[str], actor: Actor) -> dict[str, Order]:
    """The orders of these ids that the actor may see, without their lines."""
    rows = db.session.scalars(visible(Order, actor).where(Order.id.in_(ids)).options(sa.orm.raiseload(Order.lines)))
    return {order.id: order for order in rows}


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Everything about the money of one order that its reader may see."""

    currency: str
    instalments: Sequence[Instalment] = ()
    payments: Sequence[Payment] = ()
    refunds: Sequence[Refund] = ()
    split: Split | None = field(default=None)

    def total(self, figure: str) -> Money:
        """A figure of all instalments together."""
        return Money(sum(row.money(figure).minor for row in self.instalments), self.currency)


def money_of(order: Order, actor: Actor) -> OrderMoney:
    """The instalments, payments and refunds of an order; whose the released money is, for all but the buyer."""
    parts = db.session.scalars(
        visible(Instalment, actor).where(Instalment.order_id == order.id).order_by(Instalment.position)
    ).all()
    told = db.session.scalars(visible(Payment, actor).where(Payment.order_id == order.id).order_by(Payment.id)).all()
    back = db.session.scalars(visible(Refund, actor).where(Refund.order_id == order.id).order_by(Refund.id)).all()
    return OrderMoney(order.currency, parts, told, back, _split(order, parts, actor))


def _split(order: Order, parts: Sequence[Instalment], actor: Actor) -> Split | None:
    """The commission is never shown to the buyer (behaviour.md, 9)."""
    if not order.commission or (actor.org_id != order.supplier_id and not actor.is_staff):
        return None
    frozen = order.commission
    terms = Terms(rate_bp=frozen["rate_bp"], vat_bp=frozen["vat_bp"], owner_share_bp=frozen["owner_share_bp"])
    return entitled(sum(row.released_minor for row in parts), terms)


def allocated(payment: Payment) -> list[tuple[Instalment, Money]]:
    """For which instalments a payment counts now, in the order of the plan."""
    total = sa.func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        sa.select(Instalment, total)
        .join(Allocation, Allocation.instalment_id == Instalment.id)
        .where(Allocation.payment_id == payment.id)
        .group_by(Instalment.id)
        .having(total != 0)
        .order_by(Instalment.position)
    )
    return [(part, Money(int(amount), payment.currency)) for part, amount in rows]


@dataclass(frozen=True, slots=True)
class Payable:
    """What the platform owes a supplier (or, negative, is owed), and the payout that is under way."""

    supplier_id: str
    amount: Money
    state: str
    has_account: bool
    held_until: datetime | None
    stopped: bool
    payout: Payout | None


def payables() -> list[Payable]:
    """Every supplier with something on its account, the largest credit first. For staff only."""
    kept = [(code.partition(":")[2], one) for code, several in balances("payable").items() for one in several]
    suppliers = {
        row.id: row
        for row in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_([owner for owner, _ in kept])))
    }
    paid_to = {
        row.org_id: row.held_until
        for row in db.session.scalars(sa.select(BankAccount).where(BankAccount.state == "confirmed"))
    }
    stopped = standing.barred_rows(list(suppliers), "payout")
    live = {
        (row.supplier_id, row.currency): row
        for row in db.session.scalars(
            sa.select(Payout)
            .where(Payout.state.not_in(("succeeded", "cancelled")))
            .options(sa.orm.raiseload(Payout.lines))
        )
    }
    found = [
        Payable(
            owner,
            -one,
            suppliers[owner].state,
            owner in paid_to,
            paid_to.get(owner),
            owner in stopped,
            live.get((owner, one.currency)),
        )
        for owner, one in kept
        if owner in suppliers
    ]
    return sorted(found, key=lambda one: (one.amount.currency, -one.amount.minor, one.supplier_id))


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole of one currency: balances by kind of account (credit positive but for bank, gateway, fees, debts)."""

    currency: str
    kinds: dict[str, Money]
    released: Money
    cover: Money


_DEBIT: Final = ("bank", "gateway", "gateway_fees", "due_from", "rounding")


def overview() -> list[Overview]:
    """The figures of every currency that was ever used, CNY first. For staff only."""
    kind = sa.case(
        (LedgerAccount.code == codes.OPERATOR, "commission_operator"),
        (LedgerAccount.code == codes.OWNER, "commission_owner"),
        (sa.and_(LedgerAccount.kind == "payable", LedgerAccount.balance_minor > 0), "receivable"),
        else_=LedgerAccount.kind,
    )
    rows = db.session.execute(
        sa.select(LedgerAccount.currency, kind.label("kind"), sa.func.sum(LedgerAccount.balance_minor).label("total"))
        .group_by(LedgerAccount.currency, kind)
    )  # fmt: skip
    sums: dict[str, dict[str, Money]] = {}
    for row in rows:
        sign = 1 if row.kind in (*_DEBIT, "receivable") else -1
        sums.setdefault(row.currency, {})[row.kind] = Money(sign * int(row.total), row.currency)
    released = _released()
    firm, rest = refunds_due_by_currency(), covers()
    return [
        Overview(
            currency,
            sums[currency],
            released.get(currency, Money(0, currency)),
            rest.get(currency, Money(0, currency)) - Money(firm.get(currency, 0), currency),
        )
        for currency in sorted(sums, key=lambda code: (code != "CNY", code))
    ]


def _released() -> dict[str, Money]:
    rows = db.session.execute(
        sa.select(Instalment.currency, sa.func.sum(Instalment.released_minor)).group_by(Instalment.currency)
    )
    return {currency: Money(int(total), currency) for currency, total in rows}
