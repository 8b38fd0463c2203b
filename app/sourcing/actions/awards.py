"""Awards: which quote lines are chosen, in which quantities; proposed, approved by others, then ordered.

What is awarded of a line is counted by a conditional UPDATE on the RFQ line, which a CHECK backs: of two awards that
race for the same quantity one gets a conflict. `order` is declared by the ordering package, which also calls
`confirm_line` and `decline_line` when suppliers answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.approvals import plans
from app.approvals.schemas import DelegateInput
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, line_minor, new_id, now
from app.kernel.work import current, note
from app.sourcing.actions import quotes, rfqs
from app.sourcing.lifecycles import APPROVER, AWARD, BUYER, RFQ
from app.sourcing.models import Award, AwardLine, Quote, QuoteLine, QuoteVersion, Rfq, RfqLine
from app.sourcing.rules import (
    awarded_of,
    line_of,
    locked_quotes,
    locked_rfq,
    mandatory_failures,
    own_organisation_deals,
)
from app.sourcing.schemas import AwardInput

LINE_TAKEN = refusal(
    "line_taken", CONFLICT, N_("Line %(position)s, %(title)s: less is open than you award. Look at it again.")
)
NOTHING_LEFT = refusal("nothing_left", CONFLICT, N_("Every line is awarded or given up already."))
QUOTE_LINE_TWICE = refusal("quote_line_twice", INVALID, N_("This quote line is there twice."))
NO_OFFER = refusal("no_offer", CONFLICT, N_("Line %(position)s: this supplier makes no offer for it."))
NEGATIVE_DEVIATION = refusal(
    "negative_deviation", CONFLICT, N_("Line %(position)s: the offer does not meet the mandatory demand %(demand)s.")
)
MORE_THAN_OFFERED = refusal(
    "more_than_offered", CONFLICT, N_("Line %(position)s: the supplier offers less than you award.")
)
QUOTE_NOT_VALID = refusal("quote_not_valid", CONFLICT, N_("Quote %(number)s is not valid any more."))
BELOW_MINIMUM = refusal("below_minimum", CONFLICT, N_("Below the minimum order of quote %(number)s: %(minimum)s."))
SUPPLIER_NOT_DEALING = refusal(
    "supplier_not_dealing", CONFLICT, N_("The supplier of quote %(number)s may not deal at the moment.")
)
CONFIRMED_ALREADY = refusal("confirmed_already", CONFLICT, N_("A supplier has confirmed a line of it already."))
ORDERED_ALREADY = refusal("ordered_already", CONFLICT, N_("Orders were made from it. Cancel the orders instead."))
LINE_SETTLED = refusal("line_settled", CONFLICT, N_("This line is confirmed or declined already."))


# Birth ---------------------------------------------------------------------------------------------------------------


def _something_open(rfq: Rfq, actor: Actor) -> None:
    """Guard: something of the request is neither awarded nor given up."""
    del actor
    if not any(line.open_micro for line in rfq.lines):
        raise NOTHING_LEFT()


@RFQ.action(
    "closed -> =", by=BUYER, needs=[own_organisation_deals, _something_open], takes=AwardInput, makes=AWARD,
    touches=True, title=N_("Award"), primary=True,
)  # fmt: skip
def award(rfq: Rfq, actor: Actor, *, lines: Sequence[dict[str, Any]], reason: str = "") -> Award:
    """The purchaser chooses quote lines and quantities, from one supplier or several; they are held from now on."""
    chosen = [str(given["quote_line"]) for given in lines]
    if len(set(chosen)) < len(chosen):
        raise QUOTE_LINE_TWICE(fields={"lines": [QUOTE_LINE_TWICE.words]})
    offers = _offers(rfq, chosen)
    taken = awarded_of(chosen)
    made = fresh(Award, buyer_id=rfq.buyer_id, rfq_id=rfq.id, person_id=actor.person_id, currency=rfq.currency,
                 total_minor=0, reason=reason, lines=[])  # fmt: skip
    for at, given in enumerate(lines):
        found = offers.get(str(given["quote_line"]))
        if found is None:
            raise NOT_THERE(fields={"lines": {at: {"quote_line": [NOT_THERE.words]}}})
        made.lines.append(_award_line(rfq, *found, given["quantity"], taken.get(found[1].id, 0)))
    made.total_minor = sum(line.amount_minor for line in made.lines)
    _minimum_orders(made, {quote.id: quote for quote, _ in offers.values()})
    for line in sorted(made.lines, key=lambda one: one.rfq_line_id):
        hold(line_of(rfq, line.rfq_line_id), line.quantity_micro)
    note(lines={line.quote_line_id: line.quantity_micro for line in made.lines})
    RFQ.wait(rfq)
    current().number("AWD", made)
    return made


def _offers(rfq: Rfq, quote_line_ids: Iterable[str]) -> dict[str, tuple[Quote, QuoteLine]]:
    """The chosen lines with their quotes, locked; only lines of versions that count, of quotes that are valid now."""
    quote_ids = db.session.scalars(
        sa.select(Quote.id)
        .join(Quote.versions)
        .join(QuoteVersion.lines)
        .where(Quote.rfq_id == rfq.id, Quote.opened_at.is_not(None), QuoteLine.id.in_(list(quote_line_ids)))
    ).all()
    found: dict[str, tuple[Quote, QuoteLine]] = {}
    for quote in locked_quotes(rfq, set(quote_ids)):
        _valid(quote)
        if db.session.get_one(Organisation, quote.supplier_id).state != "admitted":
            raise SUPPLIER_NOT_DEALING(number=quote.number)
        found |= {line.id: (quote, line) for line in quote.current.lines}
    return found


def _valid(quote: Quote) -> None:
    expired = quote.valid_until is None or quote.valid_until <= now()
    if quote.state not in ("submitted", "won") or quote.opened_at is None or expired:
        raise QUOTE_NOT_VALID(number=quote.number)


def _award_line(rfq: Rfq, quote: Quote, line: QuoteLine, quantity: int, taken: int) -> AwardLine:
    wanted = line_of(rfq, line.rfq_line_id)
    position = str(wanted.position)
    if line.no_offer:
        raise NO_OFFER(position=position)
    for demand in mandatory_failures(wanted, line.deviations):
        raise NEGATIVE_DEVIATION(position=position, demand=demand)
    if taken + quantity > line.quantity_micro:
        raise MORE_THAN_OFFERED(position=position)
    amount = line_minor(line.price_minor, quantity, line.price_basis_micro)
    if amount <= 0:
        raise MORE_THAN_OFFERED(position=position)
    return AwardLine(
        id=new_id("awl"), buyer_id=rfq.buyer_id, rfq_line_id=wanted.id, position=wanted.position, quote_id=quote.id,
        quote_line_id=line.id, supplier_id=quote.supplier_id, quantity_micro=quantity, amount_minor=amount,
        outcome="open",
    )  # fmt: skip


def _minimum_orders(made: Award, by_id: dict[str, Quote]) -> None:
    """Each supplier gets one order from an award, which must reach what its quote demands."""
    for quote_id in {line.quote_id for line in made.lines}:
        quote = by_id[quote_id]
        total = sum(line.amount_minor for line in made.lines if line.quote_id == quote_id)
        if total < quote.current.min_order_minor:
            raise BELOW_MINIMUM(number=quote.number, minimum=quote.current.min_order)


def hold(line: RfqLine, quantity: int) -> None:
    """Count a quantity as awarded, if as much is open: the database decides the race."""
    free = RfqLine.quantity_micro - RfqLine.awarded_micro - RfqLine.given_up_micro
    held = db.session.execute(
        sa.update(RfqLine)
        .where(RfqLine.id == line.id, free >= quantity)
        .values(awarded_micro=RfqLine.awarded_micro + quantity)
        .returning(RfqLine.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if held is None:
        raise LINE_TAKEN(position=str(line.position), title=line.title)
    db.session.refresh(line, ["awarded_micro"])


def _return(rfq: Rfq, lines: Iterable[AwardLine]) -> None:
    """What was held of these lines is open again."""
    for line in sorted(lines, key=lambda one: one.rfq_line_id):
        line_of(rfq, line.rfq_line_id).awarded_micro -= line.quantity_micro
    RFQ.wait(rfq)


# Decision ------------------------------------------------------------------------------------------------------------


def _quotes_valid(award: Award, actor: Actor) -> None:
    """Guard: every quote it rests on still binds its supplier; an expired one has to be confirmed anew."""
    del actor
    ids = {line.quote_id for line in award.lines}
    for quote in db.session.scalars(sa.select(Quote).where(Quote.id.in_(ids)).order_by(Quote.id)):
        _valid(quote)


@AWARD.action("draft -> =", by=BUYER, needs=[_quotes_valid], title=N_("Propose the award"), primary=True)
def propose(award: Award, actor: Actor) -> None:
    """The purchaser proposes it; it goes to those who sign, or stands at once where no rule asks for a signature."""
    plan = plans.make_plan(
        award, org_id=award.buyer_id, subject="award", amount=award.total, requester_id=actor.person_id
    )
    db.session.expire(award, ["plans"])
    if plans.needs_signature(plan):
        await_approval(award, SYSTEM_ACTOR)
        plans.turn(award)
    else:
        adopt(award, SYSTEM_ACTOR)


@AWARD.action("draft|approved -> awaiting_approval", by=SYSTEM, title=N_("Await approval"))
def await_approval(award: Award, actor: Actor) -> None:
    """The organisation's rules ask for signatures."""
    del award, actor


