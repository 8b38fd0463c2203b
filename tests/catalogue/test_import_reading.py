"""Tables are read by a child within limits: what people send is understood, what means harm stops at the child."""

from __future__ import annotations

import datetime
import resource
import time
from pathlib import Path

import pytest

from app.catalogue.exchange import table_reader, tables
from app.catalogue.exchange.tables import NotRead, Table, open_table, read_table
from tests.catalogue.hostile_files import HOSTILE, hostile_texts, workbook

SOON = 30.0


def read(path: Path, kind: str) -> Table:
    return read_table(path, kind, path.with_suffix(".rows"))


def cells(table: Table) -> list[tuple[int, list[str] | None]]:
    return [(row.number, row.cells) for row in table.read()]


def test_the_child_and_its_parent_have_the_same_reasons() -> None:
    assert tables._FAILURES == table_reader.FAILURES


@pytest.mark.parametrize("what", HOSTILE)
def test_a_workbook_that_means_harm_is_refused_within_limits(what: str, tmp_path: Path) -> None:
    make, reasons = HOSTILE[what]
    path = make(tmp_path / "hostile.xlsx")
    began = time.monotonic()
    with pytest.raises(NotRead) as refused:
        read(path, "xlsx")
    assert refused.value.code in reasons
    assert time.monotonic() - began < SOON
    assert [one.name for one in tmp_path.iterdir()] == ["hostile.xlsx"], "nothing is left behind"


@pytest.mark.parametrize("what, content, reasons", list(hostile_texts()))
def test_a_text_that_means_harm_is_refused_within_limits(
    what: str, content: bytes, reasons: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    with pytest.raises(NotRead) as refused:
        read(path, "csv")
    assert refused.value.code in reasons, what


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], ["1"]])
    with pytest.raises(NotRead, match="too_long"):
        read_table(path, "xlsx", tmp_path / "rows", seconds=0.001)
    with pytest.raises(NotRead, match="too_large"):
        read_table(path, "xlsx", tmp_path / "rows", memory=16 * 1024 * 1024)
    with pytest.raises(NotRead, match="too_large"):
        read_table(path, "xlsx", tmp_path / "rows", most_bytes=8)
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_texts_of_every_spreadsheet_are_read(encoding: str, mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [["货号", "名称", "价格"], ["A-1", "离心机\n两行", "12.50"], ["", "", ""], ["A-2", "µL 枪", ""]]
    text = "\r\n".join(mark.join(f'"{one}"' if "\n" in one else one for one in line) for line in lines)
    path.write_bytes(text.encode(encoding))
    table = read(path, "csv")
    assert table.headings == ("货号", "名称", "价格")
    assert cells(table) == [(2, ["A-1", "离心机\n两行", "12.50"]), (4, ["A-2", "µL 枪"])]
    assert table.rows == 2


def test_a_row_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,2\n"x"y,3\n4,5\n', encoding="utf-8")
    assert cells(read(path, "csv")) == [(2, ["1", "2"]), (3, None), (4, ["4", "5"])]


def test_an_endless_cell_is_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n"' + b"x" * 5_000_000)
    assert {row.cells is None for row in read(path, "csv").read()} == {True}


def test_cells_of_a_workbook_are_what_a_person_would_type(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["a", "b", "c", "d", "e"], [1, 0.1 + 0.2, True, "=1+1", "  x "], [], [68500.5, 1e-7, "", 12345678901234, -20],
    ]  # fmt: skip
    table = read(workbook(tmp_path / "a.xlsx", rows), "xlsx")
    assert cells(table) == [
        (2, ["1", "0.3", "true", "=1+1", "x"]), (4, ["68500.5", "0.0000001", "", "12345678901234", "-20"]),
    ]  # fmt: skip
    assert table_reader.written(datetime.date(2026, 12, 1)) == "2026-12-01"


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    table = read(workbook(tmp_path / "a.xlsx", [["a"], *[[n] for n in range(10)]]), "xlsx")
    rows = list(table.read())
    assert [row.cells for row in table.read(rows[3].then)] == [[str(n)] for n in range(4, 10)]
    assert open_table(table.path) == table
    table.path.write_bytes(table.path.read_bytes()[:-8])
    assert open_table(table.path) is None, "a table that was not finished is none"


def test_a_text_that_was_kept_from_running_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b,c,d\n'=1+1,''=x,'a,-20\n", encoding="utf-8")
    assert cells(read(path, "csv")) == [(2, ["=1+1", "'=x", "'a", "-20"])]


def test_a_large_table_takes_bounded_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["sku", "name"], *[[f"A-{n}", f"名称 {n}"] for n in range(5_000)]])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in read(path, "xlsx").read()) == 5_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "KiB in the parent"
