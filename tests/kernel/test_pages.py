"""Paging by the last row seen: nothing twice, nothing left out, and no cursor that breaks anything."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import visible
from app.kernel.pages import BAD_CURSOR, MAX_PAGE_ROWS, _decode, page
from app.kernel.values import new_id
from app.kernel.work import unit_of_work
from tests.kernel.kettles import Kettle
from tests.kernel.rounds import rounds, tries
from tests.world import World

pytestmark = pytest.mark.database_matters


def put(count: int, *, buyer: str = "org") -> list[str]:
    made = [new_id("ket") for _ in range(count)]
    with unit_of_work():
        for one in made:
            db.session.add(Kettle(id=one, state="cold", label=one, buyer_id=buyer))
    return made


def read(after: str | None = None, limit: int = 50) -> Any:
    return page(visible(Kettle, SYSTEM_ACTOR), Kettle, after=after, limit=limit)


def walk(limit: int, meanwhile: Any = lambda: None) -> list[str]:
    seen: list[str] = []
    cursor = None
    for _ in range(1_000):
        found = read(cursor, limit)
        seen += [row.id for row in found.items]
        cursor = found.next
        if cursor is None:
            return seen
        meanwhile()
    raise AssertionError("paging does not end")


def test_pages_hold_every_row_once_the_newest_first(park: World) -> None:
    del park
    made = put(7)
    for limit in (1, 2, 3, 7, 8):
        assert walk(limit) == sorted(made, reverse=True)


def test_a_page_that_is_just_full_is_the_last(park: World) -> None:
    del park
    put(4)
    assert read(limit=4).next is None
    assert read(limit=3).next is not None
    assert read(limit=50).next is None


def test_an_empty_list_is_one_empty_page(park: World) -> None:
    del park
    assert (read().items, read().next) == ([], None)


@pytest.mark.prove
def test_rows_that_come_and_go_meanwhile_make_no_row_skip_or_repeat(park: World) -> None:
    del park
    there = put(rounds(12, 300))

    def meanwhile() -> None:
        put(2)
        with unit_of_work():
            newest = sa.select(Kettle.id).where(Kettle.id.not_in(there)).order_by(Kettle.id).limit(1)
            db.session.execute(sa.delete(Kettle).where(Kettle.id.in_(newest)))

    seen = walk(5, meanwhile)
    assert len(seen) == len(set(seen))
    assert [one for one in seen if one in set(there)] == sorted(there, reverse=True)


def test_a_row_that_was_deleted_is_still_a_place_to_go_on_from(park: World) -> None:
    del park
    made = sorted(put(6), reverse=True)
    first = read(limit=2)
    with unit_of_work():
        db.session.execute(sa.delete(Kettle).where(Kettle.id == made[1]))
    assert [row.id for row in read(first.next, 10).items] == made[2:]


def test_a_page_has_at_least_one_row_and_at_most_a_limit(park: World) -> None:
    del park
    put(3)
    assert len(read(limit=0).items) == len(read(limit=-5).items) == 1
    put(MAX_PAGE_ROWS)
    assert len(read(limit=10**9).items) == MAX_PAGE_ROWS


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "text",
    ["", "=", "%%%", "null", "ä", "\x00", "A" * 5_000, "[" * 5_000, cursor(None), cursor([]), cursor([1]),
     cursor(["a", "b"]), cursor([None]), cursor([["a"]]), cursor(["a" * 31]), cursor(["\x00"]), cursor(["ä"]),
     cursor(["\ud800"]), cursor(10**400), base64.urlsafe_b64encode(b"[" * 100_000).decode(),
     base64.urlsafe_b64encode(b'["\xff"]').decode(), base64.urlsafe_b64encode(b"[" + b"9" * 9_000 + b"]").decode()],
    ids=lambda text: ascii(text)[:20],
)  # fmt: skip
def test_hostile_cursors_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        _decode(text)
    assert refused.value.code == BAD_CURSOR.code


@tries(200, 20_000)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    try:
        _decode(text)
    except Refusal as refused:
        assert refused.code == BAD_CURSOR.code  # noqa: PT017


def test_a_cursor_made_up_shows_nothing_that_the_list_would_not(park: World) -> None:
    put(2, buyer=park.organisations["lab"])
    theirs = put(2, buyer=park.organisations["lab2"])
    statement = visible(Kettle, park.actor("pu"))
    for text in (cursor(["z" * 30]), cursor([theirs[1]]), cursor(["' OR 1=1 --"])):
        assert not {row.id for row in page(statement, Kettle, after=text).items} & set(theirs)
