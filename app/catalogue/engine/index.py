"""The index on disk: one writer, many readers, generations.

A generation is a folder of the engine; the manifest names the one that serves. The writer commits into it, or builds
the next one beside it and switches by replacing the manifest. Readers look at the manifest at most once a second.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from . import facets, manifest, paging, query, spelling, suggest
from .schema import document, format_name, schema
from .shapes import Card, Found, IndexDamaged, Search, WriterBusy
from .suggest import Suggestion

LOCK = "writer.lock"
RELOAD_SECONDS = 1.0  # a reader looks for news at most this often
OPEN_ROUNDS = 5  # a generation may be replaced between reading its name and opening it
APPLY_HEAP_BYTES = 30_000_000
REBUILD_HEAP_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class _Serving:
    """One generation, opened; the searcher sees one commit for as long as it lives."""

    stamp: tuple[int, int, int]
    generation: str
    cursor: int
    index: tantivy.Index
    searcher: tantivy.Searcher
    counts: facets.Counts
    edges: facets.Edges


class Index:
    """Reads. One object per process, shared by its threads; it never locks out the writer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._serving: _Serving | None = None
        self._looked = float("-inf")

    def search(self, search: Search) -> Found:
        """One page with total and sideways counts. ValueError("cursor"), ("sort") or ("range") for a bad question."""
        plan = query.Plan.of(search)
        serving = self._current()
        if serving is None:
            return query.NOTHING
        with _distrusting():
            return query.run(serving.index, serving.searcher, plan, serving.counts, serving.edges)

    def suggest(self, prefix: str, *, limit: int = 8) -> list[str]:
        """What the typed beginning may become, as words."""
        return [one.text for one in self.suggestions(prefix, limit=limit)]

    def suggestions(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        serving = self._current()
        if serving is None:
            return []
        with _distrusting():
            return suggest.run(serving.index, serving.searcher, prefix, limit)

    def nearest(self, typed: str) -> str | None:
        """What the question may have meant, one letter away, where a word of it is not known."""
        serving = self._current()
        if serving is None:
            return None
        with _distrusting():
            return spelling.nearest(serving.index, serving.searcher, typed)

    def cursor(self) -> int:
        """The last event that is in what this object reads; 0 without an index."""
        serving = self._current()
        return 0 if serving is None else serving.cursor

    def count(self) -> int:
        serving = self._current()
        return 0 if serving is None else serving.searcher.num_docs

    def versions(self) -> dict[str, int]:
        """id -> version of everything in the index; reads every row, so it is for `doctor`."""
        serving = self._current()
        if serving is None or not serving.searcher.num_docs:
            return {}
        searcher = serving.searcher
        with _distrusting():
            found = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False)
            rows = (paging.hit(searcher, address, 0.0) for _, address in found.hits)
            return {row.id: row.version for row in rows}

    def reload(self) -> None:
        """See what the writer committed. Cheap when nothing changed."""
        with self._lock:
            self._looked = time.monotonic()
            self._reload()

    def _current(self) -> _Serving | None:
        if time.monotonic() - self._looked >= RELOAD_SECONDS:
            if self._serving is None:
                self.reload()
            elif self._lock.acquire(blocking=False):  # the other threads go on with what they have
                try:
                    self._looked = time.monotonic()
                    self._reload()
                finally:
                    self._lock.release()
        return self._serving

    def _reload(self) -> None:
        for attempt in range(OPEN_ROUNDS):
            stamp = _stamp(self._folder / manifest.NAME)
            if stamp is None:
                self._serving = None
                return
            if self._serving is not None and self._serving.stamp == stamp:
                return
            try:
                with _distrusting():
                    self._serving = self._open(stamp)
                return
            except IndexDamaged:
                if attempt + 1 == OPEN_ROUNDS and self._serving is None:
                    raise

    def _open(self, stamp: tuple[int, int, int]) -> _Serving | None:
        record = manifest.read(self._folder)
        if record is None or record.format != format_name():
            return self._serving  # an older program's index is being rebuilt; keep what is open, or find nothing
        serving = self._serving
        if serving is not None and serving.generation == record.generation:
            serving.index.reload()
            return _Serving(
                stamp, serving.generation, record.cursor, serving.index, serving.index.searcher(), facets.Counts(),
                serving.edges,
            )  # fmt: skip
        index = tantivy.Index.open(str(self._folder / record.generation))
        index.config_reader("manual")  # no watching thread; the manifest tells
        return _Serving(
            stamp, record.generation, record.cursor, index, index.searcher(), facets.Counts(), facets.Edges()
        )


@contextlib.contextmanager
def _distrusting() -> Iterator[None]:
    """The engine answers for a damaged file with all sorts of errors, and with panics, which are no Exceptions."""
    try:
        yield
    except (ValueError, OSError, LookupError) as error:
        raise IndexDamaged(type(error).__name__) from error
    except BaseException as error:
        if _is_panic(error):
            raise IndexDamaged("panic") from error
        raise


