"""Qualifications: handed in, reviewed with reasons, replaced without a gap, expired by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import standing
from app.accounts.actions import memberships, organisations, qualifications
from app.accounts.files import files_for
from app.accounts.models import Organisation, Qualification
from app.catalogue.actions import listings
from app.catalogue.models import Listing, on_offer
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.values import MICRO, clock_at, now
from app.kernel.work import unit_of_work
from app.ordering.actions import orders
from app.sourcing.actions import quotes
from app.standing.actions import requirements
from tests.kernel.crowd import failures, together
from tests.world import World, build
from tests.worlds import sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, reach_order, refuses
from tests.worlds.standing import ADMINS, in_days, qualification, requirement, scan

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def applicant(world: World) -> Organisation:
    """A supplier that has applied, with its admin, `new`."""
    made: Organisation = do(
        organisations.register, world.org("operator"), world.actor("rui"), name_zh="新供应商", name_en="",
        kinds=["supplier"], credit_code="91110000600037341L", address="",
    )  # fmt: skip
    place = do(memberships.invite, made, world.actor("sup"), email="new@new.example", roles=["org_admin"])
    do(memberships.join, place, SYSTEM_ACTOR, name="New", language="zh")
    world.organisations["new"], world.homes["new"], world.people["new"] = made.id, "new", again(place).person_id
    ADMINS["new"] = "new"
    return made


def shelf() -> set[str]:
    """What buyers find."""
    db.session.rollback()
    return set(db.session.scalars(sa.select(Listing.id).where(on_offer())))


def ring(days: int = 0) -> None:
    """The worker's clocks, so many days from now."""
    with clock_at(timedelta(days=days)):
        worker.ring_clocks()
    db.session.rollback()


# Admission ------------------------------------------------------------------------------------------------------------


def test_an_organisation_is_admitted_once_everything_mandatory_is_approved(world: World) -> None:
    licence = requirement(world)
    requirement(world, "wish", mandatory=False)
    requirement(world, "of_labs", kind="lab")
    of_a_category = requirement(world, "of_a_category", category="measuring.balances")
    new, reviewer = applicant(world), world.actor("rui")
    with refuses("not_qualified") as refused:
        do(organisations.admit, new, reviewer)
    assert refused == ["Not approved yet: [Licence]."]
    handed_in = qualification(world, licence, "submitted", org="new")
    with refuses("not_qualified"):
        do(organisations.admit, new, reviewer)
    do(qualifications.approve, handed_in, reviewer)
    assert do(organisations.admit, new, reviewer).state == "admitted"
    assert standing.stored(new.id) == {
        (scope, "measuring.balances", of_a_category.id) for scope in ("listing", "quoting")
    }


def test_what_is_incomplete_is_not_handed_in(world: World) -> None:
    zong = world.actor("zong")
    licence, promise = requirement(world), requirement(world, "promise", form="attestation", expires=False)
    answer = requirement(world, "answer", form="field", expires=False)
    without = do(qualifications.hand_in, world.org("supplier"), zong, requirement=licence.id, valid_until=in_days(9))
    with refuses("file_missing"):
        do(qualifications.submit, without, zong)
    do(qualifications.add_file, without, zong, file=scan())
    do(qualifications.edit, without, zong, valid_until=None)
    with refuses("validity_unsaid"):
        do(qualifications.submit, without, zong)
    do(qualifications.edit, without, zong, valid_until=in_days(-1))
    with refuses("validity_over"):
        do(qualifications.submit, without, zong)
    for asked, code in ((promise, "not_affirmed"), (answer, "answer_missing")):
        made = do(qualifications.hand_in, world.org("supplier"), zong, requirement=asked.id)
        with refuses(code):
            do(qualifications.submit, made, zong)


def test_what_is_not_asked_of_an_organisation_is_not_handed_in(world: World) -> None:
    of_labs, visit = requirement(world, "of_labs", kind="lab"), requirement(world, "visit", form="review")
    gone = requirement(world, "gone")
    do(requirements.retire, gone, world.actor("rui"), reason="停用")
    for asked, code in ((of_labs, "no_such_requirement"), (gone, "no_such_requirement"), (visit, "operator_looks")):
        with refuses(code):
            do(qualifications.hand_in, world.org("supplier"), world.actor("zong"), requirement=asked.id)


