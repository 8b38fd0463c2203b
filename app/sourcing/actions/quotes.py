"""Quotes: born sealed, submitted in frozen versions with a receipt, opened at the deadline.

Revising has no state of its own. A submitted quote stays submitted, and the version that was submitted keeps counting,
while the supplier writes the next one beside it (`Quote.drafted`). Submitting that one makes it count instead. A
revision that is not submitted before the deadline counts for nothing, and nobody but its supplier ever reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import choice
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import say
from app.kernel.shapes import RemarkInput
from app.kernel.values import N_, Money, new_id, now
from app.kernel.work import note
from app.sourcing.lifecycles import INVITED, QUOTE, RFQ, SALES
from app.sourcing.lines import OTHER_CURRENCY, answers, copied
from app.sourcing.models import Quote, QuoteVersion, Rfq
from app.sourcing.rules import (
    TOO_LATE,
    VALIDITY_MISSING,
    VALIDITY_SHORT,
    answer_invitation,
    before_deadline,
    complete,
    may_quote,
    receipt,
    rfq_of,
)
from app.sourcing.schemas import QuoteInput, ValidityInput

NUMBER_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_CHARS: Final = 8

QUOTED_ALREADY = refusal("quoted_already", CONFLICT, N_("Your organisation has a quote for this request already."))
NOTHING_WRITTEN = refusal("nothing_written", CONFLICT, N_("Nothing new is written. Begin a revision first."))
REVISION_OPEN = refusal("revision_open", CONFLICT, N_("A revision is being written already."))
NEVER_OPENED = refusal(
    "never_opened", CONFLICT, N_("It was not valid when the quotes were opened, so it cannot be confirmed any more.")
)


def _none_yet(rfq: Rfq, actor: Actor) -> None:
    """Guard: one live quote per supplier and request."""
    there = db.session.scalar(
        sa.select(Quote.id).where(Quote.rfq_id == rfq.id, Quote.supplier_id == actor.org_id, Quote.state != "withdrawn")
    )
    if there is not None:
        raise QUOTED_ALREADY()


def written(quote: Quote, actor: Actor) -> None:
    """Guard: there is a version that is being written."""
    del actor
    if quote.drafted is None:
        raise NOTHING_WRITTEN()


def _no_revision_yet(quote: Quote, actor: Actor) -> None:
    del actor
    if quote.drafted is not None:
        raise REVISION_OPEN()


def _ready(quote: Quote, actor: Actor) -> None:
    """Guard: what is written answers everything and stays valid beyond the deadline."""
    del actor
    rfq, version = rfq_of(quote), quote.drafted
    if version is None:
        raise NOTHING_WRITTEN()
    complete(rfq, version)
    if version.valid_until is None or version.valid_until <= rfq.deadline:
        raise VALIDITY_MISSING(until=rfq.deadline)


def _may_be_confirmed(quote: Quote, actor: Actor) -> None:
    """Guard: while the request is open until its deadline; afterwards only what was opened and has expired since."""
    rfq = rfq_of(quote)
    if rfq.state == "open":
        before_deadline(quote, actor)
    elif rfq.state != "closed":
        raise TOO_LATE(deadline=rfq.deadline)
    elif quote.opened_at is None:
        raise NEVER_OPENED()
    standing = quote.standing
    if standing is None:
        raise NOTHING_WRITTEN()
    complete(rfq, standing)


@RFQ.action(
    "open -> =", by=INVITED, needs=[before_deadline, may_quote, _none_yet], makes=QUOTE, primary=True,
    title=N_("Quote"),
)  # fmt: skip
def quote(rfq: Rfq, actor: Actor) -> Quote:
    """An invited supplier begins its quote; nobody else learns that it exists."""
    # Its ids are random: a time or a sequence would tell the buyer how many came before.
    made = Quote(
        id=new_id(Quote.__prefix__, ordered=False), rfq_id=rfq.id, buyer_id=rfq.buyer_id, supplier_id=actor.org_id,
        number="Q-" + "".join(choice(NUMBER_ALPHABET) for _ in range(NUMBER_CHARS)), revision=1,
        amendment=rfq.amendment,
    )  # fmt: skip
    made.versions.append(
        QuoteVersion(
            id=new_id("qvr"), buyer_id=made.buyer_id, supplier_id=made.supplier_id, revision=1,
            currency=rfq.currency, terms="", min_order_minor=0, lines=[],
        )
    )  # fmt: skip
    return made


@QUOTE.action(
    "draft|submitted|void|expired -> =", by=SALES, needs=[before_deadline, written], takes=QuoteInput,
    title=N_("Edit the quote"), primary=True,
)  # fmt: skip
def edit(
    quote: Quote, actor: Actor, *, lines: Sequence[dict[str, Any]], valid_until: datetime | None = None,
    min_order: Money | None = None, terms: str = "",
) -> None:  # fmt: skip
    """The supplier writes prices, terms and deviations; what is submitted already does not change."""
    del actor
    rfq, version = rfq_of(quote), quote.drafted
    assert version is not None
    made = answers(rfq, version, lines)
    if valid_until is not None and valid_until <= rfq.deadline:
        raise VALIDITY_SHORT(until=rfq.deadline, fields={"valid_until": [VALIDITY_SHORT.words]})
    if min_order is not None and min_order.currency != version.currency:
        raise OTHER_CURRENCY(currency=version.currency, fields={"min_order": [OTHER_CURRENCY.words]})
    version.lines.clear()
    db.session.flush()  # rows are deleted before their successors take the same place
    version.lines.extend(made)
    version.valid_until, version.terms = valid_until, terms
    version.min_order_minor = min_order.minor if min_order else 0


@QUOTE.action(
    "draft|submitted|void|expired -> submitted", by=SALES, needs=[before_deadline, may_quote, _ready],
    title=N_("Submit the quote"), primary=True,
)  # fmt: skip
def submit(quote: Quote, actor: Actor) -> None:
    """What is written is frozen and sealed until the deadline; its SHA-256 is the supplier's receipt."""
    del actor
    version = quote.drafted
    assert version is not None
    version.submitted_at, version.digest = now(), receipt(quote, version)
    _counts(quote, version.valid_until)
    note(revision=version.revision, digest=version.digest)


