"""Services: appointments agreed and kept, or missed; reports written and accepted, or disputed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from typing import Final

from app.accounts import files
from app.cli.seed.calendar import Chapter, Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import PARK_OFFSET, Stage
from app.cli.seed.stories import trade
from app.kernel.shapes import Upload
from app.kernel.values import now, quantity_text

BEGINS: Final = time(9, 0)
HOURS: Final = 3
PLACE: Final = "实验室前台"


def ordered(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Chapter:
    """A confirmed order of services. Its id is this story's value."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)
    (order,) = trade.order_from(stage, demand)
    yield from trade.confirmed(stage, order)
    return order


def proposed(stage: Stage, order: str, *, days: int, quantity: str | None = None, by: str = "sales") -> str:
    """One side proposes a time for (so much of) the first service that is owed."""
    lab, supplier = trade.parties(stage, order)
    line = next(one for one in stage.see("order", order).lines if one.kind == "service" and one.packable_micro)
    begins = _at(days)
    return stage.do(
        f"{supplier if by == 'sales' else lab}.{by}", "order.propose_appointment", order, order_line=line.id,
        quantity=quantity or quantity_text(line.packable_micro), starts_at=begins.isoformat(),
        ends_at=(begins + timedelta(hours=HOURS)).isoformat(), mode="on_site",
        place=stage.see("organisation", stage.org(lab)).address,
    )  # fmt: skip


def _at(days: int) -> datetime:
    day = (now() + PARK_OFFSET).date() + timedelta(days=days)
    return datetime.combine(day, BEGINS, UTC) - PARK_OFFSET


def agreed(stage: Stage, order: str, *, days: int = 3, quantity: str | None = None) -> str:
    """An appointment with its expert to which the lab agrees."""
    lab, supplier = trade.parties(stage, order)
    work = proposed(stage, order, days=days, quantity=quantity)
    stage.do(f"{supplier}.sales", "work_order.assign", work, expert=stage.who(expert_of(stage, supplier)).person_id)
    stage.do(f"{lab}.member", "work_order.agree", work)
    return work


def expert_of(stage: Stage, supplier: str) -> str:
    """Whoever a seller sends: an expert, or a fulfilment clerk where it has none."""
    service = "service" in stage.organisations[supplier].kinds
    return f"{supplier}.{'expert' if service else 'fulfilment'}"


def visited(stage: Stage, work: str, *, until: str = "done") -> None:
    """The expert is there, leaves, and the lab signs."""
    record = stage.see("work_order", work)
    lab, expert = stage.key(record.buyer_id), expert_of(stage, stage.key(record.supplier_id))
    stage.do(expert, "work_order.check_in", work, place=PLACE)
    if until == "started":
        return
    stage.do(expert, "work_order.check_out", work, place=PLACE, remark="现场工作完成，仪器恢复使用。")
    stage.do(f"{lab}.receiver", "work_order.finish", work, name=stage.who(f"{lab}.receiver").name)


def reported(stage: Stage, work: str) -> str:
    """The expert writes the report, attaches the certificate and submits it."""
    record = stage.see("work_order", work)
    expert = expert_of(stage, stage.key(record.supplier_id))
    report: str = stage.all("work_report", work_order_id=work)[0].id
    stage.do(
        expert, "work_report.write", report, summary="按作业指导书完成，逐项记录见附件，结果符合要求。",
        certificate_no=f"YS-{record.number or work[-6:]}", as_found="+0.4", as_left="+0.1", uncertainty="0.2 (k=2)",
        next_due=(now() + timedelta(days=365)).date().isoformat(),
    )  # fmt: skip
    stage.do(expert, "work_report.attach", report, file=certificate(str(record.number)))
    return stage.do(expert, "work_report.submit", report)


def served(stage: Stage, order: str) -> Story:
    """Every service of an order is done on a day of its own, reported and accepted."""
    lab, _ = trade.parties(stage, order)
    while any(one.kind == "service" and one.packable_micro for one in stage.see("order", order).lines):
        work = agreed(stage, order)
        yield 3
        visited(stage, work)
        yield 1
        report = reported(stage, work)
        yield 2
        stage.do(f"{lab}.purchaser", "work_report.accept", report)
        yield 1


def stands(stage: Stage, lab: str, title: str, wanted: list[Wanted], until: str) -> Story:
    """An appointment that stands at `until`, or came to it."""
    order = yield from ordered(stage, lab, title, wanted)
    if until == "proposed":
        proposed(stage, order, days=4, by="member")
        return
    if until == "agreed":
        agreed(stage, order, days=5)
        return
    if until == "cancelled":
        work = proposed(stage, order, days=6)
        yield 1
        stage.do(f"{lab}.member", "work_order.cancel", work, reason="仪器送修，校准改期另约。")
        return
    work = agreed(stage, order, days=1)
    yield 1
    if until == "missed":
        yield 1
        stage.do(expert_of(stage, trade.parties(stage, order)[1]), "work_order.miss", work, at_fault="buyer",
                 reason="到场后实验室无人，电话未接通。")  # fmt: skip
        return
    visited(stage, work, until=until)


def disputed(stage: Stage, lab: str, title: str, wanted: list[Wanted], ruling: str) -> Story:
    """A report that the lab does not accept; the operator hears both sides."""
    order = yield from ordered(stage, lab, title, wanted)
    work = agreed(stage, order, days=1)
    yield 1
    visited(stage, work)
    yield 1
    report = reported(stage, work)
    if ruling == "submitted":
        return
    yield 1
    stage.do(f"{lab}.purchaser", "work_report.dispute", report, reason="证书上的仪器编号与现场不符。")
    yield 2
    if ruling == "again":
        stage.do("operator.support", "work_report.rule_for_buyer", report, outcome="again",
                 reason="编号确有错误，请重新出具并补测一点。")  # fmt: skip
    elif ruling == "stands":
        stage.do("operator.support", "work_report.rule_for_supplier", report, reason="编号为更换铭牌后的新号，已核实。")


def certificate(number: str) -> Upload:
    """A page that says that it is a demonstration."""
    return files.receive(io.BytesIO(_page(f"Demonstration certificate {number}")), "certificate.pdf")


def _page(words: str) -> bytes:
    """A PDF of one line, with the offsets of its objects in the table at its end."""
    drawn = f"BT /F1 18 Tf 72 760 Td ({words}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
    ]  # fmt: skip
    text, offsets = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{one}\nendobj\n"
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    return f"{text}{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(text)}\n%%EOF\n".encode(
        "ascii"
    )
