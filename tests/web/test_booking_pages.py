"""The pages of services: what lab, service organisation, expert and operator find there, and that the forms work."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from app.booking.actions import visits
from app.booking.models import WorkOrder
from app.kernel.db import db
from app.kernel.values import now
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.booking import (
    LAB,
    PLACE,
    agreed,
    paper,
    proposed,
    reach_report,
    reach_work,
    report_of,
    service,
    service_order,
    submitted,
    then,
    visited,
)
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, reach_order
from tests.worlds.payments import parts, rate, run


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database, with a commission rate."""
    del app
    made = build()
    rate(made)
    return made


def local(moment: datetime) -> str:
    """As a datetime control sends it: the park's clock."""
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


def works_of(world: World) -> list[WorkOrder]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(WorkOrder).order_by(WorkOrder.id)))


def questions(visitor: Visitor, path: str) -> int:
    """How many statements a page sends to the database."""
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    db.session.remove()  # what the test has read must not be at hand
    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert visitor.get(path).status == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visit_goes_its_whole_way_through_the_pages(app: Flask, world: World, language: str) -> None:
    order = service_order(world)
    lab, sales, expert, receiver, buyer = (
        Visitor(app, world, name, language=language) for name in ("mei", "fuwu", "zhuan", "rong", "qiu")
    )
    begins = now() + timedelta(hours=3)
    page = sales.get(f"/orders/{order.id}")
    path = f"/orders/{order.id}/propose_appointment"
    assert path in page.links.values()
    made = sales.do(
        path, order_line=order.lines[0].id, quantity="2", starts_at=local(begins), place=PLACE, mode="on_site",
        ends_at=local(begins + timedelta(hours=2)),
    )  # fmt: skip
    assert made.status == 303, made.text
    (work,) = works_of(world)
    at = f"/work-orders/{work.id}"
    assert PLACE in lab.get(at).text
    assert lab.do(f"{at}/agree").status == 303
    form = sales.get(f"{at}/assign")
    assert "Zhuan" in form.text
    assert sales.send(f"{at}/assign", on=form, expert=world.people["zhuan"]).status == 303
    form = expert.get(f"{at}/check_in")
    assert form.forms[f"{at}/check_in"]["place"] == PLACE
    assert expert.send(f"{at}/check_in", on=form, place=PLACE).status == 303
    assert expert.do(f"{at}/check_out", place=PLACE, remark="已贴标签").status == 303
    assert receiver.do(f"{at}/finish", name="荣晓").status == 303
    assert "荣晓" in receiver.get(at).text
    report = f"/work-reports/{report_of(work).id}"
    assert report in expert.get(at).links.values()
    assert report not in buyer.get(at).links.values()
    written = expert.do(
        f"{report}/write", summary="五点校准", as_found="+0.4 mg", as_left="+0.1 mg", uncertainty="0.2 mg (k=2)",
        certificate_no="HZ-1", next_due=(begins + timedelta(days=365)).date().isoformat(),
    )  # fmt: skip
    assert written.status == 303, written.text
    assert expert.do(f"{report}/attach", file=(io.BytesIO(b"%PDF-1.7"), "证书.pdf")).status == 303
    assert expert.do(f"{report}/submit").status == 303
    shown = buyer.get(report)
    for words in ("五点校准", "+0.4 mg", "0.2 mg (k=2)", "证书.pdf"):
        assert words in shown.text, words
    assert buyer.do(f"{report}/accept").status == 303
    run()
    page = buyer.get(f"/orders/{order.id}")
    assert page.status == 200
    assert [part.due_minor for part in parts(order)] == [240_000]
    assert str(work.number) in page.text