def _counts(quote: Quote, valid_until: datetime | None) -> None:
    """The standing version answers the request as it is now."""
    standing = quote.standing
    assert standing is not None
    quote.revision, quote.valid_until, quote.amendment = standing.revision, valid_until, rfq_of(quote).amendment
    answer_invitation(quote, answered=True)


@QUOTE.action(
    "submitted|void|expired -> =", by=SALES, needs=[before_deadline, _no_revision_yet], title=N_("Begin a revision")
)
def revise(quote: Quote, actor: Actor) -> None:
    """The supplier begins the next version; the one that was submitted counts until the new one is submitted."""
    del actor
    standing = quote.standing
    assert standing is not None
    version = QuoteVersion(
        id=new_id("qvr"), buyer_id=quote.buyer_id, supplier_id=quote.supplier_id, revision=standing.revision + 1,
        currency=standing.currency, terms=standing.terms, min_order_minor=standing.min_order_minor,
        valid_until=quote.valid_until, lines=[],
    )  # fmt: skip
    version.lines.extend(copied(line) for line in standing.lines)
    quote.versions.append(version)
    note(revision=version.revision)


@QUOTE.action(
    "void|expired -> submitted", by=SALES, needs=[may_quote, _may_be_confirmed], takes=ValidityInput,
    title=N_("Confirm the quote"), primary=True,
)  # fmt: skip
def reconfirm(quote: Quote, actor: Actor, *, valid_until: datetime) -> None:
    """The supplier stands by what it submitted: after an amendment, or after it expired; the buyer decides anew."""
    del actor
    rfq = rfq_of(quote)
    latest = max(rfq.deadline, now())
    if valid_until <= latest:
        raise VALIDITY_SHORT(until=latest, fields={"valid_until": [VALIDITY_SHORT.words]})
    _counts(quote, valid_until)
    note(revision=quote.revision, digest=quote.current.digest)


