"""The lifecycle of a paper, how it is read, and who is who at the records that papers are made of."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from app import i18n
from app.accounts.models import KIND_ROLES, LAB_ROLES
from app.kernel.actors import Who, invited, platform, who
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.shapes import Moment, RecordOut
from app.kernel.values import N_
from app.ordering.lifecycles import ORDER, RECEIPT, SHIPMENT
from app.papers.models import Paper
from app.payments.lifecycles import STATEMENT
from app.sourcing.lifecycles import RFQ

KIND_TITLES: Final = {
    "rfq": N_("Request for quotation"),
    "comparison": N_("Comparison of quotes"),
    "order": N_("Purchase order"),
    "delivery": N_("Delivery note"),
    "acceptance": N_("Acceptance report"),
    "statement": N_("Statement of account"),
    "data_sheet": N_("Printed data sheet"),
    "label": N_("Label with code"),
}
FAILURES: Final = {
    "too_long": N_("Typesetting it took too long and was stopped."),
    "too_large": N_("It needs more memory than a document may take."),
    "not_typeset": N_("The document could not be typeset."),
}
"""Why a paper was not made: code -> words."""

_ANY_ROLE: Final = "|".join(sorted({role for roles in KIND_ROLES.values() for role in roles}))
_SELLER_ROLES: Final = "|".join(KIND_ROLES["service"])

OWN: Final = who(_ANY_ROLE, "self")
STAFF: Final = (
    platform("|".join(KIND_ROLES["operator"]), "operator")
    | platform("|".join(KIND_ROLES["owner"]), "owner")
    | platform("|".join(KIND_ROLES["auditor"]), "auditor")
)
BUYER: Final = who("|".join(LAB_ROLES), "buyer")
SUPPLIER: Final = who(_SELLER_ROLES, "supplier")
INVITED: Final = invited(_SELLER_ROLES)
BOTH_SIDES: Final[Who] = BUYER | SUPPLIER | STAFF


class PaperOut(RecordOut):
    """A paper; `source` is the record that it was made of, in `source_version`. The PDF stands in `files`."""

    kind = fields.String(metadata={"words": KIND_TITLES})
    title = fields.String()
    source = fields.String(attribute="object_id", metadata={"title": N_("Made of")})
    source_version = fields.Integer(attribute="object_version", metadata={"seldom": True})
    org = fields.String(attribute="org_id")
    person = fields.String(attribute="person_id")
    digest = fields.String(metadata={"seldom": True})
    attempts = fields.Integer(metadata={"seldom": True})
    made_at = Moment(allow_none=True, metadata={"title": N_("Made on")})
    error = fields.String(allow_none=True, metadata={"seldom": True})
    reason = fields.Function(lambda paper: i18n.say(FAILURES[paper.error]) if paper.error else "")


PAPER = Lifecycle(
    "paper",
    Paper,
    [
        State("queued", N_("being made"), "active", N_("The document is being made; that takes a few seconds.")),
        State("ready", N_("ready"), "good", N_("It can be downloaded."), final=True),
        State("failed", N_("not made"), "stop", N_("It can be tried again."), final=True),
    ],
    title=N_("Document"),
    collection="papers",
    main_path="queued ready",
    shape=PaperOut,
)

__all__ = ["FAILURES", "KIND_TITLES", "ORDER", "PAPER", "RECEIPT", "RFQ", "SHIPMENT", "STATEMENT"]
