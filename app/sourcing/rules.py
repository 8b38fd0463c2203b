"""Rules that several verbs of sourcing share: what stands before the deadline, and when an answer is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.files import StoredFile
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import Grant, db
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, refusal
from app.kernel.events import canonical
from app.kernel.lifecycle import find
from app.kernel.values import N_, now
from app.sourcing.models import Award, AwardLine, Quote, QuoteVersion, Rfq, RfqLine

MIN_AMENDMENT_EXTENSION: Final = timedelta(hours=24)
"""By at least this much an amendment moves the deadline, so that everybody can answer it."""

STANDING: Final = ("draft", "awaiting_approval", "approved", "ordered")
"""States in which an award holds its quantities."""

TOO_LATE = refusal("too_late", CONFLICT, N_("Too late: the deadline was %(deadline)s."))
TOO_EARLY = refusal("too_early", CONFLICT, N_("The deadline is not reached yet: %(deadline)s."))
DEADLINE_PAST = refusal("deadline_past", INVALID, N_("The deadline must lie in the future."))
DEADLINE_OVER = refusal("deadline_over", CONFLICT, N_("The deadline of this draft has passed. Set a later one first."))
QUOTING_BARRED = refusal(
    "quoting_barred",
    CONFLICT,
    N_("Your organisation may not quote this at the moment. Missing or standing against it: %(why)s."),
)
NOT_DEALING = refusal("not_dealing", CONFLICT, N_("Your organisation may not deal at the moment."))
VALIDITY_SHORT = refusal("validity_short", INVALID, N_("The quote must stay valid beyond %(until)s."))
VALIDITY_MISSING = refusal(
    "validity_missing", CONFLICT, N_("Say first until when the quote is valid, beyond %(until)s.")
)
LINE_UNANSWERED = refusal(
    "line_unanswered", CONFLICT, N_("Line %(position)s, %(title)s: give a price or say that there is no offer.")
)
DEMAND_UNANSWERED = refusal(
    "demand_unanswered", CONFLICT, N_("Line %(position)s, %(title)s: say what is offered against %(demand)s.")
)
NOTHING_OFFERED = refusal(
    "nothing_offered", CONFLICT, N_("Every line says that there is no offer. Then there is nothing to submit.")
)


def rfq_of(record: Quote | Award) -> Rfq:
    """The request that a quote or an award belongs to, as it stands in this transaction."""
    return db.session.get_one(Rfq, record.rfq_id)


def locked_rfq(record: Quote | Award) -> Rfq:
    """The same, locked. Locks are taken in one order everywhere: award, RFQ, quotes, lines."""
    db.session.flush()
    return find(Rfq, record.rfq_id, SYSTEM_ACTOR, lock=True)


def locked_quotes(rfq: Rfq, ids: Iterable[str] | None = None) -> list[Quote]:
    """Quotes of a request, locked in the order of their ids: a submission on its way is waited for, then seen.

    The lock is asked for whatever their state: a filter on it would not see a draft that is being submitted.
    """
    db.session.flush()
    statement = sa.select(Quote).where(Quote.rfq_id == rfq.id).order_by(Quote.id)
    if ids is not None:
        statement = statement.where(Quote.id.in_(sorted(ids)))
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def before_deadline(record: Rfq | Quote, actor: Actor) -> None:
    """Guard: the server's clock, read under the lock, stands before the deadline; at the deadline is late."""
    del actor
    rfq = record if isinstance(record, Rfq) else rfq_of(record)
    if now() >= rfq.deadline:
        raise TOO_LATE(deadline=rfq.deadline)


def at_deadline(rfq: Rfq, actor: Actor) -> None:
    """Guard: the deadline has come."""
    del actor
    if now() < rfq.deadline:
        raise TOO_EARLY(deadline=rfq.deadline)


def own_organisation_deals(record: Any, actor: Actor) -> None:
    """Guard: the actor's organisation is admitted; a suspended one opens nothing new."""
    del record
    organisation = db.session.get(Organisation, str(actor.org_id))
    if not actor.system and (organisation is None or organisation.state != "admitted"):
        raise NOT_DEALING()


def may_quote(record: Rfq | Quote, actor: Actor) -> None:
    """Guard: the supplier deals, has what is asked for the categories it offers in, and is not stopped."""
    own_organisation_deals(record, actor)
    supplier = record.supplier_id if isinstance(record, Quote) else str(actor.org_id)
    why = standing.barred_from(supplier, "quoting", _offered_places(record) if isinstance(record, Quote) else ())
    if why:
        raise QUOTING_BARRED(why=why)


