"""The money of the platform by month or quarter, from ledger postings alone, in one question to the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.periods import Period, park_month, period_named
from app.kernel.values import N_, Money
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.payments import codes

KINDS: Final = {"month": 12, "quarter": 8}
"""How the money is grouped -> how many periods are shown."""

FIGURES: Final = {
    "paid_in": N_("Paid in by buyers"),
    "released": N_("Released to suppliers"),
    "refunded": N_("Refunded to buyers"),
    "held": N_("Held at the end"),
    "commission_operator": N_("Commission of the operator"),
    "commission_owner": N_("Commission of the owner"),
    "vat": N_("VAT on the commission"),
    "payouts": N_("Paid out to suppliers"),
    "shares_out": N_("Shares and VAT paid out"),
}
"""What is told of each period; what came in or went out in it, but for what is held, which stands at its end."""

NO_SUCH_PERIOD = refusal("no_such_period", INVALID, N_("There is no such period. Choose one of those listed."))

_SHARES: Final = ("commission_operator", "commission_owner", "vat")
_MOVES_RELEASED: Final = ("release", "claw_back", "refund", "refund_cancelled")


@dataclass(frozen=True, slots=True)
class Moved:
    """What the postings of one month did to one kind of account under one memo; debit positive."""

    month: str
    kind: str
    memo: str
    minor: int


@dataclass(frozen=True, slots=True)
class PeriodMoney:
    """The figures of one period in one currency."""

    period: Period
    figures: Mapping[str, Money]


def money_by_period(currency: str, last: Period, number: int) -> list[PeriodMoney]:
    """The figures of so many periods up to and with the last one, oldest first. For staff only.

    What is held at the end of a period is what is held now, less what came in since: older postings are not read.
    """
    periods = last.back(number)
    moves, now_held = _moves(currency, periods[0].since), _held(currency)
    return [PeriodMoney(period, _figures(period, moves, now_held, currency)) for period in periods]


def currencies() -> list[str]:
    """Every currency in which money moved, CNY first."""
    used = db.session.scalars(sa.select(LedgerAccount.currency).distinct())
    return sorted(used, key=lambda code: (code != "CNY", code))


def _held(currency: str) -> int:
    total = sa.select(sa.func.coalesce(sa.func.sum(LedgerAccount.balance_minor), 0))
    return -int(db.session.scalar(total.where(LedgerAccount.kind == "held", LedgerAccount.currency == currency)) or 0)


def _moves(currency: str, since: datetime) -> Sequence[Moved]:
    kind = sa.case(
        (LedgerAccount.code == codes.OPERATOR, "commission_operator"),
        (LedgerAccount.code == codes.OWNER, "commission_owner"),
        else_=LedgerAccount.kind,
    ).label("account")
    rows = db.session.execute(
        sa.select(park_month(Entry.at).label("month"), kind, Entry.memo, sa.func.sum(EntryLine.amount_minor))
        .select_from(EntryLine)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .join(LedgerAccount, LedgerAccount.id == EntryLine.account_id)
        .where(EntryLine.currency == currency, Entry.at >= since)
        .group_by("month", "account", Entry.memo)
    )
    return [Moved(month, account, memo, int(total)) for month, account, memo, total in rows]


def _figures(period: Period, moves: Sequence[Moved], now_held: int, currency: str) -> dict[str, Money]:
    sums: dict[str, int] = defaultdict(int, held=now_held)
    for one in moves:
        at = period_named(one.month)
        assert at is not None
        if at.since >= period.until:
            sums["held"] += one.minor if one.kind == "held" else 0
        if period.since <= at.since < period.until:
            for figure, counts in _COUNTS.items():
                sums[figure] -= one.minor if counts(one) else 0
    return {figure: Money(sums[figure], currency) for figure in FIGURES}


def _counts_share(figure: str) -> Callable[[Moved], bool]:
    return lambda one: one.kind == figure and one.memo != "shares_out"


_COUNTS: Final[dict[str, Callable[[Moved], bool]]] = {
    "paid_in": lambda one: one.memo in ("payment", "reverse") and one.kind in ("held", "due_from"),
    "released": lambda one: one.memo in _MOVES_RELEASED and one.kind in ("payable", *_SHARES),
    "refunded": lambda one: one.memo in ("refund", "refund_cancelled") and one.kind == "refund_due",
    **{figure: _counts_share(figure) for figure in _SHARES},
    "payouts": lambda one: one.memo in ("payout_paid", "payout_back") and one.kind == "bank",
    "shares_out": lambda one: one.memo == "shares_out" and one.kind == "bank",
}
"""figure -> which movements it adds up; all of them are credits, so that what counts is minus the sum.

Money that is paid for a transfer without an order counts when it is matched. What a refund takes back from a supplier
lowers what was released, and the commission with it.
"""
