"""`python -m bench relevance`: what people type, what they mean by it, and whether the catalogue finds it first.

The judgements in `judged/queries.csv` are written by hand, by what a person in a laboratory wants to see, and never
read off the search. Their catalogue is the goods of the demo park and, in `judged/goods.csv`, some of makers whose
names and numbers people type. Listings are named by code; `first` may stand on top, `also` is wanted on the page too.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from statistics import mean
from typing import Any, Final

from flask_migrate import upgrade

from app import create_app
from app.accounts.actions import organisations
from app.accounts.models import Organisation
from app.catalogue import index
from app.catalogue.actions.brands import brand_of
from app.catalogue.actions.listings import columns_of
from app.catalogue.models import Listing
from app.catalogue.question import read
from app.catalogue.schemas import ListingInput
from app.cli.seed import facts
from app.kernel.actors import ANONYMOUS, SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.values import new_id, now
from app.kernel.work import unit_of_work
from tests.world import build

FOLDER: Final = Path(__file__).with_name("judged")
ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = 10
SUCCESS_GOAL: Final = 0.85
RECALL_GOAL: Final = 0.95
MAKER: Final = "maker"
"""The supplier of the goods that are not of the demo park."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that people type: its class, and the codes of what they mean."""

    kind: str
    typed: str
    first: frozenset[str]
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    judged: Judged
    found: tuple[str, ...]

    @property
    def success(self) -> float:
        """1 where what is meant stands on top."""
        return float(bool(self.found) and self.found[0] in self.judged.first)

    @property
    def recall(self) -> float:
        """The share of what is wanted, as far as one page holds it, that the first page shows."""
        return len(self.judged.wanted & set(self.found)) / min(PAGE, len(self.judged.wanted))


def bodies() -> list[tuple[str, str, dict[str, Any]]]:
    """(supplier, code, body) of every listing."""
    made = [(offer.supplier, offer.code, offer.body) for offer in facts.offers()]
    return made + [(MAKER, row["code"], _body(row)) for row in facts.table(FOLDER / "goods.csv")]


def _body(row: dict[str, str]) -> dict[str, Any]:
    same = {name: row[name] for name in ("category", "brand", "model", "part_no")}
    specs = [facts.property_of(pair) for pair in row["specs"].split(", ")]
    return {"kind": "goods", "name_zh": row["zh"], "name_en": row["en"], "unit": "台", "specs": specs,
            "supplier_sku": row["code"], **same}  # fmt: skip


def judged() -> list[Judged]:
    """All judgements; ValueError for a code that no listing has."""
    codes = [code for _, code, _ in bodies()]
    with (FOLDER / "queries.csv").open(encoding="utf-8", newline="") as file:
        return [_judged(row, codes) for row in csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)]


def _judged(row: dict[str, str], codes: Sequence[str]) -> Judged:
    first, also = (frozenset(_named(row[name].split(), codes)) for name in ("first", "also"))
    return Judged(row["class"], row["query"], first, first | also)


def _named(patterns: Iterable[str], codes: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        named = [code for code in codes if fnmatchcase(code, pattern)]
        if not named:
            raise ValueError(f"no listing is called {pattern}")
        yield from named


def fill() -> None:
    """Put the catalogue of the judgements into an empty database, and index it."""
    build()
    with unit_of_work():
        suppliers: dict[str, Organisation] = {}
        for name, code, body in bodies():
            if name not in suppliers:
                suppliers[name] = _found(name)
            supplier, columns = suppliers[name], columns_of(ListingInput().load(body))
            brand = brand_of(supplier, columns["brand"])
            columns |= {"supplier_sku": code, "supplier_id": supplier.id, "brand_id": brand}
            db.session.add(Listing(id=new_id("lst"), state="published", published_at=now(), **columns))
    index.rebuild()


def _found(name: str) -> Organisation:
    return organisations.found(SYSTEM_ACTOR, state="admitted", name_en=name.title(), is_supplier=True)


def answers() -> list[Answer]:
    """Ask everything as the page does: the words of an address, read and searched."""
    codes = dict(db.session.execute(db.select(Listing.id, Listing.supplier_sku)).all())
    found = []
    for one in judged():
        rows = index.search(read({"q": [one.typed]}, limit=PAGE).search, ANONYMOUS).rows
        found.append(Answer(one, tuple(str(codes[row.id]) for row in rows)))
    return found


def lines(given: Sequence[Answer], *, every: bool = False) -> Iterator[str]:
    """The figures by class, and what failed."""
    yield f"{'':10} {'queries':>7} {'success@1':>10} {'recall@10':>10}"
    for kind in [*dict.fromkeys(one.judged.kind for one in given), ""]:
        those = [one for one in given if kind in ("", one.judged.kind)]
        success, recall = mean(one.success for one in those), mean(one.recall for one in those)
        yield f"{kind or 'all':10} {len(those):7} {success:10.3f} {recall:10.3f}"
    for one in given:
        if every or not one.success or one.recall < 1:
            missing = " ".join(sorted(one.judged.wanted - set(one.found))[:PAGE])
            yield f"{one.judged.kind}: {one.judged.typed} -> {' '.join(one.found) or 'nothing'} (not shown: {missing})"


def main(folder: Path) -> int:
    """Fill a database of its own, ask, print; 1 where a goal is missed."""
    app = create_app({
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'judged.sqlite'}", "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "for judging searches, which sign nothing", "LOG_LEVEL": "CRITICAL", "TESTING": True,
    })  # fmt: skip
    with app.app_context():
        upgrade(str(ROOT / "migrations"))
        fill()
        given = answers()
        db.session.remove()
        db.engine.dispose()
    print("\n".join(lines(given)))
    success, recall = mean(one.success for one in given), mean(one.recall for one in given)
    print(f"goals: success@1 >= {SUCCESS_GOAL}, recall@{PAGE} >= {RECALL_GOAL}")
    return int(success < SUCCESS_GOAL or recall < RECALL_GOAL)


def run() -> int:
    """In a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="labpark-judged-") as folder:
        return main(Path(folder))


if __name__ == "__main__":
    sys.exit(run())
