"""What the actions of booking take, and what is read of its records."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from app.kernel.shapes import LONG_TEXT, Choice, File, Id, Input, Moment, Quantity, RecordOut, Text
from app.kernel.values import N_

SERVICE_TITLES: Final = {
    "calibration": N_("calibration"),
    "testing": N_("testing and analysis"),
    "installation": N_("installation"),
    "maintenance": N_("maintenance and repair"),
    "training": N_("training"),
    "lab_design": N_("laboratory design"),
    "consultation": N_("consultation"),
    "validation": N_("qualification"),
    "other": N_("other service"),
}
MODE_TITLES: Final = {
    "on_site": N_("at the laboratory"),
    "at_provider": N_("at the service organisation"),
    "online": N_("online"),
}
SIDE_TITLES: Final = {"buyer": N_("the laboratory"), "supplier": N_("the service organisation")}
OUTCOME_TITLES: Final = {
    "again": N_("the work is owed again"),
    "give_up": N_("the work is given up and not paid"),
}

PLACE_HINT: Final = N_("Building and room; for a meeting online, how to join.")


class TimeInput(Input):
    """When, and where."""

    starts_at = Moment(required=True, metadata={"title": N_("Begins")})
    ends_at = Moment(required=True, metadata={"title": N_("Ends")})
    mode = Choice(MODE_TITLES, load_default="on_site", metadata={"title": N_("How the work is done")})
    place = Text(required=True, metadata={"title": N_("Place"), "hint": PLACE_HINT})


class AppointmentInput(Input):
    """A time for a quantity of one service of the order."""

    order_line = Id("orl", required=True, metadata={"title": N_("Service")})
    quantity = Quantity(load_default=None, allow_none=True,
                        metadata={"title": N_("Quantity, if not all that is open")})  # fmt: skip
    starts_at = Moment(required=True, metadata={"title": N_("Begins")})
    ends_at = Moment(required=True, metadata={"title": N_("Ends")})
    mode = Choice(MODE_TITLES, load_default="on_site", metadata={"title": N_("How the work is done")})
    place = Text(required=True, metadata={"title": N_("Place"), "hint": PLACE_HINT})
    remark = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Remark")})


class MoveInput(TimeInput):
    """Another time, and why."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class AssignInput(Input):
    """Who comes."""

    expert = Id("per", required=True, metadata={"title": N_("Expert")})


class CheckInInput(Input):
    """Where the expert is."""

    place = Text(required=True, metadata={"title": N_("Where you are"), "hint": N_("Building and room.")})


class CheckOutInput(CheckInInput):
    """Where from, and what the customer should know before signing."""

    remark = Text(
        load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("What was done, in a sentence")}
    )


class SignInput(Input):
    """The name under the work."""

    name = Text(required=True, most=80, metadata={"title": N_("Your name, as your signature")})


class MissInput(Input):
    """Who did not keep the appointment."""

    at_fault = Choice(SIDE_TITLES, required=True, metadata={"title": N_("Who did not keep it")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("How it came about")})


class MessageInput(Input):
    """A message, perhaps with a file."""

    text = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Message")})
    file = File(load_default=None, allow_none=True, metadata={"title": N_("File"), "kind": "file"})


class ReportInput(Input):
    """What was found and done; the four figures are what a calibration has to state."""

    summary = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("What was found and done")})
    certificate_no = Text(load_default="", most=60, metadata={"title": N_("Certificate number")})
    as_found = Text(load_default="", most=500, metadata={"title": N_("As found")})
    as_left = Text(load_default="", most=500, metadata={"title": N_("As left")})
    uncertainty = Text(load_default="", metadata={"title": N_("Measurement uncertainty")})
    next_due = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("Next due")})


class RuledInput(Input):
    """What becomes of the work, with the reason that both sides read."""

    outcome = Choice(OUTCOME_TITLES, required=True, metadata={"title": N_("What becomes of the work")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class WorkOrderOut(RecordOut):
    """A work order; `made_for` is the document that ordered the work."""

    number = fields.String(allow_none=True)
    title = fields.String()
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    answering = fields.String(attribute="answering_id", metadata={"title": N_("Whose turn it is")})
    made_for = fields.String(metadata={"title": N_("Ordered with")})
    service = fields.String(metadata={"title": N_("Kind of work"), "words": SERVICE_TITLES})
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    unit = fields.String()
    mode = fields.String(metadata={"title": N_("How the work is done"), "words": MODE_TITLES})
    place = fields.String()
    starts_at = Moment()
    ends_at = Moment()
    expert = fields.String(attribute="expert_id", allow_none=True)
    moves = fields.Integer(metadata={"title": N_("Times moved")})
    missed_by = fields.String(allow_none=True, metadata={"title": N_("Not kept by"), "words": SIDE_TITLES})
    checked_in_at = Moment(allow_none=True, metadata={"title": N_("Checked in")})
    checked_in_place = fields.String(metadata={"title": N_("Checked in at")})
    checked_out_at = Moment(allow_none=True, metadata={"title": N_("Checked out")})
    checked_out_place = fields.String(metadata={"title": N_("Checked out at")})
    sign_by = Moment(allow_none=True, metadata={"title": N_("To be signed by")})
    signed_at = Moment(allow_none=True, metadata={"title": N_("Signed")})
    signed_by = fields.String(allow_none=True, metadata={"title": N_("Signed by")})
    signed_name = fields.String(metadata={"title": N_("Name under the work")})


class WorkReportOut(RecordOut):
    """A work report."""

    number = fields.String(allow_none=True)
    title = fields.String()
    work_order = fields.String(attribute="work_order_id")
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    service = fields.String(metadata={"title": N_("Kind of work"), "words": SERVICE_TITLES})
    person = fields.String(attribute="person_id", allow_none=True)
    summary = fields.String()
    certificate_no = fields.String()
    as_found = fields.String()
    as_left = fields.String()
    uncertainty = fields.String()
    next_due = fields.Date(allow_none=True)
    submitted_at = Moment(allow_none=True, metadata={"title": N_("Submitted")})
    answer_by = Moment(allow_none=True, metadata={"title": N_("To be answered by")})
    outcome = fields.String(allow_none=True)
