"""Answering: versions, receipts, the server's clock, and timers that never overwrite what is decided."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import graph_problems
from app.kernel.values import MICRO, Money, clock_at, new_id, now
from app.kernel.worker import ring_clocks
from app.kernel.worklist import waiting
from app.sourcing.lifecycles import QUOTE
from app.sourcing.models import Quote, Rfq
from app.sourcing.rules import MIN_AMENDMENT_EXTENSION, receipt
from tests.world import World, build
from tests.worlds.sourcing import (
    BACK,
    OPEN_FOR,
    VALID_FOR,
    again,
    answer,
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


@pytest.fixture
def asked(world: World) -> Rfq:
    return rfq(world, "open")


def words(record: Any, name: str, actor: Any, **fields: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(record, name, actor, **fields)
    return caught.value


def answers(asked: Rfq, *prices: str | None) -> list[dict[str, Any]]:
    return [answer(line, price) for line, price in zip(asked.lines, prices, strict=False)]


def facts(name: str) -> dict[str, Any]:
    event = db.session.scalars(db.select(Event).where(Event.name == name).order_by(Event.seq.desc())).first()
    assert event is not None
    found: dict[str, Any] = event.data["facts"]
    return found


def test_the_lifecycle_is_sound() -> None:
    assert graph_problems(QUOTE) == []


def test_a_supplier_quotes_once_and_again_only_after_withdrawing(world: World, asked: Rfq) -> None:
    first = quote(world, asked)
    assert refused(asked, "quote", world.actor("xiao")) == "quoted_already"
    do(first, "withdraw", world.actor("xiao"))
    second = quote(world, asked)
    assert again(second).state == "submitted"
    assert second.id != first.id


def test_only_sales_of_an_invited_supplier_quote(world: World, asked: Rfq) -> None:
    assert refused(asked, "quote", world.actor("mu")) == "not_yours"
    assert refused(asked, "quote", world.actor("pu")) == "not_yours"
    assert words(asked, "quote", world.actor("fuwu")).code == "not_there"


def test_a_suspended_supplier_neither_quotes_nor_submits(world: World, asked: Rfq) -> None:
    writing = quote(world, asked, submit=False)
    do(world.org("supplier"), "suspend", world.actor("rui"), reason="资质过期")
    do(world.org("supplier2"), "suspend", world.actor("rui"), reason="资质过期")
    assert refused(asked, "quote", world.actor("xiao2")) == "not_dealing"
    assert refused(writing, "submit", world.actor("xiao")) == "not_dealing"


def test_ids_and_numbers_tell_neither_time_nor_sequence(world: World, asked: Rfq) -> None:
    made = [quote(world, asked, name) for name in ("supplier", "supplier2")]
    today = new_id("quo")[4:9]  # ordered ids begin with the time
    assert [one.id[4:9] == today for one in made] == [False, False]
    assert [bool(re.fullmatch(r"Q-[2-9A-HJKMNP-TV-Z]{8}", one.number)) for one in made] == [True, True]


def test_every_line_is_answered_before_it_can_be_submitted(world: World, asked: Rfq) -> None:
    made = quote(world, asked, lines=answers(asked, "186000.00"), submit=False)
    missing = words(made, "submit", world.actor("xiao"))
    assert (missing.code, missing.params["position"]) == ("line_unanswered", "2")
    do(made, "edit", world.actor("xiao"), lines=answers(asked, "186000.00", None))
    assert refused(made, "submit", world.actor("xiao")) == "validity_missing"
    do(made, "edit", world.actor("xiao"), lines=answers(asked, "186000.00", None), valid_until=now() + VALID_FOR)
    do(made, "submit", world.actor("xiao"))
    assert again(made).state == "submitted"


def test_every_demand_of_an_offered_line_is_answered(world: World, asked: Rfq) -> None:
    bare = answer(asked.lines[0], "186000.00", deviations=[{"index": 0, "offered": "21000", "deviation": "positive"}])
    made = quote(world, asked, lines=[bare, answer(asked.lines[1], None)], submit=False)
    assert words(made, "submit", world.actor("xiao")).params["demand"] == "噪声"


def test_a_quote_without_any_offer_is_not_submitted(world: World, asked: Rfq) -> None:
    made = quote(world, asked, prices=(None, None), submit=False)
    assert refused(made, "submit", world.actor("xiao")) == "nothing_offered"


def test_it_must_stay_valid_beyond_the_deadline(world: World, asked: Rfq) -> None:
    made = quote(world, asked, submit=False)
    short = words(made, "edit", world.actor("xiao"), lines=answers(asked, "1.00", None), valid_until=asked.deadline)
    assert (short.code, list(short.fields)) == ("validity_short", ["valid_until"])


@pytest.mark.parametrize(
    "changes,code",
    [
        ({"price": None}, "price_missing"),
        ({"deviations": [{"index": 0, "offered": "21000", "deviation": None}]}, "deviation_missing"),
        ({"price": Money(100, "USD")}, "other_currency"),
        ({"price": Money(1, "CNY"), "basis": 1000 * MICRO, "quantity": 1}, "amount_zero"),
        ({"deviations": [{"index": 2, "offered": "", "deviation": "none"}]}, "no_such_demand"),
        ({"deviations": [{"index": 0, "offered": "", "deviation": "none"}] * 2}, "no_such_demand"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_said_at_the_line(
    world: World, asked: Rfq, changes: dict[str, Any], code: str
) -> None:
    made = quote(world, asked, submit=False)
    wrong = words(made, "edit", world.actor("xiao"), lines=[{**answer(asked.lines[0], "1.00"), **changes}])
    assert wrong.code == code
    assert list(wrong.fields["lines"]) == [0]


def test_an_entry_that_says_nothing_leaves_its_line_unanswered(world: World, asked: Rfq) -> None:
    made = quote(world, asked, submit=False)
    silent = {"line": asked.lines[1].id, "price": None, "deviations": [], "basis": MICRO, "vat": 1300}
    do(made, "edit", world.actor("xiao"), lines=[answer(asked.lines[0], "1.00"), silent])
    written = again(made).drafted
    assert written is not None
    assert [line.rfq_line_id for line in written.lines] == [asked.lines[0].id]


def test_a_line_is_answered_once_and_only_lines_of_the_request_are(world: World, asked: Rfq) -> None:
    made = quote(world, asked, submit=False)
    line = answer(asked.lines[0], "1.00")
    assert refused(made, "edit", world.actor("xiao"), lines=[line, line]) == "line_twice"
    strange = rfq(world, "open").lines[0]
    assert refused(made, "edit", world.actor("xiao"), lines=[answer(strange, "1.00")]) == "not_there"


def test_submitting_freezes_a_version_and_gives_its_hash_as_a_receipt(world: World, asked: Rfq) -> None:
    made = again(quote(world, asked))
    version = made.current
    assert version.submitted_at is not None
    assert version.digest == receipt(made, version)
    assert facts("quote.submit") == {"revision": 1, "digest": version.digest}
    assert refused(made, "edit", world.actor("xiao"), lines=answers(asked, "1.00", None)) == "nothing_written"
    assert refused(made, "submit", world.actor("xiao")) == "nothing_written"
    assert waiting(world.actor("xiao")) == []


def test_the_receipt_changes_with_every_promise(world: World, asked: Rfq) -> None:
    made = again(quote(world, asked))
    version, before = made.current, made.current.digest
    version.lines[0].price_minor += 1
    assert receipt(made, version) != before
    version.lines[0].price_minor -= 1
    version.lines[0].warranty_months = 12
    assert receipt(made, version) != before
    db.session.rollback()


def test_a_revision_counts_from_its_submission_and_not_before(world: World, asked: Rfq) -> None:
    made = quote(world, asked)
    do(made, "revise", world.actor("xiao"))
    assert refused(made, "revise", world.actor("xiao")) == "revision_open"
    do(made, "edit", world.actor("xiao"), lines=answers(asked, "170000.00", "5000.00"), valid_until=now() + VALID_FOR)
    revised = again(made)
    assert revised.state == "submitted"
    assert revised.current.total == Money(37_800_000, "CNY")
    do(made, "submit", world.actor("xiao"))
    submitted = again(made)
    assert (submitted.revision, submitted.current.total) == (2, Money(34_500_000, "CNY"))
    assert [version.total.minor for version in submitted.versions] == [37_800_000, 34_500_000]
    assert submitted.versions[0].digest != submitted.versions[1].digest


def test_a_revision_that_is_not_submitted_in_time_is_opened_by_nobody(world: World) -> None:
    with clock_at(BACK):
        made_for = rfq(world, "open")
        made = quote(world, made_for)
        do(made, "revise", world.actor("xiao"))
        do(made, "edit", world.actor("xiao"), lines=answers(made_for, "1.00", "1.00"), valid_until=now() + VALID_FOR)
    close(made_for)
    opened = again(made)
    assert opened.current.total == Money(37_800_000, "CNY")
    assert refused(opened, "submit", world.actor("xiao")) == "too_late"


def test_late_is_refused_by_the_servers_clock_and_the_words_name_the_deadline(world: World, asked: Rfq) -> None:
    writing = quote(world, asked, submit=False)
    with clock_at(asked.deadline - timedelta(seconds=5)):
        do(writing, "edit", world.actor("xiao"), lines=answers(asked, "1.00", "1.00"), valid_until=now() + VALID_FOR)
    with clock_at(asked.deadline):
        late = words(writing, "submit", world.actor("xiao"))
        assert late.code == "too_late"
        assert late.params == {"deadline": asked.deadline}
        assert refused(writing, "edit", world.actor("xiao"), lines=answers(asked, "1.00", "1.00")) == "too_late"
        assert refused(writing, "withdraw", world.actor("xiao")) == "too_late"
        assert refused(asked, "quote", world.actor("xiao2")) == "too_late"
    assert again(writing).state == "draft"


def test_withdrawing_leaves_the_receipt_on_record_and_asks_anew(world: World, asked: Rfq) -> None:
    made = quote(world, asked)
    do(made, "withdraw", world.actor("xiao"), remark="无货")
    gone = again(made)
    assert gone.state == "withdrawn"
    assert facts("quote.withdraw") == {"revision": 1, "digest": gone.current.digest}
    assert [row.record.id for row in waiting(world.actor("xiao"))] == [asked.id]


def amended(world: World, asked: Rfq, **fields: Any) -> None:
    do(asked, "amend", world.actor("pu"), reason="更正", deadline=asked.deadline + MIN_AMENDMENT_EXTENSION, **fields)


def test_a_void_quote_counts_again_once_it_is_confirmed(world: World, asked: Rfq) -> None:
    made = quote(world, asked)
    amended(world, asked)
    assert again(made).state == "void"
    short = words(made, "reconfirm", world.actor("xiao"), valid_until=again(asked).deadline)
    assert short.code == "validity_short"
    do(made, "reconfirm", world.actor("xiao"), valid_until=again(asked).deadline + VALID_FOR)
    confirmed = again(made)
    assert (confirmed.state, confirmed.amendment, confirmed.revision) == ("submitted", 1, 1)
    assert waiting(world.actor("xiao")) == []


def test_a_void_quote_is_not_confirmed_over_a_line_that_was_added(world: World, asked: Rfq) -> None:
    made = quote(world, asked)
    amended(world, asked, lines=[{"title": "离心瓶", "quantity": 4 * MICRO}])
    missing = words(made, "reconfirm", world.actor("xiao"), valid_until=now() + VALID_FOR)
    assert (missing.code, missing.params["position"]) == ("line_unanswered", "3")
    do(made, "revise", world.actor("xiao"))
    lines = answers(again(asked), "186000.00", "6000.00", "1080.00")
    do(made, "edit", world.actor("xiao"), lines=lines, valid_until=now() + VALID_FOR)
    do(made, "submit", world.actor("xiao"))
    assert again(made).state == "submitted"
    assert again(made).amendment == 1


def test_a_void_quote_that_is_not_confirmed_in_time_is_never_opened(world: World) -> None:
    with clock_at(timedelta(days=-4)):
        asked = rfq(world, "open")
        made = quote(world, asked)
        amended(world, asked)
    close(asked)
    assert again(made).state == "expired"
    assert again(made).opened_at is None
    assert refused(made, "reconfirm", world.actor("xiao"), valid_until=now() + VALID_FOR) == "never_opened"


def test_validity_is_only_ever_extended(world: World, asked: Rfq) -> None:
    made = again(quote(world, asked))
    until = made.valid_until
    assert refused(made, "extend_validity", world.actor("xiao"), valid_until=until) == "validity_short"
    do(made, "extend_validity", world.actor("xiao"), valid_until=until + VALID_FOR)
    assert again(made).valid_until == until + VALID_FOR
    assert again(made).current.valid_until == until  # what was hashed stays as it was


def test_an_expired_quote_is_confirmed_anew_after_the_opening(world: World) -> None:
    asked, offers = evaluated(world)
    made = offers["supplier"]
    with clock_at(VALID_FOR):
        ring_clocks()
        assert again(made).state == "expired"
        do(made, "reconfirm", world.actor("xiao"), valid_until=now() + VALID_FOR)
        assert again(made).state == "submitted"
    do(asked, "fail", world.actor("pu"), reason="x")
    with clock_at(3 * VALID_FOR):
        assert refused(made, "reconfirm", world.actor("xiao"), valid_until=now() + VALID_FOR) == "wrong_state"


@pytest.mark.parametrize("state", ["won", "lost", "withdrawn"])
def test_the_clock_never_overwrites_what_is_decided(world: World, state: str) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open", invite=("supplier", "supplier2", "service"))
        made = {name: quote(world, asked, name) for name in ("supplier", "supplier2", "service")}
        do(made["service"], "withdraw", world.actor("fuwu"))
    close(asked)
    chosen = award(world, asked, [(made["supplier"], 0, 2 * MICRO), (made["supplier"], 1, MICRO)], "approved")
    for line in chosen.lines:
        do(chosen, "confirm_line", SYSTEM_ACTOR, award_line_id=line.id)
    decided = {"won": made["supplier"], "lost": made["supplier2"], "withdrawn": made["service"]}[state]
    assert again(decided).state == state
    with clock_at(10 * VALID_FOR):
        ring_clocks()
        assert again(decided).state == state
        assert refused(decided, "expire", SYSTEM_ACTOR) == "wrong_state"


def test_the_clock_expires_what_is_still_open(world: World) -> None:
    _, offers = evaluated(world)
    assert ring_clocks() == 0
    with clock_at(VALID_FOR + OPEN_FOR):
        assert ring_clocks() == 2
    assert {again(one).state for one in offers.values()} == {"expired"}


def test_a_supplier_acts_on_its_own_quote_only(world: World, asked: Rfq) -> None:
    made = quote(world, asked)
    for name, fields in (("withdraw", {}), ("revise", {}), ("extend_validity", {"valid_until": now() + 9 * VALID_FOR})):
        for stranger in ("xiao2", "pu", "lab2pu", "rui", "wang", "shen"):
            assert words(made, name, world.actor(stranger), **fields).code == "not_there", (name, stranger)
        assert refused(made, name, world.actor("mu"), **fields) == "not_yours"
    assert db.session.get_one(Quote, made.id).state == "submitted"
