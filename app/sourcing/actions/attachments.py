"""Files on an RFQ, which everybody reads who reads the request, and on a quote, sealed as the quote is."""

from __future__ import annotations

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.actors import Actor
from app.kernel.shapes import FileInput, Upload
from app.kernel.values import N_
from app.sourcing.actions.quotes import written
from app.sourcing.actions.rfqs import still_time
from app.sourcing.lifecycles import BUYER, QUOTE, RFQ, SALES
from app.sourcing.models import Quote, Rfq
from app.sourcing.rules import before_deadline


@RFQ.action("draft|open -> =", by=BUYER, needs=[still_time], takes=FileInput, title=N_("Attach a file"))
def attach(rfq: Rfq, actor: Actor, *, file: Upload) -> None:
    """The purchaser hangs a file on the request; those invited may download it."""
    del actor
    files.attach(file, org_id=rfq.buyer_id, object_id=rfq.id)


@QUOTE.action(
    "draft|submitted|void|expired -> =", by=SALES, needs=[before_deadline, written], takes=FileInput, name="attach",
    title=N_("Attach a file"),
)  # fmt: skip
def attach_to_quote(quote: Quote, actor: Actor, *, file: Upload) -> None:
    """The supplier adds a file to the version that it is writing; it is sealed and submitted together with it."""
    del actor
    version = quote.drafted
    assert version is not None
    files.attach(file, org_id=quote.supplier_id, object_id=quote.id, part_id=version.id)


def _submitted(quote: Quote, file: StoredFile, actor: Actor) -> bool:
    """A file of a version that was never submitted is read by its supplier alone, before and after the opening."""
    if actor.system or actor.org_id == quote.supplier_id:
        return True
    return any(version.id == file.part_id and version.submitted_at is not None for version in quote.versions)


files.files_read(Quote, _submitted)
