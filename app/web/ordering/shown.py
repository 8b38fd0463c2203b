"""How quantities, lines and states of ordering look on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.kernel.db import Record
from app.kernel.lifecycle import lifecycle_of
from app.kernel.values import MICRO, Money
from app.ordering.models import OrderLine
from app.web.catalogue.offers import rule_words
from app.web.core.record import badge

Badge = tuple[str, str]


def state_badge(record: Record) -> Badge:
    """(title, tone) of a record's state."""
    return badge(lifecycle_of(record), record.state)


def much(value_micro: int, unit: str) -> str:
    """A quantity with its unit."""
    return i18n.counted(value_micro, unit)


def unit_of(currency: str) -> str:
    """What the head of a column of amounts says: the yuan by name in Chinese, any other currency by its code."""
    return "元" if currency == "CNY" and i18n.language() == "zh" else currency


def model_of(line: Any) -> str:
    """Brand and model of a line."""
    return " ".join(filter(None, (getattr(line, "brand", ""), line.model)))


def price_of(line: Any, currency: str) -> str:
    """The unit price, with the quantity it is for where that is not one."""
    if line.price_minor is None:
        return str(_("On request"))
    figure = i18n.amount(Money(line.price_minor, currency))
    if line.price_basis_micro == MICRO:
        return figure
    return str(_("%(price)s per %(basis)s", price=figure, basis=much(line.price_basis_micro, line.unit)))


def price_with_rule(line: Any, currency: str) -> Any:
    """The unit price, and beneath it what decided it when it was frozen."""
    return {"text": price_of(line, currency), "note": rule_words(line.price_rule, line.unit) or None}


def line_badge(line: OrderLine) -> Badge:
    """How a line stands along delivery and acceptance, in one word; the worst first."""
    unsettled = line.rejected_micro - line.replacing_micro
    if unsettled > 0:
        return _("%(number)s rejected", number=much(unsettled, line.unit)), "stop"
    if line.given_up_micro == line.quantity_micro:
        return _("given up"), "draft"
    if line.unaccepted_micro == 0:
        return _("accepted"), "good"
    if line.pending_micro:
        return _("to be accepted"), "active"
    if line.kind == "service":
        booked = line.packed_micro > line.received_micro
        return (_("appointment made"), "active") if booked else (_("to be booked"), "waiting")
    if line.undelivered_micro and line.received_micro > line.replacing_micro:
        return _("partly arrived"), "active"
    return _("to be delivered"), "waiting"


def tax_words(lines: Iterable[Any]) -> str:
    """The rates in a document: "tax included 13% / 6%"."""
    rates = sorted({line.vat_bp for line in lines}, reverse=True)
    return str(_("Total (tax included %(rates)s)", rates=" / ".join(i18n.percent(rate) for rate in rates)))


def parts_words(parts: Iterable[Any], lines: Mapping[str, OrderLine], attribute: str = "quantity_micro") -> str:
    """What is in a shipment or a receipt: "CR22N 1, R20A 2"."""
    named = ((lines.get(part.order_line_id), getattr(part, attribute)) for part in parts)
    texts = [f"{line.model or line.title} {much(number, line.unit)}" for line, number in named if line is not None]
    return ("、" if i18n.language() == "zh" else ", ").join(texts)
