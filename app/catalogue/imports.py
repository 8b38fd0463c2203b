"""Listings from a file: every row becomes actions of the supplier's editor, once, however often the file is read.

A row is known by the supplier's own number. Rows travel in batches, one transaction each; where a row of a batch is
refused, the batch is done again row by row, so that one bad row costs no other. Called outside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Final, Protocol

from marshmallow import ValidationError

from app.accounts.models import Organisation
from app.catalogue.actions import listings
from app.catalogue.changes import actions as changes
from app.catalogue.changes import live
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import INVALID_INPUT, Refusal
from app.kernel.lifecycle import find, visible
from app.kernel.values import N_, Money
from app.kernel.work import unit_of_work

BATCH_ROWS: Final = 100
SKU_NEEDED: Final = N_("An import knows listings by the supplier's own number.")


class SpecRow(Protocol):
    """A property of a row."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def unit(self) -> str: ...


class ListingRow(Protocol):
    """A row as readers of files give it."""

    @property
    def kind(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def brand(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def part_no(self) -> str: ...
    @property
    def summary_zh(self) -> str: ...
    @property
    def summary_en(self) -> str: ...
    @property
    def price_minor(self) -> int | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def price_basis(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
    @property
    def lead_time_days(self) -> int | None: ...
    @property
    def warranty_months(self) -> int | None: ...
    @property
    def vat_rate(self) -> Decimal: ...
    @property
    def specs(self) -> Sequence[SpecRow]: ...
    @property
    def supplier_sku(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was left out, and why."""

    supplier_sku: str
    refusal: Refusal

    def __str__(self) -> str:
        fields = ", ".join(sorted(str(name) for name in self.refusal.fields))
        return f"{self.supplier_sku}: {self.refusal}{f' ({fields})' if fields else ''}"


@dataclass(slots=True)
class Report:
    """What an import did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    held: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def take(self, other: Report) -> None:
        """Add the counts of a part."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.held += other.held

    def __str__(self) -> str:
        counts = (
            f"{self.created} created, {self.changed} changed, {self.held} held for review, "
            f"{self.unchanged} unchanged, {len(self.refused)} refused"
        )
        return "\n".join([counts, *map(str, self.refused)])


def import_listings(rows: Iterable[ListingRow], supplier: Organisation, actor: Actor, *, submit: bool = True) -> Report:
    """Draft (and submit) new rows, edit (and submit) changed ones, leave the others. A published listing gets a change,
    which is applied at once where the rule allows it and else held for review."""
    listings.draft_listing.admit(supplier, actor)
    task = _Task(supplier.id, actor, submit, Report())
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH_ROWS)):
        task.take(batch)
    return task.report


def _body(row: ListingRow) -> dict[str, Any]:
    """The row in the form that the API speaks, so that an import meets the same checks as everybody else."""
    price = None if row.price_minor is None else Money(row.price_minor, row.currency)
    same = (
        "kind", "category", "name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en", "unit",
        "lead_time_days", "warranty_months", "supplier_sku",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "price": None if price is None else {"amount": price.amount, "currency": price.currency},
        "price_basis": _plain(row.price_basis),
        "vat_rate": _plain(row.vat_rate),
        "specs": [{"key": spec.key, "value": spec.value, "unit": spec.unit} for spec in row.specs],
    }


def _plain(number: Decimal) -> str:
    """Without exponent and without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(slots=True)
class _Task:
    """One import on its way."""

    supplier_id: str
    actor: Actor
    submit: bool
    report: Report

    def take(self, batch: list[ListingRow]) -> None:
        """Do a batch; where a row of it is refused, row by row."""
        good = list(self._understood(batch))
        try:
            self.report.take(self._perform(good))
        except Refusal:
            for one in good:
                try:
                    self.report.take(self._perform([one]))
                except Refusal as refused:
                    self.report.refused.append(RefusedRow(one["supplier_sku"], refused))

    def _understood(self, batch: list[ListingRow]) -> Iterator[dict[str, Any]]:
        """The rows as an action's input; those that are no sound listing go into the report."""
        for row in batch:
            try:
                loaded: dict[str, Any] = ListingInput().load(_body(row))
                if not loaded["supplier_sku"]:
                    raise ValidationError({"supplier_sku": [SKU_NEEDED]})
                yield loaded
            except ValidationError as error:
                fields = error.messages if isinstance(error.messages, dict) else {"": error.messages}
                self.report.refused.append(RefusedRow(row.supplier_sku, INVALID_INPUT(fields=fields)))

    def _perform(self, rows: list[dict[str, Any]]) -> Report:
        """One transaction: all of these rows, or the refusal of the first that cannot be done."""
        done = Report()
        with unit_of_work():
            supplier = find(Organisation, self.supplier_id, self.actor, lock=True)
            known = self._known(rows)
            for row in rows:
                listing = known.get(row["supplier_sku"])
                what, known[row["supplier_sku"]] = put(supplier, self.actor, listing, row, submit=self.submit)
                setattr(done, what, getattr(done, what) + 1)
        return done

    def _known(self, rows: list[dict[str, Any]]) -> dict[str, Listing]:
        return by_number(self.supplier_id, (row["supplier_sku"] for row in rows), self.actor)


def by_number(supplier_id: str, numbers: Iterable[str], actor: Actor) -> dict[str, Listing]:
    """The listings of a supplier that have one of its own numbers, by number."""
    statement = visible(Listing, actor).where(
        Listing.supplier_id == supplier_id, Listing.supplier_sku.in_(set(numbers))
    )
    return {str(listing.supplier_sku): listing for listing in db.session.scalars(statement)}


def numbers_among(supplier_id: str, numbers: Iterable[str], actor: Actor) -> set[str]:
    """Which of some numbers a listing of the supplier has."""
    statement = visible(Listing, actor).where(
        Listing.supplier_id == supplier_id, Listing.supplier_sku.in_(set(numbers))
    )
    return set(db.session.scalars(statement.with_only_columns(Listing.supplier_sku)))


_COUNTED: Final[dict[live.Became, str]] = {"applied": "changed", "held": "held", "unchanged": "unchanged"}


def put(
    supplier: Organisation, actor: Actor, listing: Listing | None, given: dict[str, Any], *, submit: bool
) -> tuple[str, Listing]:
    """One row into the catalogue by the editor's own actions; whether created, changed, held or unchanged."""
    if listing is not None and listing.state in live.LIVE:
        return _COUNTED[live.put(listing, actor, given)], listing
    if listing is not None and same(listing, given):
        return "unchanged", listing
    if listing is not None:
        _revise(listing, actor, given, submit=submit)
        return "changed", listing
    made = listings.draft_listing(supplier, actor, **given)
    if submit:
        listings.submit(made, actor)
    return "created", made


def same(listing: Listing, given: dict[str, Any]) -> bool:
    """Whether a listing, or the change of it that waits for review, says already what a row says."""
    if listing.state in live.LIVE:
        return live.says(listing, given)
    return all(getattr(listing, name) == value for name, value in listings.columns_of(given).items())


def _revise(listing: Listing, actor: Actor, given: dict[str, Any], *, submit: bool) -> None:
    """What becomes of a listing that buyers do not read yet, when a row changes it."""
    listings.edit(listing, actor, **given)
    if submit:
        listings.submit(listing, actor)


def revisable(listing: Listing, actor: Actor) -> None:
    """Raise the refusal that `put` would meet at a listing which a row changes; writes nothing."""
    (changes.change if listing.state in live.LIVE else listings.edit).possible(listing, actor)
