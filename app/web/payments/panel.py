"""The money panel of an order: its instalments with every figure, and the payments and refunds behind them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.kernel.actors import Actor
from app.kernel.values import Money
from app.ordering.models import Order
from app.payments.models import Instalment, Payment, Refund
from app.payments.queries import OrderMoney, money_of
from app.payments.schemas import MOMENT_WORDS
from app.web.core.directory import url_of
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages
from app.web.payments.shown import figure, state_badge, strong

FIGURES = ("received", "held", "released", "refunded")
"""paid = held + released + refunded (ui.md, head)."""


def money_panel(order: Order, asking: Actor) -> dict[str, Any] | None:
    """What templates/payments/panel.html shows; None while the order has no instalments."""
    money = money_of(order, asking)
    if not money.instalments:
        return None
    return {
        "unit": unit_of(money.currency),
        "rows": [_row(part) for part in money.instalments],
        "foot": _foot(money),
        "payments": [_payment(one) for one in money.payments],
        "refunds": [_refund(one) for one in money.refunds],
        "split": _split(money),
        "owed": i18n.money(money.total("owed")) if money.total("owed").minor else None,
        "open": i18n.money(money.total("open")),
        "head": [
            (_("Paid / still to be paid"), f"{i18n.money(money.total('received'))} / {i18n.money(money.total('open'))}")
        ],
        "badges": [(_("held %(amount)s", amount=i18n.money(held)), "held")]
        if (held := money.total("held")).minor
        else [],
    }


@pages.app_context_processor
def _global() -> dict[str, Any]:
    return {"money_panel": money_panel}


def _row(part: Instalment) -> list[Any]:
    words = _("due %(due)s, released %(release)s", due=_moment(part, "due"), release=_moment(part, "release"))
    state: dict[str, Any] = {"badge": state_badge(part)}
    if part.state == "due" and part.due_by is not None:
        state["note"] = _(
            "%(amount)s by %(day)s", amount=i18n.amount(part.money("open_now")), day=i18n.day(part.due_by)
        )
    return [
        {"text": i18n.say(part.title), "href": url_of(part), "note": words},
        i18n.percent(part.share_bp),
        strong(part.money("amount")),
        *(figure(part.money(name)) for name in FIGURES),
        state,
    ]


def _moment(part: Instalment, which: str) -> str:
    """ "on acceptance", or the date itself."""
    moment, day = getattr(part, f"{which}_on"), getattr(part, f"{which}_date")
    return i18n.day(day) if moment == "date" and day is not None else i18n.say(MOMENT_WORDS[moment])


def _foot(money: OrderMoney) -> list[Any]:
    return [
        {"text": _("Total"), "strong": True, "span": 2},
        strong(money.total("amount")),
        *({"text": i18n.amount(money.total(name)), "strong": True} for name in FIGURES),
        "",
    ]


def _payment(one: Payment) -> list[Any]:
    amount = one.amount if one.amount_minor else one.told
    return [{"text": one.number, "href": url_of(one)}, {"badge": state_badge(one)}, strong(amount),
            i18n.when(one.created_at)]  # fmt: skip


def _refund(one: Refund) -> list[Any]:
    return [{"text": one.number, "href": url_of(one)}, {"badge": state_badge(one)}, strong(one.amount),
            i18n.when(one.created_at)]  # fmt: skip


def _split(money: OrderMoney) -> list[tuple[str, str]]:
    """Released money by whose it is; nothing for the buyer."""
    if money.split is None or not money.split.gross:
        return []
    split, currency = money.split, money.currency
    return [
        (_("To the supplier"), i18n.money(Money(split.supplier, currency))),
        (_("Commission"), i18n.money(Money(split.commission, currency))),
        (_("VAT on the commission"), i18n.money(Money(split.vat, currency))),
    ]
