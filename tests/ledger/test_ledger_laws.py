"""Laws of the ledger: any sequence of posts balances, and whoever writes past the program is found and named."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import verify as verify_chain
from app.kernel.values import Money, new_id
from app.ledger.posting import balance, post
from app.ledger.triggers import uninstall
from tests.ledger.test_posting import acting, arrives, cny, faults

pytestmark = pytest.mark.database_matters

CODES = [
    "bank",
    "gateway",
    "held:ord_a",
    "held:ord_b",
    "payable:org_s",
    "refund_due:org_b",
    "commission:operator",
    "vat",
]
moves = st.lists(
    st.tuples(
        st.sampled_from(CODES), st.sampled_from(CODES), st.integers(1, 10**13), st.sampled_from(["CNY", "JPY", "USD"])
    ).filter(lambda move: move[0] != move[1]),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves)
def test_any_sequence_of_posts_keeps_every_sum_at_zero(app: Flask, moves: list[tuple[str, str, int, str]]) -> None:
    """Refused or not, each currency sums to zero and the stored balances are those of the accepted moves."""
    expected: dict[tuple[str, str], int] = defaultdict(int)
    refusals: set[str] = set()
    before = {(code, ccy): balance(code, ccy).minor for code in CODES for ccy in ("CNY", "JPY", "USD")}
    db.session.rollback()
    for debit, credit, minor, currency in moves:
        try:
            with acting():
                post(
                    f"move:{new_id('mov')}",
                    "test",
                    [(debit, Money(minor, currency)), (credit, Money(-minor, currency))],
                )
        except Refusal as refused:
            refusals.add(refused.code)
            continue
        expected[debit, currency] += minor
        expected[credit, currency] -= minor
    assert refusals <= {"not_enough_money"}
    for place, minor in before.items():
        assert balance(*place).minor == minor + expected[place]
    assert [fault for fault in faults() if not fault.startswith("cover")] == []
    db.session.rollback()


TAMPERINGS = {
    "an amount": ("UPDATE entry_line SET amount_minor = 501 WHERE entry_id = '{id}' AND amount_minor = 500", "{id}"),
    "both amounts": ("UPDATE entry_line SET amount_minor = amount_minor * 2 WHERE entry_id = '{id}'", "{id}"),
    "the account of a line": (
        "UPDATE entry_line SET account_id = (SELECT id FROM ledger_account WHERE code = 'held:ord_b') "  # noqa: ISC004
        "WHERE entry_id = '{id}' AND amount_minor < 0",
        "{id}",
    ),
    "a balance": ("UPDATE ledger_account SET balance_minor = balance_minor + 1 WHERE code = 'bank'", "account bank"),
    "the name of an account": ("UPDATE ledger_account SET code = 'held:ord_c' WHERE code = 'held:ord_a'", "{id}"),
    "a memo": ("UPDATE entry SET memo = 'gift' WHERE id = '{id}'", "{id}"),
    "a key": ("UPDATE entry SET key = 'payment:pay_9:1' WHERE id = '{id}'", "{id}"),
    "a time": ("UPDATE entry SET at = '2020-01-01 00:00:00' WHERE id = '{id}'", "{id}"),
    "a body": ("UPDATE entry SET body = replace(body, '500', '700') WHERE id = '{id}'", "{id}"),
    "a body that is no JSON": ("UPDATE entry SET body = 'x' WHERE id = '{id}'", "{id}"),
    "a digest": ("UPDATE entry SET digest = replace(digest, substr(digest, 1, 1), 'x') WHERE id = '{id}'", "{id}"),
    "a lost line": ("DELETE FROM entry_line WHERE entry_id = '{id}' AND amount_minor = 500", "{id}"),
    "a lost entry": ("DELETE FROM entry_line WHERE entry_id = '{id}'; DELETE FROM entry WHERE id = '{id}'", "{id}"),
    "an added entry": (
        "INSERT INTO entry (id, key, at, memo, event_id, body, salt, digest) "  # noqa: ISC004
        "SELECT 'ent_forged', 'forged', at, memo, event_id, body, salt, digest "
        "FROM entry WHERE id = '{id}'", "ent_forged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_whoever_changes_a_row_past_the_program_is_found_and_named(app: Flask, what: str) -> None:
    with acting():
        arrives("payment:pay_0:1", 300, order="ord_b")
        made = arrives("payment:pay_1:1", 500)
    statement, named = (text.format(id=made.id) for text in TAMPERINGS[what])
    assert faults() == []
    db.session.rollback()
    with db.engine.begin() as connection:
        uninstall(connection)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for one in statement.split("; "):
            connection.execute(sa.text(one))
    found = faults()
    assert any(named in fault for fault in found), found


def test_whoever_rewrites_entry_and_digest_still_has_the_chain_against_him(app: Flask) -> None:
    with acting():
        made = arrives("payment:pay_1:1", 500)
    db.session.rollback()
    with db.engine.begin() as connection:
        uninstall(connection)
        connection.execute(sa.text(f"UPDATE event SET body = replace(body, '{made.digest}', '{'0' * 64}')"))
        connection.execute(sa.text(f"UPDATE entry SET digest = '{'0' * 64}'"))
    assert any(made.id in fault for fault in faults())
    assert list(verify_chain(db.session())) != []


GHOST = [
    "INSERT INTO entry_line (entry_id, account_id, currency, amount_minor) "
    f"SELECT 'ent_ghost', id, 'CNY', {minor} FROM ledger_account WHERE code = '{code}'"
    for code, minor in (("bank", 9), ("held:ord_a", -9))
] + [
    f"UPDATE ledger_account SET balance_minor = balance_minor + {minor} WHERE code = '{code}'"
    for code, minor in (("bank", 9), ("held:ord_a", -9))
]


def past_all_references(statements: list[str]) -> None:
    """Execute as somebody who has switched references and triggers off."""
    if db.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(db.engine.url.database))) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("SET session_replication_role = origin")


def test_money_that_was_never_there_is_found_even_when_everything_adds_up(app: Flask) -> None:
    """Lines of an entry that does not exist, with balances to match."""
    with acting():
        arrives("payment:pay_1:1", 500)
    past_all_references(GHOST)
    assert faults() == ["entry ent_ghost: has lines, but is not there itself"]


def test_one_currency_does_not_cover_another(app: Flask) -> None:
    with acting():
        arrives("a", 100)
        post("b", "test", [("gateway_fees", Money(7, "USD")), ("bank", Money(-7, "USD"))])
    assert faults() == ["cover USD: bank and gateway hold 7 minor units less than belongs to others"]
    assert balance("bank", "CNY") == cny(100)
