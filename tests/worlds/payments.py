"""Money in the small park: rates, confirmed orders with their instalments, payments, refunds, payouts, statements.

Amounts are given as texts in CNY ("60000.00"). `run` lets the worker do what follows from what was done.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.actions import bank_accounts, organisations
from app.accounts.models import Organisation
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.values import Money, clock_at, now
from app.kernel.work import unit_of_work
from app.ledger.posting import balance
from app.ordering.actions import orders
from app.ordering.models import Order
from app.payments.actions import bank_entries, commission_rates, payments, payouts, refunds, returns, statements
from app.payments.models import BankEntry, CommissionRate, Instalment, Payment, Payout, Refund, Statement
from app.payments.verification import verify
from tests.parks import remembered
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import accept_all, again, do, pieces, reach_order, receive_all, send

FINANCE: Final = "cai"
SETTLER: Final = "shu"
SECOND_SETTLER: Final = "sen"
SUPPLIER_FINANCE: Final = "jin"
OWNER: Final = "wang"


def cny(text: str) -> Money:
    """An amount in CNY."""
    return Money.parse(text, "CNY")


def run() -> None:
    """Let the worker do everything that is due now, but tell nobody: half of its work, and tests/notices look at it."""
    db.session.rollback()
    worker.pass_over("notices")
    worker.settle()


def faults() -> list[str]:
    """What `flask doctor` would say of the money."""
    db.session.rollback()
    return list(verify(db.session()))


def stands(code: str, currency: str = "CNY") -> str:
    """The balance of an account, debit positive, as a text."""
    db.session.rollback()
    return balance(code, currency).amount


@remembered
def rate(
    world: World, percent: int = 200, vat: int = 600, owner_share: int = 4_000, *, since: timedelta = timedelta(days=-1)
) -> CommissionRate:
    """A commission rate (basis points) in force since yesterday, as the owner approved it the day before."""
    begin = now() + since
    with clock_at(since - timedelta(days=1)):
        proposed = do(
            commission_rates.propose_rate, world.org("operator"), world.actor(SETTLER), rate=percent, vat=vat,
            owner_share=owner_share, valid_from=begin, reason="运营协议",
        )  # fmt: skip
        approved: CommissionRate = do(commission_rates.approve, proposed, world.actor(OWNER))
    return approved


@remembered
def bought(
    world: World, price: str = "10000.00", number: int = 10, *, state: str = "confirmed", warranty_months: int = 24,
    currency: str = "CNY", supplier: str = "supplier", **given: Any,
) -> Order:  # fmt: skip
    """An order of some pieces at a price, in a state, its instalments made: 30/65/5 for 10,000 and more."""
    one = listing(
        world, price={"amount": price, "currency": currency}, warranty_months=warranty_months, supplier=supplier,
        **given,
    )  # fmt: skip
    order = reach_order(world, state, [(one, number)], supplier=supplier)
    run()
    return again(order)  # type: ignore[no-any-return]


def parts(order: Order) -> list[Instalment]:
    """The instalments of an order, read anew."""
    db.session.rollback()
    statement = sa.select(Instalment).where(Instalment.order_id == order.id).order_by(Instalment.position)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def figures(order: Order, *names: str) -> list[tuple[str, ...]]:
    """Figures of each instalment as texts: figures(order, "amount", "released")."""
    return [tuple(part.money(name).amount for name in names) for part in parts(order)]


def states(order: Order) -> list[str]:
    """The states of the instalments."""
    return [part.state for part in parts(order)]


def told(world: World, order: Order, amount: str, *, by: str = FINANCE) -> Payment:
    """A transfer that finance has recorded."""
    payment: Payment = do(
        payments.record_transfer, order, world.actor(by), amount=Money.parse(amount, order.currency),
        bank_reference="ICBC-77", paid_on=now().date(),
    )  # fmt: skip
    return payment


def arrived(world: World, payment: Payment, amount: str | None = None, *, by: str = SETTLER, **given: Any) -> Payment:
    """Settlement has found the transfer on the bank statement, with the amount told unless another is given."""
    money = payment.told if amount is None else Money.parse(amount, payment.currency)
    given = given or {"statement_reference": "2026-11-23/17"}
    confirmed: Payment = do(payments.succeed, payment, world.actor(by), amount=money, **given)
    run()
    return again(confirmed)  # type: ignore[no-any-return]


def paid(world: World, order: Order, amount: str) -> Payment:
    """A payment that was told and has arrived."""
    return arrived(world, told(world, order, amount))


def deliver(world: World, order: Order, number: float) -> None:
    """Some pieces of the first line are sent, received and accepted; the money follows."""
    receive_all(world, send(world, order, p1=number))
    accept_all(world, order)
    run()


def give_up(order: Order, number: float) -> None:
    """Some pieces of the first line are given up for good."""
    order = again(order)
    do(orders.give_up, order, SYSTEM_ACTOR, line_id=order.lines[0].id, quantity_micro=pieces(number))
    with unit_of_work():
        orders.advance(find(Order, order.id, SYSTEM_ACTOR, lock=True))
    run()


def refunds_of(order: Order) -> list[Refund]:
    """The refunds of an order, oldest first."""
    db.session.rollback()
    statement = sa.select(Refund).where(Refund.order_id == order.id).order_by(Refund.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def proposed_refund(world: World, order: Order, amount: str, *, cause: str = "prepaid", by: str = SETTLER) -> Refund:
    """A refund that settlement (or, for the operator's own purchase, the owner) proposes."""
    refund: Refund = do(
        returns.propose_refund, order, world.actor(by), cause=cause, amount=Money.parse(amount, order.currency),
        reason="买方申请",
    )  # fmt: skip
    return refund


def refunded(world: World, refund: Refund, state: str = "succeeded") -> Refund:
    """A proposed refund brought further by the second person of settlement."""
    second = world.actor(SECOND_SETTLER)
    do(refunds.approve, refund, second)
    if state in ("submitted", "unknown", "succeeded", "failed"):
        do(refunds.submit, refund, second)
    if state == "unknown":
        do(refunds.lose_sight, refund, second)
    if state == "succeeded":
        do(refunds.succeed, refund, second, bank_reference="R-1")
    if state == "failed":
        do(refunds.fail, refund, second, reason="账号有误")
    run()
    return again(refund)  # type: ignore[no-any-return]


ADMINS: Final = {"supplier": "zong", "supplier2": "zong2", "service": "fuwu"}


def bank_account(world: World, supplier: str = "supplier") -> None:
    """The supplier names the account that payouts go to, and settlement finds it confirmed."""
    named = do(
        bank_accounts.name_account, world.org(supplier), world.actor(ADMINS[supplier]),
        bank_name="中国工商银行焦作分行", account_no="1709020009000012345",
    )  # fmt: skip
    do(bank_accounts.confirm, named, world.actor(SECOND_SETTLER))


def paid_out(world: World, state: str = "succeeded", *, supplier: str = "supplier", currency: str = "CNY") -> Payout:
    """A payout of everything payable to the supplier, in a state."""
    first, second = world.actor(SETTLER), world.actor(SECOND_SETTLER)
    if standing.bank_account_of(world.organisations[supplier]) is None:
        bank_account(world, supplier)
    payout: Payout = do(
        payouts.propose_payout, world.org("operator"), first, supplier=world.organisations[supplier], currency=currency
    )
    if state != "created":
        do(payouts.approve, payout, second)
    if state not in ("created", "approved"):
        do(payouts.submit, payout, first)
    if state == "unknown":
        do(payouts.lose_sight, payout, first)
    if state == "succeeded":
        do(payouts.succeed, payout, first, bank_reference="P-1")
    if state == "failed":
        do(payouts.fail, payout, first, reason="账号有误")
    return again(payout)  # type: ignore[no-any-return]


def bank_line(
    world: World, kind: str, amount: str, *, currency: str = "CNY", booked: bool = True, **given: Any
) -> BankEntry:
    """A line of the bank statement, entered by one and booked by the other."""
    entry: BankEntry = do(
        bank_entries.enter_bank_line, world.org("operator"), world.actor(SETTLER), kind=kind,
        amount=Money.parse(amount, currency), statement_reference="2026-11-23/9", **given,
    )  # fmt: skip
    if booked:
        do(bank_entries.book, entry, world.actor(SECOND_SETTLER))
    return again(entry)  # type: ignore[no-any-return]


def statement(world: World, state: str = "issued", *, days: int = 1, supplier: str = "supplier") -> Statement:
    """A statement up to and with yesterday as seen `days` from now, in a state."""
    until = now() + timedelta(hours=8, days=days - 1)
    with clock_at(timedelta(days=days)):
        opened: Statement = do(
            statements.open_statement, world.org("operator"), world.actor(SETTLER),
            supplier=world.organisations[supplier], currency="CNY", until=until.date(),
        )  # fmt: skip
        if state != "open":
            do(statements.issue, opened, world.actor(SETTLER))
        if state == "agreed":
            do(statements.agree, opened, world.actor(SUPPLIER_FINANCE))
        if state == "disputed":
            do(statements.dispute, opened, world.actor(SUPPLIER_FINANCE), reason="少一笔放款")
    return again(opened)  # type: ignore[no-any-return]


def suspended(world: World, supplier: str = "supplier") -> Organisation:
    """The operator suspends the supplier."""
    organisation: Organisation = do(organisations.suspend, world.org(supplier), world.actor("rui"), reason="资质过期")
    return organisation
