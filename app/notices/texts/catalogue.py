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
    "import_job.finish_check": Text(
        N_("A catalogue file is checked"), N_("Its page says what would change and what is wrong."), "catalogue",
        to="supplier", roles="",
    ),
    "import_job.finish": Text(
        N_("A catalogue file is imported"), N_("Its page says what was done, and which rows were left out."),
        "catalogue", to="supplier", roles="",
    ),
    "import_job.give_up": Text(
        N_("A catalogue file was not imported"), N_("Its page says why; it may be sent again."), "catalogue",
        to="supplier", roles="",
    ),
    "listing_change.create": Text(
        N_("A listing was corrected for you"),
        N_("The operator has corrected what stands in a listing of yours; the difference and the reason stand there."),
        "catalogue",
        to="supplier",
        at="applied",
    ),
    "listing_change.submit": Text(
        N_("A listing change waits for review"),
        N_("A change of a published listing was handed in; buyers read the old until it is applied."),
        "approvals",
    ),
    "listing_change.apply": Text(
        N_("A listing change was applied"),
        N_("The operator has applied it: buyers read the new."),
        "catalogue",
        to="supplier",
    ),
    "listing_change.decline": Text(
        N_("A listing change was declined"),
        N_("The operator has declined it with reasons; buyers go on reading the old."),
        "catalogue",
        to="supplier",
    ),
    "contract_price.create": Text(
        N_("A price of your own was proposed"),
        N_("A supplier proposes a contract price, which the buyer agrees to or declines."),
        "catalogue",
    ),
    "contract_price.agree": Text(
        N_("A contract price was agreed"), N_("The buyer has agreed to it."), "catalogue", to="supplier"
    ),
    "contract_price.decline": Text(
        N_("A contract price was declined"), N_("The buyer has declined it with a reason."), "catalogue",
        to="supplier",
    ),
    "contract_price.withdraw": Text(
        N_("A contract price was withdrawn"), N_("The supplier has taken the proposal back."), "catalogue", to="buyer"
    ),
    "contract_price.end": Text(
        N_("A contract price was ended"), N_("One side has ended it before its last day."), "catalogue",
        to="buyer supplier",
    ),
}  # fmt: skip

MANY: Final = frozenset({"import_job.import_rows", "import_job.import_files"})
"""What is caused by these is told in one word for all of it, not row by row."""

SILENT: Final = (
    "approval_rule.create approval_rule.retire approval_step.approve approval_step.delegate "
    "approval_step.escalate approval_step.postpone approval_step.reject approval_step.skip approval_step.start "
    "approval_step.take_back listing.create listing.edit listing.revise listing.withdraw listing.take_change "
    "listing_change.edit listing_change.take_back listing_change.apply_at_once listing_change.withdraw "
    "price_rule.create price_rule.retire listing.add_medium listing.remove_medium listing.lead_with "
    "listing_change.add_to_change "
    # The tree is the operator's own work; listings are asked anew when their suppliers next edit them.
    "organisation.load_taxonomy category.create category.edit category.move category.activate category.retire "
    "category.restore attribute.create attribute.change attribute.retire attribute.restore "
    # Whoever sends a file looks on; of the rows of an import nothing is told one by one.
    "import_job.create import_job.read_file import_job.begin_check import_job.assign_columns import_job.check_rows "
    "import_job.start import_job.import_rows import_job.cancel import_job.read_archive import_job.import_files "
    # A proposed brand stands in the worklist; what becomes of it changes no listing.
    "organisation.load_brands brand.create brand.accept brand.edit brand.merge brand.receive brand.decline "
    "brand.reconsider contract_price.lapse "
    # Where a listing stands beside others is no change of it.
    "product.create product.edit product.join product.separate product.dissolve listing.place"
)
