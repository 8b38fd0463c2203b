"""Commission rate: proposed by the operator, approved by the owner, in force from a day on; the past keeps its own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say, visible
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.payments.lifecycles import OWNER, RATE
from app.payments.models import CommissionRate
from app.payments.schemas import RateInput

MOST_RATE_BP: Final = 5_000
MOST_VAT_BP: Final = 3_000

FROM_PAST = refusal("rate_from_past", CONFLICT, N_("It was to begin on %(begin)s, which is past. Propose it anew."))
BEGINS_LATER = refusal("rate_begins_later", INVALID, N_("Give a moment that is still to come."))
RATE_TOO_HIGH = refusal(
    "rate_too_high", INVALID, N_("The commission is at most 50 percent, its VAT at most 30 percent.")
)
SAME_BEGIN = refusal("rate_same_begin", CONFLICT, N_("Another rate begins at that moment already."))


def still_to_come(rate: CommissionRate, actor: Actor) -> None:
    """Its beginning is not past, so that no order made already is touched."""
    del actor
    if rate.valid_from <= now():
        raise FROM_PAST(begin=rate.valid_from)


@ORGANISATION.action(
    "admitted -> =", by=who("settlement|system_admin", "self"), takes=RateInput, makes=RATE,
    title=N_("Propose a commission rate"),
)  # fmt: skip
def propose_rate(
    operator: Organisation, actor: Actor, *, rate: int, vat: int, owner_share: int, valid_from: datetime, reason: str
) -> CommissionRate:
    """The operator proposes a commission rate for orders made from a moment on."""
    del operator
    if valid_from <= now():
        raise BEGINS_LATER(fields={"valid_from": [BEGINS_LATER.words]})
    if rate > MOST_RATE_BP or vat > MOST_VAT_BP:
        raise RATE_TOO_HIGH(fields={"rate": [RATE_TOO_HIGH()]})
    return fresh(
        CommissionRate, rate_bp=rate, vat_bp=vat, owner_share_bp=owner_share, valid_from=valid_from,
        proposer_id=actor.person_id, reason=reason,
    )  # fmt: skip


@RATE.action("proposed -> active", by=OWNER, needs=[still_to_come], title=N_("Approve"), primary=True)
def approve(rate: CommissionRate, actor: Actor) -> None:
    """The owner approves the rate; it takes the place of the one before from its day on."""
    del actor
    for other in db.session.scalars(visible(CommissionRate, SYSTEM_ACTOR).where(CommissionRate.state == "active")):
        if other.valid_from == rate.valid_from:
            raise SAME_BEGIN()
        if other.valid_from < rate.valid_from and (other.ends_at is None or other.ends_at > rate.valid_from):
            end_at(other, SYSTEM_ACTOR, moment=rate.valid_from)
        elif other.valid_from > rate.valid_from and (rate.ends_at is None or rate.ends_at > other.valid_from):
            rate.ends_at = other.valid_from


@RATE.action("proposed -> declined", by=OWNER, takes=ReasonInput, title=N_("Decline"))
def decline(rate: CommissionRate, actor: Actor, *, reason: str) -> None:
    """The owner declines the rate with a reason."""
    del rate, actor
    say(reason)


@RATE.action("active -> =", by=SYSTEM, title=N_("Set its end"))
def end_at(rate: CommissionRate, actor: Actor, *, moment: datetime) -> None:
    """Another rate takes its place at a moment."""
    del actor
    rate.ends_at = moment


@RATE.action("active -> retired", by=SYSTEM, after="ends_at", title=N_("Retire"))
def retire(rate: CommissionRate, actor: Actor) -> None:
    """Its time is over; orders made under it keep it."""
    del rate, actor


@RATE.action("active -> retired", by=OWNER, takes=ReasonInput, title=N_("Take out of force"), dangerous=True)
def revoke(rate: CommissionRate, actor: Actor, *, reason: str) -> None:
    """The owner takes the rate out of force now; orders made under it keep it."""
    del actor
    say(reason)
    rate.ends_at = max(now(), rate.valid_from)
