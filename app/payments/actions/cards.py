"""Card payment: asked for by the buyer's finance, handed over by the worker, decided by the gateway's word."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from flask import current_app

from app.kernel.actors import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, Refusal, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import fresh, hush
from app.kernel.values import N_, Money, now
from app.kernel.work import current, note
from app.ordering.lifecycles import ORDER
from app.ordering.models import Order
from app.payments.actions import instalments
from app.payments.actions.payments import MORE_THAN_OPEN, OTHER_CURRENCY, payable, recorded
from app.payments.gateway import chosen
from app.payments.gateway.amounts import NotCountable, most, to_units
from app.payments.gateway.patience import first_look, next_look, owed_already
from app.payments.lifecycles import INSTALMENT, PAYER, PAYMENT, SETTLEMENT
from app.payments.models import CardPayment, Instalment, Payment
from app.payments.schemas import CardInput, CardModeInput, PartTransferInput

NO_CARDS = refusal("no_cards", CONFLICT, N_("Payment by card is not set up here. Please pay by bank transfer."))
CARD_UNDER_WAY = refusal(
    "card_under_way", CONFLICT,
    N_("A card payment for this order is under way: %(number)s. Finish it or give it up. Do not pay twice."),
)  # fmt: skip
NOT_BY_CARD = refusal("not_by_card", INVALID, N_("This amount cannot be paid by card; at once at most %(most)s."))
NO_SUCH_CARDS = refusal("currency_not_by_card", INVALID, N_("Cards are not charged in %(currency)s."))
NOT_AT_GATEWAY = refusal("not_at_gateway", CONFLICT, N_("This payment does not go through the payment gateway."))
CALLED_OFF = refusal("called_off", CONFLICT, N_("It has been given up already; the gateway still has to confirm."))


def cards_taken(record: Order | Instalment, actor: Actor) -> None:
    """There is a gateway for new payments."""
    del record, actor
    if chosen() is None:
        raise NO_CARDS()


def none_under_way(order: Order, actor: Actor) -> None:
    """No other card payment of the order is open or of unknown outcome."""
    del actor
    _none_under_way(order.id)


def _none_under_way(order_id: str) -> None:
    statement = (
        sa.select(Payment.number)
        .join(CardPayment, CardPayment.payment_id == Payment.id)
        .where(CardPayment.order_id == order_id, CardPayment.live)
    )
    number = db.session.scalar(statement.limit(1))
    if number is not None:
        raise CARD_UNDER_WAY(number=number)


def part_payable(instalment: Instalment, actor: Actor) -> None:
    """The instalment is not paid in full, its order may be paid, and no card payment of it is on its way."""
    order = db.session.get_one(Order, instalment.order_id)
    payable(order, actor)
    _none_under_way(order.id)


def at_gateway(payment: Payment, actor: Actor) -> None:
    """It is a card payment."""
    del actor
    if payment.card is None:
        raise NOT_AT_GATEWAY()


def not_called_off(payment: Payment, actor: Actor) -> None:
    """Nobody has given it up before."""
    del actor
    if payment.card is not None and payment.card.called_off_at is not None:
        raise CALLED_OFF()


@ORDER.action(
    "confirmed|delivered|accepted -> =", by=PAYER, needs=[payable, cards_taken, none_under_way], takes=CardInput,
    makes=PAYMENT, title=N_("Pay by card"),
)  # fmt: skip
def pay_by_card(order: Order, actor: Actor, *, amount: Money, mode: str = "page") -> Payment:
    """The buyer's finance pays for this order by card or wallet, in whole or in part."""
    return _asked(order, actor, amount, mode)


@INSTALMENT.action(
    "planned|due -> =", by=PAYER, needs=[part_payable, cards_taken], takes=CardModeInput, makes=PAYMENT,
    name="pay_by_card", title=N_("Pay by card"),
)  # fmt: skip
def pay_part_by_card(instalment: Instalment, actor: Actor, *, mode: str = "page") -> Payment:
    """The buyer's finance pays this instalment by card or wallet: what is due of it, else all that is open."""
    order = db.session.get_one(Order, instalment.order_id)
    return _asked(order, actor, owed_of(instalment), mode)


@INSTALMENT.action(
    "planned|due -> =", by=PAYER, needs=[part_payable], takes=PartTransferInput, makes=PAYMENT,
    name="record_transfer", title=N_("Record a transfer"), primary=True,
)  # fmt: skip
def record_part_transfer(instalment: Instalment, actor: Actor, *, bank_reference: str, paid_on: date) -> Payment:
    """The buyer's finance has transferred this instalment, what is due of it or else all, and records that."""
    order = db.session.get_one(Order, instalment.order_id)
    return recorded(order, actor, amount=owed_of(instalment), bank_reference=bank_reference, paid_on=paid_on)


