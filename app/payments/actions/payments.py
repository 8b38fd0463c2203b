"""Payment: told by the buyer, seen on the bank statement by settlement, counted for the instalments of its order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, Refusal, refusal
from app.kernel.lifecycle import at_sight, find, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money, now
from app.kernel.work import act_for, current, note
from app.ledger.posting import hold, post
from app.ordering.lifecycles import ORDER
from app.ordering.models import Order
from app.payments import codes
from app.payments.actions import instalments
from app.payments.actions.bank_entries import match
from app.payments.arithmetic import fill, losses
from app.payments.impartiality import by_its_own_word, impartial
from app.payments.lifecycles import PAYER, PAYMENT, TELLER
from app.payments.models import Allocation, BankEntry, Instalment, Payment
from app.payments.schemas import ArrivalInput, PaymentInput, TransferInput
from app.payments.settling import settle

LAPSE: Final = timedelta(days=30)
"""A transfer that nobody has found on the bank statement by then is set aside; should it arrive, it is told anew."""
DAYS_AHEAD: Final = 1
"""Banks date transfers of the evening on the next day."""

PAYABLE_STATES: Final = ("confirmed", "delivered", "accepted")

NOT_PAYABLE = refusal("order_not_payable", CONFLICT, N_("It is paid for once the supplier has confirmed it."))
NOTHING_OPEN = refusal("nothing_to_pay", CONFLICT, N_("Everything of this order is paid."))
ORDER_UNKNOWN = refusal("order_unknown", INVALID, N_("You have no such order."))
OTHER_CURRENCY = refusal("payment_currency", INVALID, N_("The order is in %(currency)s."))
MORE_THAN_OPEN = refusal("more_than_open", INVALID, N_("At most %(most)s of this order is still to be paid."))
DAY_AHEAD = refusal("transfer_ahead", INVALID, N_("Give the day on which the transfer was made."))
ANOTHER_CONFIRMS = refusal(
    "another_confirms", CONFLICT, N_("Whoever recorded the transfer does not confirm it: somebody else does.")
)
NEEDS_STATEMENT = refusal("statement_line_needed", INVALID, N_("Name the line of the bank statement."))
UNMATCHED_OTHER = refusal("unmatched_other", INVALID, N_("No such unmatched transfer of this amount."))


def payable(order: Order, actor: Actor) -> None:
    """The supplier has confirmed the order, and something of it is to be paid."""
    del actor
    if order.state not in PAYABLE_STATES:
        raise NOT_PAYABLE()
    rows = instalments.of_order(order.id)
    if rows and not sum(row.standing.open for row in rows):
        raise NOTHING_OPEN()


@at_sight
def by_another(payment: Payment, actor: Actor) -> None:
    """Whoever recorded the transfer does not confirm it."""
    if actor.person_id is not None and actor.person_id == payment.recorder_id:
        raise ANOTHER_CONFIRMS()


@ORGANISATION.action(
    "admitted|suspended -> =",
    by=who("finance", "self"),
    takes=PaymentInput,
    makes=PAYMENT,
    title=N_("Record a transfer"),
)
def record_payment(
    organisation: Organisation, actor: Actor, *, order: str, amount: Money, bank_reference: str, paid_on: date
) -> Payment:
    """The buyer's finance records a bank transfer that it has sent for one of its orders, in whole or in part."""
    found = _own_order(organisation, actor, order)
    payable(found, actor)
    return recorded(found, actor, amount=amount, bank_reference=bank_reference, paid_on=paid_on)


def _own_order(organisation: Organisation, actor: Actor, order_id: str) -> Order:
    try:
        found = find(Order, order_id, actor)
    except Refusal as refused:
        if refused.code != NOT_THERE.code:
            raise
        found = None
    if found is None or found.buyer_id != organisation.id:
        raise ORDER_UNKNOWN(fields={"order": [ORDER_UNKNOWN.words]})
    return found