def test_both_sides_talk_on_the_page_with_files(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    at = f"/work-orders/{work.id}"
    lab, expert = Visitor(app, world, LAB), Visitor(app, world, "zhuan")
    sent = lab.send(f"{at}/message", on=at, text="几点到？", file=(io.BytesIO(b"%PDF-1.7 plan"), "plan.pdf"))
    assert (sent.status, sent.location) == (303, at)
    page = expert.get(at)
    assert "几点到？" in page.text
    href = page.links["plan.pdf"]
    with expert.client.get(href) as got:
        assert got.data == b"%PDF-1.7 plan"
    assert Visitor(app, world, "lab2pu").get(href).status == 404
    empty = expert.send(f"{at}/message", on=at, text=" ")
    assert empty.status == 422
    assert "Please fill this in." in empty.text


def test_the_conversation_stands_once_and_not_among_what_happened(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    do(visits.message, work, world.actor(LAB), text="请提前一小时开机", file=paper())
    assert Visitor(app, world, LAB).get(f"/work-orders/{work.id}").text.count("请提前一小时开机") == 1


def test_words_that_were_erased_are_said_to_be(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    do(visits.message, work, world.actor(LAB), text="电话 13800000000")
    db.session.execute(sa.text("DELETE FROM event_words"))
    db.session.commit()
    page = Visitor(app, world, LAB).get(f"/work-orders/{work.id}")
    assert "These words have been erased." in page.text


def test_an_order_of_goods_says_nothing_of_appointments_and_one_of_services_nothing_of_packing(
    app: Flask, world: World
) -> None:
    goods, work = reach_order(world, "confirmed"), service_order(world)
    page = Visitor(app, world, "fa").get(f"/orders/{goods.id}")
    assert "appointment" not in page.text.lower()
    assert "Pack" in page.text
    page = Visitor(app, world, "fuwu").get(f"/orders/{work.id}")
    assert "No appointment has been proposed yet." in page.text
    assert f"/orders/{work.id}/pack" not in page.links.values()
    assert "to be booked" in page.text


def test_packing_a_mixed_order_shows_its_goods_only(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 1), (service(world, supplier="supplier"), 1)])
    form = Visitor(app, world, "fa").get(f"/orders/{order.id}/pack")
    fields = form.forms[f"/orders/{order.id}/pack"]
    assert [value for name, value in fields.items() if name.endswith("order_line")] == [order.lines[0].id]
    form = Visitor(app, world, "xiao").get(f"/orders/{order.id}/propose_appointment")
    assert f'value="{order.lines[1].id}"' in form.html
    assert order.lines[0].id not in form.html


def test_checking_in_too_early_is_said_on_the_form_and_nothing_is_to_be_filled_in(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    page = Visitor(app, world, "zhuan").get(f"/work-orders/{work.id}/check_in")
    assert page.status == 409
    assert "too far off" in page.text
    assert f"/work-orders/{work.id}/check_in" not in page.forms


def test_a_wrong_input_on_site_keeps_what_was_typed(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    with then(work):
        expert = Visitor(app, world, "zhuan", language="zh")
        form = expert.get(f"/work-orders/{work.id}/check_in")
        back = expert.send(f"/work-orders/{work.id}/check_in", on=form, place="x" * 201)
    assert back.status == 422
    assert "x" * 201 in back.html
    assert again(work).state == "agreed"


@pytest.mark.database_matters
def test_the_lists_have_views_and_ask_the_same_number_of_questions_for_one_and_for_many(
    app: Flask, world: World
) -> None:
    order = service_order(world, 9)
    lab = Visitor(app, world, LAB)
    assert "There is no work order yet." in lab.get("/work-orders").text
    proposed(world, order, 1)
    one = questions(lab, "/work-orders")
    for hours in range(3):
        agreed(world, order, 1, ahead=timedelta(days=hours + 2))
    assert questions(lab, "/work-orders") == one
    page = lab.get("/work-orders", view="agreed")
    assert page.text.count("WO-") == 3
    assert "No work order is in this view." in lab.get("/work-orders", view="missed").text
    assert lab.get("/work-orders", view="nonsense").status == 422
    submitted(world, order, 1, ahead=timedelta(days=9))
    page = lab.get("/work-reports", view="submitted")
    assert page.text.count("WR-") == 1
    assert "No work report is in this view." in lab.get("/work-reports", view="disputed").text


@pytest.mark.database_matters
def test_the_order_page_asks_the_same_number_of_questions_for_one_appointment_and_for_many(
    app: Flask, world: World
) -> None:
    order = service_order(world, 9)
    lab = Visitor(app, world, LAB)
    agreed(world, order, 1)
    one = questions(lab, f"/orders/{order.id}")
    for days in range(3):
        visited(world, agreed(world, order, 1, ahead=timedelta(days=days + 2)))
    assert questions(lab, f"/orders/{order.id}") == one


def test_work_waits_in_the_worklist_of_each_in_turn(app: Flask, world: World) -> None:
    work = reach_work(world, "proposed")

    def waits(name: str) -> bool:
        return "Nothing waits for you." not in Visitor(app, world, name).get("/work").text

    assert (waits("mei"), waits("zhuan")) == (True, False)
    lab = Visitor(app, world, "mei")
    assert str(work.number) in lab.get("/work").text
    lab.do(f"/work-orders/{work.id}/agree")
    assert (waits("mei"), waits("zhuan")) == (False, True)


def test_the_operator_rules_on_a_report_from_the_queue_of_disputes(app: Flask, world: World) -> None:
    report = reach_report(world, "disputed")
    sup = Visitor(app, world, "sup", language="zh")
    page: Page = sup.get("/queues/disputes")
    for words in (report.number, "证书与仪器编号不符", "天平在 20 g 至 200 g 五点校准"):
        assert str(words) in page.text, words
    path = f"/work-reports/{report.id}/rule_for_buyer"
    assert path in page.links.values()
    assert sup.do(path, outcome="again", reason="证书写错仪器").status == 303
    shown = Visitor(app, world, "qiu", language="zh").get(f"/work-reports/{report.id}")
    assert "重新完成" in shown.text


@pytest.mark.database_matters
def test_every_state_of_work_and_report_has_a_page_in_both_languages(app: Flask, world: World) -> None:
    order = service_order(world, 12)
    pages = [f"/work-orders/{reach_work(world, state, order).id}" for state in ("proposed", "missed", "cancelled")]
    for state in ("draft", "disputed", "refused", "accepted"):
        report = reach_report(world, state, order)
        pages += [f"/work-reports/{report.id}", f"/work-orders/{report.work_order_id}"]
        # The expert is free again for the next one only when the work is over.
        if state == "draft":
            do(visits.check_out, db.session.get_one(WorkOrder, report.work_order_id), world.actor("zhuan"), place=PLACE)
    for language in ("zh", "en"):
        expert = Visitor(app, world, "fuwu", language=language)
        for path in pages:
            assert expert.get(path).status == 200, path
