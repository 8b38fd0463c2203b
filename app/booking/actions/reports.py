"""Work report: written by the service organisation and handed in; disputed by the customer, or by who waits in vain.

Accepting and ruling stand in `ordering`, because they deliver a quantity of the order.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from app.accounts import files
from app.booking.lifecycles import ACCEPTOR, SELLER, SERVICE, WORK_ORDER, WORK_REPORT
from app.booking.models import WorkOrder, WorkReport
from app.booking.schemas import ReportInput
from app.kernel.actors import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import FileInput, ReasonInput, Upload
from app.kernel.values import N_, now
from app.kernel.work import current, note, tell

ANSWER_WITHIN: Final = timedelta(days=10)
"""How long the customer has to answer a report before the supplier may call the operator."""

NO_WORDS = refusal("report_empty", CONFLICT, N_("The report says nothing yet: write what was found and done."))
NOT_DONE = refusal(
    "work_not_done", CONFLICT, N_("The work is not done yet: the expert checks out and the customer signs.")
)
FIGURES_MISSING = refusal(
    "calibration_figures", CONFLICT,
    N_("A calibration states as found, as left, the measurement uncertainty and when it is next due."),
)  # fmt: skip
PAPER_MISSING = refusal("certificate_missing", CONFLICT, N_("Attach the calibration certificate first."))
DUE_PAST = refusal("next_due_past", INVALID, N_("The next calibration is due after this one."))
STILL_TIME = refusal(
    "answer_awaited", CONFLICT, N_("The customer may answer until %(deadline)s. After that you can call the operator.")
)


def work_of(report: WorkReport) -> WorkOrder:
    """The work order that a report is about."""
    return db.session.get_one(WorkOrder, report.work_order_id)


def says_what_it_must(report: WorkReport, actor: Actor) -> None:
    """It has words; a calibration has its figures and its certificate too."""
    if not report.summary:
        raise NO_WORDS()
    if report.service != "calibration":
        return
    if not all((report.as_found, report.as_left, report.uncertainty, report.next_due)):
        raise FIGURES_MISSING()
    if not files.files_for(report, actor):
        raise PAPER_MISSING()


def work_done(report: WorkReport, actor: Actor) -> None:
    """The work was signed for, or nobody signed in time."""
    del actor
    if work_of(report).state != "done":
        raise NOT_DONE()


def answer_overdue(report: WorkReport, actor: Actor) -> None:
    """The supplier calls the operator only when the customer has let the time for an answer pass."""
    if actor.org_id == report.supplier_id and report.answer_by is not None and now() < report.answer_by:
        raise STILL_TIME(deadline=report.answer_by)


@WORK_ORDER.action("agreed -> =", by=SYSTEM, makes=WORK_REPORT, title=N_("Open the report"))
def open_report(work: WorkOrder, actor: Actor) -> WorkReport:
    """With the expert's arrival the report of the work is opened as a draft."""
    del actor
    report = fresh(
        WorkReport, buyer_id=work.buyer_id, supplier_id=work.supplier_id, work_order_id=work.id, title=work.title,
        service=work.service, person_id=work.expert_id, summary="",
    )  # fmt: skip
    current().number("WR", report)
    return report


@WORK_REPORT.action("draft -> =", by=SERVICE, takes=ReportInput, title=N_("Write the report"), primary=True)
def write(
    report: WorkReport, actor: Actor, *, summary: str, certificate_no: str, as_found: str, as_left: str,
    uncertainty: str, next_due: date | None,
) -> None:  # fmt: skip
    """The expert writes down what was found and done; a calibration states its figures and when it is next due."""
    begun = work_of(report).checked_in_at or now()
    if next_due is not None and next_due <= begun.date():
        raise DUE_PAST(fields={"next_due": [DUE_PAST.words]})
    report.summary, report.certificate_no, report.uncertainty = summary, certificate_no, uncertainty
    report.as_found, report.as_left, report.next_due = as_found, as_left, next_due
    report.person_id = actor.person_id
    note(changed=["summary", "certificate_no", "as_found", "as_left", "uncertainty", "next_due"])


@WORK_REPORT.action("draft -> =", by=SERVICE, takes=FileInput, title=N_("Attach a paper"))
def attach(report: WorkReport, actor: Actor, *, file: Upload) -> None:
    """The certificate, readings, photographs: whoever reads the report reads its papers."""
    del actor
    files.attach(file, org_id=report.supplier_id, object_id=report.id)


@WORK_REPORT.action(
    "draft -> submitted", by=SERVICE, needs=[says_what_it_must, work_done], title=N_("Submit the report"), primary=True
)
def submit(report: WorkReport, actor: Actor) -> None:
    """The report is handed in; the customer accepts it, and with it the work, or disputes it."""
    del actor
    report.submitted_at, report.answer_by = now(), now() + ANSWER_WITHIN


@WORK_REPORT.action(
    "submitted|disputed -> draft", by=SERVICE, takes=ReasonInput, title=N_("Take it back to correct it")
)
def take_back(report: WorkReport, actor: Actor, *, reason: str) -> None:
    """The service organisation takes the report back, corrects it and submits it again."""
    del actor
    say(reason)
    tell([report.buyer_id])  # who has read it learns why it is gone
    report.submitted_at = report.answer_by = None


@WORK_REPORT.action("submitted -> disputed", by=ACCEPTOR | SELLER, needs=[answer_overdue], takes=ReasonInput,
                    title=N_("Dispute it"))  # fmt: skip
def dispute(report: WorkReport, actor: Actor, *, reason: str) -> None:
    """The customer says what is wrong, or the supplier has waited in vain: the operator is called to rule."""
    del report, actor
    say(reason)