def _offered_places(quote: Quote) -> set[str]:
    """The categories, and those above them, of the lines it offers on: what they say, and their listings' own."""
    version = quote.drafted or quote.standing
    offered = {line.rfq_line_id for line in version.lines if not line.no_offer} if version is not None else set()
    named = (
        sa.select(RfqLine.category, Listing.category)
        .outerjoin(Listing, Listing.id == RfqLine.listing_id)
        .where(RfqLine.id.in_(offered))
    )
    categories = {category for row in db.session.execute(named) for category in row if category is not None}
    return {place for category in categories for place in tree().path(category)}


def complete(rfq: Rfq, version: QuoteVersion) -> None:
    """Refuse a version that leaves a line or a demand of the request unanswered, or offers nothing at all."""
    answers = {line.rfq_line_id: line for line in version.lines}
    for wanted in rfq.lines:
        answer = answers.get(wanted.id)
        if answer is None:
            raise LINE_UNANSWERED(position=str(wanted.position), title=wanted.title)
        answered = {entry["index"] for entry in answer.deviations}
        for index, demand in enumerate(wanted.demands):
            if not answer.no_offer and index not in answered:
                raise DEMAND_UNANSWERED(position=str(wanted.position), title=wanted.title, demand=demand["name"])
    if all(line.no_offer for line in version.lines):
        raise NOTHING_OFFERED()


def receipt(quote: Quote, version: QuoteVersion) -> str:
    """SHA-256 over the canonical JSON of everything a version promises; its random ids serve as the salt."""
    lines = [
        {
            "line": line.rfq_line_id, "no_offer": line.no_offer, "quantity": line.quantity_micro,
            "price": line.price_minor, "basis": line.price_basis_micro, "vat": line.vat_bp, "brand": line.brand,
            "model": line.model, "alternative": line.alternative, "lead_time_days": line.lead_time_days,
            "warranty_months": line.warranty_months, "deviations": line.deviations, "remark": line.remark,
        }
        for line in version.lines
    ]  # fmt: skip
    body: dict[str, Any] = {
        "quote": quote.id, "version": version.id, "rfq": quote.rfq_id, "supplier": quote.supplier_id,
        "revision": version.revision, "currency": version.currency, "terms": version.terms,
        "valid_until": version.valid_until.isoformat() if version.valid_until else None,
        "min_order": version.min_order_minor, "lines": lines,
    }  # fmt: skip
    annexes = sa.select(StoredFile.sha256).where(StoredFile.object_id == quote.id, StoredFile.part_id == version.id)
    if enclosed := sorted(db.session.scalars(annexes)):
        body["files"] = enclosed
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def mandatory_failures(wanted: RfqLine, deviations: Iterable[dict[str, Any]]) -> list[str]:
    """Names of mandatory demands that an offer does not meet; one is enough to exclude it."""
    worse = {entry["index"] for entry in deviations if entry["deviation"] == "negative"}
    return [demand["name"] for index, demand in enumerate(wanted.demands) if demand.get("mandatory") and index in worse]


def standing_awards(rfq_id: str) -> list[Award]:
    """Awards of a request that hold quantities."""
    statement = sa.select(Award).where(Award.rfq_id == rfq_id, Award.state.in_(STANDING)).order_by(Award.id)
    return list(db.session.scalars(statement))


def awarded_of(quote_line_ids: Iterable[str]) -> dict[str, int]:
    """How much of each quote line standing awards hold already, without what was declined."""
    rows = db.session.execute(
        sa.select(AwardLine.quote_line_id, sa.func.sum(AwardLine.quantity_micro))
        .join(Award, Award.id == AwardLine.award_id)
        .where(
            AwardLine.quote_line_id.in_(list(quote_line_ids)),
            AwardLine.outcome != "declined",
            Award.state.in_(STANDING),
        )
        .group_by(AwardLine.quote_line_id)
    )
    return {line_id: int(total) for line_id, total in rows}


def answer_invitation(quote: Quote, *, answered: bool) -> None:
    """Take the request off the supplier's worklist, or put it back on it."""
    grant = db.session.get(Grant, (quote.rfq_id, quote.supplier_id, "invited"))
    if grant is not None:
        grant.answered_at = now() if answered else None


def line_of(rfq: Rfq, line_id: str, *, place: int | None = None) -> RfqLine:
    """A line of this request by id; refusal `not_there` for any other, at the place in `lines` where it was named."""
    found = next((line for line in rfq.lines if line.id == line_id), None)
    if found is None:
        named = {"line": [NOT_THERE.words]}
        raise NOT_THERE(fields=named if place is None else {"lines": {place: named}})
    return found
