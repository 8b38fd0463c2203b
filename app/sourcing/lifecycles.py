"""The three lifecycles of sourcing and who is who in them; their verbs stand in `actions/`, one module each."""

from __future__ import annotations

from typing import Final

from app.kernel.actors import invited, who
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_
from app.sourcing.models import Award, Quote, Rfq
from app.sourcing.representations import AwardOut, QuoteOut, RfqOut

BUYER: Final = who("purchaser", "buyer")
APPROVER: Final = who("approver|finance|org_admin", "buyer")
SALES: Final = who("sales", "supplier")
INVITED: Final = invited("sales")

RFQ = Lifecycle(
    "rfq",
    Rfq,
    [
        State("draft", N_("draft"), "draft", N_("The purchaser invites suppliers and publishes it."), BUYER),
        State("open", N_("open for quotes"), "held",
              N_("Suppliers quote until the deadline; quotes are sealed until then."), INVITED, "deadline",
              step=N_("quotes")),
        State("closed", N_("in evaluation"), "waiting",
              N_("The purchaser compares the quotes, awards lines, and gives up what is not bought."), BUYER,
              step=N_("evaluation")),
        State("concluded", N_("concluded"), "good", final=True),
        State("failed", N_("no purchase"), "stop", final=True),
        State("cancelled", N_("cancelled"), "stop", final=True),
    ],
    title=N_("Request for quotation"),
    collection="rfqs",
    main_path="draft open closed concluded",
    shape=RfqOut,
)  # fmt: skip

QUOTE = Lifecycle(
    "quote",
    Quote,
    [
        State("draft", N_("draft"), "draft", N_("The supplier answers every line and submits before the deadline.")),
        State("submitted", N_("submitted"), "held", N_("It is sealed until the deadline, then the buyer decides.")),
        State("void", N_("void"), "stop", N_("The request was amended: reconfirm or revise before the deadline.")),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
        State("won", N_("won"), "good", N_("The buyer orders what was awarded."), final=True),
        State("lost", N_("not chosen"), "draft", final=True),
        State("expired", N_("expired"), "draft", N_("The supplier may confirm it anew."), final=True),
    ],
    title=N_("Quote"),
    collection="quotes",
    main_path="draft submitted won",
    shape=QuoteOut,
)  # fmt: skip

AWARD = Lifecycle(
    "award",
    Award,
    [
        State("draft", N_("draft"), "draft", N_("The purchaser checks the decision and proposes it."), BUYER),
        State("awaiting_approval", N_("awaiting approval"), "waiting",
              N_("Those whom the organisation's rules name approve or reject it."), APPROVER, step=N_("approval")),
        State("approved", N_("approved"), "active", N_("The purchaser places the orders."), BUYER),
        State("rejected", N_("rejected"), "stop", final=True),
        State("ordered", N_("ordered"), "good", N_("The suppliers confirm their orders."), final=True),
        State("cancelled", N_("cancelled"), "stop", final=True),
    ],
    title=N_("Award"),
    collection="awards",
    main_path="draft awaiting_approval approved ordered",
    shape=AwardOut,
)  # fmt: skip
