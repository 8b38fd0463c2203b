"""The worker verifies the chain: when, from where, and what it writes down; the badge and the roots read only that."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import chain_checks
from app.kernel.chain_checks import ChainCheck, check_chain
from app.kernel.db import db
from app.kernel.events import ChainHead, Event
from app.kernel.values import clock_at
from app.ledger import triggers
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def checks() -> list[tuple[str, int, int, int]]:
    """(scope, from, up to, findings) of every check, oldest first."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(ChainCheck).order_by(ChainCheck.at, ChainCheck.id))
    return [(row.scope, row.from_seq, row.seq, row.finding_count) for row in rows]


def head() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(ChainHead.seq)) or 0


def tamper(statement: str) -> None:
    """Somebody with the database's own password has been there."""
    db.session.rollback()
    with db.engine.begin() as connection:
        triggers.uninstall(connection)
        assert connection.execute(sa.text(statement)).rowcount


def test_the_first_check_is_of_the_whole_chain_and_the_next_ones_of_what_was_added(world: World) -> None:
    first = head()
    assert check_chain() == 1
    assert checks() == [("whole", 0, first, 0)]
    assert check_chain() == 0
    listing(world)
    second = head()
    assert second > first
    with clock_at(timedelta(minutes=4)):
        assert check_chain() == 0
    with clock_at(timedelta(minutes=6)):
        assert check_chain() == 1
        assert check_chain() == 0
    assert checks() == [("whole", 0, first, 0), ("added", first, second, 0)]


def test_once_a_day_everything_is_verified(world: World) -> None:
    del world
    check_chain()
    with clock_at(timedelta(hours=23)):
        check_chain()
    with clock_at(timedelta(hours=25)):
        check_chain()
    assert [scope for scope, *_ in checks()] == ["whole", "added", "whole"]


def test_a_check_remembers_the_hash_of_the_event_up_to_which_it_went(world: World) -> None:
    del world
    check_chain()
    last = chain_checks.newest()
    assert last is not None
    assert last.hash == db.session.scalar(sa.select(Event.hash).where(Event.seq == last.seq))
    assert [root.hash for root in chain_checks.roots(5)] == [last.hash]


def test_what_was_added_and_does_not_fit_is_found_within_minutes(world: World) -> None:
    check_chain()
    listing(world)
    tamper(f"UPDATE event SET name = 'listing.forged' WHERE seq = {head()}")
    with clock_at(timedelta(minutes=6)):
        check_chain()
    last = chain_checks.newest()
    assert last is not None
    assert not last.sound
    assert last.findings[0].startswith(f"event {head()} ")


def test_a_change_in_the_past_is_found_by_the_check_of_the_whole(world: World) -> None:
    check_chain()
    tamper("UPDATE event SET body = replace(body, 'admitted', 'rejected') WHERE seq = 1")
    listing(world)
    with clock_at(timedelta(minutes=6)):
        check_chain()
    assert checks()[-1][3] == 0
    with clock_at(timedelta(hours=25)):
        check_chain()
        assert [scope for scope, *_ in checks()] == ["whole", "added", "whole"]
        last = chain_checks.newest()
        assert last is not None
        assert "event 1 " in last.findings[0]
        assert check_chain() == 0
    with clock_at(timedelta(hours=27)):
        assert check_chain() == 1  # a broken chain is looked at whole again
    assert checks()[-1][0] == "whole"


def test_a_deleted_end_is_found(world: World) -> None:
    check_chain()
    listing(world)
    last = head()
    tamper(f"DELETE FROM event_reader WHERE seq = {last}")
    tamper(f"DELETE FROM event WHERE seq = {last}")
    with clock_at(timedelta(minutes=6)):
        check_chain()
    newest = chain_checks.newest()
    assert newest is not None
    assert newest.findings == [f"chain head: does not match event {last - 1}"]


def test_checks_of_what_was_added_are_not_kept_for_ever_and_those_of_the_whole_are(world: World) -> None:
    del world
    check_chain()
    with clock_at(timedelta(minutes=6)):
        check_chain()
    with clock_at(timedelta(days=31)):
        check_chain()
    assert [scope for scope, *_ in checks()] == ["whole", "whole"]


def test_the_badge_says_what_the_last_check_found(app: Flask, world: World) -> None:
    auditor = Visitor(app, world, "shen")
    assert "Not verified yet" in auditor.get("/audit").text
    check_chain()
    seq = head()
    page = auditor.get("/audit")
    assert "Chain verified" in page.text
    assert f"up to event {seq}" in page.text
    assert "链已核验" in Visitor(app, world, "wang", language="zh").get("/audit").text
    with clock_at(timedelta(hours=2)):
        assert (
            "Verification is old" in Visitor(app, world, "shen").get("/audit").text
        )  # the first session is idle by now
    tamper("UPDATE event SET name = 'x.y' WHERE seq = 2")
    with clock_at(timedelta(hours=25)):
        check_chain()
    page = auditor.get("/audit")
    assert "Chain broken" in page.text
    assert "event 2 " in page.text


def test_the_roots_of_the_days_are_taken_away_as_csv(app: Flask, world: World) -> None:
    check_chain()
    response = Visitor(app, world, "wang").client.get("/audit/roots.csv")
    lines = response.get_data(as_text=True).lstrip("\ufeff").splitlines()
    root = chain_checks.roots(1)[0]
    assert lines[0] == "verified_at,seq,hash,sound,findings"
    assert lines[1].endswith(f",{root.seq},{root.hash},yes,0")
    assert Visitor(app, world, "cai").client.get("/audit/roots.csv").status_code == 404