@AWARD.action(
    "awaiting_approval -> =", by=APPROVER, needs=[plans.may_sign, _quotes_valid], title=N_("Approve"), primary=True
)
def approve(award: Award, actor: Actor) -> None:
    """A person other than the one who proposed it signs; with the last signature the award stands."""
    if plans.sign(award.id, actor):
        adopt(award, SYSTEM_ACTOR)
    else:
        plans.turn(award)


@AWARD.action(
    "awaiting_approval -> =", by=APPROVER, needs=[plans.may_sign], takes=DelegateInput,
    title=N_("Hand over the signature"),
)  # fmt: skip
def delegate(award: Award, actor: Actor, *, person: str) -> None:
    """Whoever is to sign asks a colleague to sign instead; both names stay on record."""
    plans.delegate(award, actor, person_id=person)
    note(delegate=person)


@AWARD.action(
    "awaiting_approval|approved -> =", by=APPROVER, needs=[plans.may_take_back], title=N_("Take the signature back"),
    dangerous=True,
)  # fmt: skip
def take_back(award: Award, actor: Actor) -> None:
    """Whoever signed last takes the signature back, before anything is ordered; quotes that had won wait again."""
    plans.take_back(award.id, actor)
    if award.state == "approved":
        _release(award, locked_rfq(award), award.lines)
        award.approved_at = None
        await_approval(award, SYSTEM_ACTOR)
    plans.turn(award)


