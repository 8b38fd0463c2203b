"""Quotes side by side: what each offers for each line, what cannot be chosen and why, and ready-made choices.

Nothing here writes. The rules of what may be awarded are those of `actions/awards.py`; here they are only said early.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any, Final

from app.accounts.models import Organisation
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import N_, Money, line_minor, now
from app.sourcing.actions.awards import (
    BELOW_MINIMUM,
    LINE_TAKEN,
    MORE_THAN_OFFERED,
    NEGATIVE_DEVIATION,
    QUOTE_NOT_VALID,
    SUPPLIER_NOT_DEALING,
)
from app.sourcing.models import Quote, QuoteLine, Rfq, RfqLine
from app.sourcing.queries import opened_quotes
from app.sourcing.rules import awarded_of, mandatory_failures

MAX_COVER_SUPPLIERS: Final = 12
"""Up to so many suppliers every combination is tried for "fewest suppliers"; beyond, the best ones are."""

ALTERNATIVE: Final = N_("alternative model")
SHORT: Final = N_("less than demanded")
WORSE: Final = N_("worse than demanded")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one supplier answers to one line."""

    line: RfqLine
    offer: QuoteLine | None
    free_micro: int = 0
    taken_micro: int = 0
    reason: Refusal | None = None
    flags: tuple[str, ...] = ()

    @property
    def selectable(self) -> bool:
        """Whether some of it may be awarded now."""
        return self.offer is not None and self.reason is None and self.free_micro > 0

    @property
    def state(self) -> str:
        """missing, blocked or offer."""
        if self.offer is None:
            return "missing"
        return "offer" if self.selectable else "blocked"

    @property
    def unit_price(self) -> Fraction:
        """Gross price of one unit, exact, for comparing prices per different quantities."""
        assert self.offer is not None
        return Fraction(self.offer.price_minor, self.offer.price_basis_micro)


@dataclass(frozen=True, slots=True)
class Column:
    """One quote, as a whole."""

    quote: Quote
    supplier: Organisation
    cells: tuple[Cell, ...]
    deviations: tuple[int, int, int]  # positive, none, negative

    @property
    def total(self) -> Money:
        """Gross total of everything offered."""
        return self.quote.current.total

    @property
    def missing(self) -> int:
        """Lines without an offer; with one or more the quote is not ranked as a whole."""
        return sum(cell.offer is None for cell in self.cells)

    @property
    def ranked(self) -> bool:
        """Whether it can be bought as a whole: every line offered in full, and none excluded."""
        return not self.missing and not any(SHORT in cell.flags or cell.reason for cell in self.cells)

    @property
    def warranty_months(self) -> int | None:
        """The shortest warranty of its lines."""
        said = [cell.offer.warranty_months for cell in self.cells if cell.offer and cell.offer.warranty_months]
        return min(said, default=None)

    @property
    def lead_time_days(self) -> int | None:
        """The longest lead time of its lines."""
        offers = [cell.offer for cell in self.cells if cell.offer is not None]
        return max((offer.lead_time_days for offer in offers if offer.lead_time_days is not None), default=None)


@dataclass
class Comparison:
    """Lines by suppliers."""

    rfq: Rfq
    columns: list[Column]
    lines: list[RfqLine] = field(default_factory=list)

    @cached_property
    def rows(self) -> list[tuple[RfqLine, list[Cell]]]:
        """Each line with its cells, one per column."""
        return [(line, [column.cells[at] for column in self.columns]) for at, line in enumerate(self.lines)]

    @cached_property
    def lowest(self) -> dict[str, set[str]]:
        """Line id -> the quote lines with its lowest unit price among those that may be chosen."""
        found: dict[str, set[str]] = {}
        for line, cells in self.rows:
            fit = [cell for cell in cells if cell.selectable]
            least = min((cell.unit_price for cell in fit), default=None)
            found[line.id] = {cell.offer.id for cell in fit if cell.offer and cell.unit_price == least}
        return found

    @cached_property
    def best(self) -> Column | None:
        """The complete quote with the lowest total; of equal ones the earlier."""
        return min((one for one in self.columns if one.ranked), key=lambda one: one.total.minor, default=None)

    def cell_of(self, quote_line_id: str) -> tuple[Column, Cell] | None:
        """The cell of a quote line."""
        for column in self.columns:
            for cell in column.cells:
                if cell.offer is not None and cell.offer.id == quote_line_id:
                    return column, cell
        return None


def comparison(rfq: Rfq, actor: Actor) -> Comparison:
    """The opened quotes of a request against its lines, as far as the actor may read them."""
    quotes = opened_quotes(rfq, actor)
    suppliers = {
        one.id: one
        for one in db.session.scalars(
            db.select(Organisation).where(Organisation.id.in_([quote.supplier_id for quote in quotes]))
        )
    }
    taken = awarded_of([line.id for quote in quotes for line in quote.current.lines])
    columns = [_column(rfq, quote, suppliers[quote.supplier_id], taken) for quote in quotes]
    return Comparison(rfq, columns, list(rfq.lines))


def _column(rfq: Rfq, quote: Quote, supplier: Organisation, taken: Mapping[str, int]) -> Column:
    answers = {line.rfq_line_id: line for line in quote.current.lines if not line.no_offer}
    unfit = _unfit(quote, supplier)
    cells = tuple(_cell(line, answers.get(line.id), taken, unfit) for line in rfq.lines)
    said = [entry["deviation"] for line in answers.values() for entry in line.deviations]
    return Column(quote, supplier, cells, (said.count("positive"), said.count("none"), said.count("negative")))


def _unfit(quote: Quote, supplier: Organisation) -> Refusal | None:
    if quote.state not in ("submitted", "won") or quote.valid_until is None or quote.valid_until <= now():
        return QUOTE_NOT_VALID(number=quote.number)
    return SUPPLIER_NOT_DEALING(number=quote.number) if supplier.state != "admitted" else None


