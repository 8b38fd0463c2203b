"""What is told of work orders and reports: a text per event, and what goes untold."""

from __future__ import annotations

from typing import Final

from app.kernel.values import N_
from app.notices.texts.text import Text

_THE_WORK_WAS_DONE: Final = (
    N_("Work on site is done"),
    N_("The visit is over; the report follows."),
)
_THE_WORK_IS_ACCEPTED: Final = (
    N_("A work report is accepted"),
    N_("The work counts as delivered; its payment follows."),
)

TEXTS: Final[dict[str, Text]] = {
    "work_order.create": Text(
        N_("An appointment is proposed"), N_("Agree to the time, or propose another one."), "deliveries"
    ),
    "work_order.move": Text(
        N_("Another time is proposed"), N_("Agree to the new time or place, or propose another one."), "deliveries"
    ),
    "work_order.agree": Text(
        N_("An appointment is agreed"),
        N_("The time stands; the expert comes as agreed."),
        "deliveries",
        to="buyer supplier",
    ),
    "work_order.cancel": Text(
        N_("An appointment was cancelled"),
        N_("The service is still owed; another time can be proposed."),
        "deliveries",
        to="buyer supplier",
    ),
    "work_order.miss": Text(
        N_("An appointment was missed"),
        N_("The time was not kept; propose another one or cancel."),
        "deliveries",
        to="buyer supplier",
    ),
    "work_order.message": Text(
        N_("A message about a work order"),
        N_("The other side has written about the work."),
        "deliveries",
        to="buyer supplier",
    ),
    "work_order.check_out": Text(
        N_("Work on site waits for a signature"),
        N_("Look at the work and sign that it was done."),
        "deliveries",
        to="buyer",
    ),
    "work_order.finish": Text(*_THE_WORK_WAS_DONE, "deliveries", to="supplier"),
    "work_order.finish_unsigned": Text(*_THE_WORK_WAS_DONE, "deliveries", to="buyer supplier"),
    "work_report.submit": Text(
        N_("A work report waits for you"), N_("Accept the report and with it the work, or dispute it."), "deliveries"
    ),
    "work_report.accept": Text(*_THE_WORK_IS_ACCEPTED, "deliveries", to="supplier"),
    "work_report.rule_for_supplier": Text(*_THE_WORK_IS_ACCEPTED, "claims", to="buyer supplier"),
    "work_report.dispute": Text(
        N_("A work report is disputed"), N_("The operator is called to rule on it."), "claims", to="supplier"
    ),
    "work_report.rule_for_buyer": Text(
        N_("A work report was not accepted"),
        N_("The operator has ruled that the work does not count."),
        "claims",
        to="buyer supplier",
    ),
}

SILENT: Final = (
    "work_order.assign work_order.check_in work_report.attach work_report.create work_report.take_back "
    "work_report.write"
)
