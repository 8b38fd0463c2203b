"""Requests, quotes and awards of the small park, in any state, by performing the actions that lead there.

What has to lie before a deadline is performed with the clock two days back, so that the deadline has passed now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from app.accounts.models import Organisation
from app.approvals.actions import rules
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find, lifecycle_of
from app.kernel.values import MICRO, Money, clock_at, now
from app.kernel.work import unit_of_work
from app.sourcing.actions import awards, quotes, rfqs
from app.sourcing.models import Award, Quote, Rfq
from tests.parks import remembered
from tests.world import World

SALES: Final = {"supplier": "xiao", "supplier2": "xiao2", "service": "fuwu"}
BUYER: Final = "pu"
APPROVER: Final = "an"
BACK: Final = timedelta(days=-2)
OPEN_FOR: Final = timedelta(days=2)
VALID_FOR: Final = timedelta(days=30)

LINES: Final[tuple[dict[str, Any], ...]] = (
    {
        "title": "高速冷冻离心机", "quantity": 2 * MICRO, "unit": "台",
        "demands": [
            {"name": "最高转速", "operator": "at_least", "value": "20000", "unit": "rpm", "mandatory": True},
            {"name": "噪声", "operator": "at_most", "value": "58", "unit": "dB", "mandatory": False},
        ],
    },
    {"title": "安装与验证", "kind": "service", "quantity": MICRO, "unit": "次"},
)  # fmt: skip

USUAL_OFFERS: Final[dict[str, Sequence[str | None]]] = {
    "supplier": ("186000.00", "6000.00"), "supplier2": ("198500.00", None),
}  # fmt: skip


@remembered
def rfq(
    world: World, state: str = "open", *, invite: Sequence[str] = ("supplier", "supplier2"),
    lines: Sequence[dict[str, Any]] = LINES, **fields: Any,
) -> Rfq:  # fmt: skip
    """A request of the lab that has reached a state; "closed" has no quotes unless they were made before `close`."""
    buyer = world.actor(BUYER)
    with unit_of_work():
        lab = find(Organisation, world.organisations["lab"], buyer)
        given = {"title": "离心系统", "deadline": now() + OPEN_FOR, "delivery_place": "材料学院 204", **fields}
        made = rfqs.ask_for_quotes(lab, buyer, lines=lines, **given)
        rfqs.invite(made, buyer, suppliers=[world.organisations[name] for name in invite])
        if state in ("open", "closed", "failed"):
            rfqs.publish(made, buyer)
        if state == "cancelled":
            rfqs.cancel(made, buyer, reason="不再需要")
    if state in ("closed", "failed"):
        with clock_at(OPEN_FOR + timedelta(seconds=1)), unit_of_work():
            rfqs.close(find(Rfq, made.id, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR)
    if state == "failed":
        with unit_of_work():
            rfqs.fail(find(Rfq, made.id, buyer, lock=True), buyer, reason="无有效报价")
    return again(made)


def do(record: Any, name: str, actor: Actor, **fields: Any) -> Any:
    """Perform an action by name on the record as it stands now, in a unit of work; returns what the verb returns."""
    with unit_of_work():
        found = find(type(record), record.id, actor, lock=True)
        made = lifecycle_of(found).actions[name](found, actor, **fields)
    return found if made is None else made


def refused(record: Any, name: str, actor: Actor, **fields: Any) -> str:
    """The code with which an action is refused; the record is as it was."""
    before = again(record)
    state, version = before.state, before.version
    with pytest.raises(Refusal) as caught:
        do(record, name, actor, **fields)
    after = again(record)
    assert (after.state, after.version) == (state, version)
    return caught.value.code


def again(record: Any) -> Any:
    """The record as it stands now."""
    with unit_of_work():
        return find(type(record), record.id, SYSTEM_ACTOR, lock=True)


def answer(line: Any, price: str | None, **fields: Any) -> dict[str, Any]:
    """An answer to a request's line: a price in yuan or None for no offer; every demand met as demanded."""
    if price is None:
        return {"line": line.id, "no_offer": True}
    met = [{"index": at, "offered": demand["value"], "deviation": "none"} for at, demand in enumerate(line.demands)]
    usual: dict[str, Any] = {
        "line": line.id, "price": Money.parse(price, "CNY"), "basis": MICRO, "vat": 1300, "lead_time_days": 15,
        "warranty_months": 24, "model": "CR22N", "deviations": met,
    }  # fmt: skip
    return {**usual, **fields}


