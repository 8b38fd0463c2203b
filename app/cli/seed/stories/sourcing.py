"""Requests for quotation: asked, answered in sealed quotes, compared, awarded, ordered, and the ones that end early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from app.cli.seed import papers
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Purchase, Wanted
from app.cli.seed.stage import Stage, in_days, together
from app.cli.seed.stories import course, trade
from app.kernel.values import Money, quantity_text

OPEN_DAYS: Final = 7
VALID_DAYS: Final = 45
FACTORS: Final = ((970, 1025, 1060), (1010, 985, 1040), (990, 1035, 965), (1000, 1080, 1015))
"""What each invited supplier asks, in thousandths of the catalogue's price; every request takes the next row."""

QUESTIONS: Final = (
    ("安装条件由哪一方准备，电源与排风是否已到位？", "电源与排风已到位，其余由中标方在报价中列明。"),
    ("是否接受分批交货？", "接受，但全部货物须在约定日期前到齐。"),
    ("质保期从到货还是从验收起算？", "从验收合格之日起算。"),
)


def line(stage: Stage, wanted: Wanted, *, demand: bool = True) -> dict[str, Any]:
    """A line for a listing: its first two measured properties are what is demanded."""
    listing = stage.see("listing", stage.listings[wanted.code])
    measured = [spec for spec in listing.specs if spec["number"] is not None][:2] if demand else []
    return {
        "kind": listing.kind, "title": listing.name_zh, "quantity": str(wanted.quantity), "unit": listing.unit,
        "listing": listing.id,
        "demands": [
            {"name": spec["key"], "operator": "at_most" if spec["key"] in AT_MOST else "at_least",
             "value": spec["value"], "unit": spec["unit"] or "", "mandatory": place == 0}
            for place, spec in enumerate(measured)
        ],
    }  # fmt: skip


AT_MOST: Final = ("噪声", "最低温度", "光谱带宽", "最短波长", "可读性", "最小量程")
"""Properties of which less is better."""


def ask(
    stage: Stage, lab: str, title: str, lines: Sequence[dict[str, Any]], suppliers: Iterable[str], *,
    days: int = OPEN_DAYS, currency: str = "CNY", publish: bool = True,
) -> str:  # fmt: skip
    """A lab's purchaser asks some suppliers for quotes."""
    with together():
        rfq = stage.do(
            f"{lab}.purchaser", "organisation.ask_for_quotes", stage.org(lab), title=title, deadline=in_days(days),
            currency=currency, delivery_place=stage.see("organisation", stage.org(lab)).address, lines=list(lines),
        )  # fmt: skip
        stage.do(f"{lab}.purchaser", "rfq.invite", rfq, suppliers=[stage.org(key) for key in suppliers])
        if publish:
            stage.do(f"{lab}.purchaser", "rfq.publish", rfq)
    return rfq


def quote(
    stage: Stage, rfq: str, supplier: str, prices: Sequence[str | None], *, submit: bool = True, days: int = 15
) -> str:
    """A supplier answers the lines in order; None is "no offer"."""
    with together():
        made = stage.do(f"{supplier}.sales", "rfq.quote", rfq)
        request = stage.see("rfq", rfq)
        papers.for_lines(stage, supplier, [line.listing_id for line in request.lines if line.listing_id])
        answers = [
            _answer(stage, supplier, wanted, price, request.currency, days)
            for wanted, price in zip(request.lines, prices, strict=True)
        ]
        stage.do(f"{supplier}.sales", "quote.edit", made, lines=answers, valid_until=in_days(VALID_DAYS),
                 terms="含税含运费，货到三日内到场安装。")  # fmt: skip
        if submit:
            stage.do(f"{supplier}.sales", "quote.submit", made)
    return made


