"""Requisitions, orders and what follows them in the small park, in any state, by performing actions.

The lab's requisitions need no signature and the platform has no rule unless a test makes one, so every order waits
for the operator first. Quantities are given in pieces and stored in 10^-6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
import sqlalchemy as sa

from app.approvals.actions import rules as approval_rules
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import Record, db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import MICRO, Money
from app.kernel.work import unit_of_work
from app.ordering.actions import (
    acceptances,
    claims,
    orders,
    placing,
    receipts,
    rejections,
    requisitions,
    rules,
    shipments,
)
from app.ordering.models import Acceptance, Claim, Order, Receipt, Requisition, Shipment
from tests.parks import remembered
from tests.world import ORGANISATIONS, World, build_afresh
from tests.worlds.catalogue import listing, loaded

PURCHASER: Final = "pu"
RECEIVER: Final = "rong"
ACCEPTOR: Final = "qiu"
SALES: Final = "xiao"
FULFILMENT: Final = "fa"
SELLERS: Final = {"supplier": ("xiao", "fa"), "supplier2": ("xiao2", "fa2"), "service": ("fuwu", "fuwu")}
OPERATOR: Final = "tao"
OWNER: Final = "wang"

Wanted = Sequence[tuple[Listing, int]]
"""Listings with the pieces wanted of each."""


def again(record: Any) -> Any:
    """The same record, read anew."""
    db.session.rollback()
    return db.session.get_one(type(record), sa.inspect(record).identity, populate_existing=True)


def held(record: Record) -> Any:
    """The record inside the running unit of work."""
    return find(type(record), record.id, SYSTEM_ACTOR)


def do(verb: Any, record: Record, actor: Any, **given: Any) -> Any:
    """One action in a unit of work of its own; returns what it made, or the record, read anew."""
    with unit_of_work():
        made = verb(held(record), actor, **given)
    return again(made if isinstance(made, Record) else record)


@contextmanager
def refuses(code: str) -> Iterator[list[str]]:
    """The refusal with this code is raised inside; yields a list that then holds its words."""
    said: list[str] = []
    with pytest.raises(Refusal) as caught:
        yield said
    assert caught.value.code == code, f"{caught.value.code} instead of {code}: {caught.value}"
    said.append(str(caught.value))


def build_with_buying_operator() -> World:
    """The small park, but its operator is a laboratory too, with a purchaser of its own ("opspu")."""
    title, kinds, staff = ORGANISATIONS["operator"]
    changed = (title, {**kinds, "is_lab": True}, {**staff, "opspu": "purchaser member"})
    before = ORGANISATIONS["operator"]
    ORGANISATIONS["operator"] = changed
    try:
        return build_afresh()
    finally:
        ORGANISATIONS["operator"] = before


def pieces(number: float) -> int:
    """A number of pieces in the stored unit."""
    return int(number * MICRO)


def transaction_rule(world: World, operator_from: str, owner_from: str, currency: str = "CNY") -> None:
    """A rule in force."""
    rule = do(
        rules.propose_rule, world.org("operator"), world.actor(OPERATOR), reason="按交易额分级审批",
        operator_from=Money.parse(operator_from, currency), owner_from=Money.parse(owner_from, currency),
    )  # fmt: skip
    do(rules.approve, rule, world.actor(OWNER))


def reprice(world: World, one: Listing, amount: str) -> None:
    """The supplier takes the listing back and publishes it at another price."""
    mu, rui = world.actor("mu"), world.actor("rui")
    for verb, who, given in (
        (listings.withdraw, mu, {}), (listings.revise, mu, {}),
        (listings.edit, mu, loaded(price={"amount": amount, "currency": "CNY"})),
        (listings.submit, mu, {}), (listings.publish, rui, {}),
    ):  # fmt: skip
        do(verb, one, who, **given)


def approval_rule(world: World, *, roles: list[str], from_amount: str = "0.00", subject: str = "requisition") -> None:
    """From an amount on the lab's requisitions (or awards) need signatures."""
    do(
        approval_rules.set_approval_rule, world.org("lab"), world.actor("guan"), subject=subject,
        from_amount=Money.parse(from_amount, "CNY"), roles=roles,
    )  # fmt: skip


