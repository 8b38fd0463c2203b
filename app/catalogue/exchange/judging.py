"""What would become of each row: created, changed, left alone or refused, and everything that is wrong with it.

The check and the import judge alike, so that what was promised is what happens unless something changed in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.accounts import standing
from app.accounts.models import Organisation
from app.catalogue import imports
from app.catalogue.actions import listings
from app.catalogue.exchange.cells import SKU_TWICE, WHOLE_ROW, Problem, Reader, missing
from app.catalogue.exchange.columns import CATEGORY, KIND, SKU
from app.catalogue.exchange.models import ImportJob
from app.catalogue.exchange.tables import Row
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.errors import Refusal


@dataclass(slots=True)
class Verdict:
    """What becomes of one row; `given` is the input of the actions where something does."""

    row: Row
    sku: str
    outcome: str
    given: dict[str, Any] = field(default_factory=dict)
    listing: Listing | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Judge:
    """Judges rows of one import in the running transaction, as the person who began it."""

    job: ImportJob
    supplier: Organisation
    actor: Actor
    language: str
    reader: Reader = field(init=False)
    _barred: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = "goods" if self.supplier.is_supplier else "service"
        self.reader = Reader(tree(), self.job.columns, self.job.headings, self.job.category, kind, self.language)

    def judge(self, rows: Sequence[Row], seen: set[str]) -> list[Verdict]:
        """A verdict per row, in their order; `seen` are the numbers of earlier rows and grows by these."""
        numbers = [number for row in rows if (number := self.reader.sku(row.cells))]
        known = imports.by_number(self.supplier.id, numbers, self.actor)
        return [self._judge(row, known, seen) for row in rows]

    def _judge(self, row: Row, known: dict[str, Listing], seen: set[str]) -> Verdict:
        sku = self.reader.sku(row.cells)
        listing = known.get(sku)
        taken = self.reader.take(row.cells, listing, row.notes)
        problems = list(taken.problems)
        if sku and sku in seen:
            problems.append(Problem(self.reader.place(SKU), sku, SKU_TWICE))
        seen.add(sku)
        if taken.given is None or problems:
            return Verdict(row, sku, "refused", problems=problems)
        if listing is not None and imports.same(listing, taken.given):
            return Verdict(row, sku, "unchanged", taken.given, listing)
        problems += self._refusals(listing, taken.given)
        outcome = "created" if listing is None else "changed"
        return Verdict(row, sku, "refused" if problems else outcome, taken.given, listing, problems)

    def _refusals(self, listing: Listing | None, given: dict[str, Any]) -> list[Problem]:
        """What the actions would refuse."""
        found: list[Problem] = []
        if listing is not None:
            try:
                imports.revisable(listing, self.actor)
            except Refusal as refused:
                return [Problem(WHOLE_ROW, "", refused)]
        if not listings.may_list(self.supplier, given[KIND]):
            found.append(Problem(self.reader.place(KIND), given[KIND], listings.KIND_NOT_GIVEN()))
        if self.job.submits:
            found += missing(self.reader, given)
            if why := self._barred_from(given[CATEGORY]):
                found.append(Problem(self.reader.place(CATEGORY), given[CATEGORY], listings.LISTING_BARRED(why=why)))
        return found

    def _barred_from(self, category: str) -> list[Any]:
        if category not in self._barred:
            path = self.reader.tree.path(category)
            self._barred[category] = list(standing.barred_from(self.supplier.id, "listing", path))
        return self._barred[category]
