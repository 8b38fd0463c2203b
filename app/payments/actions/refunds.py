"""Refund: proposed, approved by somebody else, ordered at the bank, paid; money of others never pays for it."""

from __future__ import annotations

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import at_sight, hush, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money, now
from app.ledger.posting import cover, hold, post
from app.ordering import quantities
from app.ordering.models import Order
from app.payments import codes
from app.payments.actions import instalments
from app.payments.actions.returns import bearable
from app.payments.arithmetic import refundable, released_between, takings
from app.payments.books import refunds_due
from app.payments.gateway.patience import first_look, next_look, owed_already
from app.payments.impartiality import by_its_own_word, impartial
from app.payments.lifecycles import REFUND, TELLER
from app.payments.models import Refund
from app.payments.schemas import BankReferenceInput
from app.payments.settling import settle
from app.payments.terms import terms_of

ANOTHER_APPROVES = refusal(
    "another_approves", CONFLICT, N_("Whoever proposed it does not approve it: somebody else does.")
)
LESS_REFUNDABLE = refusal("less_refundable", CONFLICT, N_("By now at most %(most)s can go back. Propose it anew."))
CARD_CANNOT = refusal(
    "card_cannot", CONFLICT,
    N_("The card payment cannot take it back any more. Cancel this refund and propose it by bank transfer."),
)  # fmt: skip
WAITS_FOR_COVER = refusal(
    "waits_for_cover", CONFLICT,
    N_("It waits until the supplier's share is there: %(missing)s is missing, and nobody else's money pays for it."),
)  # fmt: skip


@at_sight
def by_another(refund: Refund, actor: Actor) -> None:
    """Whoever proposed it does not approve it."""
    if refund.creator_id is not None and refund.creator_id == actor.person_id:
        raise ANOTHER_APPROVES()


def still_refundable(refund: Refund, actor: Actor) -> None:
    """What is to go back can still go back for its reason."""
    del actor
    most = refundable([row.standing for row in instalments.of_order(refund.order_id)], cause=refund.cause)
    if most < refund.amount_minor:
        raise LESS_REFUNDABLE(most=Money(most, refund.currency))


def card_can(refund: Refund, actor: Actor) -> None:
    """The card payment that it goes back to stands, and is large enough for all that goes back to it."""
    del actor
    if refund.card is None:
        return
    rest = {payment.id: left for payment, left in bearable(refund.order_id, besides=refund.id)}
    if rest.get(refund.card.payment_id, 0) < refund.amount_minor:
        raise CARD_CANNOT()


def covered(refund: Refund, actor: Actor) -> None:
    """What the supplier gives back is there; another buyer's money never pays for it."""
    del actor
    missing = missing_cover(refund)
    if missing.minor > 0:
        raise WAITS_FOR_COVER(missing=missing)


def missing_cover(refund: Refund) -> Money:
    """How much is missing before the bank leg may go; nothing or less when it may."""
    rest = cover(refund.currency, refunds_due=refunds_due(refund.currency))
    wanted = 0 if refund.covered else refund.clawed_minor
    return Money(wanted - rest.minor, refund.currency)


@REFUND.action(
    "created -> approved",
    by=TELLER,
    needs=[impartial, by_another, still_refundable, card_can],
    title=N_("Approve"),
    primary=True,
)
def approve(refund: Refund, actor: Actor) -> None:
    """Somebody else of settlement approves: the money leaves what is held, or is taken back from the supplier."""
    order = quantities.hold(refund.order_id)
    rows = instalments.of_order(order.id, lock=True)
    still_refundable(refund, actor)
    card_can(refund, actor)
    parts = takings([row.standing for row in rows], refund.amount_minor, cause=refund.cause)
    before = instalments.released_of(order.id)
    for part in parts:
        instalments.refund(rows[part.place], SYSTEM_ACTOR, refund=refund, held=part.held, clawed=part.clawed)
    refund.clawed_minor = sum(part.clawed for part in parts)
    refund.covered = refund.clawed_minor == 0
    refund.approver_id = actor.person_id
    _post(refund, order, before, 1, f"refund:{refund.id}", "refund")
    settle(order.id)


def _post(refund: Refund, order: Order, before: int, sign: int, key: str, memo: str) -> None:
    """Held money and taken-back money become due to the buyer (sign 1), or go back to where they were (sign -1)."""
    split = released_between(before, before - sign * refund.clawed_minor, terms_of(order))
    kept = sign * (refund.amount_minor - refund.clawed_minor)
    post(
        key, memo,
        [(codes.held(order.id), Money(kept, order.currency)),
         *codes.credited(order.supplier_id, split, order.currency),
         (codes.refund_due(order.buyer_id), Money(-sign * refund.amount_minor, order.currency))],
    )  # fmt: skip


