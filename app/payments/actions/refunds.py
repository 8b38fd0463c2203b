"""Refund: proposed, approved by somebody else, ordered at the bank, paid; money of others never pays for it."""

from __future__ import annotations

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money
from app.ledger.posting import cover, hold, post
from app.ordering import quantities
from app.ordering.models import Order
from app.payments import codes
from app.payments.actions import instalments
from app.payments.arithmetic import refundable, released_between, takings
from app.payments.books import refunds_due
from app.payments.impartiality import impartial
from app.payments.lifecycles import REFUND, TELLER
from app.payments.models import Refund
from app.payments.schemas import BankReferenceInput
from app.payments.settling import settle
from app.payments.terms import terms_of

ANOTHER_APPROVES = refusal(
    "another_approves", CONFLICT, N_("Whoever proposed it does not approve it: somebody else does.")
)
LESS_REFUNDABLE = refusal("less_refundable", CONFLICT, N_("By now at most %(most)s can go back. Propose it anew."))
WAITS_FOR_COVER = refusal(
    "waits_for_cover", CONFLICT,
    N_("It waits until the supplier's share is there: %(missing)s is missing, and nobody else's money pays for it."),
)  # fmt: skip


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
    needs=[impartial, by_another, still_refundable],
    title=N_("Approve"),
    primary=True,
)
def approve(refund: Refund, actor: Actor) -> None:
    """Somebody else of settlement approves: the money leaves what is held, or is taken back from the supplier."""
    order = quantities.hold(refund.order_id)
    rows = instalments.of_order(order.id, lock=True)
    still_refundable(refund, actor)
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
    """Settlement orders the transfer to the buyer at the bank."""
    _order(refund, actor)


def _order(refund: Refund, actor: Actor) -> None:
    """Under the lock of the bank account, so that two refunds never count on the same cover."""
    hold(codes.BANK, refund.currency)
    covered(refund, actor)
    refund.covered = True
    refund.attempts += 1


@REFUND.action("submitted -> unknown", by=TELLER | SYSTEM, needs=[impartial], title=N_("Lose sight of it"))
def lose_sight(refund: Refund, actor: Actor) -> None:
    """The bank has not answered: until it does, nobody pays again."""
    del refund, actor


@REFUND.action(
    "submitted|unknown -> succeeded", by=TELLER | SYSTEM, needs=[impartial], takes=BankReferenceInput,
    title=N_("Confirm that it was paid"), primary=True,
)  # fmt: skip
def succeed(refund: Refund, actor: Actor, *, bank_reference: str) -> None:
    """The bank has paid the buyer."""
    del actor
    refund.bank_reference = bank_reference
    post(
        f"refund:{refund.id}:paid:{refund.attempts}", "refund_paid",
        [(codes.refund_due(refund.buyer_id), refund.amount), (codes.source(refund.method), -refund.amount)],
    )  # fmt: skip


@REFUND.action(
    "submitted|unknown|succeeded -> failed", by=TELLER | SYSTEM, needs=[impartial], takes=ReasonInput,
    title=N_("Note that it failed"),
)  # fmt: skip
def fail(refund: Refund, actor: Actor, *, reason: str) -> None:
    """The bank did not pay, or the money came back: it is still due to the buyer."""
    del actor
    say(reason)
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