@ORDER.action(
    "confirmed|delivered|accepted -> =", by=PAYER | platform("settlement|support", "operator"), needs=[payable],
    takes=TransferInput, makes=PAYMENT, title=N_("Record a transfer"),
)  # fmt: skip
def record_transfer(order: Order, actor: Actor, *, amount: Money, bank_reference: str, paid_on: date) -> Payment:
    """A bank transfer for this order was sent: finance records it, or the operator for a buyer who told it by phone."""
    act_for(order.buyer_id)
    return recorded(order, actor, amount=amount, bank_reference=bank_reference, paid_on=paid_on)


def recorded(order: Order, actor: Actor, *, amount: Money, bank_reference: str, paid_on: date) -> Payment:
    """A payment as it was told: for settlement to find on the bank statement."""
    if amount.currency != order.currency:
        raise OTHER_CURRENCY(currency=order.currency, fields={"amount": [OTHER_CURRENCY(currency=order.currency)]})
    if paid_on > (now() + timedelta(days=DAYS_AHEAD)).date():
        raise DAY_AHEAD(fields={"paid_on": [DAY_AHEAD.words]})
    rows = instalments.of_order(order.id)
    most = Money(sum(row.standing.open for row in rows), order.currency)
    if rows and most < amount:
        raise MORE_THAN_OPEN(most=most, fields={"amount": [MORE_THAN_OPEN(most=most)]})
    payment = fresh(
        Payment, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id, method="transfer",
        currency=amount.currency, told_minor=amount.minor, amount_minor=0, bank_reference=bank_reference,
        paid_on=paid_on, recorder_id=actor.person_id, attempts=0, lapses_at=now() + LAPSE,
    )  # fmt: skip
    current().number("PM", payment)
    note(order=order.id)
    return payment


@PAYMENT.action("created -> submitted", by=SYSTEM, title=N_("Submit"))
def submit(payment: Payment, actor: Actor) -> None:
    """The payment was handed to the gateway."""
    del payment, actor


@PAYMENT.action("submitted -> unknown", by=SYSTEM, title=N_("Lose sight of it"))
def lose_sight(payment: Payment, actor: Actor) -> None:
    """The gateway has not answered: until it does, nobody pays again."""
    del payment, actor


@PAYMENT.action("unknown -> submitted", by=SYSTEM, title=N_("Catch sight of it again"))
def regain(payment: Payment, actor: Actor) -> None:
    """The gateway has answered: nothing is paid yet, and it can still be paid."""
    del payment, actor


def _decided(payment: Payment) -> None:
    """Nothing is under way any more: no clock runs, and the order may be paid by card again."""
    payment.lapses_at = payment.ask_at = None
    if payment.card is not None:
        payment.card.live = False


@PAYMENT.action(
    "created|submitted|unknown|failed -> succeeded", by=TELLER | SYSTEM, needs=[impartial, by_another, by_its_own_word],
    takes=ArrivalInput, title=N_("Confirm that it arrived"), primary=True,
)  # fmt: skip
def succeed(
    payment: Payment, actor: Actor, *, amount: Money, statement_reference: str = "", unmatched: str | None = None
) -> None:
    """Settlement has found it on the bank statement: the amount that arrived is held for the order."""
    if amount.currency != payment.currency:
        raise OTHER_CURRENCY(currency=payment.currency, fields={"amount": [OTHER_CURRENCY(currency=payment.currency)]})
    source = codes.source(payment.method)
    hold(source, payment.currency)  # first of all accounts, so that two payments never wait crosswise
    if unmatched is not None:
        payment.bank_entry_id, source = _matched(unmatched, amount), codes.UNALLOCATED
    elif payment.method == "transfer" and not statement_reference:
        raise NEEDS_STATEMENT(fields={"statement_reference": [NEEDS_STATEMENT.words]})
    settle(payment.order_id)  # the plan is made now if the order was confirmed this very moment
    payment.amount_minor, payment.statement_reference = amount.minor, statement_reference
    payment.confirmer_id = actor.person_id
    _decided(payment)
    payment.attempts += 1
    _take_in(payment, amount, source)
    settle(payment.order_id)