def wanted_lines(wanted: Wanted) -> list[dict[str, Any]]:
    """Input lines of a requisition."""
    return [{"listing": one.id, "quantity": pieces(number)} for one, number in wanted]


@remembered
def requisition(
    world: World, wanted: Wanted | None = None, *, by: str = PURCHASER, org: str = "lab", **given: Any
) -> Requisition:
    """A draft for one centrifuge, or for what is wanted."""
    lines = wanted_lines(wanted or [(listing(world), 1)])
    made: Requisition = do(requisitions.requisition, world.org(org), world.actor(by), lines=lines, **given)
    return made


@remembered
def approved(world: World, wanted: Wanted | None = None, **given: Any) -> Requisition:
    """A requisition that may be ordered; no rule of the lab asks for a signature."""
    made = requisition(world, wanted, **given)
    result: Requisition = do(requisitions.submit, made, world.actor(given.get("by", PURCHASER)))
    return result


def orders_of(requisition: Requisition) -> list[Order]:
    """The orders made from a requisition, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Order).where(Order.requisition_id == requisition.id).order_by(Order.id)))


@remembered
def placed(world: World, wanted: Wanted | None = None, *, by: str = PURCHASER, **given: Any) -> list[Order]:
    """The orders of a fresh requisition, one per supplier."""
    demand = approved(world, wanted, by=by, **given)
    do(placing.order, demand, world.actor(by))
    return orders_of(demand)


@remembered
def reach_order(
    world: World, state: str, wanted: Wanted | None = None, *, by: str = PURCHASER, supplier: str = "supplier",
    **given: Any,
) -> Order:  # fmt: skip
    """An order of the lab that has reached a state: two pieces of a centrifuge unless something else is wanted."""
    wanted = wanted or [(listing(world, supplier=supplier), 2)]
    if state == "awaiting_buyer":
        return _entered(world, wanted)
    order = placed(world, wanted, by=by, **given)[0]
    sales, _ = SELLERS[supplier]
    if state == "awaiting_owner":
        return do(orders.pass_to_owner, order, world.actor(OPERATOR))  # type: ignore[no-any-return]
    if state == "returned":
        return do(orders.return_, order, world.actor(OPERATOR), reason="请补充交货地点")  # type: ignore[no-any-return]
    if order.state == "awaiting_operator" and state != "awaiting_operator":
        order = do(orders.approve, order, world.actor(OPERATOR))
    if state in ("refused", "cancelled"):
        verb, who = {"refused": (orders.refuse, sales), "cancelled": (orders.cancel, by)}[state]
        return do(verb, order, world.actor(who), reason="型号停产")  # type: ignore[no-any-return]
    if state in ("confirmed", "delivered", "accepted", "closed"):
        order = do(orders.confirm, order, world.actor(sales))
    if state in ("delivered", "accepted", "closed"):
        receive_all(world, send_all(world, order, supplier=supplier))
    if state in ("accepted", "closed"):
        accept_all(world, order)
    if state == "closed":
        do(orders.close, order, SYSTEM_ACTOR)
    order = again(order)
    assert order.state == state, f"{order.state} instead of {state}"
    return order


def _entered(world: World, wanted: Wanted) -> Order:
    entered: Order = do(
        placing.enter_order, world.org("lab"), world.actor("sup"), channel="phone", lines=wanted_lines(wanted),
        reason="张老师来电订购",
    )  # fmt: skip
    return entered


def packing(order: Order, **numbers: float) -> list[dict[str, Any]]:
    """Lines of a shipment: position -> pieces (p1=2), or everything that may be packed."""
    chosen = {int(name[1:]): pieces(number) for name, number in numbers.items()}
    return [
        {"order_line": line.id, "quantity": chosen[line.position] if chosen else line.packable_micro}
        for line in order.lines
        if (line.position in chosen if chosen else line.packable_micro)
    ]


def send(world: World, order: Order, *, supplier: str = "supplier", **numbers: float) -> Shipment:
    """A shipment on its way with some pieces of some lines (p1=2), or with everything that is owed."""
    _, fulfilment = SELLERS[supplier]
    order = again(order)
    shipment = do(shipments.pack, order, world.actor(fulfilment), lines=packing(order, **numbers), carrier="顺丰")
    shipped: Shipment = do(shipments.ship, shipment, world.actor(fulfilment))
    return shipped


def send_all(world: World, order: Order, *, supplier: str = "supplier") -> Shipment:
    """A shipment on its way with everything that is owed."""
    return send(world, order, supplier=supplier)


def counting(shipment: Shipment, *, short: float = 0, rejected: float = 0) -> list[dict[str, Any]]:
    """The count of a shipment: everything arrived but for `short` pieces of each line; `rejected` pieces are bad."""
    return [
        {"order_line": line.order_line_id, "received": line.quantity_micro - pieces(short),
         "rejected": pieces(rejected)}
        for line in shipment.lines
    ]  # fmt: skip


def receive_all(
    world: World, shipment: Shipment, *, by: str = RECEIVER, short: float = 0, rejected: float = 0
) -> Receipt:
    """The recorded receipt of a shipment."""
    lines = counting(shipment, short=short, rejected=rejected)
    receipt = do(receipts.receive, shipment, world.actor(by), lines=lines)
    recorded: Receipt = do(receipts.record, receipt, world.actor(by))
    return recorded


def acceptances_of(order: Order, state: str = "pending") -> list[Acceptance]:
    """The order's acceptances in a state, oldest first."""
    db.session.rollback()
    statement = sa.select(Acceptance).where(Acceptance.order_id == order.id, Acceptance.state == state)
    return list(db.session.scalars(statement.order_by(Acceptance.id)))


