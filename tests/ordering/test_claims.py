"""Claims: what each remedy does to the quantities, who rules, and how an order still ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import Money
from app.kernel.work import unit_of_work
from app.ordering import reactions
from app.ordering.actions import acceptances, claims, orders, rejections
from app.ordering.models import Acceptance, Claim, Order, OrderLine
from tests.world import World
from tests.worlds.ordering import (
    accept_all,
    again,
    claim_of,
    do,
    pieces,
    reach_claim,
    reach_order,
    receive_all,
    refuses,
    reject_one,
    send_all,
)

pytestmark = pytest.mark.database_matters


def order_of(claim: Claim) -> Order:
    return again(db.session.get_one(Order, claim.order_id))  # type: ignore[no-any-return]


def line_of(claim: Claim) -> OrderLine:
    return again(db.session.get_one(OrderLine, claim.order_line_id))  # type: ignore[no-any-return]


def settled(claim: Claim) -> Claim:
    """The claim after ordering has read its events; what payments makes of them is another story."""
    worker.react("ordering")
    return again(claim)  # type: ignore[no-any-return]


def test_a_rejection_opens_a_claim_and_leaves_the_good_ones_alone(world: World) -> None:
    claim = reach_claim(world, "open")
    assert (claim.state, claim.quantity_micro, claim.wanted) == ("open", pieces(1), "replace")
    accept_all(world, order_of(claim))
    assert line_of(claim).accepted_micro == pieces(1)


def test_a_replacement_is_shipped_again_without_raising_the_ordered_quantity(world: World) -> None:
    claim = reach_claim(world, "agreed")
    order = order_of(claim)
    assert (order.state, line_of(claim).packable_micro) == ("confirmed", pieces(1))
    accept_all(world, order)
    receive_all(world, send_all(world, order))
    assert order_of(claim).state == "delivered"
    accept_all(world, order)
    line = line_of(claim)
    assert (line.quantity_micro, line.packed_micro, line.received_micro) == (pieces(2), pieces(3), pieces(3))
    assert (line.accepted_micro, line.rejected_micro) == (pieces(2), pieces(1))
    assert order_of(claim).state == "accepted"
    assert settled(claim).state == "done"


def test_before_the_supplier_agrees_nothing_may_be_packed_for_it(world: World) -> None:
    assert line_of(reach_claim(world, "open")).packable_micro == 0


def test_a_replacement_can_be_rejected_too(world: World) -> None:
    claim = reach_claim(world, "agreed")
    order = order_of(claim)
    accept_all(world, order)
    receive_all(world, send_all(world, order))
    second = reject_one(world, order)
    do(claims.agree, second, world.actor("xiao"))
    receive_all(world, send_all(world, order))
    accept_all(world, order)
    line = line_of(claim)
    assert (line.packed_micro, line.accepted_micro, line.rejected_micro) == (pieces(4), pieces(2), pieces(2))
    assert order_of(claim).state == "accepted"
    assert (settled(claim).state, settled(second).state) == ("done", "done")


def test_a_refund_gives_the_quantity_up_and_the_order_ends(world: World) -> None:
    claim = settled(reach_claim(world, "agreed", wanted="refund"))
    line = line_of(claim)
    assert (claim.state, line.given_up_micro, line.packable_micro) == ("done", pieces(1), 0)
    accept_all(world, order_of(claim))
    assert order_of(claim).state == "accepted"


def test_an_order_whose_every_piece_is_refunded_ends_too(world: World) -> None:
    claim = reach_claim(world, "agreed", wanted="refund", number=2)
    order = order_of(claim)
    assert order.state == "accepted"
    assert order.warranty_ends_at is None
    assert line_of(claim).accepted_micro == 0


def test_a_reduction_keeps_the_goods_for_less(world: World) -> None:
    claim = settled(reach_claim(world, "agreed", wanted="reduce", reduction=Money(500_000, "CNY")))
    assert (claim.state, claim.reduction_minor) == ("done", 500_000)
    assert line_of(claim).accepted_micro == pieces(1)
    accept_all(world, order_of(claim))
    assert order_of(claim).state == "accepted"


def test_a_reduction_names_an_amount_up_to_the_price_in_the_orders_currency(world: World) -> None:
    order = reach_order(world, "delivered")
    for reduction, code in (
        (None, "reduction_needed"), (Money(1, "USD"), "reduction_currency"),
        (Money(6_850_001, "CNY"), "reduction_too_large"),
    ):  # fmt: skip
        with refuses(code):
            reject_one(world, order, number=1, wanted="reduce", reduction=reduction)
    assert db.session.scalars(db.select(Claim.id)).all() == []


def test_a_repair_puts_the_quantity_up_again_and_acceptance_settles_the_claim(world: World) -> None:
    claim = reach_claim(world, "agreed", wanted="repair")
    repaired = db.session.get_one(Acceptance, claim.acceptance_id)
    assert (repaired.state, order_of(claim).state) == ("pending", "delivered")
    do(acceptances.accept, repaired, world.actor("qiu"))
    assert settled(claim).state == "done"


def test_a_repair_that_does_not_help_opens_the_same_claim_again(world: World) -> None:
    claim = reach_claim(world, "agreed", wanted="repair")
    repaired = db.session.get_one(Acceptance, claim.acceptance_id)
    do(rejections.reject, repaired, world.actor("qiu"), reason="仍然漏液")
    assert again(claim).state == "open"
    assert db.session.scalars(db.select(Claim.id)).all() == [claim.id]
    assert line_of(claim).rejected_micro == pieces(1)


def test_the_buyer_may_ask_for_another_remedy(world: World) -> None:
    claim = do(claims.ask, reach_claim(world, "disputed"), world.actor("pu"), wanted="refund")
    assert (claim.state, claim.wanted) == ("open", "refund")


def test_a_replacement_that_does_not_come_opens_the_claim_again(world: World) -> None:
    claim = do(claims.reopen, reach_claim(world, "agreed"), world.actor("pu"), reason="逾期未到")
    assert (claim.state, claim.remedy, line_of(claim).packable_micro) == ("open", None, 0)
    assert order_of(claim).state == "delivered"


def test_a_claim_is_not_opened_again_once_the_replacement_is_packed(world: World) -> None:
    claim = reach_claim(world, "agreed")
    send_all(world, order_of(claim))
    with refuses("replaced_already"):
        do(claims.reopen, claim, world.actor("pu"), reason="逾期未到")
    assert again(claim).state == "agreed"


def test_withdrawing_puts_the_quantity_up_for_acceptance_again(world: World) -> None:
    claim = reach_claim(world, "withdrawn")
    acceptance = db.session.get_one(Acceptance, claim.acceptance_id)
    assert (acceptance.state, line_of(claim).rejected_micro) == ("pending", 0)
    do(rejections.reject, acceptance, world.actor("qiu"), reason="再次发现")
    assert claim_of(acceptance).id != claim.id


def test_the_operator_rules_for_the_supplier_and_the_quantity_counts_as_accepted(world: World) -> None:
    claim = reach_claim(world, "refused")
    assert line_of(claim).accepted_micro == pieces(1)


def test_the_operator_rules_for_the_buyer_and_names_the_remedy(world: World) -> None:
    claim = do(claims.rule_for_buyer, reach_claim(world, "disputed"), world.actor("sup"), wanted="refund",
               reason="检测报告支持买方")  # fmt: skip
    assert (claim.state, claim.remedy) == ("agreed", "refund")
    assert settled(claim).state == "done"


@pytest.mark.parametrize("party", ["lab", "supplier"])
def test_nobody_rules_for_an_organisation_to_which_they_belong(world: World, party: str) -> None:
    claim = reach_claim(world, "disputed")
    sup = world.actor("sup")
    insider = replace(sup, org_ids=sup.org_ids | {world.organisations[party]})
    with refuses("own_dealing"):
        do(claims.rule_for_supplier, claim, insider, reason="偏袒")
    assert again(claim).state == "disputed"


def test_parties_do_not_rule_and_the_operator_does_not_agree(world: World) -> None:
    claim = reach_claim(world, "disputed")
    for name in ("pu", "xiao"):
        with refuses("not_yours"):
            do(claims.rule_for_supplier, claim, world.actor(name), reason="有理")
    with refuses("not_yours"):
        do(claims.agree, claim, world.actor("sup"))


def test_an_order_does_not_close_over_an_open_claim(world: World) -> None:
    claim = reach_claim(world, "agreed", wanted="refund", number=2)
    with refuses("claim_open"):
        do(orders.close, order_of(claim), SYSTEM_ACTOR)
    settled(claim)
    assert do(orders.close, order_of(claim), SYSTEM_ACTOR).state == "closed"


def test_only_what_is_not_packed_is_given_up(world: World) -> None:
    order = reach_order(world, "confirmed")
    line = order.lines[0]
    send_all(world, order)
    with refuses("not_to_give_up"):
        do(orders.give_up, order, SYSTEM_ACTOR, line_id=line.id, quantity_micro=pieces(1))
    with refuses("not_yours"):
        do(orders.give_up, order, world.actor("pu"), line_id=line.id, quantity_micro=pieces(1))


def test_reading_the_same_events_twice_changes_nothing(world: World) -> None:
    claim = settled(reach_claim(world, "agreed", wanted="refund"))
    with unit_of_work():
        for event in db.session.scalars(db.select(Event).where(Event.name.in_(("claim.agree", "acceptance.accept")))):
            (reactions.settled_at_once if event.name == "claim.agree" else reactions.settled_by_acceptance)(event)
    assert again(claim).state == "done"