def test_one_submission_at_a_time_and_one_per_brand(world: World) -> None:
    asked = requirement(world)
    qualification(world, asked, "submitted", subject="甲")
    qualification(world, asked, "submitted", subject="乙")
    with refuses("submission_open"):
        qualification(world, asked, "draft", subject="甲")


def test_the_operator_enters_what_it_saw_itself_and_nothing_else(world: World) -> None:
    visit, licence = requirement(world, "visit", form="review"), requirement(world)
    given = {"finding": "已到场核查", "valid_until": in_days(100)}
    made = do(qualifications.assess, world.org("supplier"), world.actor("rui"), requirement=visit.id, **given)
    assert (made.state, made.reviewer_id) == ("approved", world.people["rui"])
    later = do(qualifications.assess, world.org("supplier"), world.actor("rui"), requirement=visit.id, **given)
    assert (again(made).state, later.state) == ("superseded", "approved")
    with refuses("not_looked_at"):
        do(qualifications.assess, world.org("supplier"), world.actor("rui"), requirement=licence.id, **given)
    with refuses("not_yours"):
        do(qualifications.assess, world.org("supplier"), world.actor("zong"), requirement=visit.id, **given)


# Review ---------------------------------------------------------------------------------------------------------------


def test_what_was_returned_is_corrected_and_approved(world: World) -> None:
    made = qualification(world, requirement(world), "returned")
    do(qualifications.edit, made, world.actor("zong"), document_no="A-2", valid_until=in_days(50), file=scan("b.pdf"))
    do(qualifications.submit, made, world.actor("zong"))
    do(qualifications.approve, made, world.actor("rui"))
    assert len(files_for(again(made), world.actor("rui"))) == 2
    told = sa.select(Event.name).where(Event.object_id == made.id).order_by(Event.seq)
    assert [one.partition(".")[2] for one in db.session.scalars(told)] == [
        "create", "submit", "return", "edit", "submit", "approve",
    ]  # fmt: skip


def test_a_renewal_leaves_the_old_paper_in_force_until_it_is_decided(world: World) -> None:
    asked = requirement(world)
    old = qualification(world, asked)
    refused = qualification(world, asked, "submitted")
    assert again(old).state == "approved"
    do(qualifications.reject, refused, world.actor("rui"), reason="不清晰")
    assert again(old).state == "approved"
    new = qualification(world, asked, days=500)
    assert (again(old).state, again(new).state) == ("superseded", "approved")


def test_nobody_reviews_the_papers_of_an_organisation_to_which_they_belong(world: World) -> None:
    made = qualification(world, requirement(world), "submitted", org="supplier")
    mine = world.actor("rui")
    insider = replace(mine, org_ids=mine.org_ids | {made.org_id})
    for verb, given in ((qualifications.approve, {}), (qualifications.reject, {"reason": "x"})):
        with refuses("own_dealing"):
            do(verb, made, insider, **given)


def test_of_two_reviewers_who_decide_at_once_one_wins(app: Flask, world: World) -> None:
    made = qualification(world, requirement(world), "submitted")
    reviewer, record_id = world.actor("rui"), made.id

    def decide(approve: bool) -> None:
        with unit_of_work():
            found = find(Qualification, record_id, reviewer, lock=True)
            if approve:
                qualifications.approve(found, reviewer)
            else:
                qualifications.reject(found, reviewer, reason="不符")

    outcomes = together(app, *[partial(decide, choice) for choice in (True, False, True, False)])
    assert [one.code for one in failures(outcomes) if isinstance(one, Refusal)] == ["wrong_state"] * 3
    assert again(made).state in ("approved", "rejected")
    assert standing.reckoned(world.org("supplier")) == standing.stored(world.organisations["supplier"])


def test_two_papers_approved_at_once_are_both_reckoned_with(app: Flask, world: World) -> None:
    asked = [requirement(world, f"paper_{number}") for number in range(4)]
    made = [qualification(world, one, "submitted") for one in asked]
    assert len(standing.stored(world.organisations["supplier"])) == 8
    reviewer, ids = world.actor("rui"), [one.id for one in made]

    def approve(record_id: str) -> None:
        with unit_of_work():
            qualifications.approve(find(Qualification, record_id, reviewer, lock=True), reviewer)

    outcomes = together(app, *[partial(approve, one) for one in ids])
    assert failures(outcomes) == []
    db.session.rollback()
    assert standing.stored(world.organisations["supplier"]) == set()


