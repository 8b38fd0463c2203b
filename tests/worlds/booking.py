"""Services in the small park: orders of calibrations, appointments and reports in any state, by performing actions.

The laboratory orders from the service organisation: "fuwu" sells and plans, "zhuan" is the expert. An appointment is
tomorrow for two hours unless a test says otherwise; `then` runs the clock at it.
"""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import files
from app.booking.actions import appointments, reports, visits
from app.booking.models import WorkOrder, WorkReport
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.shapes import Upload
from app.kernel.values import clock_at, now
from app.ordering.actions import answers, services
from app.ordering.models import Order
from tests.parks import remembered
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, pieces, reach_order
from tests.worlds.payments import run

LAB: Final = "mei"
SIGNER: Final = "rong"
ACCEPTOR: Final = "qiu"
SALES: Final = "fuwu"
EXPERT: Final = "zhuan"
PLACE: Final = "一号园 B 座 210"
AHEAD: Final = timedelta(hours=24)
FIGURES: Final[dict[str, Any]] = {
    "summary": "天平在 20 g 至 200 g 五点校准", "certificate_no": "HZ-2026-0117", "as_found": "+0.4 mg @ 200 g",
    "as_left": "+0.1 mg @ 200 g", "uncertainty": "0.2 mg (k=2)",
}  # fmt: skip


def service(world: World, price: str = "1200.00", *, supplier: str = "service", **changes: Any) -> Listing:
    """A published calibration at a price."""
    return listing(world, supplier=supplier, kind="service", price={"amount": price, "currency": "CNY"}, **changes)


@remembered
def service_order(world: World, number: float = 3, *, price: str = "1200.00", state: str = "confirmed",
                  supplier: str = "service", **changes: Any) -> Order:  # fmt: skip
    """An order of some calibrations, its instalments made."""
    one = service(world, price, supplier=supplier, **changes)
    order = reach_order(world, state, [(one, int(number))], supplier=supplier)
    run()
    return again(order)  # type: ignore[no-any-return]


def timed(ahead: timedelta = AHEAD, *, hours: float = 2) -> dict[str, Any]:
    """Input of an appointment: begins so far from now."""
    begins = now() + ahead
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=hours), "mode": "on_site", "place": PLACE}


def then(work: WorkOrder, late: timedelta = timedelta()) -> AbstractContextManager[None]:
    """The clock at the appointment, or so much later."""
    return clock_at(work.starts_at + late)


def proposed(
    world: World, order: Order, number: float | None = None, *, by: str = SALES, ahead: timedelta = AHEAD,
    line: int = 0, **given: Any,
) -> WorkOrder:  # fmt: skip
    """An appointment that one side proposes for some pieces of a line, or for all that is open."""
    order = again(order)
    work: WorkOrder = do(
        services.propose_appointment, order, world.actor(by), order_line=order.lines[line].id,
        quantity=None if number is None else pieces(number), **(timed(ahead) | given),
    )  # fmt: skip
    return work


def agreed(world: World, order: Order, number: float | None = None, *, expert: str | None = EXPERT,
           **given: Any) -> WorkOrder:  # fmt: skip
    """An appointment that the service organisation proposed, with its expert, and to which the lab agrees."""
    work = proposed(world, order, number, **given)
    if expert is not None:
        do(appointments.assign, work, world.actor(SALES), expert=world.people[expert])
    agreeing: WorkOrder = do(appointments.agree, work, world.actor(LAB))
    return agreeing


def visited(world: World, work: WorkOrder, *, out: bool = True, signed: bool = True) -> WorkOrder:
    """The expert is there at the agreed time, leaves, and the receiver signs."""
    with then(work):
        do(visits.check_in, work, world.actor(EXPERT), place=PLACE)
        if out:
            do(visits.check_out, work, world.actor(EXPERT), place=PLACE, remark="已贴合格标签")
        if out and signed:
            do(visits.finish, work, world.actor(SIGNER), name="荣晓")
    return again(work)  # type: ignore[no-any-return]


def report_of(work: WorkOrder) -> WorkReport:
    """The report of a work order."""
    db.session.rollback()
    return db.session.scalars(sa.select(WorkReport).where(WorkReport.work_order_id == work.id)).one()


def paper(name: str = "certificate.pdf", content: bytes = b"%PDF-1.7 certificate") -> Upload:
    """A file as a face receives it."""
    return files.receive(io.BytesIO(content), name)


def written(world: World, work: WorkOrder, **changes: Any) -> WorkReport:
    """The draft with its figures and its certificate."""
    report = report_of(work)
    next_due = (work.starts_at + timedelta(days=365)).date()
    do(reports.write, report, world.actor(EXPERT), **(FIGURES | {"next_due": next_due} | changes))
    attached: WorkReport = do(reports.attach, report, world.actor(EXPERT), file=paper())
    return attached


@remembered
def submitted(world: World, order: Order, number: float | None = None, **given: Any) -> WorkReport:
    """A report handed in after a visit."""
    work = visited(world, agreed(world, order, number, **given))
    report: WorkReport = do(reports.submit, written(world, work), world.actor(EXPERT))
    return report


def accepted(world: World, report: WorkReport, *, by: str = ACCEPTOR) -> WorkReport:
    """Somebody other than who signed accepts it; the money follows."""
    result: WorkReport = do(answers.accept, report, world.actor(by))
    run()
    return again(result)  # type: ignore[no-any-return]


@remembered
def reach_work(
    world: World, state: str, order: Order | None = None, number: float | None = 1, **given: Any
) -> WorkOrder:  # fmt: skip
    """A work order for one calibration that has reached a state."""
    order = order or service_order(world)
    if state == "proposed":
        return proposed(world, order, number, **given)
    if state == "cancelled":
        return do(services.cancel, proposed(world, order, number, **given), world.actor(LAB), reason="仪器送修")  # type: ignore[no-any-return]
    work = agreed(world, order, number, **given)
    if state == "missed":
        with then(work, timedelta(hours=1)):
            return do(appointments.miss, work, world.actor(EXPERT), at_fault="buyer", reason="实验室无人")  # type: ignore[no-any-return]
    if state in ("started", "done"):
        work = visited(world, work, out=state == "done")
    assert work.state == state, f"{work.state} instead of {state}"
    return work


@remembered
def reach_report(
    world: World, state: str, order: Order | None = None, number: float | None = 1, **given: Any
) -> WorkReport:  # fmt: skip
    """A report of one calibration that has reached a state."""
    order = order or service_order(world)
    if state == "draft":
        return report_of(reach_work(world, "started", order, number, **given))
    report = submitted(world, order, number, **given)
    if state == "accepted":
        return accepted(world, report)
    if state in ("disputed", "refused"):
        report = do(reports.dispute, report, world.actor(ACCEPTOR), reason="证书与仪器编号不符")
    if state == "refused":
        report = do(answers.rule_for_buyer, report, world.actor("sup"), outcome="again", reason="证书写错仪器")
    return report
