"""The index on disk: one writer, many readers, generations."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalogue.engine import Card, Index, Search, Writer, WriterBusy, check, index, manifest
from tests.catalogue.test_engine_corpus import CARDS, card, many

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path, cards: tuple[Card, ...] = CARDS) -> None:
    with Writer(folder) as writer:
        writer.apply(cards[:20], cursor=1)
        writer.apply(cards[20:], cursor=2)


def generation(folder: Path) -> Path:
    found = manifest.read(folder)
    assert found is not None
    return folder / found.generation


# Writing


def test_cards_are_put_in_replaced_and_taken_out(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        assert writer.cursor == 0
        writer.apply(CARDS, cursor=7)
        newer = dataclasses.replace(CARDS[0], version=2, names={"zh": "改名的机器", "en": "Renamed"})
        writer.apply([dataclasses.replace(newer, version=1), newer], gone=["cen-2", "unknown"], cursor=9)
        assert writer.cursor == 9
    found = Index(tmp_path)
    assert found.count() == len(CARDS) - 1
    assert found.versions() == {c.id: 1 for c in CARDS if c.id != "cen-2"} | {"cen-1": 2}
    assert found.search(Search(text="高速冷冻离心机")).total == 0
    assert [h.version for h in found.search(Search(text="renamed")).rows] == [2]
    assert check(tmp_path) == []


def test_an_id_that_is_both_new_and_gone_is_gone(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        writer.apply(CARDS[:3], gone=[CARDS[0].id], cursor=1)
        writer.apply(CARDS[:3], gone=[CARDS[0].id], cursor=2)
    assert set(Index(tmp_path).versions()) == {CARDS[1].id, CARDS[2].id}


def test_the_cursor_is_kept_and_moves_without_cards(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        writer.apply([], cursor=3)
        writer.apply(CARDS[:1], cursor=4)
        writer.apply([], cursor=11)
    with Writer(tmp_path) as writer:
        assert writer.cursor == 11
    assert check(tmp_path) == []
    assert Index(tmp_path).count() == 1


def test_a_card_that_cannot_be_indexed_changes_nothing(tmp_path: Path) -> None:
    build(tmp_path)
    bad = [
        dataclasses.replace(CARDS[0], id="bad", attributes={"speed": float("nan")}),
        dataclasses.replace(CARDS[0], id="bad", attributes={"a.b": 1.0}),
        dataclasses.replace(CARDS[0], id=""),
    ]
    with Writer(tmp_path) as writer:
        for each in bad:
            with pytest.raises(ValueError, match="card"):
                writer.apply([CARDS[1], each], gone=["cen-3"], cursor=99)
        assert writer.cursor == 2
    assert Index(tmp_path).count() == len(CARDS)
    assert check(tmp_path) == []


def test_extreme_cards_can_be_indexed(tmp_path: Path) -> None:
    odd = dataclasses.replace(
        CARDS[0],
        names={"zh": "离心机" * 20_000, "en": "\x00\ud800 word"},
        model="",
        brand="",
        category=(),
        summary={"zh": "长" * 200_000},
        price_minor=10**30,
        lead_time_days=-5,
        currency="",
        attributes={"tiny": 1e-300, "huge": 1e300, "minus": -273.15, "flag": True, "text": "x" * 1000},
        stored={"half": "\ud800", "zh": "中"},
    )
    with Writer(tmp_path) as writer:
        writer.apply([odd], cursor=1)
    found = Index(tmp_path)
    ranges = {"tiny": (1e-301, 1e-299), "huge": (1e299, None), "minus": (-300.0, -200.0)}
    page = found.search(Search(text="离心机", ranges=ranges, currency="EUR", sort="price"))
    assert [hit.stored for hit in page.rows] == [{"half": "\ud800", "zh": "中"}]


# One writer


def test_a_second_writer_is_refused_at_once(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        with pytest.raises(WriterBusy):
            Writer(tmp_path)
        writer.apply(CARDS[:1], cursor=1)
    Writer(tmp_path).close()


def test_a_writer_in_another_process_is_refused_at_once(tmp_path: Path) -> None:
    with Writer(tmp_path):
        script = "import sys, pathlib; from app.catalogue.engine import Writer; Writer(pathlib.Path(sys.argv[1]))"
        result = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert "WriterBusy" in result.stderr


def test_a_closed_writer_writes_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.apply(CARDS, cursor=1)


# Readers and generations


def test_a_reader_sees_commits_after_reload_and_by_itself_within_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Index(tmp_path)
    assert found.count() == 0
    build(tmp_path)
    found.reload()
    assert found.count() == len(CARDS)
    with Writer(tmp_path) as writer:
        writer.apply([], gone=["cen-1"], cursor=3)
    monkeypatch.setattr(index, "RELOAD_SECONDS", 0.0)
    assert found.search(Search()).total == len(CARDS) - 1


def test_the_old_generation_answers_until_the_new_one_stands(tmp_path: Path) -> None:
    build(tmp_path)
    found = Index(tmp_path)
    old = generation(tmp_path)
    seen: list[int] = []

    def cards() -> Iterator[Card]:
        for each in many(50):
            found.reload()
            seen.append(found.search(Search(text="离心机")).total)
            yield each

    with Writer(tmp_path) as writer:
        writer.rebuild(cards(), cursor=40)
        assert writer.cursor == 40
        assert set(seen) == {found.search(Search(text="离心机")).total}
        found.reload()
        assert found.count() == 50
        writer.apply(CARDS[:1], cursor=41)
    found.reload()
    assert found.count() == 51
    assert generation(tmp_path) != old
    assert [p.name for p in tmp_path.glob("g*")] == [generation(tmp_path).name]
    assert check(tmp_path) == []


def test_a_reader_with_the_replaced_generation_open_goes_on(tmp_path: Path) -> None:
    build(tmp_path)
    found = Index(tmp_path)
    assert found.count() == len(CARDS)
    with Writer(tmp_path) as writer:
        writer.rebuild(CARDS[:3], cursor=1)
    assert len(found.search(Search(text="离心机")).rows) > 3, "within its second it still answers from the old one"
    found.reload()
    assert found.count() == 3


def test_a_rebuild_that_fails_leaves_the_old_index(tmp_path: Path) -> None:
    build(tmp_path)

    def cards() -> Iterator[Card]:
        yield CARDS[0]
        raise OSError("database is gone")

    with Writer(tmp_path) as writer:
        with pytest.raises(OSError, match="database is gone"):
            writer.rebuild(cards(), cursor=9)
        assert writer.cursor == 2
        writer.apply([], gone=["cen-1"], cursor=3)
    assert check(tmp_path) == []
    assert len(list(tmp_path.glob("g*"))) == 1
    assert Index(tmp_path).count() == len(CARDS) - 1


def test_readers_beside_a_busy_writer_always_see_a_whole_commit(tmp_path: Path) -> None:
    """Every commit replaces ten cards by ten others; a reader that saw half of one would count something else."""
    with Writer(tmp_path) as writer:
        writer.apply([card(f"c-0-{n}", "摇床", "Shaker", "analysis") for n in range(10)], cursor=0)
        found, wrong, done = Index(tmp_path), [], threading.Event()

        def read() -> None:
            while not done.is_set():
                found.reload()
                page = found.search(Search(text="shaker"))
                rounds = {hit.id.split("-")[1] for hit in page.rows}
                if page.total != 10 or len(rounds) != 1:
                    wrong.append((page.total, rounds))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(1, 15):
            fresh = [card(f"c-{number}-{n}", "摇床", "Shaker", "analysis") for n in range(10)]
            if number % 5:
                writer.apply(fresh, gone=[f"c-{number - 1}-{n}" for n in range(10)], cursor=number)
            else:
                writer.rebuild(fresh, cursor=number)
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert check(tmp_path) == []
