"""The two lifecycles of booking and who is who in them.

Verbs that move quantities of an order (propose, cancel, accept, the rulings) are declared by `ordering`, above.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.booking.models import WorkOrder, WorkReport
from app.booking.schemas import WorkOrderOut, WorkReportOut
from app.kernel.actors import platform, who
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_

CUSTOMER: Final = who("member|purchaser|receiver", "buyer")
ACCEPTOR: Final = who("purchaser|receiver", "buyer")
SELLER: Final = who("sales|fulfilment", "supplier")
EXPERT: Final = who("expert|fulfilment", "supplier")
SERVICE: Final = who("expert|sales|fulfilment", "supplier")
ANSWERING: Final = who("member|purchaser|receiver|sales|fulfilment", "answering")
AT_WORK: Final = who("member|purchaser|receiver|expert|fulfilment", "answering")
RULER: Final = platform("support|transaction_approver", "operator") | platform("owner", "owner")

DISPUTE_DAYS: Final = timedelta(days=5)
"""How long a disputed report should wait for the operator's ruling."""


def _signature_or_end(work: WorkOrder) -> datetime:
    return work.sign_by or work.ends_at


WORK_ORDER = Lifecycle(
    "work_order",
    WorkOrder,
    [
        State("proposed", N_("time proposed"), "waiting", N_("The other side agrees to the time, or proposes another."),
              ANSWERING, "starts_at"),
        State("agreed", N_("time agreed"), "active", N_("The expert comes at the agreed time and checks in."), EXPERT,
              "starts_at"),
        State("started", N_("work under way"), "active",
              N_("The expert does the work and checks out; then the customer signs for it."), AT_WORK,
              _signature_or_end),
        State("done", N_("work done"), "good", N_("The report follows."), final=True),
        State("missed", N_("appointment missed"), "stop",
              N_("Whoever did not keep it proposes another time; either side may cancel it."), ANSWERING),
        State("cancelled", N_("cancelled"), "draft", final=True),
    ],
    title=N_("Work order"),
    collection="work-orders",
    main_path="proposed agreed started done",
    shape=WorkOrderOut,
)  # fmt: skip

WORK_REPORT = Lifecycle(
    "work_report",
    WorkReport,
    [
        State("draft", N_("draft"), "draft", N_("The expert writes the report, attaches its papers and submits it."),
              SERVICE),
        State("submitted", N_("submitted"), "waiting",
              N_("The customer accepts the report, and with it the work, or disputes it."), ACCEPTOR, "answer_by"),
        State("accepted", N_("accepted"), "good", N_("The work counts as delivered; its payment follows."), final=True),
        State("disputed", N_("disputed"), "waiting",
              N_("The operator hears both sides and rules, unless they come to an agreement."), RULER, DISPUTE_DAYS),
        State("refused", N_("not accepted"), "stop", N_("The work is not accepted."), final=True),
    ],
    title=N_("Work report"),
    collection="work-reports",
    main_path="draft submitted accepted",
    shape=WorkReportOut,
)  # fmt: skip

LIVE_WORK: Final = ("proposed", "agreed", "started")
BOOKED: Final = ("agreed", "started")
"""States in which an expert's time is taken."""
