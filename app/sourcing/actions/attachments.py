"""Files on an RFQ: drawings, site plans, terms; everybody who reads the request reads them."""

from __future__ import annotations

from app.accounts import files
from app.kernel.actors import Actor
from app.kernel.shapes import FileInput, Upload
from app.kernel.values import N_
from app.sourcing.actions.rfqs import still_time
from app.sourcing.lifecycles import BUYER, RFQ
from app.sourcing.models import Rfq


@RFQ.action("draft|open -> =", by=BUYER, needs=[still_time], takes=FileInput, title=N_("Attach a file"))
def attach(rfq: Rfq, actor: Actor, *, file: Upload) -> None:
    """The purchaser hangs a file on the request; those invited may download it."""
    del actor
    files.attach(file, org_id=rfq.buyer_id, object_id=rfq.id)
