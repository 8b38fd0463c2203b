"""Deciding: partial awards, conditions that must hold, signatures, and what suppliers answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Membership
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import offers as offered
from app.kernel.values import MICRO, Money, clock_at, now
from app.kernel.worker import ring_clocks
from app.kernel.worklist import waiting
from app.sourcing.models import Award, Quote, Rfq
from tests.world import World, build
from tests.worlds.sourcing import (
    BACK,
    VALID_FOR,
    again,
    answer,
    approval_rule,
    award,
    close,
    do,
    evaluated,
    quote,
    refused,
    rfq,
    worse,
)

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


@pytest.fixture
def evaluation(world: World) -> tuple[Rfq, dict[str, Quote]]:
    return evaluated(world)


def chosen(offer: Quote, place: int, quantity: int) -> dict[str, Any]:
    return {"quote_line": offer.current.lines[place].id, "quantity": quantity}


def award_refused(world: World, asked: Rfq, lines: list[dict[str, Any]], by: str = "pu") -> str:
    before = [line.awarded_micro for line in again(asked).lines]
    code = refused(asked, "award", world.actor(by), lines=lines)
    assert [line.awarded_micro for line in again(asked).lines] == before
    assert db.session.scalar(db.select(db.func.count()).select_from(Award)) == 0
    return code


def test_a_line_is_split_between_suppliers_by_quantity(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier2"], 0, MICRO)], "approved")
    assert made.total == Money(18_600_000 + 19_850_000, "CNY")
    assert again(asked).lines[0].open_micro == 0
    assert again(asked).lines[1].open_micro == MICRO
    assert [again(one).state for one in offers.values()] == ["won", "won"]


def test_several_awards_of_one_request_stand_side_by_side(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    first = award(world, asked, [(offers["supplier"], 0, MICRO)], "approved")
    second = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier"], 1, MICRO)], "approved")
    assert (first.state, second.state) == ("approved", "approved")
    assert again(asked).lines[0].open_micro == 0
    assert refused(asked, "award", world.actor("pu"), lines=[chosen(offers["supplier2"], 0, 1)]) == "nothing_left"


def test_more_than_is_open_is_a_conflict(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    both = [chosen(offers["supplier"], 0, 2 * MICRO), chosen(offers["supplier2"], 0, 1)]
    assert award_refused(world, asked, both) == "line_taken"


def test_more_than_was_offered_is_refused(world: World) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        short = [answer(asked.lines[0], "186000.00", quantity=MICRO), answer(asked.lines[1], "1.00")]
        offer = quote(world, asked, lines=short)
    close(asked)
    assert award_refused(world, asked, [chosen(again(offer), 0, 2 * MICRO)]) == "more_than_offered"


def test_a_line_without_an_offer_or_with_a_mandatory_negative_deviation_is_not_awarded(world: World) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        line = asked.lines[0]
        lacking = [answer(line, "172000.00", deviations=worse(line, 0)), answer(asked.lines[1], None)]
        scored = [answer(line, "172000.00", deviations=worse(line, 1)), answer(asked.lines[1], None)]
        bad, fine = quote(world, asked, lines=lacking), quote(world, asked, "supplier2", lines=scored)
    close(asked)
    assert award_refused(world, asked, [chosen(again(bad), 0, MICRO)]) == "negative_deviation"
    assert award_refused(world, asked, [chosen(again(bad), 1, MICRO)]) == "no_offer"
    assert award(world, asked, [(again(fine), 0, MICRO)]).state == "draft"


def test_below_a_suppliers_minimum_order_nothing_is_awarded(world: World) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        offer = quote(world, asked, min_order=Money(20_000_000, "CNY"))
    close(asked)
    offer = again(offer)
    with pytest.raises(Refusal) as caught:
        do(asked, "award", world.actor("pu"), lines=[chosen(offer, 0, MICRO)])
    assert caught.value.code == "below_minimum"
    assert caught.value.params == {"number": offer.number, "minimum": Money(20_000_000, "CNY")}
    assert award(world, asked, [(offer, 0, 2 * MICRO)]).state == "draft"


def test_an_expired_quote_is_not_awarded_even_before_the_clock_has_rung(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    with clock_at(VALID_FOR):
        assert award_refused(world, asked, [chosen(offers["supplier"], 0, MICRO)]) == "quote_not_valid"
        ring_clocks()
        assert award_refused(world, asked, [chosen(offers["supplier"], 0, MICRO)]) == "quote_not_valid"


def test_a_suspended_supplier_is_awarded_nothing(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    do(world.org("supplier"), "suspend", world.actor("rui"), reason="资质过期")
    assert award_refused(world, asked, [chosen(offers["supplier"], 0, MICRO)]) == "supplier_not_dealing"


def test_only_opened_quotes_of_this_request_are_awarded(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    _, strange = evaluated(world)
    assert award_refused(world, asked, [chosen(strange["supplier"], 0, MICRO)]) == "not_there"
    twice = [chosen(offers["supplier"], 0, 1), chosen(offers["supplier"], 0, 1)]
    assert award_refused(world, asked, twice) == "quote_line_twice"


def test_only_the_purchaser_of_the_buyer_awards_and_only_after_the_deadline(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    lines = [chosen(offers["supplier"], 0, MICRO)]
    for name in ("mei", "an", "xiao"):
        assert award_refused(world, asked, lines, by=name) == "not_yours"
    assert refused(rfq(world, "open"), "award", world.actor("pu"), lines=lines) == "wrong_state"


def test_without_a_rule_a_proposal_stands_at_once_by_the_systems_hand(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    assert made.state == "approved"
    assert made.approved_at is not None
    event = db.session.scalars(db.select(Event).where(Event.name == "award.adopt")).one()
    assert event.person_id is None
    assert event.data["actor"]["channel"] == "system"


def test_nobody_approves_their_own_proposal(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver"])
    membership = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people["pu"])).one()
    do(membership, "change_roles", world.actor("guan"), roles=["purchaser", "approver"])
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    assert made.state == "awaiting_approval"
    assert refused(made, "approve", world.actor("pu")) == "own_request"
    assert refused(made, "reject", world.actor("pu"), reason="x") == "own_request"
    (own,) = [one for one in offered(again(made), world.actor("pu")) if one.action.name == "approve"]
    assert own.refusal is not None
    do(made, "approve", world.actor("an"))
    assert again(made).state == "approved"


def test_two_signatures_are_given_in_order_and_the_worklist_follows(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver", "finance"], amount="100000.00")
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    assert refused(made, "approve", world.actor("cai")) == "other_role_signs"
    assert [row.record.id for row in waiting(world.actor("an"))] == [made.id]
    assert waiting(world.actor("cai")) == []
    do(made, "approve", world.actor("an"))
    assert again(made).state == "awaiting_approval"
    assert again(offers["supplier"]).state == "submitted"
    assert waiting(world.actor("an")) == []
    assert [row.record.id for row in waiting(world.actor("cai"))] == [made.id]
    assert refused(made, "approve", world.actor("an")) in ("signed_already", "other_role_signs")
    do(made, "approve", world.actor("cai"))
    assert again(made).state == "approved"
    assert again(offers["supplier"]).state == "won"


def test_the_threshold_looks_at_the_whole_award(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver"], amount="380000.00")
    halves = [(offers["supplier"], 0, MICRO), (offers["supplier2"], 0, MICRO)]
    made = award(world, asked, halves, "proposed")  # 186,000.00 and 198,500.00: each order alone is below
    assert made.state == "awaiting_approval"


def test_a_request_waits_for_its_purchaser_only_while_something_of_it_is_open(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    purchaser = world.actor("pu")
    assert [one.record.id for one in waiting(purchaser)] == [asked.id]
    everything = [(offers["supplier"], place, line.quantity_micro) for place, line in enumerate(asked.lines)]
    made = award(world, asked, everything)
    assert [one.record.id for one in waiting(purchaser)] == [made.id]
    assert again(asked).waits_org is None
    do(made, "cancel", purchaser)
    assert [one.record.id for one in waiting(purchaser)] == [asked.id]


def test_a_rejected_award_returns_its_quantities(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver"])
    made = award(world, asked, [(offers["supplier"], 0, 2 * MICRO)], "proposed")
    do(made, "reject", world.actor("an"), reason="应选最低价")
    assert again(made).state == "rejected"
    assert again(asked).lines[0].awarded_micro == 0
    assert again(offers["supplier"]).state == "submitted"
    assert award(world, asked, [(offers["supplier2"], 0, 2 * MICRO)]).state == "draft"


def test_a_quote_that_expires_before_the_approval_is_confirmed_anew_first(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver"])
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    with clock_at(VALID_FOR):
        ring_clocks()
        assert refused(made, "approve", world.actor("an")) == "quote_not_valid"
        do(offers["supplier"], "reconfirm", world.actor("xiao"), valid_until=now() + VALID_FOR)
        do(made, "approve", world.actor("an"))
        assert again(made).state == "approved"


def test_the_award_pins_the_version_it_was_made_from(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO)])
    assert refused(offers["supplier"], "revise", world.actor("xiao")) == "too_late"
    assert made.lines[0].quote_line_id == again(offers["supplier"]).current.lines[0].id
    assert made.lines[0].amount == Money(18_600_000, "CNY")


def test_a_supplier_that_declines_gives_its_line_back_and_the_other_winner_is_untouched(
    world: World, evaluation: Any
) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier2"], 0, MICRO)], "approved")
    first = next(line for line in made.lines if line.quote_id == offers["supplier"].id)
    assert refused(made, "decline_line", world.actor("pu"), award_line_id=first.id) == "not_yours"
    do(made, "decline_line", SYSTEM_ACTOR, award_line_id=first.id)
    assert again(made).state == "approved"
    assert again(asked).lines[0].open_micro == MICRO
    assert (again(offers["supplier"]).state, again(offers["supplier2"]).state) == ("submitted", "won")
    assert again(offers["supplier"]).current.lines[0].outcome == "open"
    assert refused(made, "decline_line", SYSTEM_ACTOR, award_line_id=first.id) == "line_settled"
    assert refused(made, "confirm_line", SYSTEM_ACTOR, award_line_id=first.id) == "line_settled"
    assert award(world, asked, [(offers["supplier2"], 0, MICRO)], "approved").state == "approved"


def test_a_quote_stays_won_while_another_line_of_it_is(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier"], 1, MICRO)], "approved")
    do(made, "decline_line", SYSTEM_ACTOR, award_line_id=made.lines[1].id)
    kept = again(offers["supplier"])
    assert kept.state == "won"
    assert sorted(line.outcome for line in kept.current.lines) == ["open", "won"]


def test_a_line_held_by_two_awards_stays_won_when_one_of_them_falls(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    first = award(world, asked, [(offers["supplier"], 0, MICRO)], "approved")
    award(world, asked, [(offers["supplier"], 0, MICRO)], "approved")
    do(first, "cancel", world.actor("pu"))
    assert again(offers["supplier"]).state == "won"
    assert again(offers["supplier"]).current.lines[0].outcome == "won"
    assert again(asked).lines[0].open_micro == MICRO


def test_when_every_line_is_declined_the_award_is_cancelled(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier"], 1, MICRO)], "approved")
    for line in made.lines:
        do(made, "decline_line", SYSTEM_ACTOR, award_line_id=line.id)
    assert again(made).state == "cancelled"
    assert [line.awarded_micro for line in again(asked).lines] == [0, 0]
    assert again(offers["supplier"]).state == "submitted"


def test_the_purchaser_cancels_until_a_supplier_has_confirmed(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO), (offers["supplier2"], 0, MICRO)], "approved")
    do(made, "confirm_line", SYSTEM_ACTOR, award_line_id=made.lines[0].id)
    assert refused(made, "cancel", world.actor("pu")) == "confirmed_already"
    other = award(world, asked, [(offers["supplier"], 1, MICRO)], "approved")
    do(other, "cancel", world.actor("pu"))
    assert again(other).state == "cancelled"
    assert again(asked).lines[1].open_micro == MICRO


def test_cancelling_while_it_awaits_approval_ends_the_plan(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    approval_rule(world, ["approver"])
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    do(made, "cancel", world.actor("pu"))
    assert [step.state for step in again(made).steps] == ["skipped"]
    assert again(made).waits_org is None
    assert refused(made, "approve", world.actor("an")) == "wrong_state"


def test_the_request_concludes_with_the_last_confirmation(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, 2 * MICRO), (offers["supplier"], 1, MICRO)], "approved")
    do(made, "confirm_line", SYSTEM_ACTOR, award_line_id=made.lines[0].id)
    assert again(asked).state == "closed"
    do(made, "confirm_line", SYSTEM_ACTOR, award_line_id=made.lines[1].id)
    assert again(asked).state == "concluded"
    assert [line.confirmed_micro for line in again(asked).lines] == [2 * MICRO, MICRO]


def test_awards_are_the_buyers_alone(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "approved")
    for stranger in ("xiao", "xiao2", "lab2pu"):
        with pytest.raises(Refusal) as caught:
            do(made, "cancel", world.actor(stranger))
        assert caught.value.code == "not_there", stranger
    assert again(made).state == "approved"


def test_a_long_evaluation_does_not_need_the_clock_to_stand_still(world: World, evaluation: Any) -> None:
    asked, offers = evaluation
    with clock_at(timedelta(days=20)):
        assert award(world, asked, [(offers["supplier"], 0, MICRO)], "approved").state == "approved"
