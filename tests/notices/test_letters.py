"""What leaves the house: mail at once and as digests, text messages, in both languages, with nothing said too much."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask

from app.accounts.actions import memberships
from app.accounts.models import Membership, Person
from app.kernel import worker
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Delivery
from app.kernel.values import clock_at, now
from app.kernel.work import unit_of_work
from app.notices import inbox
from app.notices.models import NoticeSending
from app.notices.topics import due_moment
from app.ordering.actions import orders
from tests.kernel.test_mail import free_port
from tests.world import World
from tests.worlds.notices import choose, letters, mails, settle, told
from tests.worlds.ordering import do, reach_order
from tests.worlds.sourcing import evaluated, rfq

NOON = (now() + timedelta(days=2)).replace(hour=4, minute=20, second=0, microsecond=0)  # 12:20 in the park
LATER = now() + timedelta(days=9)
MONDAY_NOON = datetime(2026, 11, 23, 4, 20, tzinfo=UTC)


def speaks(world: World, name: str, language: str) -> None:
    with unit_of_work():
        db.session.get_one(Person, world.people[name]).language = language


def sendings(state: str) -> int:
    number = db.session.scalar(sa.select(sa.func.count()).where(NoticeSending.state == state)) or 0
    db.session.rollback()
    return number


def test_what_waits_for_somebody_is_mailed_at_once_with_a_way_to_it(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    settle()
    (mail,) = mails(app, "fa@supplier.example")
    assert mail["Subject"] == f"订单已发给供应商：{order.number}"
    body = mail.get_content()
    assert "交易已批准，等待供应商确认或拒绝。" in body
    assert "等待您处理。" in body
    assert "华仪科学仪器" in body
    assert "http://localhost/inbox/ntc_" in body
    assert "http://localhost/inbox/preferences" in body


def test_an_event_chosen_apart_goes_by_its_own_pace_and_the_others_by_their_topic_s(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="off", apart={("order.approve", "mail"): "now"})
    order = reach_order(world, "awaiting_supplier")
    do(orders.cancel, order, world.actor("qiu"), reason="改主意")
    settle()
    assert {"order.approve", "order.cancel"} <= {name for name, _ in told(world, "fa")}
    assert [mail["Subject"] for mail in mails(app, "fa@supplier.example")] == [f"订单已发给供应商：{order.number}"]


def test_whoever_reads_english_is_written_to_in_english(app: Flask, world: World) -> None:
    speaks(world, "fa", "en")
    order = reach_order(world, "awaiting_supplier")
    settle()
    (mail,) = mails(app, "fa@supplier.example")
    assert mail["Subject"] == f"An order was sent to its supplier: {order.number}"
    assert "It waits for you." in mail.get_content()
    assert "Supplier" in mail.get_content()


def test_no_letter_names_a_person_or_a_price(app: Flask, world: World) -> None:
    for name in ("xiao", "pu"):
        choose(world, name, telephone="13800000000", wechat="lab", orders_sms="now", orders_wechat="now")
    order = reach_order(world, "confirmed")
    evaluated(world)
    settle()
    written = [f"{mail['Subject']} {mail.get_content()}" for mail in mails(app)]
    written += letters(app, "sms") + letters(app, "wechat")
    assert len(written) > 5
    people = {row.name for row in db.session.scalars(sa.select(Person))}
    for text in written:
        assert not [one for one in people if one and one in text.split()], text
        assert str(order.total.amount) not in text
        assert "186000" not in text
        assert "198500" not in text


def test_a_membership_is_never_called_by_its_address_in_a_subject(app: Flask, world: World) -> None:
    choose(world, "mei", organisation_mail="now")
    held = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["mei"])).one()
    do(memberships.change_roles, held, world.actor("guan"), roles=["member", "receiver"])
    settle()
    (mail,) = mails(app, "mei@lab.example")
    assert mail["Subject"] == f"您的角色已变更：成员资格 {held.id[-6:].upper()}"


def test_what_may_wait_goes_out_as_one_letter_at_the_full_hour(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="hourly")
    with clock_at(NOON):
        first, second = reach_order(world, "awaiting_supplier"), reach_order(world, "awaiting_supplier")
        settle()
    with clock_at(NOON + timedelta(minutes=39)):
        settle()
        assert mails(app, "fa@supplier.example") == []
    with clock_at(NOON + timedelta(minutes=41)):
        settle()
    (mail,) = mails(app, "fa@supplier.example")
    assert mail["Subject"] == "实验室集采平台：2 条消息"
    assert str(first.number) in mail.get_content()
    assert str(second.number) in mail.get_content()
    with clock_at(NOON + timedelta(minutes=120)):
        settle()
    assert len(mails(app, "fa@supplier.example")) == 1


def test_a_daily_digest_goes_out_in_the_morning_of_the_park(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="daily")
    with clock_at(NOON):
        reach_order(world, "awaiting_supplier")
        settle()
    with clock_at(NOON.replace(hour=23, minute=58)):
        settle()
        assert mails(app, "fa@supplier.example") == []
    with clock_at(NOON.replace(hour=0, minute=1) + timedelta(days=1)):
        settle()
        assert len(mails(app, "fa@supplier.example")) == 1


def test_the_morning_and_the_hour_are_the_park_s() -> None:
    assert due_moment("now", MONDAY_NOON) == MONDAY_NOON
    assert due_moment("hourly", MONDAY_NOON) == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    assert due_moment("daily", MONDAY_NOON) == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert due_moment("daily", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def test_what_was_read_in_the_inbox_is_left_out_of_the_digest(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="hourly")
    with clock_at(NOON):
        reach_order(world, "awaiting_supplier")
        settle()
        with unit_of_work():
            inbox.mark_read(world.actor("fa"))
    with clock_at(NOON + timedelta(hours=1)):
        settle()
    assert mails(app, "fa@supplier.example") == []
    assert sendings("dropped") == 1


def test_whoever_wants_no_mail_finds_it_in_the_inbox_only(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="off")
    order = reach_order(world, "awaiting_supplier")
    settle()
    assert mails(app, "fa@supplier.example") == []
    assert told(world, "fa") == [("order.approve", order.id)]


def test_approvals_are_never_silenced(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        choose(world, "an", approvals_mail="off")
    assert caught.value.code == "approvals_heard"
    choose(world, "an", approvals_mail="daily")


@pytest.mark.parametrize(
    "row",
    [
        "notice_preference (topic, channel, pace, person_id) VALUES ('approvals', 'mail', 'off', :one)",
        "notice_kind_preference (topic, channel, pace, person_id, kind) VALUES ('approvals', 'mail', 'off', :one, 'x')",
    ],
)
def test_the_database_itself_keeps_approvals_heard(world: World, row: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="approvals_heard"), unit_of_work():
        db.session.execute(sa.text(f"INSERT INTO {row}"), {"one": world.people["an"]})


def test_a_channel_without_an_address_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        choose(world, "fa", orders_sms="now")
    assert (caught.value.code, list(caught.value.fields)) == ("contact_missing", ["telephone"])


def test_text_messages_and_wechat_are_files_until_there_is_a_provider(app: Flask, world: World) -> None:
    choose(world, "fa", telephone="+8613800000000", wechat="fa-lab", orders_sms="now", orders_wechat="now")
    order = reach_order(world, "awaiting_supplier")
    settle()
    (text,), (chat,) = letters(app, "sms"), letters(app, "wechat")
    assert text.startswith(f"+8613800000000\n\n订单已发给供应商：{order.number} http://localhost/inbox/ntc_")
    assert chat.startswith("fa-lab\n\n")
    assert "交易已批准" in chat


def test_whoever_left_before_the_letter_was_written_gets_none(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="hourly")
    with clock_at(NOON):
        reach_order(world, "awaiting_supplier")
        settle()
        held = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["fa"])).one()
        do(memberships.end, held, world.actor("zong"))
    with clock_at(NOON + timedelta(hours=1)):
        settle()
    assert mails(app, "fa@supplier.example") == []


def test_a_letter_says_that_it_is_somebody_s_turn_only_while_it_is(app: Flask, world: World) -> None:
    choose(world, "fa", orders_mail="hourly")
    with clock_at(NOON):
        order = reach_order(world, "awaiting_supplier")
        settle()
        do(orders.refuse, order, world.actor("xiao"), reason="停产")
    with clock_at(NOON + timedelta(hours=1)):
        settle()
    (mail,) = mails(app, "fa@supplier.example")
    assert "等待您处理。" not in mail.get_content()


class Server:
    """A mail server that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        del server, session
        if self.refusing:
            return "451 try again later"
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"


