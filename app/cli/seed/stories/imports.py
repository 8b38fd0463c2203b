"""Files of listings: one imported, one whose columns are open, one with errors, one broken, one called off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.accounts import files
from app.catalogue.exchange import running
from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage
from app.kernel.shapes import Upload

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS: Final = ("编号", "分类", "中文名称", "英文名称", "型号", "价格", "单位", "货期")
BOTTLES: Final = (
    ("HY-B100", "labware", "试剂瓶 100 mL", "Reagent bottle 100 mL", "B100", "12.00", "个", "3"),
    ("HY-B250", "labware", "试剂瓶 250 mL", "Reagent bottle 250 mL", "B250", "15.50", "个", "3"),
    ("HY-B500", "labware", "试剂瓶 500 mL", "", "B500", "十九元", "个", "3"),
)


def _sent(stage: Stage, supplier: str, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A file that the supplier's catalogue editor sends; its listings stay drafts."""
    text = "\n".join(",".join(row) for row in (headings, *rows))
    file = files.stored(text.encode("utf-8-sig"), name, "text/csv")
    return _given(stage, supplier, file)


def _given(stage: Stage, supplier: str, file: Upload) -> str:
    asking = stage.org(supplier)
    return stage.do(f"{supplier}.catalogue", "organisation.import_listings", asking, file=file, then="draft")


def sent_in(stage: Stage, supplier: str) -> Story:
    """A supplier brings its bottles in by a file, leaves the next one for later, and calls the third one off.

    The worker reads and checks in the evenings.
    """
    editor = f"{supplier}.catalogue"
    job = _sent(stage, supplier, "试剂瓶.csv", HEADINGS, BOTTLES)
    yield from _evenings(3)
    stage.do(editor, "import_job.start", job)
    yield from _evenings(2)
    _sent(stage, supplier, "试剂瓶（修订）.csv", HEADINGS, (*BOTTLES[:1], BOTTLES[2]))
    again = _sent(stage, supplier, "试剂瓶（旧价）.csv", HEADINGS, BOTTLES[:2])
    yield from _evenings(3)
    stage.do(editor, "import_job.cancel", again)
    _sent(stage, supplier, "库存表.csv", ("物料", "叫法", "数量"), (("HY-B100", "试剂瓶", "40"),))
    _given(stage, supplier, files.stored(b"PK\x03\x04", "damaged.xlsx", XLSX))
    yield from _evenings(2)


def _evenings(number: int) -> Story:
    """So many days after each other, each with an evening in which the worker does a piece."""
    for _ in range(number):
        yield 1


def under_way(stage: Stage, supplier: str) -> None:
    """Files that the worker goes on with as soon as it runs: one to read, one to check, one to import."""
    _sent(stage, supplier, "烧杯.csv", HEADINGS, BOTTLES)
    checking = _sent(stage, supplier, "烧杯（二）.csv", HEADINGS, BOTTLES[:1])
    started = _sent(stage, supplier, "烧杯（三）.csv", HEADINGS, (("HY-B1000", *BOTTLES[0][1:]),))
    running.work_off(started)
    stage.do(f"{supplier}.catalogue", "import_job.start", started)
    codes = ["supplier_sku", "category", "name_zh", "name_en", "model", "price", "unit", "lead_time_days"]
    stage.system("import_job.read_file", checking, headings=list(HEADINGS), columns=codes, rows=1)
    stage.system("import_job.begin_check", checking)