@AWARD.action("awaiting_approval -> =", by=SYSTEM, after="sign_by", title=N_("Escalate"))
def escalate(award: Award, actor: Actor) -> None:
    """Nobody signed in time: the organisation's administrators may sign as well."""
    del actor
    plans.escalate(award)


@AWARD.action("draft|awaiting_approval -> approved", by=SYSTEM, needs=[_quotes_valid], title=N_("Award stands"))
def adopt(award: Award, actor: Actor) -> None:
    """Every signature is given, or none is needed: the quotes have won these lines."""
    del actor
    award.approved_at = now()
    rfq = locked_rfq(award)
    by_quote: dict[str, list[str]] = {}
    for line in award.lines:
        by_quote.setdefault(line.quote_id, []).append(line.quote_line_id)
    for quote in locked_quotes(rfq, by_quote):
        quotes.win(quote, SYSTEM_ACTOR, lines=by_quote[quote.id])


@AWARD.action(
    "awaiting_approval -> rejected", by=APPROVER, needs=[plans.may_sign], takes=ReasonInput, title=N_("Reject"),
    dangerous=True,
)  # fmt: skip
def reject(award: Award, actor: Actor, *, reason: str) -> None:
    """An approver says no; the quantities are open again."""
    say(reason)
    plans.refuse(award.id, actor)
    _return(locked_rfq(award), award.lines)


