"""Every question against a world small enough to count on one's fingers. All values are literals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.actions import organisations
from app.catalogue.actions import listings
from app.indicators.models import Indicator
from app.indicators.queries import source_rows
from app.indicators.questions import QUESTIONS
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.periods import Period, period_at
from app.kernel.values import MICRO, clock_at, now
from app.ordering.actions import claims, orders, placing, requisitions
from app.ordering.models import Order
from tests.world import World
from tests.worlds import sourcing
from tests.worlds.catalogue import listing
from tests.worlds.indicators import answer
from tests.worlds.ordering import (
    accept_all,
    approval_rule,
    approved,
    do,
    placed,
    reach_claim,
    reach_order,
    receive_all,
    requisition,
    send_all,
)
from tests.worlds.ordering import again as anew
from tests.worlds.payments import arrived, bought, deliver, paid, paid_out, proposed_refund, refunded, run, told

pytestmark = pytest.mark.database_matters

DAY = 86_400


def last_month() -> Period:
    return period_at("month").earlier()


def in_last_month(days: float) -> timedelta:
    """From now back to so many days after the beginning of the month before."""
    return last_month().since + timedelta(days=days) - now()


def test_every_question_answers_in_an_empty_park_and_no_share_of_nothing_is_a_number(app: Flask, world: World) -> None:
    del app, world
    assert len(QUESTIONS) >= 30
    for name, asked in QUESTIONS.items():
        nothing = None if asked.unit in ("percent", "days", "each") else 0
        assert answer(name, last_month()) == (0, 0, 0, nothing), name


def test_the_value_of_orders_and_who_dealt(world: World) -> None:
    bought(world, "10000.00", 2)
    bought(world, "500.00", 3, model="B1", supplier="supplier2")
    bought(world, "10000.00", 1, model="B2", state="awaiting_supplier")
    bought(world, "9.00", 1, model="B3", currency="USD")
    assert answer("volume") == (2_150_000, 0, 2, 21_500 * MICRO)
    assert answer("active_suppliers") == (2, 0, 2, 2 * MICRO)
    assert answer("active_labs") == (1, 0, 1, MICRO)
    assert answer("volume", last_month()) == (0, 0, 0, 0)


def test_the_share_of_orders_placed_online(world: World) -> None:
    for number in range(3):
        bought(world, "10.00", 1, model=f"W{number}")
    entered = reach_order(world, "awaiting_buyer")
    entered = do(orders.affirm, entered, world.actor("pu"))
    if entered.state == "awaiting_operator":
        do(orders.approve, entered, world.actor("tao"))
    assert answer("online_share") == (3, 4, 4, 75 * MICRO)


def test_listings_published_and_how_long_their_review_took(world: World) -> None:
    with clock_at(in_last_month(1)):
        one = listing(world, "submitted")
    with clock_at(in_last_month(4)):
        do(listings.publish, one, world.actor("rui"))
    part, whole, rows, value = answer("listing_review", last_month())
    assert (round(part / DAY), whole, rows) == (3, 1, 1)
    assert value is not None
    assert round(value / MICRO) == 3
    assert answer("published_listings", last_month()) == (1, 0, 1, MICRO)
    assert answer("published_listings") == (0, 0, 0, 0)


def test_organisations_admitted_and_how_long_it_took(world: World) -> None:
    with clock_at(in_last_month(1)):
        new = do(
            organisations.register, world.org("operator"), world.actor("rui"), name_zh="新机构", name_en="",
            kinds=["lab"], credit_code="91410800MA9AAAAA09", address="",
        )  # fmt: skip
    with clock_at(in_last_month(6)):
        do(organisations.admit, new, world.actor("rui"))
    assert answer("admitted_organisations", last_month()) == (1, 0, 1, MICRO)
    part, whole, _, _ = answer("admission_time", last_month())
    assert (round(part / DAY), whole) == (5, 1)


def test_from_the_requisition_over_its_approval_to_the_order(world: World) -> None:
    approval_rule(world, roles=["approver"])
    with clock_at(in_last_month(2)):
        asked = requisition(world, [(listing(world), 1)])
        do(requisitions.submit, asked, world.actor("pu"))
    with clock_at(in_last_month(4)):
        do(requisitions.approve, asked, world.actor("an"))
    with clock_at(in_last_month(9)):
        do(placing.order, asked, world.actor("pu"))
    part, whole, rows, _ = answer("lab_approval", last_month())
    assert (round(part / DAY), whole, rows) == (2, 1, 1)
    part, whole, rows, _ = answer("requisition_to_order", last_month())
    assert (round(part / DAY), whole, rows) == (7, 1, 1)


def test_quotes_are_counted_once_they_are_opened_and_never_before(world: World) -> None:
    with clock_at(sourcing.BACK):
        asked = sourcing.rfq(world, "open")
        sourcing.quote(world, asked)
        sourcing.quote(world, asked, "supplier2")
    this = period_at("month", now())
    for name in ("quotes_per_rfq", "rfqs_with_quotes", "rfq_response"):
        assert answer(name, this)[2] == 0, name
    sourcing.close(asked)
    lonely = sourcing.rfq(world, "closed", invite=["supplier"])
    assert lonely.state == "closed"
    this = period_at("month", now() + timedelta(days=1))
    months = {this, period_at("month")}
    total = [sum(answer("quotes_per_rfq", month)[place] for month in months) for place in range(3)]
    assert total == [2, 2, 2]
    total = [sum(answer("rfq_response", month)[place] for month in months) for place in range(3)]
    assert total == [2, 3, 2]
    assert sum(answer("rfqs_with_quotes", month, least=2)[0] for month in months) == 1
    assert sum(answer("rfqs_with_quotes", month)[0] for month in months) == 0


def test_requests_that_failed(world: World) -> None:
    sourcing.rfq(world, "failed")
    assert answer("failed_rfqs") == (1, 1, 1, 100 * MICRO)


def test_the_saving_is_that_against_the_mean_of_the_quotes_for_the_lines_awarded(world: World) -> None:
    asked, offers = sourcing.evaluated(world)
    # Line 1: two pieces at 186,000.00 and 198,500.00, mean 384,500.00; line 2 has one quote only and does not count.
    sourcing.award(
        world, asked, [(offers["supplier"], 0, 2 * MICRO), (offers["supplier"], 1, MICRO)], "approved"
    )  # fmt: skip
    assert answer("savings") == (1_250_000, 38_450_000, 1, 3_250_975)
    part, whole, rows, _ = answer("rfq_to_award")
    assert (round(part / DAY), whole, rows) == (2, 1, 1)


def test_the_share_of_value_from_competition_is_weighed_by_money(world: World) -> None:
    asked, offers = sourcing.evaluated(world)
    award = sourcing.award(world, asked, [(offers["supplier"], 0, 2 * MICRO)], "approved")
    do(placing.order_award, award, world.actor("pu"))
    made = db.session.scalars(db.select(Order).where(Order.award_id == award.id)).one()
    do(orders.approve, made, world.actor("tao"))
    do(orders.confirm, made, world.actor("xiao"))
    bought(world, "124000.00", 1)
    assert answer("competitive_value", least=2) == (37_200_000, 49_600_000, 2, 75 * MICRO)
    assert answer("competitive_value") == (0, 49_600_000, 2, 0)


def test_orders_approved_by_the_platform_in_time(world: World) -> None:
    with clock_at(in_last_month(1)):
        slow, quick = (placed(world, [(listing(world, model=model), 1)])[0] for model in ("S", "Q"))
    with clock_at(in_last_month(2)):
        do(orders.approve, quick, world.actor("tao"))
    with clock_at(in_last_month(5)):
        do(orders.approve, slow, world.actor("tao"))
    assert answer("transaction_approval", last_month()) == (1, 2, 2, 50 * MICRO)
    assert answer("transaction_approval", last_month(), days=4) == (2, 2, 2, 100 * MICRO)


def test_confirmation_and_delivery_against_the_promise(world: World) -> None:
    def delivered(model: str, days: int, lead: int) -> None:
        with clock_at(in_last_month(1)):
            order = reach_order(world, "awaiting_supplier", [(listing(world, model=model, lead_time_days=lead), 1)])
        with clock_at(in_last_month(3)):
            order = do(orders.confirm, order, world.actor("xiao"))
        with clock_at(in_last_month(3 + days)):
            receive_all(world, send_all(world, order))

    delivered("IN", 9, 10)
    delivered("LATE", 11, 10)
    part, whole, rows, _ = answer("supplier_confirmation", last_month())
    assert (round(part / DAY), whole, rows) == (4, 2, 2)
    assert answer("on_time_delivery", last_month()) == (1, 2, 2, 50 * MICRO)
    part, whole, rows, _ = answer("delivery_time", last_month())
    assert (round(part / DAY), whole, rows) == (20, 2, 2)


def test_an_agreed_day_of_delivery_counts_on_the_wall_of_the_park(world: World) -> None:
    begin = last_month().since  # midnight in the park
    with clock_at(begin + timedelta(hours=1) - now()):
        order = reach_order(world, "confirmed", [(listing(world, lead_time_days=1), 1)])
    day = (begin + timedelta(hours=8, days=5)).date()
    db.session.rollback()
    db.session.execute(db.update(Order).where(Order.id == order.id).values(deliver_by=day))
    db.session.commit()
    with clock_at(begin + timedelta(days=5, hours=23) - now()):
        receive_all(world, send_all(world, order))
    assert answer("on_time_delivery", last_month()) == (1, 1, 1, 100 * MICRO)


def test_acceptance_at_once_and_claims(world: World) -> None:
    claim = reach_claim(world, "open")  # one of two pieces is bad, the other one waits
    accept_all(world, db.session.get_one(Order, claim.order_id))
    reach_order(world, "accepted", [(listing(world, model="GOOD"), 1)])
    assert answer("first_time_acceptance")[:3] == (2, 3, 3)
    assert answer("claims_per_order") == (1, 2, 2, 50 * MICRO)
    assert answer("disputed_claims") == (0, 1, 1, 0)
    do(claims.dispute, claim, world.actor("xiao"), reason="签收时完好")
    assert answer("disputed_claims") == (1, 1, 1, 100 * MICRO)
    assert answer("claim_settlement")[2] == 0
    do(claims.withdraw, claim, world.actor("pu"), reason="误判")
    assert answer("claim_settlement")[1:3] == (1, 1)
    assert answer("acceptance_time")[2] == 2


def test_orders_that_came_to_nothing(world: World) -> None:
    reach_order(world, "refused", [(listing(world, model="R"), 1)])
    reach_order(world, "confirmed", [(listing(world, model="C"), 1)])
    assert answer("cancelled_orders") == (1, 2, 2, 50 * MICRO)


def test_money_and_how_fast_it_moves(world: World) -> None:
    with clock_at(in_last_month(1)):
        order = bought(world)
    with clock_at(in_last_month(6)):
        payment = told(world, order, "30000.00")
    with clock_at(in_last_month(8)):
        arrived(world, payment)
    assert answer("released", last_month()) == (3_000_000, 0, 1, 30_000 * MICRO)
    part, whole, rows, _ = answer("payment_days", last_month())
    assert (round(part / DAY), whole, rows) == (7, 1, 1)
    assert answer("paid_on_time", last_month()) == (1, 1, 1, 100 * MICRO)
    assert answer("paid_on_time", last_month(), days=6) == (0, 1, 1, 0)
    part, whole, rows, _ = answer("payment_confirmation", last_month())
    assert (round(part / DAY), whole, rows) == (2, 1, 1)
    paid_out(world)
    assert answer("payout_time")[1:3] == (1, 1)
    paid(world, anew(order), "65000.00")
    refunded(world, proposed_refund(world, order, "100.00"))
    assert answer("refund_time")[1:3] == (1, 1)
    deliver(world, order, 10)
    assert answer("released")[0] == 6_490_000


def test_the_share_of_services_in_the_value_of_orders(world: World) -> None:
    bought(world, "3000.00", 1)
    service = listing(world, supplier="supplier", model="SV", kind="service", price={"amount": "1000.00",
                      "currency": "CNY"})  # fmt: skip
    reach_order(world, "confirmed", [(service, 1)])
    run()
    assert answer("service_share") == (100_000, 400_000, 2, 25 * MICRO)


def test_the_rows_behind_a_value_are_the_ones_that_were_counted(world: World) -> None:
    approved(world, [(listing(world, model="X"), 1)])
    first = bought(world, "10.00", 1)
    second = bought(world, "20.00", 1, model="B")
    one = Indicator(source="volume", parameters={})
    rows = source_rows(one, period_at("month"), world.actor("shen"), limit=1)
    assert [(row.record.id, row.part) for row in rows.items] == [(second.id, 2_000)]
    assert rows.next == second.id
    rest = source_rows(one, period_at("month"), world.actor("shen"), after=rows.next, limit=1)
    assert [(row.record.id, row.part) for row in rest.items] == [(first.id, 1_000)]
    assert rest.next is None
    stranger = source_rows(one, period_at("month"), world.actor("fuwu"), limit=5)
    assert stranger.items == []
    assert source_rows(one, period_at("month"), SYSTEM_ACTOR, limit=5).next is None