@QUOTE.action("submitted -> =", by=SALES, takes=ValidityInput, title=N_("Extend the validity"))
def extend_validity(quote: Quote, actor: Actor, *, valid_until: datetime) -> None:
    """The supplier binds itself for longer; nothing else changes."""
    del actor
    if quote.valid_until is not None and valid_until <= quote.valid_until:
        raise VALIDITY_SHORT(until=quote.valid_until, fields={"valid_until": [VALIDITY_SHORT.words]})
    quote.valid_until = valid_until
    note(changed=["valid_until"])


@QUOTE.action(
    "draft|submitted|void|expired -> withdrawn", by=SALES, needs=[before_deadline], takes=RemarkInput,
    title=N_("Withdraw"), dangerous=True,
)  # fmt: skip
def withdraw(quote: Quote, actor: Actor, *, remark: str = "") -> None:
    """The supplier takes its quote back before the deadline; the receipt of what was submitted stays on record."""
    del actor
    say(remark)
    standing = quote.standing
    if standing is not None:
        note(revision=standing.revision, digest=standing.digest)
    answer_invitation(quote, answered=False)


# What happens to a quote by the request's doing -----------------------------------------------------------------------


@QUOTE.action("submitted -> void", by=SYSTEM, title=N_("Void the quote"))
def void(quote: Quote, actor: Actor) -> None:
    """The request was amended: the quote counts for nothing until its supplier confirms or revises it."""
    del actor
    answer_invitation(quote, answered=False)


@QUOTE.action("submitted -> =", by=SYSTEM, title=N_("Open the quote"), name="open")
def unseal(quote: Quote, actor: Actor) -> None:
    """The deadline has come: the buyer reads the quote from now on; its hash stands in the record of the opening."""
    del actor
    quote.opened_at = now()
    note(revision=quote.revision, digest=quote.current.digest)


@QUOTE.action("draft|submitted|void -> expired", by=SYSTEM, after="valid_until", title=N_("Let the quote expire"))
def expire(quote: Quote, actor: Actor) -> None:
    """Its validity has run out, or it was not submitted in time; what is won, lost or withdrawn never expires."""
    del quote, actor


@QUOTE.action("submitted|won -> won", by=SYSTEM, title=N_("Win lines"))
def win(quote: Quote, actor: Actor, *, lines: Sequence[str]) -> None:
    """An award of some of its lines was approved."""
    del actor
    _mark(quote, lines, "won")


@QUOTE.action("won -> =", by=SYSTEM, title=N_("Give lines back"))
def give_back(quote: Quote, actor: Actor, *, lines: Sequence[str]) -> None:
    """Some of the lines it had won are open again; others stay won."""
    del actor
    _mark(quote, lines, "open")


@QUOTE.action("won -> submitted", by=SYSTEM, title=N_("Release the quote"))
def release(quote: Quote, actor: Actor, *, lines: Sequence[str]) -> None:
    """Nothing of it is won any more: the award was cancelled or the supplier declined."""
    del actor
    _mark(quote, lines, "open")


@QUOTE.action("submitted|void|expired -> lost", by=SYSTEM, title=N_("End without winning"))
def lose(quote: Quote, actor: Actor) -> None:
    """The request has ended without it."""
    del actor
    _settle(quote)


@QUOTE.action("won -> =", by=SYSTEM, title=N_("Close the other lines"))
def settle_lines(quote: Quote, actor: Actor) -> None:
    """The request has ended: the lines that were not won are lost."""
    del actor
    _settle(quote)


def _mark(quote: Quote, lines: Sequence[str], outcome: str) -> None:
    for line in quote.current.lines:
        if line.id in lines:
            line.outcome = outcome
    note(lines=sorted(lines))


def _settle(quote: Quote) -> None:
    for line in quote.current.lines:
        if line.outcome == "open":
            line.outcome = "lost"
