"""All brands as programs read them: whole, and the same for everybody until an operator changes one.

A process keeps the books it has loaded by what tells one state of the table from another; a transaction asks once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

import sqlalchemy as sa

from app.catalogue.brands.models import Brand, BrandSpelling, squeezed
from app.kernel.db import db

KEPT_BOOKS: Final = 4
_NAME: Final = "brands"
_kept: OrderedDict[tuple[object, ...], Book] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Make:
    """One brand: its names, its state, and the spellings that lead to it."""

    id: str
    zh: str
    en: str
    state: str
    spellings: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)

    @property
    def key(self) -> str:
        """What a filter, an address and a count call it, whatever the reader's language is."""
        return self.en or self.zh


class Book:
    """The brands by id and by spelling. What is not in it is shown as its supplier wrote it."""

    def __init__(self, makes: Iterable[Make], spelled: dict[str, str]) -> None:
        self.by_id: dict[str, Make] = {one.id: one for one in makes}
        self._spelled = spelled

    def find(self, text: str) -> Make | None:
        """The brand that a spelling leads to."""
        return self.by_id.get(self._spelled.get(squeezed(text), ""))

    def shown(self, brand_id: str | None) -> Make | None:
        """The brand of a listing, unless the operator has declined to make a brand of its words."""
        found = self.by_id.get(brand_id or "")
        return None if found is None or found.state == "declined" else found

    def key(self, brand_id: str | None, written: str) -> str:
        """What a listing is filtered and counted by."""
        found = self.shown(brand_id)
        return found.key if found else written

    def name(self, brand_id: str | None, written: str, language: str) -> str:
        """What a reader is shown."""
        found = self.shown(brand_id)
        return found.name(language) if found else written

    def other_names(self, brand_id: str | None, written: str) -> tuple[str, ...]:
        """Every other name and spelling by which a search finds it."""
        found = self.shown(brand_id)
        if found is None:
            return ()
        names = dict.fromkeys((found.zh, found.en, *found.spellings, written))
        return tuple(name for name in names if name and name != found.key)

    def asked(self, text: str) -> str:
        """What somebody means who filters by a name: the key of the brand, or the words themselves."""
        found = self.find(text)
        return text if found is None or found.state == "declined" else found.key

    def say(self, key: str, language: str) -> str:
        """The key of a brand in a reader's language."""
        found = self.find(key)
        return found.name(language) if found is not None and found.key == key and found.state != "declined" else key


def book() -> Book:
    """The brands of today, as the running transaction sees them."""
    session = db.session()
    running, known = session.info.get(_NAME, (None, None))
    if running is not None and running is session.get_transaction():
        if known is None:  # it has changed brands itself
            session.flush()
            return _load()
        return cast("Book", known)
    mark = tuple(session.execute(_MARK).one())
    found = _kept.get(mark)
    if found is None:
        found = _kept[mark] = _load()
        while len(_kept) > KEPT_BOOKS:
            _kept.popitem(last=False)
    session.info[_NAME] = session.get_transaction(), found
    return found


# Every birth and every action changes one of these, and two transactions at once do not change them alike.
_MARK: Final = sa.select(
    sa.func.count(), sa.func.sum(Brand.version), sa.func.max(Brand.id), sa.func.max(Brand.updated_at)
)


def distrust() -> None:
    """The running transaction changes brands: until it ends, it reads them anew every time, and nobody keeps that."""
    session = db.session()
    session.info[_NAME] = session.get_transaction(), None


def _load() -> Book:
    written: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    rows = sa.select(BrandSpelling.spelling, BrandSpelling.brand_id, BrandSpelling.written)
    for row in db.session.execute(rows.order_by(BrandSpelling.spelling)):
        spelled[row.spelling] = row.brand_id
        written.setdefault(row.brand_id, []).append(row.written)
    makes = db.session.execute(sa.select(Brand.id, Brand.name_zh, Brand.name_en, Brand.state))
    return Book(
        [Make(row.id, row.name_zh, row.name_en, row.state, tuple(written.get(row.id, ()))) for row in makes], spelled
    )