def worse(line: Any, index: int) -> list[dict[str, Any]]:
    """A deviation table in which one demand is not met."""
    return [
        {"index": at, "offered": "-", "deviation": "negative" if at == index else "none"}
        for at in range(len(line.demands))
    ]


def quote(
    world: World, asked: Rfq, supplier: str = "supplier", *, prices: Sequence[str | None] = ("186000.00", "6000.00"),
    lines: Sequence[dict[str, Any]] | None = None, submit: bool = True, valid_until: datetime | None = None,
    **fields: Any,
) -> Quote:  # fmt: skip
    """A supplier's quote for a request, submitted unless told otherwise."""
    sales = world.actor(SALES[supplier])
    with unit_of_work():
        request = find(Rfq, asked.id, sales, lock=True)
        made = quotes.quote(request, sales)
        pairs = zip(request.lines, prices, strict=False)
        answers = list(lines) if lines is not None else [answer(line, price) for line, price in pairs]
        quotes.edit(made, sales, lines=answers, valid_until=valid_until or request.deadline + VALID_FOR, **fields)
        if submit:
            quotes.submit(made, sales)
    return made


def close(asked: Rfq) -> Rfq:
    """Close a request whose deadline has passed."""
    with unit_of_work():
        found = find(Rfq, asked.id, SYSTEM_ACTOR, lock=True)
        rfqs.close(found, SYSTEM_ACTOR)
    return found


@remembered
def evaluated(
    world: World, offers: dict[str, Sequence[str | None]] | None = None, **fields: Any
) -> tuple[Rfq, dict[str, Quote]]:
    """A closed request with the opened quotes of some suppliers, by name; the deadline was a day ago."""
    with clock_at(BACK):
        asked = rfq(world, "open", invite=list(SALES), **fields)
        made = {name: quote(world, asked, name, prices=prices) for name, prices in (offers or USUAL_OFFERS).items()}
    close(asked)
    return again(asked), {name: again(one) for name, one in made.items()}


def award(
    world: World, asked: Rfq, chosen: Sequence[tuple[Quote, int, int]], state: str = "draft", *, by: str = BUYER,
    reason: str = "",
) -> Award:  # fmt: skip
    """An award of (quote, place of the line from 0, quantity in 10^-6); "approved" without rules, or signed by "an"."""
    buyer = world.actor(by)
    with unit_of_work():
        request = find(Rfq, asked.id, buyer, lock=True)
        lines = [
            {"quote_line": offer.current.lines[place].id, "quantity": quantity} for offer, place, quantity in chosen
        ]
        made = awards.award(request, buyer, lines=lines, reason=reason)
    if state == "draft":
        return made
    with unit_of_work():
        found = find(Award, made.id, buyer, lock=True)
        awards.propose(found, buyer)
    if state == "approved" and found.state == "awaiting_approval":
        with unit_of_work():
            found = find(Award, made.id, buyer, lock=True)
            awards.approve(found, world.actor(APPROVER))
    return again(found)


def approval_rule(world: World, roles: Sequence[str], *, subject: str = "award", amount: str = "0") -> Any:
    """A rule of the lab: from this amount in yuan on, these roles sign."""
    admin = world.actor("guan")
    with unit_of_work():
        lab = find(Organisation, world.organisations["lab"], admin)
        return rules.set_approval_rule(
            lab, admin, subject=subject, from_amount=Money.parse(amount, "CNY"), roles=list(roles)
        )