# What suppliers answer, and taking back ------------------------------------------------------------------------------


def _line_of(award: Award, award_line_id: str) -> AwardLine:
    line = next((one for one in award.lines if one.id == award_line_id), None)
    if line is None:
        raise NOT_THERE()
    if line.outcome != "open":
        raise LINE_SETTLED()
    return line


@AWARD.action("approved|ordered -> =", by=SYSTEM, title=N_("Supplier confirms a line"))
def confirm_line(award: Award, actor: Actor, *, award_line_id: str) -> None:
    """The supplier has confirmed its order of this line; when every line of the request is settled it concludes."""
    del actor
    line = _line_of(award, award_line_id)
    rfq = locked_rfq(award)
    line.outcome = "confirmed"
    line_of(rfq, line.rfq_line_id).confirmed_micro += line.quantity_micro
    note(line=line.id)
    if rfq.state == "closed":
        rfqs.conclude_if_settled(rfq)


@AWARD.action("approved|ordered -> =", by=SYSTEM, title=N_("Supplier declines a line"))
def decline_line(award: Award, actor: Actor, *, award_line_id: str) -> None:
    """The supplier will not deliver this line: its quantity is open again, other suppliers are untouched."""
    del actor
    line = _line_of(award, award_line_id)
    rfq = locked_rfq(award)
    line.outcome = "declined"
    note(line=line.id)
    _return(rfq, [line])
    _release(award, rfq, [line])
    if all(one.outcome == "declined" for one in award.lines):
        cancel(award, SYSTEM_ACTOR)


def _release(award: Award, rfq: Rfq, returned: Sequence[AwardLine]) -> None:
    """The quotes have not won these lines any more; one that has won nothing else is a submitted quote again."""
    by_quote: dict[str, set[str]] = {}
    for line in returned:
        by_quote.setdefault(line.quote_id, set()).add(line.quote_line_id)
    still = _held_elsewhere(award, {line_id for ids in by_quote.values() for line_id in ids})
    for quote in locked_quotes(rfq, by_quote):
        freed = by_quote[quote.id] - still
        if quote.state != "won" or not freed:
            continue
        rest = any(line.outcome == "won" and line.id not in freed for line in quote.current.lines)
        (quotes.give_back if rest else quotes.release)(quote, SYSTEM_ACTOR, lines=sorted(freed))


def _held_elsewhere(award: Award, quote_line_ids: set[str]) -> set[str]:
    """Those of the quote lines of which another approved award holds a part."""
    return set(
        db.session.scalars(
            sa.select(AwardLine.quote_line_id)
            .join(Award, Award.id == AwardLine.award_id)
            .where(
                AwardLine.quote_line_id.in_(quote_line_ids), AwardLine.outcome != "declined",
                Award.state.in_(("approved", "ordered")), Award.id != award.id,
            )
        )
    )  # fmt: skip


def _nothing_confirmed(award: Award, actor: Actor) -> None:
    """Guard: no supplier has confirmed; once orders exist they are cancelled, and the award follows."""
    if any(line.outcome == "confirmed" for line in award.lines):
        raise CONFIRMED_ALREADY()
    if award.state == "ordered" and not actor.system:
        raise ORDERED_ALREADY()


@AWARD.action(
    "draft|awaiting_approval|approved|ordered -> cancelled", by=BUYER | SYSTEM, needs=[_nothing_confirmed],
    title=N_("Cancel the award"), dangerous=True,
)  # fmt: skip
def cancel(award: Award, actor: Actor) -> None:
    """The decision is taken back before a supplier has confirmed; the quantities are open again."""
    del actor
    rfq = locked_rfq(award)
    held = [line for line in award.lines if line.outcome == "open"]
    if award.state == "awaiting_approval":
        plans.drop(award.id)
    _return(rfq, held)
    if award.state in ("approved", "ordered"):
        _release(award, rfq, held)
