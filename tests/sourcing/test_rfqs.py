"""Asking: drafts, invitations, questions, amendments and the ways in which a request ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.kernel.actors import ANONYMOUS, SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import NOT_THERE, Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import graph_problems, visible
from app.kernel.values import MICRO, clock_at, now
from app.kernel.worker import ring_clocks
from app.kernel.worklist import waiting
from app.sourcing.lifecycles import RFQ
from app.sourcing.models import Rfq
from app.sourcing.rules import MIN_AMENDMENT_EXTENSION
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.sourcing import (
    BACK,
    LINES,
    OPEN_FOR,
    again,
    award,
    close,
    do,
    evaluated,
    quote,
    refused,
    rfq,
)

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def request_fields(**changes: Any) -> dict[str, Any]:
    return {"title": "天平", "deadline": now() + OPEN_FOR, "lines": list(LINES), **changes}


def sees(record: Rfq, actor: Any) -> bool:
    return db.session.scalar(visible(Rfq, actor).where(Rfq.id == record.id)) is not None


def hears(world: World, org: str, name: str) -> int:
    return sum(world.organisations[org] in event.data["audience"] for event in events(name))


def events(name: str) -> list[Event]:
    return list(db.session.scalars(db.select(Event).where(Event.name == name).order_by(Event.seq)))


def test_the_lifecycle_is_sound() -> None:
    assert graph_problems(RFQ) == []


def test_a_draft_is_numbered_and_nobody_else_sees_it_not_even_the_chosen_suppliers(world: World) -> None:
    made = rfq(world, "draft")
    assert made.number == f"RFQ-{(now() + timedelta(hours=8)).year}-00001"
    assert sees(made, world.actor("mei"))
    for name in ("xiao", "lab2pu", "fuwu", "rui", "shen"):
        assert not sees(made, world.actor(name)), name
    assert not sees(made, ANONYMOUS)


def test_only_a_purchaser_of_a_lab_asks(world: World) -> None:
    assert refused(world.org("lab"), "ask_for_quotes", world.actor("mei"), **request_fields()) == "not_yours"
    assert refused(world.org("supplier"), "ask_for_quotes", world.actor("xiao"), **request_fields()) == "not_yours"


def test_a_deadline_in_the_past_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        do(world.org("lab"), "ask_for_quotes", world.actor("pu"), **request_fields(deadline=now()))
    assert caught.value.code == "deadline_past"
    assert "deadline" in caught.value.fields


def test_a_line_may_name_a_listing_that_is_on_offer_and_no_other(world: World) -> None:
    offered, withdrawn = listing(world), listing(world, "withdrawn", model="X")
    line = {"title": "离心机", "quantity": MICRO}
    made = do(world.org("lab"), "ask_for_quotes", world.actor("pu"),
              **request_fields(lines=[{**line, "listing": offered.id}]))  # fmt: skip
    assert made.lines[0].listing_id == offered.id
    with pytest.raises(Refusal) as caught:
        do(world.org("lab"), "ask_for_quotes", world.actor("pu"),
           **request_fields(lines=[line, {**line, "listing": withdrawn.id}]))  # fmt: skip
    assert caught.value.fields == {"lines": {1: {"listing": [NOT_THERE.words]}}}


def test_editing_a_draft_replaces_its_lines_and_lines_left_out_stay(world: World) -> None:
    made = rfq(world, "draft")
    do(made, "edit", world.actor("pu"), **request_fields(lines=[LINES[1], LINES[0], LINES[1]]))
    edited = again(made)
    assert [(line.position, line.title) for line in edited.lines] == [
        (1, LINES[1]["title"]), (2, LINES[0]["title"]), (3, LINES[1]["title"])
    ]  # fmt: skip
    do(made, "edit", world.actor("pu"), **request_fields(title="改名", lines=None))
    assert again(made).title == "改名"
    assert len(again(made).lines) == 3


def test_lines_lock_when_it_is_published(world: World) -> None:
    made = rfq(world, "open")
    assert refused(made, "edit", world.actor("pu"), **request_fields()) == "wrong_state"


def test_publishing_needs_somebody_invited_and_time_to_answer(world: World) -> None:
    lonely = rfq(world, "draft", invite=())
    assert refused(lonely, "publish", world.actor("pu")) == "nobody_invited"
    made = rfq(world, "draft")
    with clock_at(OPEN_FOR):
        assert refused(made, "publish", world.actor("pu")) == "deadline_over"
    do(made, "publish", world.actor("pu"))
    assert again(made).state == "open"


def test_only_admitted_suppliers_and_services_are_invited_and_never_oneself(world: World) -> None:
    made = rfq(world, "draft", invite=())
    ids = world.organisations
    assert refused(made, "invite", world.actor("pu"), suppliers=[ids["lab"]]) == "not_oneself"
    assert refused(made, "invite", world.actor("pu"), suppliers=[ids["lab2"]]) == "not_invitable"
    assert refused(made, "invite", world.actor("pu"), suppliers=["org_" + "0" * 26]) == "not_invitable"
    do(world.org("supplier2"), "suspend", world.actor("rui"), reason="资质过期")
    assert refused(made, "invite", world.actor("pu"), suppliers=[ids["supplier2"]]) == "not_invitable"
    do(made, "invite", world.actor("pu"), suppliers=[ids["supplier"], ids["service"]])
    assert set(again(made).invited_ids) == {ids["supplier"], ids["service"]}


def test_a_published_request_waits_for_the_invited_until_the_deadline_and_tells_only_them(world: World) -> None:
    made = rfq(world, "open", invite=("supplier",))
    (row,) = waiting(world.actor("xiao"))
    assert (row.record.id, row.until) == (made.id, made.deadline)
    assert waiting(world.actor("xiao2")) == []
    assert waiting(world.actor("mu")) == []  # another role of the same supplier
    assert not sees(made, world.actor("xiao2"))
    assert hears(world, "supplier", "rfq.publish") == 1
    assert hears(world, "supplier2", "rfq.publish") == 0


def test_a_supplier_can_be_invited_later_and_sees_it_at_once(world: World) -> None:
    made = rfq(world, "open", invite=("supplier",))
    do(made, "invite", world.actor("pu"), suppliers=[world.organisations["supplier2"]])
    assert sees(made, world.actor("xiao2"))
    (event,) = [one for one in events("rfq.invite") if one.data["from"] == "open"]
    assert world.organisations["supplier2"] in event.data["audience"]
    assert world.organisations["supplier"] not in event.data["audience"]
    with clock_at(OPEN_FOR):
        assert refused(made, "invite", world.actor("pu"), suppliers=[world.organisations["service"]]) == "too_late"


def test_everybody_invited_reads_question_and_answer_and_only_the_buyer_hears_who_asked(world: World) -> None:
    made = rfq(world, "open")
    do(made, "ask", world.actor("xiao"), question="转子是否包含在内？")
    asked = again(made).questions[0]
    do(made, "answer", world.actor("pu"), question=asked.id, answer="包含两个转子。")
    assert again(made).questions[0].answer == "包含两个转子。"
    assert hears(world, "supplier2", "rfq.ask") == 0
    assert hears(world, "lab", "rfq.ask") == 1
    assert hears(world, "supplier2", "rfq.answer") == 1
    assert refused(made, "answer", world.actor("pu"), question=asked.id, answer="再答") == "answered_already"
    assert refused(made, "answer", world.actor("pu"), question="rqn_" + "0" * 26, answer="？") == "not_there"


def test_who_is_not_invited_cannot_ask_and_questions_end_at_the_deadline(world: World) -> None:
    made = rfq(world, "open", invite=("supplier",))
    with pytest.raises(Refusal) as caught:
        do(made, "ask", world.actor("xiao2"), question="？")
    assert caught.value.code == "not_there"
    with clock_at(OPEN_FOR):
        assert refused(made, "ask", world.actor("xiao"), question="？") == "too_late"


def test_an_amendment_moves_the_deadline_far_enough(world: World) -> None:
    made = rfq(world, "open")
    enough = made.deadline + MIN_AMENDMENT_EXTENSION
    early = enough - timedelta(microseconds=1)
    assert refused(made, "amend", world.actor("pu"), reason="数量有误", deadline=early) == "amendment_too_short"
    do(made, "amend", world.actor("pu"), reason="数量有误", deadline=enough)
    amended = again(made)
    assert amended.amendment == 1
    assert amended.deadline == enough
    assert amended.waits_until == amended.deadline


def test_an_amendment_changes_and_adds_lines(world: World) -> None:
    made = rfq(world, "open")
    first = made.lines[0]
    do(made, "amend", world.actor("pu"), reason="加一台", deadline=made.deadline + MIN_AMENDMENT_EXTENSION,
       lines=[{"line": first.id, "title": first.title, "quantity": 3 * MICRO, "demands": []},
              {"title": "离心瓶", "quantity": 4 * MICRO}])  # fmt: skip
    lines = again(made).lines
    assert [(line.position, line.quantity_micro) for line in lines] == [(1, 3 * MICRO), (2, MICRO), (3, 4 * MICRO)]
    assert lines[0].id == first.id
    strange = {"line": rfq(world, "open").lines[0].id, "title": "x", "quantity": MICRO}
    assert refused(made, "amend", world.actor("pu"), reason="错行",
                   deadline=made.deadline + 3 * MIN_AMENDMENT_EXTENSION, lines=[strange]) == "not_there"  # fmt: skip


def test_an_amendment_voids_submitted_quotes_and_puts_the_request_back_on_every_worklist(world: World) -> None:
    made = rfq(world, "open")
    theirs = quote(world, made, "supplier")
    writing = quote(world, made, "supplier2", submit=False)
    assert waiting(world.actor("xiao")) == []
    do(made, "amend", world.actor("pu"), reason="加一台", deadline=made.deadline + MIN_AMENDMENT_EXTENSION)
    assert again(theirs).state == "void"
    assert again(writing).state == "draft"
    assert [row.record.id for row in waiting(world.actor("xiao"))] == [made.id]
    assert [row.record.id for row in waiting(world.actor("xiao2"))] == [made.id]
    (voided,) = events("quote.void")
    assert voided.data["audience"] == [world.organisations["supplier"]]


def test_extending_keeps_quotes_and_only_goes_forward(world: World) -> None:
    made = rfq(world, "open")
    theirs = quote(world, made)
    assert refused(made, "extend", world.actor("pu"), deadline=made.deadline, reason="x") == "not_later"
    later = made.deadline + timedelta(hours=1)
    do(made, "extend", world.actor("pu"), deadline=later, reason="应供应商要求")
    assert again(theirs).state == "submitted"
    assert again(made).waits_until == later
    with clock_at(OPEN_FOR + timedelta(hours=2)):
        assert refused(made, "extend", world.actor("pu"), deadline=now() + OPEN_FOR, reason="x") == "too_late"
        late = now() + 10 * OPEN_FOR
        assert refused(made, "amend", world.actor("pu"), deadline=late, reason="x") == "too_late"


def test_it_closes_at_the_deadline_and_not_before(world: World) -> None:
    made = rfq(world, "open")
    assert refused(made, "close", SYSTEM_ACTOR) == "too_early"
    assert refused(made, "close", world.actor("pu")) == "not_yours"
    ring_clocks()
    assert again(made).state == "open"
    with clock_at(OPEN_FOR):
        ring_clocks()
    closed = again(made)
    assert closed.state == "closed"
    assert closed.waits_org == world.organisations["lab"]


def test_closing_opens_what_is_submitted_and_ends_what_is_not(world: World) -> None:
    with clock_at(BACK):
        made = rfq(world, "open", invite=("supplier", "supplier2", "service"))
        submitted, writing = quote(world, made, "supplier"), quote(world, made, "supplier2", submit=False)
        gone = quote(world, made, "service")
        do(gone, "withdraw", world.actor("fuwu"))
    close(made)
    assert [(again(one).state, again(one).opened_at is not None) for one in (submitted, writing, gone)] == [
        ("submitted", True), ("expired", False), ("withdrawn", False)
    ]  # fmt: skip


def test_it_concludes_when_every_line_is_confirmed_or_given_up(world: World) -> None:
    asked, offers = evaluated(world)
    assert refused(asked, "conclude", world.actor("pu")) == "lines_unsettled"
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "approved")
    do(made, "confirm_line", SYSTEM_ACTOR, award_line_id=made.lines[0].id)
    assert again(asked).state == "closed"
    do(asked, "give_up_line", world.actor("pu"), line=asked.lines[0].id, reason="一台足够")
    assert again(asked).lines[0].given_up_micro == MICRO
    assert refused(asked, "give_up_line", world.actor("pu"), line=asked.lines[0].id, reason="x") == "nothing_open"
    do(asked, "give_up_line", world.actor("pu"), line=asked.lines[1].id, reason="自行安装")
    assert again(asked).state == "concluded"
    assert again(offers["supplier"]).state == "won"
    assert [line.outcome for line in again(offers["supplier"]).current.lines] == ["won", "lost"]
    assert again(offers["supplier2"]).state == "lost"
    assert hears(world, "supplier2", "quote.lose") == 1


def test_giving_everything_up_is_no_conclusion(world: World) -> None:
    asked, _ = evaluated(world)
    for line in asked.lines:
        do(asked, "give_up_line", world.actor("pu"), line=line.id, reason="经费取消")
    assert again(asked).state == "closed"
    assert refused(asked, "conclude", world.actor("pu")) == "nothing_bought"
    do(asked, "fail", world.actor("pu"), reason="经费取消")
    assert again(asked).state == "failed"


def test_failing_and_cancelling_wait_for_awards_and_end_all_quotes(world: World) -> None:
    asked, offers = evaluated(world)
    made = award(world, asked, [(offers["supplier"], 0, MICRO)])
    assert refused(asked, "fail", world.actor("pu"), reason="x") == "award_stands"
    assert refused(asked, "cancel", world.actor("pu"), reason="x") == "award_stands"
    do(made, "cancel", world.actor("pu"))
    do(asked, "fail", world.actor("pu"), reason="报价均超预算")
    assert [again(one).state for one in offers.values()] == ["lost", "lost"]


def test_cancelling_an_open_request_keeps_the_quotes_sealed_for_good(world: World) -> None:
    made = rfq(world, "open")
    theirs, writing = quote(world, made), quote(world, made, "supplier2", submit=False)
    do(made, "cancel", world.actor("pu"), reason="项目终止")
    assert again(theirs).state == "lost"
    assert again(theirs).opened_at is None
    assert again(writing).state == "expired"
    for event in events("quote.lose"):
        assert world.organisations["lab"] not in event.data["audience"]


def test_a_buyer_of_another_lab_cannot_touch_it(world: World) -> None:
    made = rfq(world, "open")
    for name, fields in (("cancel", {"reason": "x"}), ("extend", {"deadline": now() + 9 * OPEN_FOR, "reason": "x"})):
        with pytest.raises(Refusal) as caught:
            do(made, name, world.actor("lab2pu"), **fields)
        assert caught.value.code == "not_there"
        assert refused(made, name, world.actor("xiao"), **fields) == "not_yours"
        assert refused(made, name, world.actor("mei"), **fields) == "not_yours"