def _cell(line: RfqLine, offer: QuoteLine | None, taken: Mapping[str, int], unfit: Refusal | None) -> Cell:
    if offer is None:
        return Cell(line, None)
    failed = mandatory_failures(line, offer.deviations)
    reason = NEGATIVE_DEVIATION(position=str(line.position), demand=failed[0]) if failed else unfit
    negative = any(entry["deviation"] == "negative" for entry in offer.deviations)
    flags = [
        word
        for word, applies in (
            (ALTERNATIVE, offer.alternative),
            (SHORT, offer.quantity_micro < line.quantity_micro),
            (WORSE, negative and not failed),
        )
        if applies
    ]
    held = taken.get(offer.id, 0)
    return Cell(line, offer, min(line.open_micro, offer.quantity_micro - held), held, reason, tuple(flags))


# Choosing ------------------------------------------------------------------------------------------------------------

Choice = dict[str, int]
"""Quote line id -> quantity in 10^-6."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a choice amounts to, and what stands against it."""

    total: Money
    suppliers: tuple[Column, ...]
    left: tuple[RfqLine, ...]  # lines of which something stays open
    saving: Money | None  # against the lowest complete quote, where everything is chosen that it offers
    obstacles: tuple[Refusal, ...]


def decision(compared: Comparison, chosen: Choice) -> Decision:
    """Total, number of orders, saving and every reason why the choice cannot be awarded as it is."""
    obstacles: list[Refusal] = []
    per_line: dict[str, int] = {}
    per_column: dict[str, int] = {}
    for quote_line_id, quantity in chosen.items():
        found = compared.cell_of(quote_line_id)
        if found is None or found[1].offer is None:
            continue
        column, cell = found
        assert cell.offer is not None
        if cell.reason is not None:
            obstacles.append(cell.reason)
        elif quantity > cell.free_micro and cell.free_micro < cell.line.open_micro:
            obstacles.append(MORE_THAN_OFFERED(position=str(cell.line.position)))
        per_line[cell.line.id] = per_line.get(cell.line.id, 0) + quantity
        amount = line_minor(cell.offer.price_minor, quantity, cell.offer.price_basis_micro)
        per_column[column.quote.id] = per_column.get(column.quote.id, 0) + amount
    obstacles += [
        LINE_TAKEN(position=str(line.position), title=line.title)
        for line in compared.lines
        if per_line.get(line.id, 0) > line.open_micro
    ]
    winners = tuple(column for column in compared.columns if column.quote.id in per_column)
    obstacles += [
        BELOW_MINIMUM(number=column.quote.number, minimum=column.quote.current.min_order)
        for column in winners
        if per_column[column.quote.id] < column.quote.current.min_order_minor
    ]
    total = Money(sum(per_column.values()), compared.rfq.currency)
    left = tuple(line for line in compared.lines if per_line.get(line.id, 0) < line.open_micro)
    return Decision(total, winners, left, _saving(compared, total, left), tuple(obstacles))


def _saving(compared: Comparison, total: Money, left: tuple[RfqLine, ...]) -> Money | None:
    whole = not left and not any(line.awarded_micro or line.given_up_micro for line in compared.lines)
    return compared.best.total - total if compared.best is not None and whole else None


def picks(compared: Comparison) -> dict[str, Choice]:
    """Ready-made choices by name: lowest, fewest, fastest, one. One that cannot be made is left out."""
    found = {
        "lowest": _each(compared, lambda cell: (cell.unit_price, _days(cell))),
        "fewest": _fewest(compared),
        "fastest": _each(compared, lambda cell: (_days(cell), cell.unit_price)),
        "one": _whole(compared.best) if compared.best is not None else {},
    }
    return {name: choice for name, choice in found.items() if choice}


def _days(cell: Cell) -> float:
    days = cell.offer.lead_time_days if cell.offer else None
    return float("inf") if days is None else float(days)


def _take(cells: list[Cell]) -> Choice:
    return {cell.offer.id: cell.free_micro for cell in cells if cell.offer is not None}


def _each(compared: Comparison, key: Callable[[Cell], Any]) -> Choice:
    best = []
    for _, cells in compared.rows:
        fit = [cell for cell in cells if cell.selectable]
        if fit:
            best.append(min(fit, key=key))
    return _take(best)


def _whole(column: Column) -> Choice:
    return _take([cell for cell in column.cells if cell.selectable])


def _fewest(compared: Comparison) -> Choice:
    """The fewest suppliers that together can deliver every line that can be had, at the lowest total among those."""
    usable = [column for column in compared.columns if any(cell.selectable for cell in column.cells)]
    usable = sorted(usable, key=lambda one: -sum(cell.selectable for cell in one.cells))[:MAX_COVER_SUPPLIERS]
    wanted = {at for column in usable for at, cell in enumerate(column.cells) if cell.selectable}
    for size in range(1, len(usable) + 1):
        covers = [group for group in combinations(usable, size) if _covers(group, wanted)]
        if covers:
            return min((_cheapest(group, wanted) for group in covers), key=lambda pair: pair[0])[1]
    return {}


def _covers(group: tuple[Column, ...], wanted: set[int]) -> bool:
    return all(any(column.cells[at].selectable for column in group) for at in wanted)


def _cheapest(group: tuple[Column, ...], wanted: set[int]) -> tuple[Fraction, Choice]:
    cells = [
        min((column.cells[at] for column in group if column.cells[at].selectable), key=lambda cell: cell.unit_price)
        for at in sorted(wanted)
    ]
    return sum((cell.unit_price * cell.free_micro for cell in cells), Fraction(0)), _take(cells)
