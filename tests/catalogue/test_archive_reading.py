"""Archives are read by a child within limits, and their names mean numbers and kinds."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from app.catalogue.exchange import archive_reader, archives, naming
from app.catalogue.exchange.archives import Entry, entry_of, read_archive
from app.catalogue.exchange.lifecycle import FAILURES
from app.catalogue.exchange.tables import NotRead
from tests.catalogue.hostile_archives import HOSTILE, PICTURE, plainly_named, too_large, zipped
from tests.worlds.media import pdf

SOON = 30.0


def read(content: bytes, place: Path) -> list[Entry]:
    source = place / "sent.zip"
    source.write_bytes(content)
    table = read_archive(source, place / "a.rows", place / "a.files")
    found = [entry_of(row) for row in table.read()]
    assert table.rows == len(found)
    return found


def test_the_child_and_its_parent_have_the_same_reasons() -> None:
    assert archives._FAILURES == archive_reader.FAILURES
    assert set(archive_reader.FAILURES.values()) <= set(FAILURES)


@pytest.mark.parametrize("what", HOSTILE)
def test_an_archive_that_means_harm_is_refused_within_limits(what: str, tmp_path: Path) -> None:
    make, reason = HOSTILE[what]
    began = time.monotonic()
    with pytest.raises(NotRead) as refused:
        read(make(), tmp_path)
    assert refused.value.code == reason
    assert time.monotonic() - began < SOON
    assert [one.name for one in tmp_path.iterdir()] == ["sent.zip"], "nothing is left behind"


def test_limits_of_time_memory_and_number_stop_the_child(tmp_path: Path) -> None:
    source = tmp_path / "sent.zip"
    source.write_bytes(zipped({"A-1.png": PICTURE, "A-2.png": PICTURE}))
    for limits, reason in (
        ({"seconds": 0.001}, "too_long"), ({"memory": 16 * 1024 * 1024}, "too_large"),
        ({"entries": 1}, "too_many_files"),
    ):  # fmt: skip
        with pytest.raises(NotRead, match=reason):
            read_archive(source, tmp_path / "rows", tmp_path / "files", **limits)  # type: ignore[arg-type]
    assert [one.name for one in tmp_path.iterdir()] == ["sent.zip"]


def test_files_lie_under_their_places_and_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    packed = zipped({
        "A-1/": b"", "A-1/10.jpg": b"ten", "A-1/2.jpg": b"two", "__MACOSX/A-1/._2.jpg": b"x", "A-1/.DS_Store": b"x",
        "Thumbs.db": b"x", "A-1/in.zip": zipped({"x": b"x"}), "A-1/manual.pdf": pdf(),
    })  # fmt: skip
    found = read(packed, tmp_path)
    assert [(one.place, one.name, one.mark) for one in found] == [
        (3, "A-1/2.jpg", ""), (2, "A-1/10.jpg", ""), (7, "A-1/in.zip", "archive"), (8, "A-1/manual.pdf", ""),
    ]  # fmt: skip
    assert {one.name: one.read_bytes() for one in (tmp_path / "a.files").iterdir()} == {
        "3": b"two", "2": b"ten", "8": pdf(),
    }  # fmt: skip
    assert found[0].sha256 == hashlib.sha256(b"two").hexdigest()


def test_a_file_that_is_too_large_is_named_and_not_unpacked(tmp_path: Path) -> None:
    found = read(zipped({"A-1.png": too_large()}), tmp_path)
    assert [(one.mark, one.size_bytes > 10 * 1024 * 1024) for one in found] == [("large", True)]
    assert list((tmp_path / "a.files").iterdir()) == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_chinese_and_apple_programs_are_read(encoding: str, tmp_path: Path) -> None:
    raw = "说明书".encode(encoding)
    name = f"A-1{'x' * len(raw)}.pdf"
    found = read(plainly_named({name: b"A-1" + raw + b".pdf"}), tmp_path)
    assert [one.name for one in found] == ["A-1说明书.pdf"]


@pytest.mark.parametrize(
    "name, known, number",
    [
        ("AB-100.jpg", {"AB-100"}, "AB-100"),
        ("AB-100_2.png", {"AB-100", "AB"}, "AB-100"),
        ("AB-100-2.png", {"AB-100", "AB-100-2"}, "AB-100-2"),
        ("AB-1000.png", {"AB-100"}, None),
        ("AB-100.5.jpg", {"AB-100", "AB-100.5"}, "AB-100.5"),
        ("AB-100(1).jpg", {"AB-100"}, "AB-100"),
        ("AB-100正面.jpg", {"AB-100"}, "AB-100"),
        ("AB-100/1.jpg", {"AB-100", "1"}, "AB-100"),
        ("pictures/AB-100/front/1.jpg", {"AB-100"}, "AB-100"),
        ("AB-100/AB-101.jpg", {"AB-100", "AB-101"}, "AB-101"),
        ("AB-100 pictures/1.jpg", {"AB-100"}, None),
        ("A/B-1.jpg", {"A/B"}, "A/B"),
        ("A/B/1.jpg", {"A/B"}, "A/B"),
        ("ab-100.jpg", {"AB-100"}, None),
        ("front.jpg", {"AB-100"}, None),
    ],
)
def test_the_longest_own_number_in_a_name_wins(name: str, known: set[str], number: str | None) -> None:
    found = naming.meant(name, known)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    "name, kind",
    [
        ("A-1.jpg", "picture"), ("A-1_2.PNG", "picture"), ("A-1-manual mode.jpg", "manual"), ("A-1.pdf", "data_sheet"),
        ("A-1-manual.pdf", "manual"), ("A-1_Certificate CE 2024.pdf", "certificate"), ("A-1 合格证.jpg", "certificate"),
        ("A-1-安全技术说明书.pdf", "safety_data_sheet"), ("A-1说明书.pdf", "manual"),
        ("A-1/MSDS.pdf", "safety_data_sheet"),
        ("A-1-2-manual.pdf", "manual"), ("A-1-specimen.jpg", "picture"), ("A-1-data_sheet-2.pdf", "data_sheet"),
    ],
)  # fmt: skip
def test_the_word_behind_the_number_says_the_kind(name: str, kind: str) -> None:
    found = naming.meant(name, {"A-1"})
    assert found is not None
    assert naming.kind_of(name, found.rest) == kind


def test_a_name_of_the_greatest_length_means_few_numbers() -> None:
    assert len(naming.possible("-" * 50 + "/" + "-" * 50 + "/" + "-" * 290 + ".jpg")) < 400
