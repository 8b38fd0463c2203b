"""Packing, shipping and counting: never more than is owed, what is lost or missing is owed again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.kernel.db import db
from app.kernel.values import MICRO
from app.ordering.actions import acceptances, receipts, shipments
from app.ordering.models import Order, OrderLine
from app.ordering.quantities import KINDS
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    acceptances_of,
    again,
    counting,
    do,
    packing,
    pieces,
    reach_order,
    receive_all,
    refuses,
    send,
    send_all,
)

pytestmark = pytest.mark.database_matters


def line_of(order: Order, position: int = 1) -> OrderLine:
    return next(line for line in again(order).lines if line.position == position)


def test_an_order_is_delivered_in_parts(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 3), (listing(world), 1)])
    receive_all(world, send(world, order, p1=1))
    assert (again(order).state, line_of(order).received_micro) == ("confirmed", pieces(1))
    receive_all(world, send(world, order, p1=2))
    assert again(order).state == "confirmed"
    receive_all(world, send(world, order, p2=1))
    assert again(order).state == "delivered"


def test_more_than_is_owed_is_not_packed_and_the_words_say_how_much_is_left(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 3)])
    send(world, order, p1=2)
    with refuses("over_packed") as said:
        do(shipments.pack, order, world.actor("fa"), lines=packing(order, p1=2))
    assert said == ["Of 高速冷冻离心机 only 1 台 may still be packed, not 2."]
    assert line_of(order).packed_micro == pieces(2)


def test_when_everything_is_packed_nothing_can_be_packed(world: World) -> None:
    order = reach_order(world, "confirmed")
    send_all(world, order)
    with refuses("nothing_to_pack"):
        do(shipments.pack, order, world.actor("fa"), lines=[])


def test_one_refused_line_leaves_the_whole_shipment_unmade(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 3), (listing(world), 1)])
    with refuses("over_packed"):
        do(shipments.pack, order, world.actor("fa"), lines=packing(order, p1=3, p2=2))
    assert [line.packed_micro for line in again(order).lines] == [0, 0]


def test_a_line_of_another_order_or_named_twice_is_refused(world: World) -> None:
    order, other = reach_order(world, "confirmed"), reach_order(world, "confirmed")
    with refuses("order_line_unknown"):
        do(shipments.pack, order, world.actor("fa"), lines=packing(other))
    with refuses("order_line_twice"):
        do(shipments.pack, order, world.actor("fa"), lines=packing(order, p1=1) * 2)


def test_unpacking_gives_the_quantity_back(world: World) -> None:
    order = reach_order(world, "confirmed")
    shipment = do(shipments.pack, order, world.actor("fa"), lines=packing(order))
    assert do(shipments.cancel, shipment, world.actor("fa")).state == "cancelled"
    assert line_of(order).packed_micro == 0


def test_what_is_lost_is_packed_again_and_then_not_found_any_more(world: World) -> None:
    order = reach_order(world, "confirmed")
    lost = do(shipments.report_lost, send_all(world, order), world.actor("fa"), reason="承运商报失")
    assert line_of(order).packed_micro == 0
    send_all(world, order)
    with refuses("packed_again"):
        do(shipments.find, lost, world.actor("fa"))
    assert again(lost).state == "lost"


def test_a_lost_shipment_is_found_and_arrives(world: World) -> None:
    order = reach_order(world, "confirmed")
    lost = do(shipments.report_lost, send_all(world, order), world.actor("fa"), reason="承运商报失")
    found = do(shipments.find, lost, world.actor("fa"))
    receive_all(world, found)
    assert again(order).state == "delivered"


def test_only_a_receiver_counts_and_counting_notes_the_arrival(world: World) -> None:
    shipment = send_all(world, reach_order(world, "confirmed"))
    for name in ("pu", "fa", "lab2pu"):
        with refuses("not_yours"):
            do(receipts.receive, shipment, world.actor(name), lines=counting(shipment))
    do(receipts.receive, shipment, world.actor("rong"), lines=counting(shipment))
    assert again(shipment).state == "arrived"


def test_more_than_was_sent_does_not_arrive(world: World) -> None:
    shipment = send_all(world, reach_order(world, "confirmed"))
    lines = counting(shipment)
    lines[0]["received"] += MICRO
    with refuses("over_received") as said:
        do(receipts.receive, shipment, world.actor("rong"), lines=lines)
    assert said == ["Of 高速冷冻离心机 2 台 were sent; 3 cannot have arrived."]
    assert again(shipment).state == "shipped"


def test_no_more_is_rejected_than_arrived_and_no_more_serials_than_pieces(world: World) -> None:
    shipment = send_all(world, reach_order(world, "confirmed"))
    with refuses("over_rejected"):
        do(receipts.receive, shipment, world.actor("rong"), lines=counting(shipment, rejected=3))
    lines = counting(shipment)
    lines[0]["serials"] = ["A", "B", "C"]
    with refuses("too_many_serials"):
        do(receipts.receive, shipment, world.actor("rong"), lines=lines)


def test_a_shipment_is_counted_once(world: World) -> None:
    shipment = send_all(world, reach_order(world, "confirmed"))
    do(receipts.receive, shipment, world.actor("rong"), lines=counting(shipment))
    with refuses("counted_already"):
        do(receipts.receive, shipment, world.actor("qiu"), lines=counting(shipment))


def test_the_count_is_corrected_before_it_is_recorded(world: World) -> None:
    order = reach_order(world, "confirmed")
    shipment = send_all(world, order)
    receipt = do(receipts.receive, shipment, world.actor("rong"), lines=counting(shipment, short=1))
    do(receipts.count, receipt, world.actor("qiu"), lines=counting(shipment))
    receipt = do(receipts.record, receipt, world.actor("qiu"))
    assert receipt.person_id == world.people["qiu"]
    assert again(order).state == "delivered"


def test_what_is_missing_in_a_shipment_is_owed_again(world: World) -> None:
    order = reach_order(world, "confirmed")
    receive_all(world, send_all(world, order), short=1)
    line = line_of(order)
    assert (line.packed_micro, line.received_micro, line.packable_micro) == (pieces(1), pieces(1), pieces(1))
    receive_all(world, send_all(world, order))
    assert again(order).state == "delivered"


def test_an_empty_parcel_is_recorded_and_everything_is_owed_again(world: World) -> None:
    order = reach_order(world, "confirmed")
    receive_all(world, send_all(world, order), short=2)
    assert (again(order).state, line_of(order).packable_micro) == ("confirmed", pieces(2))


def test_a_recorded_receipt_puts_every_line_up_for_acceptance(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 2), (listing(world, warranty_months=None), 5)])
    receipt = receive_all(world, send_all(world, order))
    assert {row.received_micro: row.pending_micro for row in receipt.lines} == {
        pieces(2): pieces(2), pieces(5): pieces(5),
    }  # fmt: skip
    assert [row.quantity_micro for row in acceptances_of(order)] == [pieces(2), pieces(5)]


def test_a_bad_piece_is_rejected_on_the_spot_and_does_not_block_the_good_ones(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 3)])
    receipt = receive_all(world, send_all(world, order), rejected=1)
    row = receipt.lines[0]
    assert (row.received_micro, row.rejected_micro, row.pending_micro) == (pieces(3), pieces(1), pieces(2))
    assert [one.quantity_micro for one in acceptances_of(order)] == [pieces(2)]
    assert [one.quantity_micro for one in acceptances_of(order, "rejected")] == [pieces(1)]


def test_a_wrong_count_is_voided_by_another_receiver_and_counted_anew(world: World) -> None:
    order = reach_order(world, "confirmed")
    shipment = send_all(world, order)
    receipt = receive_all(world, shipment, short=1)
    with refuses("not_the_recorder"):
        do(receipts.void, receipt, world.actor("rong"), reason="数错")
    assert do(receipts.void, receipt, world.actor("qiu"), reason="数错").state == "void"
    line = line_of(order)
    assert (line.packed_micro, line.received_micro) == (pieces(2), 0)
    assert acceptances_of(order) == []
    receive_all(world, shipment, by="qiu")
    assert again(order).state == "delivered"


def test_a_receipt_stands_once_something_of_it_is_decided(world: World) -> None:
    order = reach_order(world, "confirmed")
    receipt = receive_all(world, send_all(world, order))
    do(acceptances.accept, acceptances_of(order)[0], world.actor("qiu"), quantity=pieces(1))
    with refuses("decided_already"):
        do(receipts.void, receipt, world.actor("qiu"), reason="数错")


def test_a_receipt_stands_when_what_was_missing_has_been_packed_again(world: World) -> None:
    order = reach_order(world, "confirmed")
    receipt = receive_all(world, send_all(world, order), short=1)
    send_all(world, order)
    with refuses("shipped_again"):
        do(receipts.void, receipt, world.actor("qiu"), reason="数错")


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_itself_keeps_every_quantity_from_falling_below_zero(world: World, kind: str) -> None:
    order = reach_order(world, "confirmed")
    statement = sa.update(OrderLine).where(OrderLine.order_id == order.id).values({f"{kind}_micro": -1})
    with pytest.raises(IntegrityError):
        db.session.execute(statement)
    db.session.rollback()


@pytest.mark.parametrize(
    "values",
    [
        {"packed_micro": 3 * MICRO}, {"received_micro": MICRO}, {"accepted_micro": MICRO},
        {"given_up_micro": 3 * MICRO}, {"replacing_micro": MICRO},
    ],
)  # fmt: skip
def test_the_database_itself_keeps_the_sums_of_a_line(world: World, values: dict[str, int]) -> None:
    order = reach_order(world, "confirmed")
    with pytest.raises(IntegrityError):
        db.session.execute(sa.update(OrderLine).where(OrderLine.order_id == order.id).values(values))
    db.session.rollback()
