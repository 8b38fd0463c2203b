"""The one function that moves money: what it takes, what it refuses, and what the database refuses by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event, Pending
from app.kernel.values import Money, new_id, now
from app.kernel.work import unit_of_work
from app.ledger.models import Entry, EntryLine, LedgerAccount
from app.ledger.posting import KeyReused, balance, balances, covers, hold, lines_of, opening, post
from app.ledger.triggers import missing, statements
from app.ledger.verification import verify

pytestmark = pytest.mark.database_matters


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@contextmanager
def acting() -> Iterator[None]:
    """A unit of work with an action running in it."""
    with unit_of_work() as work:
        event = Pending(name="test.act", object_id=new_id("tst"), actor=SYSTEM_ACTOR.reference(), cause=None)
        work.pending.append(event)
        work.doing.append(event)
        yield
        work.doing.pop()


def arrives(key: str, minor: int, *, order: str = "ord_a") -> Entry:
    """A transfer for an order."""
    return post(key, "payment", [("bank", cny(minor)), (f"held:{order}", cny(-minor))])


def faults() -> list[str]:
    return list(verify(db.session()))


def test_an_entry_changes_the_balances_of_its_accounts_and_stands_in_the_chain(app: Flask) -> None:
    with acting():
        made = arrives("payment:pay_1:1", 6_000_000)
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc())).first()
    assert balance("bank", "CNY") == cny(6_000_000)
    assert balance("held:ord_a", "CNY") == cny(-6_000_000)
    assert event is not None
    assert event.id == made.event_id
    assert event.data["facts"]["entries"] == [{"id": made.id, "key": made.key, "digest": made.digest}]
    assert faults() == []


def test_money_moves_inside_an_action_only(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="action"), unit_of_work():
        arrives("payment:pay_1:1", 100)
    with pytest.raises(RuntimeError, match="unit of work"):
        arrives("payment:pay_1:1", 100)
    assert balance("bank", "CNY") == cny(0)


def test_the_same_key_with_the_same_lines_is_the_same_entry(app: Flask) -> None:
    with acting():
        first = arrives("payment:pay_1:1", 500)
        assert arrives("payment:pay_1:1", 500).id == first.id
    with acting():
        assert arrives("payment:pay_1:1", 500).id == first.id
    assert balance("bank", "CNY") == cny(500)
    assert faults() == []


def test_the_same_key_with_other_lines_is_refused(app: Flask) -> None:
    with acting():
        arrives("payment:pay_1:1", 500)
    with pytest.raises(KeyReused), acting():
        arrives("payment:pay_1:1", 501)
    with pytest.raises(KeyReused), acting():
        post("payment:pay_1:1", "other", [("bank", cny(500)), ("held:ord_a", cny(-500))])
    assert balance("bank", "CNY") == cny(500)


@pytest.mark.parametrize(
    "lines",
    [
        [("bank", cny(100)), ("held:ord_a", cny(-99))],
        [("bank", cny(100)), ("held:ord_a", Money(-100, "USD"))],
        [("bank", cny(0)), ("held:ord_a", cny(0))],
        [("bank", cny(5)), ("bank", cny(-5))],
        [("pocket", cny(5)), ("bank", cny(-5))],
        [],
    ],
)
def test_lines_that_do_not_balance_or_move_nothing_are_refused(app: Flask, lines: list[tuple[str, Money]]) -> None:
    with pytest.raises(ValueError, match=r"zero|two accounts|kind"), acting():
        post("test:1", "test", lines)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0


def test_two_currencies_balance_each_by_itself(app: Flask) -> None:
    with acting():
        post(
            "test:1", "test",
            [("bank", cny(100)), ("held:ord_a", cny(-100)), ("bank", Money(7, "USD")),
             ("held:ord_b", Money(-7, "USD"))],
        )  # fmt: skip
    assert balance("bank", "USD") == Money(7, "USD")
    assert balances("held") == {"held:ord_a": [cny(-100)], "held:ord_b": [Money(-7, "USD")]}
    assert faults() == []


def test_lines_on_one_account_are_added_up(app: Flask) -> None:
    with acting():
        post("test:1", "test", [("bank", cny(60)), ("bank", cny(40)), ("held:ord_a", cny(-100)), ("vat", cny(0))])
    assert [(entry.key, amount) for entry, amount in lines_of("bank", "CNY")] == [("test:1", cny(100))]


@pytest.mark.parametrize("code", ["held:ord_a", "refund_due:org_b", "in_transit:org_s", "unallocated"])
def test_money_of_others_never_falls_below_zero(app: Flask, code: str) -> None:
    with acting():
        post("test:1", "test", [("bank", cny(100)), (code, cny(-100))])
    with pytest.raises(Refusal) as refused, acting():
        post("test:2", "test", [(code, cny(101)), ("bank", cny(-101))])
    assert refused.value.code == "not_enough_money"
    assert balance(code, "CNY") == cny(-100)
    assert faults() == []


def test_what_is_payable_to_a_supplier_may_turn_round(app: Flask) -> None:
    with acting():
        arrives("payment:pay_1:1", 100)
        post("test:2", "test", [("payable:org_s", cny(50)), ("refund_due:org_b", cny(-50))])
    assert balance("payable:org_s", "CNY") == cny(50)


def test_a_payment_that_is_rolled_back_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), acting():
        assert arrives("payment:pay_1:1", 100).id is None or 1 / 0
    assert balance("bank", "CNY") == cny(0)
    assert faults() == []


def test_an_account_knows_its_movements_of_a_period(app: Flask) -> None:
    with acting():
        arrives("a", 100)
    middle = now()
    with acting():
        arrives("b", 50)
    assert [entry.key for entry, _ in lines_of("bank", "CNY", until=middle)] == ["a"]
    assert [entry.key for entry, _ in lines_of("bank", "CNY", since=middle)] == ["b"]
    assert opening("bank", "CNY", middle) == cny(100)
    assert opening("bank", "CNY", now()) == cny(150)


def test_holding_an_account_gives_its_balance_even_where_it_was_never_used(app: Flask) -> None:
    with acting():
        assert hold("bank", "CNY") == cny(0)
        arrives("a", 100)
        assert hold("bank", "CNY") == cny(100)


def test_cover_is_what_is_left_after_the_money_of_others(app: Flask) -> None:
    with acting():
        arrives("a", 100)
        post("b", "release", [("held:ord_a", cny(100)), ("payable:org_s", cny(-98)), ("commission:operator", cny(-2))])
    assert covers() == {"CNY": cny(2)}


def test_paying_out_more_than_is_there_is_named(app: Flask) -> None:
    with acting():
        arrives("a", 100)
        post("b", "test", [("float:operator", cny(30)), ("bank", cny(-30))])
    assert faults() == ["cover CNY: bank and gateway hold 30 minor units less than belongs to others"]


# What the database itself refuses.


def refused_by_the_database(statement: str) -> bool:
    """Whether a statement fails, at once or at the commit; for what it says, not because the test itself is writing."""
    db.session.rollback()
    try:
        with db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    except DBAPIError as refused:
        return "locked" not in str(refused.orig)
    return False


ADD_LINE = (
    "INSERT INTO entry_line (entry_id, account_id, currency, amount_minor) VALUES ('{entry}', '{account}', 'CNY', 1)"
)


@pytest.fixture
def booked(app: Flask) -> Entry:
    """One entry."""
    with acting():
        return arrives("payment:pay_1:1", 500)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET memo = 'other'",
        "DELETE FROM entry",
        "UPDATE entry_line SET amount_minor = amount_minor + 1",
        "DELETE FROM entry_line",
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "UPDATE event_reader SET org_id = 'org_x'",
        "UPDATE ledger_account SET code = 'bank'",
        "DELETE FROM ledger_account",
    ],
)
def test_what_is_written_stays_written(booked: Entry, statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO event_reader (org_id, seq) VALUES ('org_r', 1)"))
    assert refused_by_the_database(statement)
    assert faults() == []


def test_an_erased_remark_may_go_but_never_change(booked: Entry) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO event_words (event_id, salt, words) VALUES (:e, 's', 'w')"), {"e": booked.event_id}
        )
    assert refused_by_the_database("UPDATE event_words SET words = 'x'")
    assert not refused_by_the_database("DELETE FROM event_words")


def test_a_line_cannot_be_added_to_an_entry(booked: Entry) -> None:
    other = db.session.scalars(sa.select(LedgerAccount.id).where(LedgerAccount.code == "bank")).one()
    assert refused_by_the_database(ADD_LINE.format(entry=booked.id, account=other))
    with acting():
        post("b", "test", [("vat", cny(5)), ("rounding", cny(-5))])
    vat = db.session.scalars(sa.select(LedgerAccount.id).where(LedgerAccount.code == "vat")).one()
    assert refused_by_the_database(ADD_LINE.format(entry=booked.id, account=vat))


def seal_past_the_program(booked: Entry, lines: list[tuple[str, str, int]], *, event_id: str | None = None) -> None:
    """Insert lines and their entry as an intruder with SQL would."""
    with db.engine.begin() as connection:
        for code, currency, minor in lines:
            account = connection.scalar(sa.select(LedgerAccount.id).where(LedgerAccount.code == code))
            connection.execute(
                sa.insert(EntryLine).values(entry_id="ent_x", account_id=account, currency=currency, amount_minor=minor)
            )
        connection.execute(
            sa.insert(Entry).values(
                id="ent_x", key="k", at=now(), memo="m", event_id=event_id or booked.event_id, body="{}", salt="s",
                digest="d" * 64,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        [("bank", "CNY", 5), ("held:ord_a", "CNY", -4)],
        [("bank", "CNY", 5), ("held:ord_a", "USD", -5)],
        [("bank", "CNY", 5), ("held:ord_z", "CNY", -5)],
        [("bank", "CNY", 0), ("held:ord_a", "CNY", 0)],
        [("bank", "CNY", 5)],
        [],
    ],
)
def test_an_entry_written_past_the_program_must_balance(booked: Entry, lines: list[tuple[str, str, int]]) -> None:
    with pytest.raises(DBAPIError):
        seal_past_the_program(booked, lines)
    assert faults() == []


def test_lines_without_an_entry_do_not_stay(booked: Entry) -> None:
    account = db.session.scalars(sa.select(LedgerAccount.id).where(LedgerAccount.code == "bank")).one()
    assert refused_by_the_database(ADD_LINE.format(entry="ent_x", account=account))
    assert faults() == []


def test_an_entry_needs_its_event_in_the_chain(booked: Entry) -> None:
    with pytest.raises(DBAPIError):
        seal_past_the_program(booked, [("bank", "CNY", 5), ("held:ord_a", "CNY", -5)], event_id=new_id("evt"))
    assert faults() == []


def test_even_a_balanced_entry_past_the_program_is_named(booked: Entry) -> None:
    seal_past_the_program(booked, [("bank", "CNY", 5), ("held:ord_a", "CNY", -5)])
    assert any("ent_x" in fault for fault in faults())


def test_a_row_cannot_be_replaced(booked: Entry) -> None:
    """SQLite's REPLACE deletes without asking the triggers; PostgreSQL has no such word."""
    if db.engine.dialect.name == "sqlite":
        assert refused_by_the_database("INSERT OR REPLACE INTO entry SELECT * FROM entry")
        assert refused_by_the_database("INSERT OR REPLACE INTO event SELECT * FROM event")
        assert refused_by_the_database("INSERT OR REPLACE INTO entry_line SELECT * FROM entry_line")
    else:
        assert refused_by_the_database("TRUNCATE entry, entry_line CASCADE")
        assert refused_by_the_database("TRUNCATE event CASCADE")
    assert faults() == []


def test_the_doctor_sees_when_a_trigger_is_missing(app: Flask) -> None:
    with db.engine.begin() as connection:
        assert missing(connection) == []
        table, name, _ = statements(db.engine.dialect.name)[0]
        on = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        assert missing(connection) == [name]


def test_lines_are_rows_as_well_as_words(booked: Entry) -> None:
    rows = db.session.scalars(sa.select(EntryLine.amount_minor).where(EntryLine.entry_id == booked.id)).all()
    assert sorted(rows) == [-500, 500]