def _answer(stage: Stage, supplier: str, wanted: Any, price: str | None, currency: str, days: int) -> dict[str, Any]:
    if price is None:
        return {"line": wanted.id, "no_offer": True}
    listing = stage.see("listing", wanted.listing_id) if wanted.listing_id else None
    own = listing is not None and listing.supplier_id == stage.org(supplier)
    goods = wanted.kind == "goods"
    return {
        "line": wanted.id, "price": {"amount": price, "currency": currency},
        "quantity": quantity_text(wanted.quantity_micro), "lead_time_days": days, "alternative": goods and not own,
        "warranty_months": 24 if goods else 0, "vat": "13" if goods else "6",
        "brand": listing.brand if own and listing else "",
        "model": listing.model if own and listing else "同等型号" if goods else "",
        "deviations": [
            {"index": place, "offered": demand["value"], "deviation": "none"}
            for place, demand in enumerate(wanted.demands)
        ],
    }  # fmt: skip


def prices_of(stage: Stage, facts: Purchase, place: int, number: int) -> list[str]:
    """What the invited supplier at this place asks for every line."""
    factor = FACTORS[number % len(FACTORS)][place]
    found = []
    for wanted in facts.lines:
        listing = stage.see("listing", stage.listings[wanted.code])
        found.append(Money(listing.price_minor * factor // 1000 // 100 * 100, listing.currency).amount)
    return found


def competition(stage: Stage, facts: Purchase, number: int) -> Story:
    """A whole request: questions, quotes, award of the cheapest answer to each line, orders that run their course."""
    first = stage.see("listing", stage.listings[facts.lines[0].code])
    rfq = ask(stage, facts.lab, facts.title, [line(stage, one) for one in facts.lines], facts.suppliers,
              currency=first.currency)  # fmt: skip
    yield 1
    question, answer = QUESTIONS[number % len(QUESTIONS)]
    stage.do(f"{facts.suppliers[-1]}.sales", "rfq.ask", rfq, question=question)
    yield 1
    asked = stage.see("rfq", rfq).questions[0].id
    stage.do(f"{facts.lab}.purchaser", "rfq.answer", rfq, question=asked, answer=answer)
    for place, supplier in enumerate(facts.suppliers):
        yield 1
        quote(stage, rfq, supplier, prices_of(stage, facts, place, number), days=12 + 5 * place)
    yield OPEN_DAYS
    award = propose(stage, rfq)
    yield 1
    trade.sign(stage, "award", award)
    yield 1
    for order in place_orders(stage, award):
        yield course.carried_out(stage, order)


def choose(stage: Stage, rfq: str, *, only: str | None = None) -> str:
    """The purchaser takes the cheapest answer to each line, or those of one supplier."""
    request = stage.see("rfq", rfq)
    quotes = [one for one in stage.all("quote", rfq_id=rfq) if one.opened_at and one.state in ("submitted", "won")]
    if only is not None:
        quotes = [one for one in quotes if one.supplier_id == stage.org(only)]
    chosen = []
    for wanted in request.lines:
        answers = [one for q in quotes for one in q.current.lines if one.rfq_line_id == wanted.id and not one.no_offer]
        if answers and wanted.open_micro:
            best = min(answers, key=lambda one: one.price_minor)
            chosen.append({"quote_line": best.id, "quantity": quantity_text(wanted.open_micro)})
    return stage.do(f"{stage.key(request.buyer_id)}.purchaser", "rfq.award", rfq, lines=chosen,
                    reason="各行均满足强制性参数，取含税最低价。")  # fmt: skip


def propose(stage: Stage, rfq: str, *, only: str | None = None) -> str:
    """The same, and proposed for approval."""
    with together():
        award = choose(stage, rfq, only=only)
        lab = stage.key(stage.see("rfq", rfq).buyer_id)
        return stage.do(f"{lab}.purchaser", "award.propose", award)


def place_orders(stage: Stage, award: str) -> list[str]:
    """The purchaser places the orders of an approved award."""
    lab = stage.key(stage.see("award", award).buyer_id)
    stage.do(f"{lab}.purchaser", "award.order", award)
    return trade.orders_of(stage, award_id=award)
