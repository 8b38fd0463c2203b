"""Questions about money: what was turned over and released, and how fast it moved."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.indicators.questions.buying import CURRENCY, Given, confirmed_in
from app.indicators.questions.registry import (
    DAY_SECONDS,
    Counted,
    Parameter,
    first_of,
    happened,
    hit,
    no_whole,
    one_each,
    question,
)
from app.kernel.db import Record
from app.kernel.periods import Period, seconds_between
from app.kernel.values import ID_LENGTH, N_
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.ordering.models import Order
from app.payments.models import Instalment, Payment, Payout, Refund

PAYMENT_TERM = Parameter(N_("Within days"), 14, 1, 365)
_KEY = "release:"


@question("volume", N_("Value of confirmed orders"), unit="yuan", direction="up", model=Order)
def volume(period: Period, given: Given) -> Counted:
    """Orders in CNY confirmed in the period."""
    del given
    return sa.select(Order.id, Order.total_minor.label("part"), no_whole()).where(*confirmed_in(period))


@question("released", N_("Money released to suppliers"), unit="yuan", direction="up", model=Instalment)
def released(period: Period, given: Given) -> Counted:
    """Instalments of which money in CNY was released in the period, as the ledger has it; the commission included."""
    del given
    instalment = sa.func.substr(Entry.key, len(_KEY) + 1, ID_LENGTH)
    return (
        sa.select(instalment.label("id"), sa.func.sum(EntryLine.amount_minor).label("part"), no_whole())
        .select_from(Entry)
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(Entry.memo == "release", Entry.at >= period.since, Entry.at < period.until,
               LedgerAccount.kind == "held", EntryLine.currency == CURRENCY)
        .group_by(instalment)
    )  # fmt: skip


def _paid(period: Period) -> tuple[sa.Subquery, Any]:
    """Instalments that were paid in the period after they had fallen due: (id and moment, when they fell due)."""
    return happened(period, "instalment.pay"), first_of(Instalment.id, "instalment.fall_due")


@question(
    "payment_days", N_("Days from due to paid"), unit="days", direction="down", model=Instalment
)  # fmt: skip
def payment_days(period: Period, given: Given) -> Counted:
    """Instalments that were paid in full in the period, since they first fell due; what was prepaid is left out."""
    del given
    paid, due = _paid(period)
    return (
        sa.select(Instalment.id, seconds_between(due, paid.c.at).label("part"), one_each())
        .join(paid, paid.c.id == Instalment.id)
        .where(Instalment.state.in_(("paid", "released")), due <= paid.c.at)
    )


@question(
    "paid_on_time", N_("Share of instalments paid in time"), unit="percent", direction="up", model=Instalment,
    days=PAYMENT_TERM,
)  # fmt: skip
def paid_on_time(period: Period, given: Given) -> Counted:
    """Instalments that were paid in full in the period; those paid soon enough after they fell due count."""
    paid, due = _paid(period)
    in_time = hit(seconds_between(due, paid.c.at) <= given["days"] * DAY_SECONDS)
    return (
        sa.select(Instalment.id, in_time, one_each())
        .join(paid, paid.c.id == Instalment.id)
        .where(Instalment.state.in_(("paid", "released")), due <= paid.c.at)
    )


def _since_made(model: type[Record], period: Period, event: str) -> Counted:
    """Records that came to a good end in the period, since they were made."""
    ended = happened(period, event)
    took = seconds_between(model.created_at, ended.c.at).label("part")
    return (
        sa.select(model.id, took, one_each()).join(ended, ended.c.id == model.id).where(model.state == "succeeded")
    )  # fmt: skip


@question(
    "payment_confirmation", N_("Days until a recorded payment is confirmed"), unit="days", direction="down",
    model=Payment,
)  # fmt: skip
def payment_confirmation(period: Period, given: Given) -> Counted:
    """Payments confirmed in the period, since they were recorded."""
    del given
    return _since_made(Payment, period, "payment.succeed")


@question("payout_time", N_("Days until a payout is paid"), unit="days", direction="down", model=Payout)
def payout_time(period: Period, given: Given) -> Counted:
    """Payouts paid in the period, since they were proposed."""
    del given
    return _since_made(Payout, period, "payout.succeed")


@question("refund_time", N_("Days until a refund is paid"), unit="days", direction="down", model=Refund)
def refund_time(period: Period, given: Given) -> Counted:
    """Refunds paid in the period, since they were proposed."""
    del given
    return _since_made(Refund, period, "refund.succeed")
