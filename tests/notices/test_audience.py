"""Who is told, and who never is: the audience, the roles, the seal."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.actions import memberships, organisations
from app.accounts.models import Membership
from app.kernel.db import db
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.notices.models import Notice
from app.ordering.actions import orders
from app.ordering.lifecycles import REQUISITION
from tests.world import World
from tests.worlds import sourcing
from tests.worlds.notices import hearers, settle, told
from tests.worlds.ordering import approval_rule, do, reach_order, requisition, transaction_rule
from tests.worlds.payments import bank_account

pytestmark = pytest.mark.database_matters


def of_requisition(name: str) -> Any:
    return REQUISITION.actions[name]


def leave(world: World, name: str, admin: str) -> None:
    held = sa.select(Membership).where(Membership.person_id == world.people[name], Membership.state == "active")
    membership = db.session.scalars(held).one()
    with unit_of_work():
        memberships.end(db.session.get_one(Membership, membership.id), world.actor(admin))


def test_an_order_that_is_sent_is_told_to_the_supplier_and_to_its_buyer(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    settle()
    assert hearers(world, "order.approve", order.id) == {"xiao", "fa", "pu", "qiu"}
    assert ("order.create", order.id) not in told(world, "pu")


def test_a_transaction_waits_for_the_platform_s_approver_and_nobody_else_hears(world: World) -> None:
    transaction_rule(world, "0.00", "1.00")
    order = reach_order(world, "awaiting_operator")
    settle()
    assert hearers(world, "order.create", order.id) == {"tao"}
    passed = do(orders.pass_to_owner, order, world.actor("tao"))
    settle()
    assert hearers(world, "order.pass_to_owner", passed.id) == {"wang", "wen"}


def test_nobody_is_told_what_they_did_themselves(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    do(orders.confirm, order, world.actor("xiao"))
    settle()
    assert hearers(world, "order.confirm", order.id) == {"pu", "qiu", "fa"}


def test_nobody_is_told_what_the_system_did_because_of_them(world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = requisition(world, by="mei")
    do(of_requisition("submit"), demand, world.actor("mei"))
    settle()
    do(of_requisition("approve"), demand, world.actor("an"))
    settle()
    assert hearers(world, "requisition.put_up", demand.id) == {"an"}
    assert hearers(world, "requisition.settle_approved", demand.id) == {"pu", "qiu", "mei"}


def test_a_lab_member_hears_of_what_they_began_and_not_of_others_demands(world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = requisition(world, by="pu")
    do(of_requisition("submit"), demand, world.actor("pu"))
    do(of_requisition("reject"), demand, world.actor("an"), reason="重复")
    settle()
    assert hearers(world, "requisition.reject", demand.id) == {"pu"}
    assert told(world, "mei") == []


def test_a_second_signature_is_asked_of_the_next_signer_only(world: World) -> None:
    approval_rule(world, roles=["approver", "finance"])
    demand = requisition(world, by="mei")
    do(of_requisition("submit"), demand, world.actor("mei"))
    settle()
    assert hearers(world, "requisition.put_up", demand.id) == {"an"}
    do(of_requisition("approve"), demand, world.actor("an"))
    settle()
    assert hearers(world, "requisition.approve", demand.id) == {"cai"}


def test_a_signature_that_changes_hands_is_asked_of_the_deputy_alone(world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = requisition(world, by="mei")
    do(of_requisition("submit"), demand, world.actor("mei"))
    do(of_requisition("delegate"), demand, world.actor("an"), person=world.people["cai"])
    settle()
    assert hearers(world, "requisition.delegate", demand.id) == {"cai"}


def test_invited_suppliers_hear_of_a_request_and_the_others_do_not(world: World) -> None:
    asked = sourcing.rfq(world, "open", invite=("supplier", "service"))
    settle()
    assert hearers(world, "rfq.publish", asked.id) == {"xiao", "fuwu"}


def test_a_draft_request_is_told_to_nobody(world: World) -> None:
    asked = sourcing.rfq(world, "draft")
    settle()
    assert db.session.scalars(sa.select(Notice.name).where(Notice.object_id == asked.id)).all() == []


def test_a_supplier_never_learns_of_a_rival_s_quote(world: World) -> None:
    asked, quotes = sourcing.evaluated(world)
    settle()
    for rival in ("xiao2", "fuwu"):
        assert quotes["supplier"].id not in {object_id for _, object_id in told(world, rival)}
    assert hearers(world, "quote.submit") == set()  # each supplier has one person of sales, who did it
    assert hearers(world, "rfq.close", asked.id) == {"pu", "qiu", "xiao", "xiao2", "fuwu"}


def test_before_the_deadline_the_buyer_and_the_platform_hear_nothing_of_a_quote(world: World) -> None:
    with clock_at(sourcing.BACK):
        asked = sourcing.rfq(world, "open")
        offer = sourcing.quote(world, asked)
        sourcing.do(offer, "withdraw", world.actor("xiao"), remark="")
        settle()
        assert hearers(world, "quote.submit") | hearers(world, "quote.withdraw") == set()
        for name in ("pu", "qiu", "mei", "an", "guan", "rui", "tao", "sup", "wang", "shen"):
            assert [one for one in told(world, name) if one[1] == offer.id] == []


def test_who_has_lost_hears_of_their_own_quote_only(world: World) -> None:
    asked, quotes = sourcing.evaluated(world)
    sourcing.do(asked, "fail", world.actor("pu"), reason="预算取消")
    settle()
    assert hearers(world, "quote.lose", quotes["supplier"].id) == {"xiao"}
    assert hearers(world, "quote.lose", quotes["supplier2"].id) == {"xiao2"}


def test_a_hushed_event_is_told_to_nobody_outside_the_platform(world: World) -> None:
    order = reach_order(world, "confirmed")
    settle()
    assert hearers(world, "order.freeze_commission", order.id) == set()


def test_a_person_without_the_role_hears_nothing(world: World) -> None:
    reach_order(world, "confirmed")
    settle()
    for name in ("mei", "an", "guan", "jin", "zong", "lab2pu", "xiao2", "fuwu", "sup", "rui", "shen"):
        assert [one for one in told(world, name) if not one[0].startswith("membership.")] == [], name


def test_a_leaver_hears_nothing(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    leave(world, "fa", "zong")
    do(orders.confirm, order, world.actor("xiao"))
    settle()
    assert "fa" not in hearers(world, "order.confirm", order.id)


def test_the_person_concerned_hears_of_their_roles_and_the_admin_who_did_it_does_not(world: World) -> None:
    held = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["mei"])).one()
    do(memberships.change_roles, held, world.actor("guan"), roles=["member", "receiver"])
    settle()
    assert hearers(world, "membership.change_roles", held.id) == {"mei"}


def test_a_changed_bank_account_is_told_to_finance(world: World) -> None:
    bank_account(world)
    settle()
    assert hearers(world, "bank_account.create") == {"jin"}
    assert hearers(world, "bank_account.confirm") == {"jin", "zong"}


def test_an_application_waits_for_the_reviewers(world: World) -> None:
    applied = do(
        organisations.register, world.org("operator"), world.actor("sup"), name_zh="新机构", name_en="", kinds=["lab"],
        credit_code="91410800MA9AAAAA09", address="",
    )  # fmt: skip
    settle()
    assert hearers(world, "organisation.create", applied.id) == {"rui"}


def test_what_moved_on_before_it_was_read_waits_for_nobody_any_more(world: World) -> None:
    order = reach_order(world, "confirmed")  # approved before the worker reads that it was placed
    settle()
    assert hearers(world, "order.create", order.id) == set()


def test_nothing_is_told_twice_when_the_reader_begins_anew(world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Notice))
    with unit_of_work():
        db.session.execute(sa.text("UPDATE cursor SET seq = 0 WHERE reader = 'notices'"))
    settle()
    again = [(row.person_id, row.key) for row in db.session.execute(sa.select(Notice.person_id, Notice.key))]
    assert len(again) == len(set(again))
    assert before is not None
    assert len(again) >= before
