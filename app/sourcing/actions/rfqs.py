"""RFQs: asked, published, amended, closed at the deadline, and ended when every line is bought or given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import Grant, db
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, refusal
from app.kernel.lifecycle import fresh, say, visible
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, new_id, now
from app.kernel.work import current, note, tell
from app.sharing.purchases import booking_ruled_out
from app.sharing.schemas import NeverthelessInput
from app.sourcing.actions import quotes
from app.sourcing.lifecycles import BUYER, INVITED, RFQ
from app.sourcing.lines import demanded, listings_there, write
from app.sourcing.models import Rfq, RfqInvitation, RfqLine, RfqQuestion
from app.sourcing.rules import (
    DEADLINE_OVER,
    DEADLINE_PAST,
    MIN_AMENDMENT_EXTENSION,
    at_deadline,
    before_deadline,
    line_of,
    locked_quotes,
    own_organisation_deals,
    standing_awards,
)
from app.sourcing.schemas import (
    AmendInput,
    AnswerInput,
    ExtendInput,
    GiveUpInput,
    InviteSuppliersInput,
    QuestionInput,
    RfqEditInput,
    RfqInput,
)

NOBODY_INVITED = refusal("nobody_invited", CONFLICT, N_("Invite at least one supplier first."))
NO_LINES = refusal("no_lines", CONFLICT, N_("It has no lines."))
NOT_INVITABLE = refusal(
    "not_invitable", INVALID, N_("Only admitted suppliers and service organisations can be invited.")
)
NOT_ONESELF = refusal("not_oneself", INVALID, N_("An organisation does not deal with itself."))
AMENDMENT_TOO_SHORT = refusal(
    "amendment_too_short", INVALID, N_("An amendment moves the deadline to %(earliest)s or later.")
)
NOT_LATER = refusal("not_later", INVALID, N_("The new deadline must be later than %(deadline)s."))
ANSWERED_ALREADY = refusal("answered_already", CONFLICT, N_("This question is answered already."))
NOTHING_OPEN = refusal("nothing_open", CONFLICT, N_("Nothing of this line is open any more."))
AWARD_STANDS = refusal("award_stands", CONFLICT, N_("An award of this request stands: %(number)s. Cancel it first."))
LINES_UNSETTLED = refusal(
    "lines_unsettled", CONFLICT, N_("Line %(position)s, %(title)s: neither confirmed by a supplier nor given up.")
)
NOTHING_BOUGHT = refusal("nothing_bought", CONFLICT, N_("Nothing was bought. Declare the request failed instead."))


@ORGANISATION.action(
    "admitted -> =", by=who("purchaser", "self"), takes=RfqInput, makes=RFQ, title=N_("New request for quotation")
)
def ask_for_quotes(
    organisation: Organisation, actor: Actor, *, title: str, lines: Sequence[dict[str, Any]], deadline: datetime,
    currency: str = "CNY", description: str = "", delivery_place: str = "", deliver_by: date | None = None,
    source: str | None = None, source_reference: str | None = None, source_published_on: date | None = None,
    source_deadline: datetime | None = None, source_buyer: str = "", why: str = "", explanation: str = "",
) -> Rfq:  # fmt: skip
    """A lab's purchaser writes down what is asked for; nobody sees it before it is published."""
    _in_future(deadline)
    rfq = fresh(
        Rfq, buyer_id=organisation.id, person_id=actor.person_id, title=title, description=description,
        currency=currency, deadline=deadline, delivery_place=delivery_place, deliver_by=deliver_by, amendment=0,
        source=source, source_reference=source_reference, source_published_on=source_published_on,
        source_deadline=source_deadline, source_buyer=source_buyer, why=why, explanation=explanation, questions=[],
        invitations=[], lines=demanded(organisation.id, actor, lines),
    )  # fmt: skip
    current().number("RFQ", rfq)
    return rfq