def owed_of(instalment: Instalment) -> Money:
    """What one pays of it at once: what is due, else all that is open."""
    due = instalment.money("open_now")
    return due if due.minor > 0 else instalment.money("open")


def _asked(order: Order, actor: Actor, amount: Money, mode: str) -> Payment:
    _countable(order, amount)
    payment = fresh(
        Payment, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id,
        method="gateway", currency=amount.currency, told_minor=amount.minor, amount_minor=0, bank_reference="",
        recorder_id=actor.person_id, attempts=0, ask_at=first_look(),
    )  # fmt: skip
    payment.card = CardPayment(
        order_id=order.id, gateway=chosen(), mode=mode, live=True,
        # The page's address stands here because a request that is repeated has to be the same, letter by letter.
        asked={"order": order.number or order.id, "back": f"{current_app.config['BASE_URL']}/payments/{payment.id}"},
    )  # fmt: skip
    current().number("PM", payment)
    note(order=order.id)
    owe(db.session(), "gateway.payment", {"payment": payment.id})
    return payment


def _countable(order: Order, amount: Money) -> None:
    if amount.currency != order.currency:
        raise OTHER_CURRENCY(currency=order.currency, fields={"amount": [OTHER_CURRENCY(currency=order.currency)]})
    open_now = Money(sum(row.standing.open for row in instalments.of_order(order.id)), order.currency)
    if open_now < amount:
        raise MORE_THAN_OPEN(most=open_now, fields={"amount": [MORE_THAN_OPEN(most=open_now)]})
    try:
        to_units(amount)
    except NotCountable:
        raise _uncountable(amount.currency) from None


def _uncountable(currency: str) -> Refusal:
    try:
        limit = most(currency)
    except NotCountable:
        return NO_SUCH_CARDS(currency=currency, fields={"amount": [NO_SUCH_CARDS(currency=currency)]})
    return NOT_BY_CARD(most=limit, fields={"amount": [NOT_BY_CARD(most=limit)]})


@PAYMENT.action("created|submitted|unknown -> =", by=SYSTEM, after="ask_at", title=N_("Ask the gateway"))
def ask(payment: Payment, actor: Actor) -> None:
    """The gateway has not said yet what became of it: it is asked again."""
    del actor
    hush()
    payment.ask_at = next_look(payment.created_at)
    if not owed_already("gateway.payment", "payment", payment.id):
        owe(db.session(), "gateway.payment", {"payment": payment.id})


@PAYMENT.action(
    "created|submitted|unknown|succeeded|failed -> =", by=PAYER | SETTLEMENT, needs=[at_gateway],
    title=N_("Ask the gateway now"),
)  # fmt: skip
def look(payment: Payment, actor: Actor) -> None:
    """The gateway is asked what has become of this payment."""
    del actor
    if not owed_already("gateway.payment", "payment", payment.id):
        owe(db.session(), "gateway.payment", {"payment": payment.id})


@PAYMENT.action(
    "created|submitted|unknown -> =", by=PAYER, needs=[at_gateway, not_called_off],
    title=N_("Give the card payment up"), dangerous=True,
)  # fmt: skip
def call_off(payment: Payment, actor: Actor) -> None:
    """The payment page is closed at the gateway; if it was paid before that, the payment counts all the same."""
    del actor
    if payment.card is not None:
        payment.card.called_off_at = now()
    owe(db.session(), "gateway.payment", {"payment": payment.id})


@PAYMENT.action("submitted|unknown -> =", by=SYSTEM, title=N_("Note the gateway's reference"))
def refer(payment: Payment, actor: Actor, *, reference: str, url: str | None, secret: str | None) -> None:
    """The gateway has opened a page for it."""
    del actor
    payment.gateway_reference = reference
    if payment.card is not None:
        payment.card.url, payment.card.secret = url, secret


@PAYMENT.action("submitted|unknown|succeeded|failed -> =", by=SYSTEM, title=N_("Note what the gateway says of it"))
def learn(payment: Payment, actor: Actor, *, intent: str | None, fee: Money | None) -> None:
    """The gateway has said by which of its own records it was paid, and what it keeps of it."""
    del actor
    hush()
    card = payment.card
    if card is None:
        return
    card.intent = intent or card.intent
    if fee is not None:
        card.fee_minor, card.fee_currency = fee.minor, fee.currency
