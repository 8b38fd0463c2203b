"""How much faster than looking at every card; printed, since a busy machine proves nothing by a limit."""

from __future__ import annotations

import collections
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.catalogue.engine import Card, Index, Search, Writer, facets
from app.catalogue.engine.text import normalise
from tests.catalogue.test_engine_corpus import many

ROUNDS = 15


def median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


@pytest.mark.slow
def test_a_search_beats_a_scan_of_two_thousand_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "REMEMBERED_COUNTS", 0)  # every round counts its facets anew
    cards = many(2_000)
    with Writer(tmp_path) as writer:
        writer.rebuild(cards, cursor=1)
    index = Index(tmp_path)
    texts = [(normalise(" ".join([*c.names.values(), c.brand, c.model, *c.summary.values()])), c) for c in cards]

    def scan(typed: str) -> tuple[int, list[Card]]:
        words = normalise(typed).split()
        rows = [c for text, c in texts if all(word in text for word in words)]
        counts = [collections.Counter(c.brand for c in rows), collections.Counter(c.supplier_id for c in rows)]
        counts += [collections.Counter(c.kind for c in rows), collections.Counter(v for c in rows for v in c.category)]
        return len(rows), sorted(rows, key=lambda c: c.price_minor or 0)[:24]

    for typed in ("离心机", "pipette", ""):
        found = index.search(Search(text=typed))
        assert found.total >= scan(typed)[0]
        ratio = median(lambda typed=typed: scan(typed)) / median(lambda typed=typed: index.search(Search(text=typed)))
        print(f"{typed or 'everything'!r}: {found.total} of 2000 rows, search is {ratio:.1f} times as fast as a scan")
