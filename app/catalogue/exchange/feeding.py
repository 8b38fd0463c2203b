"""An organisation's own listings as a catalogue in XML; what comes back from it changes nothing.

Each thing that a listing says is written once: by an element of the standard where that says exactly this, else by an
extension of ours. A value that is not there is not written, and reading the document leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields

from app.catalogue.exchange.columns import CATEGORY, SKU, SPECS, own_columns
from app.catalogue.exchange.feeds.common import unit_code, unit_of
from app.catalogue.exchange.notation import Spec, stored
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import Tree
from app.kernel.shapes import MoneyField


@dataclass(slots=True)
class Offer:
    """A listing on its way out: `take` gives what an element of the standard carries, `rest` what none has carried."""

    said: dict[str, Any]
    category: str
    _taken: set[str] = field(default_factory=lambda: {CATEGORY, SKU, SPECS})

    def take(self, code: str) -> str:
        """A value as a text; empty where there is none."""
        self._taken.add(code)
        return _text(code, self.said.get(code))

    @property
    def sku(self) -> str:
        """The supplier's own number."""
        return str(self.said.get(SKU) or "")

    @property
    def price(self) -> dict[str, str] | None:
        """The price in trade form."""
        found: dict[str, str] | None = self.said.get("price")
        return found

    @property
    def tiers(self) -> list[dict[str, Any]]:
        """The tiers in trade form, in the order of their bounds."""
        found: list[dict[str, Any]] = self.said.get("tiers") or []
        return found

    @property
    def specs(self) -> list[Spec]:
        """The properties in trade form."""
        found: list[Spec] = self.said[SPECS]
        return found

    def unit(self) -> str:
        """The code of the unit. Where it does not lead back to the supplier's word, the word goes out beside it."""
        word = _text("unit", self.said.get("unit"))
        code = unit_code(word)
        if unit_of(code, None) == word:
            self._taken.add("unit")
        return code

    def rest(self) -> Iterable[tuple[str, str]]:
        """(column, text) of what else the listing says."""
        for code, column in own_columns().items():
            text = "" if code in self._taken or column.field is None else _text(code, self.said.get(code))
            if text and not isinstance(column.field, MoneyField):
                yield code, text


def _text(code: str, value: Any) -> str:
    """A value as a cell understands it, in no language."""
    if isinstance(own_columns()[code].field, fields.Boolean):
        return "true" if value else "false"
    return "" if value is None else str(value)


def offers(listings: Iterable[Listing], tree: Tree) -> Iterable[Offer]:
    """The listings that have a number of their supplier; both standards know a product by that alone."""
    for one in listings:
        if one.supplier_sku:
            yield Offer(stored(one), tree.place(one.category))