def _is_panic(error: BaseException) -> bool:
    return type(error).__name__ == "PanicException"  # made by the binding at run time, importable from nowhere


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class Writer:
    """Writes. One per installation: a second one raises WriterBusy, and a killed one frees its lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = (folder / LOCK).open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise WriterBusy(str(folder)) from error
        self.damage = tuple(self._find_damage())
        self._manifest = None if self.damage else manifest.read(folder)
        self._remove_leftovers()

    def _find_damage(self) -> list[str]:
        untouched = not (self._folder / manifest.NAME).exists()
        return [] if untouched else manifest.check(self._folder)

    @property
    def cursor(self) -> int:
        """The last event that is in the index; 0 for an index that is new or has to be rebuilt."""
        return self._manifest.cursor if self._manifest else 0

    def apply(self, cards: Iterable[Card], gone: Iterable[str] = (), *, cursor: int) -> None:
        """Put the cards in, newest last, and take the ids out (an id in both is out), in one commit.

        IndexDamaged where the index was found damaged or of another format at the start: call rebuild().
        """
        self._refuse_closed()
        if self.damage:
            raise IndexDamaged("; ".join(self.damage))
        removed = set(gone)
        latest = {card.id: card for card in cards}
        documents = {i: document(card) for i, card in latest.items() if i not in removed}
        if self._manifest is None:
            self._switch(self._build(iter(documents.values())), cursor)
            return
        if documents or removed:
            with _committing(self._folder / self._manifest.generation, APPLY_HEAP_BYTES) as writer:
                for listing_id in removed | documents.keys():
                    writer.delete_documents_by_term("id", listing_id)
                for doc in documents.values():
                    writer.add_document(doc)
        self._record(self._manifest.generation, cursor)

    def rebuild(self, cards: Iterable[Card], *, cursor: int) -> None:
        """A new generation from all cards (each id once), while the old one serves; then switch. Streams: no list."""
        self._refuse_closed()
        self._switch(self._build(document(card) for card in cards), cursor)

    def close(self) -> None:
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refuse_closed(self) -> None:
        if self._lock.closed:
            raise ValueError("writer is closed")

    def _build(self, documents: Iterator[tantivy.Document]) -> str:
        """A finished generation, not yet named by the manifest."""
        numbers = [int(path.name[1:]) for path in self._generations()]
        generation = self._folder / f"g{max(numbers, default=0) + 1:06d}"
        generation.mkdir()
        try:
            tantivy.Index(schema(), path=str(generation))
            with _committing(generation, REBUILD_HEAP_BYTES) as writer:
                for doc in documents:
                    writer.add_document(doc)
        except BaseException:
            shutil.rmtree(generation, ignore_errors=True)
            raise
        return generation.name

    def _switch(self, generation: str, cursor: int) -> None:
        self._record(generation, cursor)
        self.damage = ()
        self._remove_leftovers()

    def _record(self, generation: str, cursor: int) -> None:
        path = self._folder / generation
        same = self._manifest is not None and self._manifest.generation == generation
        known = self._manifest.files if self._manifest is not None and same else {}
        record = manifest.Manifest(
            format=format_name(),
            generation=generation,
            cursor=cursor,
            count=tantivy.Index.open(str(path)).searcher().num_docs,
            opstamp=manifest.opstamp(path),
            files=manifest.inventory(path, known),
        )
        manifest.write(self._folder, record)
        self._manifest = record

    def _generations(self) -> list[Path]:
        return [p for p in self._folder.iterdir() if p.is_dir() and manifest.GENERATION.fullmatch(p.name)]

    def _remove_leftovers(self) -> None:
        """Generations that no manifest names, replaced or half-built, and what a killed commit left in the serving one.

        Readers keep open what they read.
        """
        if self.damage:
            return  # a damaged index may still answer; it goes when its successor stands
        for path in self._generations():
            if self._manifest is None or path.name != self._manifest.generation:
                shutil.rmtree(path, ignore_errors=True)
                continue
            for left in manifest.unnamed(path):
                left.unlink(missing_ok=True)


@contextlib.contextmanager
def _committing(generation: Path, heap_bytes: int) -> Iterator[tantivy.IndexWriter]:
    """Commit at the end, or leave the index as it was. Merges are waited for, so that the manifest stays true."""
    writer = tantivy.Index.open(str(generation)).writer(heap_bytes, 1)
    try:
        yield writer
        writer.commit()
        writer.wait_merging_threads()
    except BaseException as error:
        if _is_panic(error):
            raise IndexDamaged("panic") from error
        with contextlib.suppress(ValueError):  # already gone
            writer.rollback()
        raise
