"""What is told of listings and of the approval rules beneath: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

TEXTS: Final[dict[str, Text]] = {
    "listing.submit": Text(
        N_("A listing waits for review"), N_("A listing was handed in and waits for review."), "approvals"
    ),
    "listing.publish": Text(
        N_("A listing is in the catalogue"),
        N_("The operator has published it: buyers find it in the catalogue."),
        "catalogue",
        to="supplier",
    ),
    "listing.return": Text(
        N_("A listing was returned"),
        N_("The operator has returned it with what has to be corrected."),
        "catalogue",
        to="supplier",
    ),
    "listing.suspend": Text(
        N_("A listing was taken out of the catalogue"),
        N_("The operator has taken it out of the catalogue until a question is settled."),
        "catalogue",
        to="supplier",
    ),
    "listing.restore": Text(
        N_("A listing is back in the catalogue"),
        N_("The operator has put it back into the catalogue."),
        "catalogue",
        to="supplier",
    ),
}

SILENT: Final = (
    "approval_rule.create approval_rule.retire approval_step.approve approval_step.delegate "
    "approval_step.escalate approval_step.postpone approval_step.reject approval_step.skip approval_step.start "
    "approval_step.take_back listing.create listing.edit listing.revise listing.withdraw"
)
