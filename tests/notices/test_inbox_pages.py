"""The inbox in a browser: what is there, read marks, opening, preferences; in a constant number of questions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.values import new_id
from app.kernel.work import unit_of_work
from app.notices.models import Notice
from tests.house.everybody import hire
from tests.web.visitor import Visitor
from tests.world import World
from tests.worlds.notices import choose, mails, settle
from tests.worlds.ordering import reach_order


def notice_id(world: World, name: str) -> str:
    found = db.session.scalars(
        sa.select(Notice.id).where(Notice.person_id == world.people[name]).order_by(Notice.id.desc())
    ).first()
    db.session.rollback()
    assert found is not None
    return found


def test_a_message_stands_in_the_inbox_and_its_number_in_the_bar(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    settle()
    page = Visitor(app, world, "fa").get("/inbox")
    assert f"An order was sent to its supplier {order.number} Unread" in page.text
    assert "The transaction is approved; the supplier confirms or refuses." in page.text
    assert "Messages 1" in page.text
    assert "Nothing to read." in Visitor(app, world, "mei").get("/inbox").text


def test_the_inbox_is_read_in_chinese_too(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    page = Visitor(app, world, "fa", language="zh").get("/inbox")
    assert "订单已发给供应商" in page.text
    assert "标为已读" in page.text


def test_opening_a_message_marks_it_as_read_and_leads_to_the_record(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    settle()
    fa, one = Visitor(app, world, "fa"), notice_id(world, "fa")
    assert fa.send(f"/inbox/{one}/open", on="/inbox").location == f"/orders/{order.id}"
    page = fa.get("/inbox")
    assert "Unread" not in page.text.replace("All Unread", "")
    assert "Everything here is read." in fa.get("/inbox", view="unread").text


def test_reading_a_page_marks_nothing(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    fa, one = Visitor(app, world, "fa"), notice_id(world, "fa")
    assert "Open the record" in fa.get(f"/inbox/{one}").text
    assert "Messages 1" in fa.get("/inbox").text


def test_one_or_all_are_marked_as_read(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    reach_order(world, "awaiting_supplier")
    settle()
    fa, one = Visitor(app, world, "fa"), notice_id(world, "fa")
    assert fa.send(f"/inbox/{one}/read", on="/inbox").location == "/inbox"
    assert "Messages 1" in fa.get("/inbox").text
    fa.send("/inbox/read", on="/inbox")
    page = fa.get("/inbox")
    assert "All messages are marked as read." in page.text
    assert "Mark as read" not in page.text


def test_the_link_of_a_mail_leads_to_the_message_after_signing_in(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    (mail,) = mails(app, "fa@supplier.example")
    one = notice_id(world, "fa")
    assert f"http://localhost/inbox/{one}" in mail.get_content()
    assert Visitor(app).get(f"/inbox/{one}").location == f"/login?next=/inbox/{one}"
    assert "It waits for you." in Visitor(app, world, "fa").get(f"/inbox/{one}").text


def test_nobody_else_opens_a_message(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    one = notice_id(world, "fa")
    for name in ("xiao", "pu", "shen", "wang"):
        visitor = Visitor(app, world, name)
        assert visitor.get(f"/inbox/{one}").status == 404
        assert visitor.send(f"/inbox/{one}/open", on="/inbox").status == 404
        assert visitor.send(f"/inbox/{one}/read", on="/inbox").status == 404
    assert Visitor(app, world, "fa").get("/inbox", view="unread").text.count("Unread") > 1


def test_messages_of_another_organisation_are_counted_and_opened_for_it(app: Flask, world: World) -> None:
    hire(world, "lab2", "fa", ["member"], email="fa@supplier.example")
    order = reach_order(world, "awaiting_supplier")
    settle()
    fa, one = Visitor(app, world, "fa"), notice_id(world, "fa")
    fa.send("/organisation", on="/account", org=world.organisations["lab2"])
    page = fa.get("/inbox")
    assert "Nothing to read." in page.text
    assert "Supplier: 1 unread" in page.text
    assert fa.send(f"/inbox/{one}/open", on=f"/inbox/{one}").location == f"/orders/{order.id}"
    assert fa.get(f"/orders/{order.id}").status == 200


def test_pages_follow_one_another_without_gaps(app: Flask, world: World) -> None:
    copies(world, "fa", 60)
    fa = Visitor(app, world, "fa")
    first = fa.get("/inbox")
    second = fa.get(first.links["Next page"])
    numbers = [page.html.count('/open"') for page in (first, second)]
    assert numbers == [50, 11]
    assert fa.get("/inbox", after="nonsense!").status == 422
    assert fa.get("/inbox", view="nonsense").status == 422


def copies(world: World, name: str, number: int) -> None:
    """A notice as the worker made it, and so many like it."""
    reach_order(world, "awaiting_supplier")
    settle()
    with unit_of_work():
        one = db.session.get_one(Notice, notice_of(world, name))
        for place in range(number):
            db.session.add(
                Notice(
                    id=new_id("ntc"), person_id=one.person_id, org_id=one.org_id, name=one.name,
                    object_id=one.object_id, event_id=one.event_id, key=f"{one.key}-{place}", turn=one.turn,
                )
            )  # fmt: skip


def notice_of(world: World, name: str) -> str:
    found = db.session.scalars(sa.select(Notice.id).where(Notice.person_id == world.people[name])).first()
    assert found is not None
    return found


@pytest.mark.database_matters
def test_the_inbox_asks_the_same_number_of_questions_for_one_message_and_for_many(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    fa = Visitor(app, world, "fa")

    def questions() -> int:
        asked: list[str] = []

        def count(*args: object) -> None:
            asked.append(str(args[2]))

        sa.event.listen(db.engine, "before_cursor_execute", count)
        assert fa.get("/inbox").status == 200
        sa.event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    few = questions()
    copies(world, "fa", 30)
    assert questions() == few


def test_what_one_hears_is_chosen_on_a_page(app: Flask, world: World) -> None:
    fa = Visitor(app, world, "fa")
    page = fa.get("/inbox/preferences")
    assert "Requisitions and orders" in page.text
    assert "approvals-mail" in page.html
    chosen = {"orders-mail": "off", "orders-sms": "now", "telephone": "+86 138-0000 0000", "wechat": ""}
    assert fa.send("/inbox/preferences", on="/inbox/preferences", **chosen).location == "/inbox/preferences"
    page = fa.get("/inbox/preferences")
    assert "Your choices are saved." in page.text
    assert page.forms["/inbox/preferences"]["telephone"] == "+8613800000000"
    reach_order(world, "awaiting_supplier")
    settle()
    assert mails(app, "fa@supplier.example") == []


def test_approvals_cannot_be_switched_off_on_the_page_either(app: Flask, world: World) -> None:
    an = Visitor(app, world, "an")
    form = an.get("/inbox/preferences").html.partition('name="approvals-mail"')[2].partition("</select>")[0]
    assert 'value="off"' not in form
    page = an.send("/inbox/preferences", on="/inbox/preferences", **{"approvals-mail": "off"})
    assert page.status == 422
    assert "Approvals always reach you by e-mail: at once, every hour or once a day." in page.text


def test_a_single_event_is_chosen_apart_and_its_topic_unfolds(app: Flask, world: World) -> None:
    fa = Visitor(app, world, "fa", language="zh")
    assert 'class="part" open' not in fa.get("/inbox/preferences").html
    fa.send("/inbox/preferences", on="/inbox/preferences", **{"order.approve-mail": "off"})
    page = fa.get("/inbox/preferences")
    assert page.html.count('class="part" open') == 1
    assert "1 项单独设置" in page.text
    assert '"off" selected' in page.html.partition('name="order.approve-mail"')[2].partition("</select>")[0]
    reach_order(world, "awaiting_supplier")
    settle()
    assert mails(app, "fa@supplier.example") == []
    fa.send("/inbox/preferences", on="/inbox/preferences", **{"order.approve-mail": ""})
    assert 'class="part" open' not in fa.get("/inbox/preferences").html


def test_an_approval_cannot_be_switched_off_event_by_event(app: Flask, world: World) -> None:
    an = Visitor(app, world, "an")
    form = an.get("/inbox/preferences").html.partition('name="requisition.put_up-mail"')[2].partition("</select>")[0]
    assert 'value="off"' not in form
    page = an.send("/inbox/preferences", on="/inbox/preferences", **{"requisition.put_up-mail": "off"})
    assert page.status == 422
    assert "Approvals always reach you by e-mail: at once, every hour or once a day." in page.text


@pytest.mark.parametrize(
    "typed,words",
    [
        ({"telephone": "abc"}, "Expected a telephone number of 5 to 15 digits"),
        ({"orders-wechat": "now"}, "Say where you are reached"),
        ({"orders-mail": "weekly"}, "Not one of the choices."),
        ({"order.approve-mail": "weekly"}, "Not one of the choices."),
        ({"order.approve-sms": "now"}, "Say where you are reached"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_what_was_typed_stays(
    app: Flask, world: World, typed: dict[str, str], words: str
) -> None:
    fa = Visitor(app, world, "fa")
    page = fa.send("/inbox/preferences", on="/inbox/preferences", **typed)
    assert page.status == 422
    assert words in page.text
    if "telephone" in typed:
        assert page.forms["/inbox/preferences"]["telephone"] == "abc"


def test_strangers_are_asked_to_sign_in(app: Flask, world: World) -> None:
    del world
    for path in ("/inbox", "/inbox/preferences"):
        assert Visitor(app).get(path).location == f"/login?next={path}"


def test_what_is_unread_is_marked_as_new_on_the_first_page(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    fa = Visitor(app, world, "fa")
    assert "new" in fa.get("/work").text.split()
    fa.send("/inbox/read", on="/inbox")
    assert "new" not in fa.get("/work").text.split()


def test_a_topic_may_be_put_back_to_what_is_usual(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="off")
    fa = Visitor(app, world, "fa")
    fa.send("/inbox/preferences", on="/inbox/preferences", **{"orders-mail": "now"})
    reach_order(world, "awaiting_supplier")
    settle()
    assert len(mails(app, "fa@supplier.example")) == 1