def _matched(entry_id: str, amount: Money) -> str:
    entry = db.session.get(BankEntry, entry_id, with_for_update=True)
    if entry is None or entry.kind != "unmatched" or entry.state != "booked" or entry.amount != amount:
        raise UNMATCHED_OTHER(fields={"unmatched": [UNMATCHED_OTHER.words]})
    match(entry, SYSTEM_ACTOR)
    return entry.id


def _take_in(payment: Payment, amount: Money, source: str) -> None:
    rows = instalments.of_order(payment.order_id, lock=True)
    if not rows:
        raise NOT_PAYABLE()
    settled = 0
    for row, part in zip(rows, fill([row.standing for row in rows], amount.minor), strict=True):
        if part:
            settled += instalments.pay(row, SYSTEM_ACTOR, payment=payment, amount=part)
    post(
        f"payment:{payment.id}:{payment.attempts}", "payment",
        [(source, amount), (codes.held(payment.order_id), Money(settled - amount.minor, amount.currency)),
         (codes.due_from(payment.order_id), Money(-settled, amount.currency))],
    )  # fmt: skip


@PAYMENT.action(
    "created|submitted|unknown -> failed", by=TELLER | SYSTEM, needs=[impartial, by_another, by_its_own_word],
    takes=ReasonInput, title=N_("Note that it did not arrive"),
)  # fmt: skip
def fail(payment: Payment, actor: Actor, *, reason: str) -> None:
    """Nothing arrived: the payment failed. Should it arrive later, it can still be confirmed."""
    del actor
    say(reason)
    _decided(payment)


@PAYMENT.action(
    "succeeded -> reversed", by=TELLER | SYSTEM, needs=[impartial, by_another, by_its_own_word], takes=ReasonInput,
    title=N_("Note that it was taken back"), dangerous=True,
)  # fmt: skip
def reverse(payment: Payment, actor: Actor, *, reason: str) -> None:
    """The bank took the money back after it had arrived: what the supplier has already, the buyer owes."""
    del actor
    say(reason)
    hold(codes.source(payment.method), payment.currency)
    settle(payment.order_id)
    rows = instalments.of_order(payment.order_id, lock=True)
    held = owed = 0
    for loss in losses([row.standing for row in rows], _allocated(payment, rows)):
        instalments.reverse(rows[loss.place], SYSTEM_ACTOR, payment=payment, held=loss.held, owed=loss.owed)
        held, owed = held + loss.held, owed + loss.owed
    currency = payment.currency
    post(
        f"reverse:{payment.id}:{payment.attempts}", "reverse",
        [(codes.held(payment.order_id), Money(held, currency)),
         (codes.due_from(payment.order_id), Money(owed, currency)),
         (codes.source(payment.method), Money(-payment.amount_minor, currency))],
    )  # fmt: skip
    settle(payment.order_id)


def _allocated(payment: Payment, rows: list[Instalment]) -> list[int]:
    """How much of the payment counts for each instalment now."""
    db.session.flush()
    counted = db.session.execute(
        sa.select(Allocation.instalment_id, sa.func.sum(Allocation.amount_minor))
        .where(Allocation.payment_id == payment.id)
        .group_by(Allocation.instalment_id)
    )
    by_instalment = {instalment: int(amount) for instalment, amount in counted}
    return [by_instalment.get(row.id, 0) for row in rows]


@PAYMENT.action(
    "created -> cancelled", by=PAYER, needs=[by_its_own_word], takes=ReasonInput, title=N_("Withdraw the record")
)
def cancel(payment: Payment, actor: Actor, *, reason: str) -> None:
    """Finance withdraws a transfer that it recorded by mistake."""
    del actor
    say(reason)
    payment.lapses_at = None


@PAYMENT.action("created -> cancelled", by=SYSTEM, after="lapses_at", title=N_("Set aside"))
def lapse(payment: Payment, actor: Actor) -> None:
    """Nobody has found the transfer for long: the record is set aside."""
    del actor
    payment.lapses_at = None
