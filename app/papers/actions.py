"""Asking for a document, making it, and trying again. Whoever may read a record may have it on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import files
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM, Actor, Who
from app.kernel.db import Record, db
from app.kernel.errors import CONFLICT, INVALID, Refusal, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import Action, Lifecycle, find, fresh
from app.kernel.shapes import Choice, Id, Input, Upload
from app.kernel.values import N_, now
from app.kernel.work import note
from app.papers.contents.deliveries import acceptance_content, delivery_content
from app.papers.contents.listings import data_sheet_content, label_content
from app.papers.contents.orders import order_content
from app.papers.contents.requests import comparison_content, rfq_content
from app.papers.contents.statements import statement_content
from app.papers.lifecycle import (
    BOTH_SIDES,
    BUYER,
    INVITED,
    KIND_TITLES,
    ORDER,
    OWN,
    PAPER,
    RECEIPT,
    RFQ,
    SHIPMENT,
    STAFF,
    STATEMENT,
    SUPPLIER,
)
from app.papers.models import Paper
from app.papers.typesetting import digest_of

QUEUED_MOST: Final = 20
"""Documents that an organisation may have in the making at one time."""
DELIVERY: Final = "paper"

TOO_MANY_QUEUED = refusal(
    "papers_queued", CONFLICT, N_("%(most)s documents of your organisation are being made. Wait until some are ready.")
)

NO_SUCH_LISTING = refusal("no_such_listing", INVALID, N_("There is no such listing that you may read."))

Content = Callable[[Any, Actor], dict[str, Any]]

LISTING_CONTENTS: Final[dict[str, Content]] = {"data_sheet": data_sheet_content, "label": label_content}


def room(record: Record, actor: Actor) -> None:
    """One organisation does not fill the queue for all."""
    del record
    queued = sa.select(sa.func.count()).where(Paper.org_id == actor.org_id, Paper.state == "queued")
    if (db.session.scalar(queued) or 0) >= QUEUED_MOST:
        raise TOO_MANY_QUEUED(most=str(QUEUED_MOST))


def _asked(kind: str, content: Content, record: Any, actor: Actor) -> Paper:
    """What stands on the paper is gathered now, with the reader's own eyes; the worker typesets it."""
    said = content(record, actor)
    paper = fresh(
        Paper, org_id=actor.org_id, person_id=actor.person_id, kind=kind, object_id=record.id,
        object_version=record.version, title=str(said["number"])[:60], content=said, digest=digest_of(kind, said),
        attempts=0,
    )  # fmt: skip
    owe(db.session(), DELIVERY, {"paper": paper.id})
    note(kind=kind, source=record.id, version=record.version, digest=paper.digest)
    return paper


def _offer(
    lifecycle: Lifecycle[Any], arrow: str, name: str, kind: str, content: Content, *, by: Who, title: str, sentence: str
) -> Action[Any, [], Paper]:
    """An action of a record that asks for one kind of paper of it."""

    def ask(record: Any, actor: Actor) -> Paper:
        return _asked(kind, content, record, actor)

    ask.__doc__ = sentence
    return lifecycle.action(arrow, by=by, needs=[room], makes=PAPER, name=name, title=title)(ask)


print_rfq = _offer(
    RFQ, "* -> =", "print", "rfq", rfq_content, by=BUYER | INVITED | STAFF, title=N_("Request as PDF"),
    sentence=N_("Whoever reads the request gets it as a bilingual document."),
)  # fmt: skip
print_comparison = _offer(
    RFQ, "closed|concluded|failed -> =", "print_comparison", "comparison", comparison_content, by=BUYER | STAFF,
    title=N_("Comparison as PDF"), sentence=N_("After the opening the buyer gets the quotes side by side on paper."),
)  # fmt: skip
print_order = _offer(
    ORDER, "* -> =", "print", "order", order_content, by=BOTH_SIDES, title=N_("Order as PDF"),
    sentence=N_("Whoever reads the order gets it as a bilingual document."),
)  # fmt: skip
print_delivery = _offer(
    SHIPMENT, "prepared|shipped|arrived|lost -> =", "print", "delivery", delivery_content, by=BOTH_SIDES,
    title=N_("Delivery note as PDF"), sentence=N_("Whoever reads the shipment gets its delivery note."),
)  # fmt: skip
print_acceptance = _offer(
    RECEIPT, "recorded -> =", "print", "acceptance", acceptance_content, by=BOTH_SIDES,
    title=N_("Acceptance report as PDF"), sentence=N_("Whoever reads the receipt gets what was accepted on paper."),
)  # fmt: skip
print_statement = _offer(
    STATEMENT, "issued|agreed|disputed -> =", "print", "statement", statement_content, by=SUPPLIER | STAFF,
    title=N_("Statement as PDF"), sentence=N_("Whoever reads the statement gets it as a bilingual document."),
)  # fmt: skip


class ListingPaperInput(Input):
    """What to print of which listing."""

    listing = Id("lst", required=True, metadata={"title": N_("Listing")})
    kind = Choice(
        {kind: KIND_TITLES[kind] for kind in LISTING_CONTENTS}, load_default="data_sheet",
        metadata={"title": N_("Document")},
    )  # fmt: skip


@ORGANISATION.action(
    "admitted -> =", by=OWN, needs=[room], takes=ListingPaperInput, makes=PAPER, title=N_("Print a listing")
)
def print_listing(organisation: Organisation, actor: Actor, *, listing: str, kind: str = "data_sheet") -> Paper:
    """Whoever reads a listing gets its bilingual data sheet, or its label with the code that opens it."""
    del organisation
    try:
        found = find(Listing, listing, actor)
    except Refusal:
        raise NO_SUCH_LISTING(fields={"listing": [NO_SUCH_LISTING.words]}) from None
    return _asked(kind, LISTING_CONTENTS[kind], found, actor)


@PAPER.action("queued -> ready", by=SYSTEM, title=N_("Keep the document"))
def keep(paper: Paper, actor: Actor, *, made: Upload) -> None:
    """The document is made and hangs on its request."""
    del actor
    files.attach(made, org_id=paper.org_id, object_id=paper.id, counted=False)
    paper.made_at, paper.content, paper.error, paper.attempts = now(), {}, None, paper.attempts + 1


@PAPER.action("queued -> failed", by=SYSTEM, title=N_("Give up on the document"))
def give_up(paper: Paper, actor: Actor, *, error: str) -> None:
    """The document could not be made; the reason is kept."""
    del actor
    paper.error, paper.attempts = error, paper.attempts + 1
    note(error=error)


@PAPER.action("failed -> queued", by=OWN, needs=[room], title=N_("Try again"), primary=True)
def retry(paper: Paper, actor: Actor) -> None:
    """Somebody of the organisation has it tried again, with the same content."""
    del actor
    paper.error = None
    owe(db.session(), DELIVERY, {"paper": paper.id})