@pytest.fixture
def server(app: Flask, world: World) -> Iterator[Server]:
    kept = Server()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{controller.port}"
    yield kept
    controller.stop()


def test_a_server_that_refuses_is_tried_again_and_nothing_is_sent_twice(server: Server, world: World) -> None:
    server.refusing = True
    rfq(world, "open", invite=("supplier",), deadline=LATER)  # so late that no reminder of it is due meanwhile
    settle()
    assert server.taken == []
    assert sendings("handed") == 1
    server.refusing = False
    with clock_at(timedelta(minutes=1)):
        settle()
        settle()
    (mail,) = server.taken
    assert mail["Subject"].startswith("邀请您报价：RFQ-")
    assert mail["Message-ID"].startswith("<ntc_")
    assert mail["Message-ID"].endswith("@localhost>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert sendings("sent") == 1


def test_an_address_that_never_takes_its_letter_is_parked_for_the_operator(server: Server, world: World) -> None:
    server.refusing = True
    rfq(world, "open", invite=("supplier",), deadline=LATER)  # so late that no reminder of it is due meanwhile
    for hours in range(12):
        with clock_at(timedelta(hours=2 * hours)):
            worker.deliver()
    db.session.rollback()
    settle()
    for hours in range(12):
        with clock_at(timedelta(hours=2 * hours)):
            worker.deliver()
    db.session.rollback()
    parked = db.session.scalars(sa.select(Delivery).where(Delivery.state == "parked")).all()
    assert [(one.kind, one.last_error) for one in parked] == [("notice", "SMTPDataError")]


def test_a_worker_that_starts_anew_repeats_nothing(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    before = len(mails(app))
    db.session.remove()
    for _ in range(3):
        worker.round_once()
        db.session.remove()
    assert len(mails(app)) == before > 0