# What follows ---------------------------------------------------------------------------------------------------------


def test_at_expiry_listings_are_hidden_and_nothing_new_is_quoted_while_orders_go_on(world: World) -> None:
    asked = requirement(world, starts_at=None)
    paper = qualification(world, asked, days=0)
    offered = listing(world, "published")
    order = reach_order(world, "awaiting_supplier")
    assert offered.id in shelf()
    ring()
    assert again(paper).state == "approved"  # all of its last day it is valid
    ring(days=1)
    assert again(paper).state == "expired"
    assert offered.id not in shelf()
    with clock_at(timedelta(days=1)):
        request = sourcing.rfq(world, "open")
        with refuses("quoting_barred") as refused:
            do(quotes.quote, request, world.actor("xiao"))
        assert "Licence" in refused[0]
        with refuses("listing_barred"):
            do(listings.submit, listing(world, "draft", model="other"), world.actor("mu"))
        assert do(orders.confirm, order, world.actor("xiao")).state == "confirmed"
        qualification(world, asked)
        assert do(quotes.quote, request, world.actor("xiao")).state == "draft"
    assert offered.id in shelf()


def test_a_requirement_of_a_category_stops_what_is_offered_there_and_beneath(world: World) -> None:
    balance = listing(world, "published", model="B", category="measuring.balances")
    pipette = listing(world, "published", model="P", category="labware.pipettes")
    asked = requirement(world, category="measuring")
    assert shelf() & {balance.id, pipette.id} == {pipette.id}
    qualification(world, asked)
    assert shelf() >= {balance.id, pipette.id}


def test_without_a_categorys_paper_nothing_is_offered_on_its_lines_however_they_are_named(world: World) -> None:
    requirement(world, category="measuring")
    free = [
        {"title": "分析天平", "quantity": MICRO, "unit": "台", "category": "measuring.balances"},
        {"title": "移液器", "quantity": MICRO, "unit": "支", "category": "labware.pipettes"},
    ]
    asked = sourcing.rfq(world, "open", lines=free)
    answers = [sourcing.answer(line, "100.00") for line in asked.lines]
    with refuses("quoting_barred") as refused:
        sourcing.quote(world, asked, lines=answers)
    assert "Licence" in refused[0]
    silent = sourcing.answer(asked.lines[0], None)
    assert sourcing.quote(world, asked, lines=[silent, answers[1]]).state == "submitted"


def test_an_announced_requirement_counts_from_its_day_and_a_retired_one_no_more(world: World) -> None:
    offered = listing(world, "published")
    asked = requirement(world, starts_at=now() + timedelta(days=30))
    assert (asked.state, offered.id in shelf()) == ("announced", True)
    ring(days=31)
    assert (again(asked).state, offered.id in shelf()) == ("active", False)
    do(requirements.retire, asked, world.actor("rui"), reason="不再要求")
    assert offered.id in shelf()


@pytest.mark.parametrize("state", ["revoked", "rejected", "withdrawn", "returned", "submitted", "draft"])
def test_expiry_moves_nothing_but_what_is_approved(world: World, state: str) -> None:
    paper = qualification(world, requirement(world), state, days=10)
    ring(days=20)
    assert again(paper).state == state


def test_expiry_and_renewal_at_once_leave_one_paper_in_force(app: Flask, world: World) -> None:
    asked = requirement(world)
    old, new = qualification(world, asked, days=10), qualification(world, asked, "submitted", days=500)
    reviewer, new_id = world.actor("rui"), new.id

    def expire() -> None:
        worker.ring_clocks()

    def renew() -> None:
        with unit_of_work():
            qualifications.approve(find(Qualification, new_id, reviewer, lock=True), reviewer)

    with clock_at(timedelta(days=12)):
        outcomes = together(app, expire, renew)
    assert [one for one in failures(outcomes) if not isinstance(one, Refusal)] == []
    with clock_at(timedelta(days=12)):
        worker.ring_clocks()
        if again(new).state == "submitted":  # the database broke a tie; the reviewer presses again
            renew()
    assert again(old).state in ("expired", "superseded")
    assert again(new).state == "approved"
    assert standing.stored(world.organisations["supplier"]) == set()
