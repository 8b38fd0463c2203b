"""Ids that say their kind and nothing else, and the one clock of the program."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.kernel.values import ID_LENGTH, clock_at, new_id, now

SHAPE = re.compile(r"[a-z]{3}_[0-9abcdefghjkmnpqrstvwxyz]{26}")
"""Base 32 without i, l, o and u, which people misread on the phone."""


def wall() -> datetime:
    """The machine's own clock, past ours."""
    return datetime.fromtimestamp(time.time(), UTC)


def milliseconds(made: str) -> int:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    number = 0
    for char in made.partition("_")[2]:
        number = number * 32 + alphabet.index(char)
    return number >> 80


def test_an_id_is_its_prefix_and_26_characters_that_nobody_misreads() -> None:
    for ordered in (True, False):
        made = new_id("ord", ordered=ordered)
        assert len(made) == ID_LENGTH
        assert SHAPE.fullmatch(made)


def test_ordered_ids_sort_by_the_millisecond_they_were_made_in() -> None:
    made = [new_id("ord") for _ in range(2_000)]
    assert [milliseconds(one) for one in made] == sorted(milliseconds(one) for one in made)
    assert made == sorted(made)
    assert abs(milliseconds(made[0]) - time.time() * 1_000) < 60_000
    assert "ord_" + "0" * 26 < made[0] < "ord_" + "z" * 26


def test_ids_of_many_threads_are_all_different_and_rise_in_each() -> None:
    made: list[list[str]] = [[] for _ in range(4)]
    threads = [threading.Thread(target=lambda own: own.extend(new_id("ord") for _ in range(500)), args=(own,))
               for own in made]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(own == sorted(own) for own in made)
    assert len({one for own in made for one in own}) == 2_000


def test_ids_that_must_not_tell_their_time_do_not() -> None:
    made = [new_id("quo", ordered=False) for _ in range(400)]
    assert made != sorted(made)
    years = {milliseconds(one) // (1_000 * 3600 * 24 * 365) for one in made}
    assert len(years) > 300
    assert {one[4] for one in made} == set("01234567")  # 128 bits in 130: the first character carries three


def test_ids_never_repeat_even_within_one_millisecond_and_over_threads() -> None:
    made: list[str] = []

    def make() -> None:
        made.extend([new_id("evt") for _ in range(2_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)
    assert abs(now() - wall()) < timedelta(seconds=5)


def test_the_clock_runs_on_from_the_moment_it_was_set_to_and_comes_back() -> None:
    start = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    with clock_at(start):
        first = now()
        assert start <= first < start + timedelta(seconds=5)
        assert now() >= first
    assert abs(now() - wall()) < timedelta(seconds=5)


def test_the_clock_may_be_set_in_any_zone_but_not_without_one() -> None:
    with clock_at(datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))):
        assert now().replace(microsecond=0, second=0) == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(TypeError, match="zone"), clock_at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_a_shift_counts_from_where_the_clock_stands() -> None:
    with clock_at(datetime(2026, 1, 1, tzinfo=UTC)), clock_at(timedelta(days=10)):
        assert now().date().isoformat() == "2026-01-11"
        with clock_at(timedelta(days=-3)):
            assert now().date().isoformat() == "2026-01-08"
        assert now().date().isoformat() == "2026-01-11"


def test_the_clock_comes_back_when_the_block_fails() -> None:
    with pytest.raises(RuntimeError), clock_at(timedelta(days=400)):
        raise RuntimeError
    assert abs(now() - wall()) < timedelta(seconds=5)
