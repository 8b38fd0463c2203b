"""Work reports: complete before they are handed in, accepted or disputed, and the money that follows from them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.booking.actions import reports, visits
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.ordering.actions import acceptances, answers, claims, rejections
from app.ordering.models import Acceptance, Order
from tests.house.everybody import hire
from tests.world import World
from tests.worlds.booking import (
    ACCEPTOR,
    EXPERT,
    FIGURES,
    LAB,
    SALES,
    SIGNER,
    accepted,
    agreed,
    proposed,
    reach_report,
    report_of,
    service_order,
    submitted,
    visited,
    written,
)
from tests.worlds.ordering import again, claim_of, do, pieces, refuses
from tests.worlds.payments import bank_account, faults, figures, paid, paid_out, refunds_of, run, stands, states


def quantities(order: Order) -> tuple[int, int, int, int]:
    """Booked, received, accepted, given up of the first line, in pieces."""
    line = again(order).lines[0]
    held = (line.packed_micro, line.received_micro, line.accepted_micro, line.given_up_micro)
    return tuple(one // 1_000_000 for one in held)  # type: ignore[return-value]


def test_a_calibration_is_handed_in_with_its_figures_and_its_certificate(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)), signed=False)
    report, expert = report_of(work), world.actor(EXPERT)
    with refuses("report_empty"):
        do(reports.submit, report, expert)
    next_due = (work.starts_at + timedelta(days=365)).date()
    do(reports.write, report, expert, **(FIGURES | {"uncertainty": "", "next_due": next_due}))
    with refuses("calibration_figures"):
        do(reports.submit, report, expert)
    do(reports.write, report, expert, **(FIGURES | {"next_due": next_due}))
    with refuses("certificate_missing"):
        do(reports.submit, report, expert)
    report = written(world, work)
    with refuses("work_not_done"):
        do(reports.submit, report, expert)
    do(visits.finish, work, world.actor(SIGNER), name="荣晓")
    handed = do(reports.submit, report, expert)
    assert (handed.state, handed.waits_org, handed.waits_role) == (
        "submitted", world.organisations["lab"], "purchaser,receiver",
    )  # fmt: skip


def test_other_services_need_words_only(world: World) -> None:
    order = service_order(world, category="services.consultation")
    work = visited(world, agreed(world, order))
    report = report_of(work)
    words = {"certificate_no": "", "as_found": "", "as_left": "", "uncertainty": "", "next_due": None}
    do(reports.write, report, world.actor(EXPERT), summary="建议更换密封圈", **words)
    assert do(reports.submit, report, world.actor(EXPERT)).state == "submitted"


def test_the_next_calibration_is_due_after_this_one(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)))
    with refuses("next_due_past"):
        do(reports.write, report_of(work), world.actor(EXPERT), **(FIGURES | {"next_due": work.starts_at.date()}))


def test_a_draft_is_the_suppliers_own(world: World) -> None:
    report = reach_report(world, "draft")
    for name, sees in ((EXPERT, True), (SALES, True), (LAB, False), ("sup", False), ("shen", False), ("fa", False)):
        if sees:
            assert find(type(report), report.id, world.actor(name)).id == report.id
        else:
            with refuses("not_there"):
                find(type(report), report.id, world.actor(name))


def test_an_accepted_report_delivers_and_accepts_its_quantity_and_releases_its_money(world: World) -> None:
    order = service_order(world, 3)
    assert (figures(order, "amount", "due"), states(order)) == ([("3600.00", "0.00")], ["planned"])
    report = submitted(world, order, 1)
    assert quantities(order) == (1, 0, 0, 0)
    accepted(world, report)
    assert quantities(order) == (1, 1, 1, 0)
    assert again(order).state == "confirmed"
    made = db.session.scalars(sa.select(Acceptance).where(Acceptance.work_report_id == report.id)).one()
    assert (made.state, made.receipt_line_id, made.quantity_micro) == ("accepted", None, pieces(1))
    assert made.decided_by == world.people[ACCEPTOR]
    assert figures(order, "due") == [("1200.00",)]
    paid(world, order, "1200.00")
    assert figures(order, "paid", "released") == [("1200.00", "1200.00")]
    assert stands(f"payable:{order.supplier_id}") == "-1176.00"
    assert again(made).released
    accepted(world, submitted(world, order, 2))
    assert quantities(order) == (3, 3, 3, 0)
    assert again(order).state == "accepted"
    paid(world, order, "2400.00")
    assert (again(order).state, states(order)) == ("closed", ["released"])
    bank_account(world, "service")
    paid_out(world, supplier="service")
    assert stands(f"held:{order.id}") == "0.00"
    assert stands(f"payable:{order.supplier_id}") == "0.00"
    assert stands("bank") == "72.00"
    assert faults() == []


def test_whoever_signed_on_site_does_not_accept_the_report(world: World) -> None:
    report = submitted(world, service_order(world))
    with refuses("not_the_signer"):
        do(answers.accept, report, world.actor(SIGNER))
    with refuses("not_yours"):
        do(answers.accept, report, world.actor(LAB))
    assert accepted(world, report).state == "accepted"
    with refuses("wrong_state"):
        do(answers.accept, report, world.actor(ACCEPTOR))


def test_a_disputed_report_is_corrected_and_accepted_without_a_ruling(world: World) -> None:
    order = service_order(world)
    report = reach_report(world, "disputed", order, None)
    back = do(reports.take_back, report, world.actor(SALES), reason="证书编号更正")
    assert (back.state, back.submitted_at) == ("draft", None)
    do(reports.submit, back, world.actor(EXPERT))
    accepted(world, back)
    assert again(order).state == "accepted"


def test_the_customer_may_still_accept_what_it_has_disputed(world: World) -> None:
    order = service_order(world)
    assert accepted(world, reach_report(world, "disputed", order, None)).state == "accepted"
    assert again(order).state == "accepted"


def test_the_operator_rules_for_the_supplier_and_the_work_counts(world: World) -> None:
    order = service_order(world)
    report = reach_report(world, "disputed", order, None)
    ruled = do(answers.rule_for_supplier, report, world.actor("sup"), reason="读数与证书一致")
    run()
    assert (ruled.state, again(order).state, quantities(order)) == ("accepted", "accepted", (3, 3, 3, 0))
    assert figures(order, "due") == [("3600.00",)]


def test_the_operator_rules_for_the_buyer_and_the_work_is_owed_again(world: World) -> None:
    order = service_order(world)
    report = reach_report(world, "refused", order, None)
    assert (report.state, report.outcome, quantities(order)) == ("refused", "again", (0, 0, 0, 0))
    assert again(order).state == "confirmed"
    accepted(world, submitted(world, order, ahead=timedelta(days=2)))
    assert again(order).state == "accepted"


def test_the_operator_rules_for_the_buyer_and_what_was_prepaid_is_given_back(world: World) -> None:
    order = service_order(world, 3)
    paid(world, order, "3600.00")
    accepted(world, submitted(world, order, 2))
    assert figures(order, "released") == [("2400.00",)]
    report = reach_report(world, "disputed", order, None)
    given = {"outcome": "give_up", "reason": "证书无效，不再补做"}
    do(answers.rule_for_buyer, report, world.actor("tao"), **given)
    run()
    assert (again(order).state, quantities(order)) == ("accepted", (2, 2, 2, 1))
    assert [(one.state, one.amount_minor) for one in refunds_of(order)] == [("created", 120_000)]
    assert faults() == []


def test_nobody_rules_for_a_house_to_which_they_belong_and_the_owner_not_for_the_operator(world: World) -> None:
    report = reach_report(world, "disputed")
    with refuses("operator_rules"):
        do(answers.rule_for_supplier, report, world.actor("wang"), reason="属实")
    with refuses("not_yours"):
        do(answers.rule_for_supplier, report, world.actor(ACCEPTOR), reason="属实")
    hire(world, "service", "sup", ["catalogue"], email=world.email("sup"))
    world.homes["sup"] = "operator"
    with refuses("own_dealing"):
        do(answers.rule_for_supplier, report, world.actor("sup"), reason="属实")


def test_the_supplier_calls_the_operator_only_after_waiting_for_an_answer(world: World) -> None:
    report = submitted(world, service_order(world))
    with refuses("answer_awaited"):
        do(reports.dispute, report, world.actor(SALES), reason="实验室不答复")
    with clock_at(report.answer_by + timedelta(minutes=1)):
        assert do(reports.dispute, report, world.actor(SALES), reason="实验室不答复").state == "disputed"


def test_an_acceptance_of_work_is_undone_and_claimed_as_one_of_goods(world: World) -> None:
    order = service_order(world, 1)
    report = accepted(world, submitted(world, order))
    made = db.session.scalars(sa.select(Acceptance).where(Acceptance.work_report_id == report.id)).one()
    do(acceptances.undo, made, world.actor("pu"), reason="复核发现读数有误")
    assert (again(made).state, again(order).state, quantities(order)) == ("pending", "delivered", (1, 1, 0, 0))
    do(rejections.reject, made, world.actor(ACCEPTOR), reason="读数有误", wanted="replace")
    do(claims.agree, claim_of(made), world.actor(SALES))
    assert again(order).state == "confirmed"
    assert proposed(world, order).quantity_micro == pieces(1)
