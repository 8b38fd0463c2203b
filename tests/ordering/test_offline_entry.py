"""Orders that staff enter for a buyer: scan, day, likely doubles; the buyer's word by code, by form or online."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from app.accounts import files
from app.accounts.actions import memberships
from app.accounts.files import StoredFile
from app.accounts.models import Membership
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import Delivery, Event
from app.kernel.security import SecurityNote
from app.kernel.shapes import Upload
from app.kernel.values import clock_at
from app.ordering import offline
from app.ordering.actions import confirming, orders, placing
from app.ordering.models import Order
from app.ordering.offline_models import OrderCode
from tests.house.everybody import hire, hire_dealing
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    again,
    approval_rule,
    do,
    pieces,
    reach_order,
    refuses,
    wanted_lines,
)

PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
WRONG: Final = "000000"


def scan(name: str = "order.pdf") -> Upload:
    """A scan as the face hands it over."""
    return files.stored(PDF, name, "application/pdf")


def enter(world: World, channel: str = "phone", by: str = "sup", **given: Any) -> Order:
    """An order of the lab that staff entered."""
    lines = given.pop("lines", None) or wanted_lines([(listing(world), 2)])
    made: Order = do(
        placing.enter_order, world.org("lab"), world.actor(by), channel=channel, lines=lines, reason="张老师来电",
        **given,
    )  # fmt: skip
    return made


def second_purchaser_leaves(world: World) -> None:
    """Only "pu" may order for the lab."""

    held = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people["qiu"])).one()
    do(memberships.change_roles, held, world.actor("guan"), roles=["receiver"])


def newest_mail(app: Flask) -> tuple[str, str]:
    """(to whom, text) of the newest mail with a code."""
    worker.deliver()
    mails = [
        message_from_bytes(path.read_bytes(), policy=SMTP)
        for path in sorted((Path(app.instance_path) / "mail").glob("*.eml"))
    ]
    newest = [mail for mail in mails if "确认码" in mail["Subject"]][-1]
    return newest["To"], newest.get_body().get_content()  # type: ignore[attr-defined]


def mailed_code(app: Flask) -> str:
    """The code in the newest mail."""
    _, text = newest_mail(app)
    codes = set(re.findall(r"\b\d{6}\b", text))
    assert len(codes) == 1, text
    return codes.pop()


def other_than(code: str) -> str:
    """A code that is not the right one."""
    return WRONG if code != WRONG else "111111"


@pytest.fixture
def order(world: World) -> Order:
    """An order that came by phone; the lab has one purchaser."""
    second_purchaser_leaves(world)
    return enter(world)


# Entering -------------------------------------------------------------------------------------------------------------


def test_an_order_on_paper_needs_its_scan_which_hangs_on_the_order(world: World) -> None:
    with refuses("scan_needed"):
        enter(world, "paper")
    made = enter(world, "paper", scan=scan())
    kept = db.session.scalars(db.select(StoredFile)).one()
    assert (kept.object_id, kept.org_id) == (made.id, world.organisations["operator"])
    assert files.used_bytes(world.organisations["operator"]) == len(PDF)
    assert [one.id for one in files.files_for(made, world.actor("pu"))] == [kept.id]


def test_by_phone_and_at_the_counter_a_scan_may_be_left_out(world: World) -> None:
    assert enter(world, "phone").entry is not None
    assert enter(world, "counter", another_order=True).channel == "counter"


def test_it_says_who_entered_it_and_when_it_came_in(world: World) -> None:
    entry = enter(world).entry
    assert entry is not None
    assert (entry.entered_by, entry.backdated_days, entry.way) == (world.people["sup"], 0, None)
    assert entry.came_in_on == offline.today()


def test_dating_back_is_limited_and_flagged(world: World) -> None:
    made = enter(world, came_in_on=offline.today() - timedelta(days=14))
    assert made.entry is not None
    assert made.entry.backdated_days == 14
    created = db.session.scalars(db.select(Event).where(Event.object_id == made.id)).first()
    assert created is not None
    assert created.data["facts"]["backdated_days"] == 14
    with refuses("backdated_too_far") as said:
        enter(world, came_in_on=offline.today() - timedelta(days=15))
    assert said == ["At most 14 days back. What is older is ordered anew by the buyer."]
    with refuses("came_in_later"):
        enter(world, came_in_on=offline.today() + timedelta(days=1))


def test_an_order_with_the_same_supplier_item_and_amount_is_likely_a_double(world: World) -> None:
    one = listing(world)
    online = reach_order(world, "awaiting_operator", [(one, 2)])
    with refuses("likely_duplicate") as said:
        enter(world, lines=wanted_lines([(one, 2)]))
    assert str(online.number) in said[0]
    made = enter(world, lines=wanted_lines([(one, 2)]), another_order=True)
    assert made.entry is not None
    assert made.entry.duplicates == [online.id]
    assert [twin.id for twin in offline.twins(made)] == [online.id]


def test_another_amount_another_buyer_another_time_or_a_dead_order_is_no_double(world: World) -> None:
    one = listing(world)
    reach_order(world, "cancelled", [(one, 2)])
    with clock_at(timedelta(days=-40)):
        reach_order(world, "awaiting_operator", [(one, 2)])
    reach_order(world, "awaiting_operator", [(one, 3)])
    assert enter(world, lines=wanted_lines([(one, 2)])).state == "awaiting_buyer"


def test_an_online_order_placed_afterwards_shows_up_as_a_double_for_whoever_approves(world: World) -> None:
    one = listing(world)
    made = enter(world, lines=wanted_lines([(one, 2)]))
    assert offline.twins(made) == []
    online = reach_order(world, "awaiting_operator", [(one, 2)])
    assert [twin.id for twin in offline.twins(again(made))] == [online.id]


def test_only_support_enters_orders(world: World) -> None:
    for name in ("tao", "shu", "rui", "pu", "xiao", "wang", "shen"):
        with refuses("not_yours"):
            enter(world, by=name)


# By code --------------------------------------------------------------------------------------------------------------


def test_the_code_reaches_the_purchaser_by_mail_and_makes_it_an_order_like_any_other(
    world: World, order: Order, app: Flask
) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    order = do(confirming.confirm_by_code, order, world.actor("sup"), code=code)
    assert order.state == "awaiting_operator"
    assert order.person_id == world.people["pu"], "it was ordered by whoever received the code"
    assert order.entry is not None
    assert (order.entry.way, order.entry.confirmed_at is not None) == ("code", True)


def test_the_mail_goes_to_the_purchaser_in_both_languages(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    to, text = newest_mail(app)
    assert to == "pu@lab.example"
    for words in ("PO-2026-00001", "CNY 137,000.00", "华仪科学仪器", "Supplier", "30 分钟", "30 minutes"):
        assert words in text


def test_the_buyer_enters_the_code_as_well(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    assert do(confirming.confirm_by_code, order, world.actor("pu"), code=mailed_code(app)).state == "awaiting_operator"


def test_the_code_is_kept_hashed_and_leaves_no_trace_once_mailed(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    row = db.session.scalars(db.select(OrderCode)).one()
    assert code not in (row.code_hash, row.salt)
    assert len(row.code_hash) == 64
    deliveries = db.session.scalars(db.select(Delivery).where(Delivery.kind == "order_code")).all()
    assert [one.payload for one in deliveries] == [{}]
    assert all(code not in event.body for event in db.session.scalars(db.select(Event)))


def test_a_wrong_code_is_refused_counted_and_changes_nothing_else(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    wrong = other_than(mailed_code(app))
    before = again(order).version
    events = len(db.session.scalars(db.select(Event)).all())
    with refuses("wrong_code") as said:
        do(confirming.confirm_by_code, order, world.actor("sup"), code=wrong)
    assert said == ["This is not the code that was sent. Tries left: 4."]
    assert (again(order).state, again(order).version) == ("awaiting_buyer", before)
    assert db.session.scalars(db.select(OrderCode.tries)).one() == 1
    assert len(db.session.scalars(db.select(Event)).all()) == events
    noted = db.session.scalars(db.select(SecurityNote)).one()
    assert (noted.kind, noted.detail) == ("order_code_failed", {"order": order.id})


def test_after_five_wrong_codes_the_right_one_is_worth_nothing(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    for _ in range(5):
        with refuses("wrong_code"):
            do(confirming.confirm_by_code, order, world.actor("sup"), code=other_than(code))
    with refuses("no_live_code"):
        do(confirming.confirm_by_code, order, world.actor("sup"), code=code)


def test_a_code_expires_after_half_an_hour(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    with clock_at(timedelta(minutes=30, seconds=1)), refuses("no_live_code"):
        do(confirming.confirm_by_code, order, world.actor("sup"), code=code)


def test_a_new_code_ends_the_one_before(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    first = mailed_code(app)
    with clock_at(timedelta(minutes=2)):
        do(confirming.send_code, order, world.actor("sup"))
        second = mailed_code(app)
        if first != second:
            with refuses("wrong_code"):
                do(confirming.confirm_by_code, order, world.actor("sup"), code=first)
        done = do(confirming.confirm_by_code, order, world.actor("sup"), code=second)
    assert done.state == "awaiting_operator"


def test_codes_are_sent_a_minute_apart_and_five_a_day(world: World, order: Order) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    with refuses("code_too_soon"):
        do(confirming.send_code, order, world.actor("sup"))
    for minutes in (2, 4, 6, 8):
        with clock_at(timedelta(minutes=minutes)):
            do(confirming.send_code, order, world.actor("sup"))
    with clock_at(timedelta(minutes=10)), refuses("codes_used_up"):
        do(confirming.send_code, order, world.actor("sup"))
    with clock_at(timedelta(days=1, minutes=1)):
        do(confirming.send_code, order, world.actor("sup"))


def test_where_several_may_order_staff_say_who_is_meant(world: World, app: Flask) -> None:
    order = enter(world)
    with refuses("which_purchaser"):
        do(confirming.send_code, order, world.actor("sup"))
    known = {person.name: own for own, person in offline.purchasers(order.buyer_id)}
    assert sorted(known) == ["Pu", "Qiu"]
    do(confirming.send_code, order, world.actor("sup"), purchaser=known["Qiu"])
    assert (
        do(confirming.confirm_by_code, order, world.actor("sup"), code=mailed_code(app)).person_id
        == (world.people["qiu"])
    )


def test_a_member_of_another_organisation_is_no_purchaser_of_this_one(world: World, order: Order) -> None:
    (theirs, _), *_ = offline.purchasers(world.organisations["lab2"])
    with refuses("which_purchaser"):
        do(confirming.send_code, order, world.actor("sup"), purchaser=theirs)


def test_a_code_does_not_go_round_the_buyers_own_approval(world: World, app: Flask) -> None:
    second_purchaser_leaves(world)
    approval_rule(world, roles=["approver"])
    order = enter(world)
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    with refuses("approval_first"):
        do(confirming.confirm_by_code, order, world.actor("sup"), code=code)
    assert db.session.scalars(db.select(OrderCode.tries)).one() == 0, "a refused try is no try"


def test_a_code_sent_for_one_order_confirms_no_other(world: World, order: Order, app: Flask) -> None:
    do(confirming.send_code, order, world.actor("sup"))
    code = mailed_code(app)
    other = enter(world, another_order=True)
    with refuses("no_live_code"):
        do(confirming.confirm_by_code, other, world.actor("sup"), code=code)


# By signed form -------------------------------------------------------------------------------------------------------


@pytest.fixture
def second(world: World) -> str:
    """A second person of support."""
    hire(world, "operator", "sup2", ["support"])
    return "sup2"


def test_a_signed_form_is_uploaded_by_one_and_checked_by_another(world: World, order: Order, second: str) -> None:
    uploaded = do(confirming.upload_form, order, world.actor("sup"), file=scan("signed.pdf"))
    assert uploaded.state == "awaiting_buyer", "an upload alone binds nobody"
    with refuses("second_person"):
        do(confirming.check_form, order, world.actor("sup"))
    done = do(confirming.check_form, order, world.actor(second))
    assert done.state == "awaiting_operator"
    assert done.person_id == world.people["pu"]
    assert (done.entry.way, done.entry.form_by, done.entry.checked_by) == (
        "form", world.people["sup"], world.people[second],
    )  # fmt: skip


def test_without_a_form_there_is_nothing_to_check(world: World, order: Order, second: str) -> None:
    with refuses("no_form"):
        do(confirming.check_form, order, world.actor(second))


def test_a_refused_form_makes_room_for_another_one(world: World, order: Order, second: str) -> None:
    do(confirming.upload_form, order, world.actor("sup"), file=scan())
    with refuses("form_waits"):
        do(confirming.upload_form, order, world.actor("sup"), file=scan())
    do(confirming.refuse_form, order, world.actor(second), reason="数量不符")
    with refuses("no_form"):
        do(confirming.check_form, order, world.actor(second))
    do(confirming.upload_form, order, world.actor(second), file=scan())
    assert do(confirming.check_form, order, world.actor("sup")).state == "awaiting_operator"


def test_staff_who_belong_to_either_side_do_not_speak_for_the_buyers_word(world: World, order: Order) -> None:
    hire_dealing(world)
    dealing = world.actor("operator_dealing")
    for verb, given in (
        (confirming.send_code, {}), (confirming.upload_form, {"file": scan()}), (confirming.check_form, {}),
        (confirming.confirm_by_code, {"code": WRONG}),
    ):  # fmt: skip
        if verb is confirming.check_form:
            do(confirming.upload_form, order, world.actor("sup"), file=scan())
        with refuses("own_dealing"):
            do(verb, order, dealing, **given)


# Online, and afterwards -----------------------------------------------------------------------------------------------


def test_affirming_online_says_so(world: World, order: Order) -> None:
    done = do(orders.affirm, order, world.actor("pu"))
    assert (done.state, done.entry.way) == ("awaiting_operator", "purchaser")


def test_what_is_confirmed_is_not_confirmed_again(world: World, order: Order) -> None:
    do(orders.affirm, order, world.actor("pu"))
    for verb, given in (
        (orders.affirm, {}), (confirming.send_code, {}), (confirming.confirm_by_code, {"code": WRONG}),
    ):  # fmt: skip
        with refuses("wrong_state"):
            do(verb, order, world.actor("pu" if verb is orders.affirm else "sup"), **given)


def test_quantities_are_those_of_the_form(world: World, order: Order) -> None:
    assert [line.quantity_micro for line in order.lines] == [pieces(2)]
