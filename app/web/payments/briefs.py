"""What a row of the worklist says of the records of payments."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app import i18n
from app.kernel.actors import Actor
from app.payments.models import BankEntry, CommissionRate, Instalment, Payment, Payout, Refund, Statement
from app.payments.queries import cards_under_way
from app.payments.schemas import BANK_KIND_WORDS, CAUSE_WORDS, METHOD_WORDS
from app.web.core.directory import Brief, register_brief, url_of
from app.web.work import register_detours


def _instalment(one: Instalment) -> Brief:
    return Brief(i18n.say(one.title), one.money("open_now") if one.state == "due" else one.money("amount"))


def _payment(one: Payment) -> Brief:
    return Brief(i18n.say(METHOD_WORDS[one.method]), one.amount if one.amount_minor else one.told)


def _refund(one: Refund) -> Brief:
    return Brief(i18n.say(CAUSE_WORDS[one.cause]), one.amount)


def _payout(one: Payout) -> Brief:
    return Brief(one.bank_name, one.amount)


def _statement(one: Statement) -> Brief:
    return Brief(f"{i18n.day(one.period_from)} – {i18n.day(one.last_day)}", one.closing)


def _bank_entry(one: BankEntry) -> Brief:
    return Brief(i18n.say(BANK_KIND_WORDS[one.kind]), one.amount)


def _rate(one: CommissionRate) -> Brief:
    return Brief(i18n.percent(one.rate_bp))


def _cards_under_way(parts: Sequence[Instalment], asking: Actor) -> dict[str, tuple[str, str]]:
    """Whoever has begun to pay by card finishes that, or gives it up, before anything else is paid."""
    moving = cards_under_way({part.order_id for part in parts}, asking)
    button = _("See the payment")
    return {part.id: (button, url_of(moving[part.order_id])) for part in parts if part.order_id in moving}


register_detours("instalment", _cards_under_way)
register_brief("instalment", _instalment)
register_brief("payment", _payment)
register_brief("refund", _refund)
register_brief("payout", _payout)
register_brief("statement", _statement)
register_brief("bank_entry", _bank_entry)
register_brief("commission_rate", _rate)