def _in_future(deadline: datetime) -> None:
    if deadline <= now():
        raise DEADLINE_PAST(fields={"deadline": [DEADLINE_PAST.words]})


@RFQ.action("draft -> =", by=BUYER, takes=RfqEditInput, title=N_("Edit the request"))
def edit(
    rfq: Rfq, actor: Actor, *, title: str, deadline: datetime, currency: str = "CNY", description: str = "",
    delivery_place: str = "", deliver_by: date | None = None, lines: Sequence[dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """The purchaser changes the draft; nobody else has seen it."""
    _in_future(deadline)
    if lines is not None:
        made = demanded(rfq.buyer_id, actor, lines, known={line.listing_id for line in rfq.lines})
        rfq.lines.clear()
        db.session.flush()  # rows are deleted before their successors take the same positions
        rfq.lines.extend(made)
    rfq.title, rfq.description, rfq.currency, rfq.deadline = title, description, currency, deadline
    rfq.delivery_place, rfq.deliver_by = delivery_place, deliver_by


def still_time(rfq: Rfq, actor: Actor) -> None:
    """Guard: whoever is invited to a published request has time to answer."""
    if rfq.state == "open":
        before_deadline(rfq, actor)


@RFQ.action("draft|open -> =", by=BUYER, needs=[still_time], takes=InviteSuppliersInput, title=N_("Invite suppliers"))
def invite(rfq: Rfq, actor: Actor, *, suppliers: Sequence[str]) -> None:
    """The purchaser chooses who may quote; they see the request once it is published, and not each other."""
    new = sorted(set(suppliers) - set(rfq.invited_ids))
    _invitable(rfq, actor, new)
    for org_id in new:
        rfq.invitations.append(RfqInvitation(supplier_id=org_id, buyer_id=rfq.buyer_id, invited_at=now()))
        if rfq.state == "open":
            _let_in(rfq, [org_id])
    note(invited=new)


def _invitable(rfq: Rfq, actor: Actor, chosen: Sequence[str]) -> None:
    if rfq.buyer_id in chosen:
        raise NOT_ONESELF(fields={"suppliers": [NOT_ONESELF.words]})
    fit = db.session.scalars(
        visible(Organisation, actor).where(
            Organisation.id.in_(chosen), Organisation.state == "admitted",
            sa.or_(Organisation.is_supplier, Organisation.is_service),
        )
    ).all()  # fmt: skip
    if len(fit) < len(chosen):
        raise NOT_INVITABLE(fields={"suppliers": [NOT_INVITABLE.words]})


def _let_in(rfq: Rfq, org_ids: Sequence[str]) -> None:
    for org_id in org_ids:
        db.session.add(Grant(object_id=rfq.id, org_id=org_id, name="invited"))
    tell(org_ids)


@RFQ.action("draft -> =", by=BUYER, takes=NeverthelessInput, title=N_("Say why to buy nevertheless"))
def justify(rfq: Rfq, actor: Actor, *, why: str, explanation: str) -> None:
    """The purchaser says why quotes are asked for although an instrument of the kind can be booked in the park."""
    del actor
    rfq.why, rfq.explanation = why, explanation
    say(explanation)


def _publishable(rfq: Rfq, actor: Actor) -> None:
    """Guard: there is something to ask, somebody to ask, and time to answer."""
    del actor
    if not rfq.lines:
        raise NO_LINES()
    if not rfq.invitations:
        raise NOBODY_INVITED()
    if rfq.deadline <= now():
        raise DEADLINE_OVER()


@RFQ.action(
    "draft -> open", by=BUYER, needs=[own_organisation_deals, _publishable, booking_ruled_out],
    title=N_("Publish the request"), primary=True,
)  # fmt: skip
def publish(rfq: Rfq, actor: Actor) -> None:
    """The invited suppliers see the request and may quote until the deadline; its lines change by amendment only."""
    del actor
    rfq.published_at = now()
    _let_in(rfq, rfq.invited_ids)


@RFQ.action(
    "open -> =", by=INVITED, needs=[before_deadline], takes=QuestionInput, touches=False, title=N_("Ask a question")
)
def ask(rfq: Rfq, actor: Actor, *, question: str) -> None:
    """An invited supplier asks; the buyer's answer goes to all who are invited, without the asker's name."""
    rfq.questions.append(
        RfqQuestion(id=new_id("rqn"), buyer_id=rfq.buyer_id, asker_id=actor.org_id, question=question, asked_at=now())
    )


@RFQ.action("open -> =", by=BUYER, takes=AnswerInput, touches=False, title=N_("Answer a question"))
def answer(rfq: Rfq, actor: Actor, *, question: str, answer: str) -> None:
    """The purchaser answers; all who are invited read question and answer."""
    del actor
    asked = next((one for one in rfq.questions if one.id == question), None)
    if asked is None:
        raise NOT_THERE(fields={"question": [NOT_THERE.words]})
    if asked.answer is not None:
        raise ANSWERED_ALREADY()
    asked.answer, asked.answered_at = answer, now()
    note(question=asked.id)
    tell(rfq.invited_ids)


@RFQ.action("open -> =", by=BUYER, needs=[before_deadline], takes=AmendInput, title=N_("Amend the request"))
def amend(
    rfq: Rfq, actor: Actor, *, reason: str, deadline: datetime, description: str | None = None,
    delivery_place: str | None = None, deliver_by: date | None = None, lines: Sequence[dict[str, Any]] = (),
) -> None:  # fmt: skip
    """The purchaser changes what is asked for: the deadline moves, and every quote is void until it is confirmed."""
    earliest = rfq.deadline + MIN_AMENDMENT_EXTENSION
    if deadline < earliest:
        raise AMENDMENT_TOO_SHORT(earliest=earliest, fields={"deadline": [AMENDMENT_TOO_SHORT.words]})
    say(reason)
    known = {line.listing_id for line in rfq.lines}
    listings_there(actor, lines, known)
    for place, given in enumerate(lines):
        if given.get("line") is not None:
            write(line_of(rfq, given["line"], place=place), given, place)
    added = {place: given for place, given in enumerate(lines) if given.get("line") is None}
    made = demanded(rfq.buyer_id, actor, [*added.values()], first=len(rfq.lines) + 1, known=known, places=[*added])
    rfq.lines.extend(made)
    rfq.description = rfq.description if description is None else description
    rfq.delivery_place = rfq.delivery_place if delivery_place is None else delivery_place
    rfq.deliver_by = rfq.deliver_by if deliver_by is None else deliver_by
    rfq.amendment += 1
    _move_deadline(rfq, deadline)
    for quote in locked_quotes(rfq):
        if quote.state == "submitted":
            quotes.void(quote, SYSTEM_ACTOR)
    _ask_again(rfq)
    tell(rfq.invited_ids)


def _move_deadline(rfq: Rfq, deadline: datetime) -> None:
    rfq.deadline = deadline
    RFQ.wait(rfq)


def _ask_again(rfq: Rfq) -> None:
    """Everybody invited finds the request on the worklist again, whether they had answered or not."""
    db.session.execute(sa.update(Grant).where(Grant.object_id == rfq.id).values(answered_at=None))


@RFQ.action("open -> =", by=BUYER, needs=[before_deadline], takes=ExtendInput, title=N_("Extend the deadline"))
def extend(rfq: Rfq, actor: Actor, *, deadline: datetime, reason: str) -> None:
    """The purchaser gives everybody more time; quotes that are submitted stay as they are."""
    del actor
    if deadline <= rfq.deadline:
        raise NOT_LATER(deadline=rfq.deadline, fields={"deadline": [NOT_LATER.words]})
    say(reason)
    _move_deadline(rfq, deadline)
    tell(rfq.invited_ids)


@RFQ.action("open -> closed", by=SYSTEM, needs=[at_deadline], after="deadline", title=N_("Close the request"))
def close(rfq: Rfq, actor: Actor) -> None:
    """The deadline has come: submitted quotes are opened to the buyer; what was not submitted counts for nothing."""
    del actor
    for quote in locked_quotes(rfq):
        if quote.state == "submitted":
            quotes.unseal(quote, SYSTEM_ACTOR)
        elif quote.state in ("draft", "void"):
            quotes.expire(quote, SYSTEM_ACTOR)
    tell(rfq.invited_ids)


@RFQ.action("closed -> =", by=BUYER, takes=GiveUpInput, title=N_("Give up a line"))
def give_up_line(rfq: Rfq, actor: Actor, *, line: str, reason: str) -> None:
    """The purchaser decides not to buy what is still open of a line."""
    del actor
    wanted = line_of(rfq, line)
    if wanted.open_micro == 0:
        raise NOTHING_OPEN()
    wanted.given_up_micro, wanted.given_up_reason = wanted.given_up_micro + wanted.open_micro, reason
    say(reason)
    note(line=wanted.id)
    RFQ.wait(rfq)
    conclude_if_settled(rfq)


def unsettled(rfq: Rfq) -> RfqLine | None:
    """The first line that is neither confirmed nor given up in full."""
    return next((line for line in rfq.lines if line.confirmed_micro + line.given_up_micro < line.quantity_micro), None)


def _settled(rfq: Rfq, actor: Actor) -> None:
    """Guard: every line is confirmed or given up, and something is bought."""
    del actor
    line = unsettled(rfq)
    if line is not None:
        raise LINES_UNSETTLED(position=str(line.position), title=line.title)
    if not any(line.confirmed_micro for line in rfq.lines):
        raise NOTHING_BOUGHT()


def conclude_if_settled(rfq: Rfq) -> None:
    """End the request as SYSTEM once there is nothing left to decide."""
    if unsettled(rfq) is None and any(line.confirmed_micro for line in rfq.lines):
        conclude(rfq, SYSTEM_ACTOR)


@RFQ.action("closed -> concluded", by=BUYER | SYSTEM, needs=[_settled], title=N_("Conclude the request"))
def conclude(rfq: Rfq, actor: Actor) -> None:
    """Every line is confirmed by its supplier or given up: quotes that won nothing are told so."""
    del actor
    _end_quotes(rfq)
    tell(rfq.invited_ids)


def _no_award_stands(rfq: Rfq, actor: Actor) -> None:
    """Guard: nothing is awarded, or will be by an approval that is under way."""
    del actor
    for award in standing_awards(rfq.id):
        raise AWARD_STANDS(number=award.number or award.id)


@RFQ.action(
    "closed -> failed", by=BUYER, needs=[_no_award_stands], takes=ReasonInput, title=N_("Declare it failed"),
    dangerous=True,
)  # fmt: skip
def fail(rfq: Rfq, actor: Actor, *, reason: str) -> None:
    """No usable quote came in; the request ends without a purchase."""
    del actor
    say(reason)
    _end_quotes(rfq)
    tell(rfq.invited_ids)


@RFQ.action(
    "draft|open|closed -> cancelled", by=BUYER, needs=[_no_award_stands], takes=ReasonInput,
    title=N_("Cancel the request"), dangerous=True,
)  # fmt: skip
def cancel(rfq: Rfq, actor: Actor, *, reason: str) -> None:
    """The purchaser gives the request up; sealed quotes stay sealed for good."""
    del actor
    say(reason)
    if rfq.state != "draft":
        _end_quotes(rfq)
        tell(rfq.invited_ids)


def _end_quotes(rfq: Rfq) -> None:
    for quote in locked_quotes(rfq):
        if quote.state in ("submitted", "void", "expired"):
            quotes.lose(quote, SYSTEM_ACTOR)
        elif quote.state == "draft":
            quotes.expire(quote, SYSTEM_ACTOR)
        elif quote.state == "won":
            quotes.settle_lines(quote, SYSTEM_ACTOR)