def accept_all(world: World, order: Order, *, by: str = ACCEPTOR) -> None:
    """Everything that is pending is accepted by somebody other than the receiver."""
    for pending in acceptances_of(order):
        do(acceptances.accept, pending, world.actor(by))


def reject_one(world: World, order: Order, *, number: float | None = None, **given: Any) -> Claim:
    """The first pending quantity, or some pieces of it, is rejected; its claim."""
    acceptance = acceptances_of(order)[0]
    quantity = None if number is None else pieces(number)
    do(rejections.reject, acceptance, world.actor(ACCEPTOR), reason="密封圈破损", quantity=quantity, **given)
    return claim_of(acceptance)


def claim_of(acceptance: Acceptance) -> Claim:
    """The newest claim of an acceptance."""
    db.session.rollback()
    statement = sa.select(Claim).where(Claim.acceptance_id == acceptance.id).order_by(Claim.id.desc()).limit(1)
    return db.session.scalars(statement).one()


def reach_claim(world: World, state: str, *, wanted: str = "replace", number: float = 1, **given: Any) -> Claim:
    """A claim for one of two delivered centrifuges that has reached a state."""
    claim = reject_one(world, reach_order(world, "delivered"), number=number, wanted=wanted, **given)
    if state in ("agreed", "done"):
        return do(claims.agree, claim, world.actor(SALES))  # type: ignore[no-any-return]
    if state in ("disputed", "refused"):
        claim = do(claims.dispute, claim, world.actor(SALES), reason="签收时完好")
    if state == "refused":
        return do(claims.rule_for_supplier, claim, world.actor("sup"), reason="照片显示签收后受损")  # type: ignore[no-any-return]
    if state == "withdrawn":
        return do(claims.withdraw, claim, world.actor(PURCHASER), reason="误判")  # type: ignore[no-any-return]
    return claim