@REFUND.action(
    "approved -> submitted", by=TELLER | SYSTEM, needs=[impartial, covered], title=N_("Order at the bank"),
    primary=True,
)  # fmt: skip
def submit(refund: Refund, actor: Actor) -> None:
    """Settlement orders the transfer to the buyer at the bank; back to a card it is handed to the gateway."""
    _order(refund, actor)


def _order(refund: Refund, actor: Actor) -> None:
    """Under the lock of the bank account, so that two refunds never count on the same cover."""
    hold(codes.BANK, refund.currency)
    covered(refund, actor)
    refund.covered = True
    refund.attempts += 1
    if refund.card is not None:
        refund.card.reference = refund.card.sent_at = None
        refund.ask_at = first_look()
        owe(db.session(), "gateway.refund", {"refund": refund.id})


@REFUND.action("submitted|unknown -> =", by=SYSTEM, after="ask_at", title=N_("Ask the gateway"))
def ask(refund: Refund, actor: Actor) -> None:
    """The gateway has not said yet what became of it: it is asked again."""
    del actor
    hush()
    sent = refund.card.sent_at if refund.card is not None else None
    refund.ask_at = next_look(sent or refund.updated_at)
    if not owed_already("gateway.refund", "refund", refund.id):
        owe(db.session(), "gateway.refund", {"refund": refund.id})


@REFUND.action("submitted -> =", by=SYSTEM, title=N_("Hand over to the gateway"))
def hand_over(refund: Refund, actor: Actor) -> None:
    """The gateway is about to be asked for it for the first time."""
    del actor
    hush()
    if refund.card is not None:
        refund.card.sent_at = now()


@REFUND.action("submitted|unknown -> =", by=SYSTEM, title=N_("Note the gateway's reference"))
def refer(refund: Refund, actor: Actor, *, reference: str) -> None:
    """The gateway has taken it."""
    del actor
    if refund.card is not None:
        refund.card.reference = reference


@REFUND.action("unknown -> submitted", by=SYSTEM, title=N_("Catch sight of it again"))
def regain(refund: Refund, actor: Actor) -> None:
    """The gateway has answered: it is on its way."""
    del refund, actor


@REFUND.action(
    "submitted -> unknown", by=TELLER | SYSTEM, needs=[impartial, by_its_own_word], title=N_("Lose sight of it")
)
def lose_sight(refund: Refund, actor: Actor) -> None:
    """The bank has not answered: until it does, nobody pays again."""
    del refund, actor


@REFUND.action(
    "submitted|unknown -> succeeded", by=TELLER | SYSTEM, needs=[impartial, by_its_own_word], takes=BankReferenceInput,
    title=N_("Confirm that it was paid"), primary=True,
)  # fmt: skip
def succeed(refund: Refund, actor: Actor, *, bank_reference: str) -> None:
    """The bank has paid the buyer."""
    del actor
    refund.bank_reference, refund.ask_at = bank_reference, None
    post(
        f"refund:{refund.id}:paid:{refund.attempts}", "refund_paid",
        [(codes.refund_due(refund.buyer_id), refund.amount), (codes.source(refund.method), -refund.amount)],
    )  # fmt: skip


@REFUND.action(
    "submitted|unknown|succeeded -> failed", by=TELLER | SYSTEM, needs=[impartial, by_its_own_word], takes=ReasonInput,
    title=N_("Note that it failed"),
)  # fmt: skip
def fail(refund: Refund, actor: Actor, *, reason: str) -> None:
    """The bank did not pay, or the money came back: it is still due to the buyer."""
    del actor
    say(reason)
    refund.ask_at = None
    if refund.state == "succeeded":
        post(
            f"refund:{refund.id}:back:{refund.attempts}", "refund_back",
            [(codes.source(refund.method), refund.amount), (codes.refund_due(refund.buyer_id), -refund.amount)],
        )  # fmt: skip


@REFUND.action(
    "failed -> submitted", by=TELLER | SYSTEM, needs=[impartial, covered], title=N_("Order again"), primary=True
)
def retry(refund: Refund, actor: Actor) -> None:
    """Settlement orders the transfer once more."""
    _order(refund, actor)


@REFUND.action(
    "created|approved|failed -> cancelled", by=TELLER, needs=[impartial], takes=ReasonInput, title=N_("Cancel"),
    dangerous=True,
)  # fmt: skip
def cancel(refund: Refund, actor: Actor, *, reason: str) -> None:
    """Settlement cancels the refund: the money is where it was before."""
    del actor
    say(reason)
    if refund.state == "created":
        return
    order = quantities.hold(refund.order_id)
    rows = {row.id: row for row in instalments.of_order(order.id, lock=True)}
    before = instalments.released_of(order.id)
    for line in refund.lines:
        instalments.undo_refund(
            rows[line.instalment_id], SYSTEM_ACTOR, refund=refund, held=line.held_minor, clawed=line.clawed_minor
        )
    _post(refund, order, before, -1, f"refund:{refund.id}:cancelled", "refund_cancelled")
