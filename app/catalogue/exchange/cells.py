"""One row of a table as what `ListingInput` takes, and a listing as one row of a table: the two ways round.

A cell that says what the listing says already changes nothing, however it is written; a column that a table does not
have leaves its field alone; a cell that was emptied empties its field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import ValidationError, fields

from app import i18n
from app.catalogue import specs as properties
from app.catalogue.exchange.columns import (
    CATEGORY,
    CURRENCY_OF,
    KIND,
    PROPERTY,
    SKU,
    SPEC,
    SPECS,
    Column,
    column_of,
    own_columns,
)
from app.catalogue.exchange.notation import Spec, attribute_cell, figure, pairs_text, parse_pairs, spec_of, stored
from app.catalogue.exchange.noted import NOTED
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput
from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.mapped import mapped_category
from app.catalogue.taxonomy.models import SYSTEMS
from app.catalogue.taxonomy.tree import Tree
from app.kernel.errors import Refusal
from app.kernel.shapes import Choice, CurrencyCode, MoneyField, Percent, Quantity, trouble
from app.kernel.values import N_, Bilingual

USUAL_CURRENCY: Final = "CNY"
WHOLE_ROW: Final = -1

UNREADABLE_ROW: Final = N_("The row cannot be read: quotation marks do not match, or a cell is far too long.")
SURPLUS: Final = N_("The row has more cells than there are headings.")
TOO_FEW: Final = N_("The row has fewer cells than there are headings.")
SKU_MISSING: Final = N_("Give your own number: an import knows listings by it.")
SKU_TWICE: Final = N_("This number is in an earlier row already.")
CATEGORY_MISSING: Final = N_("Give a category, or choose one for the whole file.")
NAME_SHARED: Final = N_("Several categories are called so. Give the code.")
NOT_PAIRS: Final = N_("Expected pairs such as: speed=15000 rpm; rotor=fixed angle.")
NOT_A_FLAG: Final = N_("Expected yes or no.")
ASKED_FOR: Final = N_("The category asks for this: %(attribute)s.")

_FOREIGN: Final = re.compile(rf"({'|'.join(SYSTEMS)}):\s*([0-9A-Za-z-]{{1,20}})")
"""A code of another catalogue."""
_CODE: Final = re.compile(r"[\[［【]([a-z0-9._]+)[\]］】]\s*$")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row: the place of the column or WHOLE_ROW, what stands there, and why."""

    place: int
    value: str
    why: str | Refusal


@dataclass(slots=True)
class Taken:
    """A row that was taken apart: input of the actions where nothing is wrong with it."""

    sku: str
    given: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Takes rows of one table apart; `codes` are the meanings of its columns by place."""

    tree: Tree
    codes: Sequence[str]
    headings: Sequence[str]
    category: str | None
    kind: str
    language: str
    schema: ListingInput = field(default_factory=ListingInput)
    _mapped: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def mapped(self, system: str, code: str) -> str | None:
        """The category that a code of another catalogue leads to; asked once."""
        if (system, code) not in self._mapped:
            self._mapped[system, code] = mapped_category(system, code)
        return self._mapped[system, code]

    def sku(self, cells: Sequence[str | None] | None) -> str:
        """The supplier's own number in a row, as it is stored."""
        place = self.place(SKU)
        text = (cells[place] or "") if cells is not None and 0 <= place < len(cells) else ""
        return unicodedata.normalize("NFC", text).strip()

    def place(self, code: str) -> int:
        """Where a column stands, or WHOLE_ROW."""
        return self.codes.index(code) if code in self.codes else WHOLE_ROW

    def take(
        self, cells: Sequence[str | None] | None, listing: Listing | None, notes: Sequence[Sequence[str]] = ()
    ) -> Taken:
        """A row against the listing that has its number, if one has; `notes` are what its reader found wrong."""
        taken = Taken(self.sku(cells))
        if cells is None:
            taken.problems.append(Problem(WHOLE_ROW, "", UNREADABLE_ROW))
            return taken
        if len(cells) > len(self.headings):
            taken.problems.append(Problem(WHOLE_ROW, cells[len(self.headings)] or "", SURPLUS))
            return taken
        taken.problems += [Problem(self.place(code), "", NOTED[why]) for code, why in notes]
        if any(not code for code, _why in notes):
            return taken  # it is no offer at all, so that nothing else of it matters
        if not taken.sku:
            taken.problems.append(Problem(self.place(SKU), "", SKU_MISSING))
        row = _Row(self, [*cells, *[""] * (len(self.headings) - len(cells))], listing)
        body = row.body()
        taken.problems += row.problems
        try:
            given: dict[str, Any] = self.schema.load(body)
        except ValidationError as error:
            wrong: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
            told = {one.place for one in taken.problems if one.place != WHOLE_ROW}
            found = [*row.located(wrong), *self._beyond(row, body, wrong)]
            taken.problems += [one for one in found if one.place not in told]
        else:
            taken.problems += row.unreadable(given)
            taken.given = None if taken.problems else given
        return taken

    def _beyond(self, row: _Row, body: dict[str, Any], wrong: Mapping[str, Any]) -> list[Problem]:
        """What else is wrong: the form says some things only where each field alone is right."""
        if {CATEGORY, KIND} & set(wrong):
            return []
        needed = {name: "-" for name in wrong if self.schema.load_fields[name].required}
        try:
            given = self.schema.load({name: value for name, value in body.items() if name not in wrong} | needed)
        except ValidationError as error:
            return row.located(error.normalized_messages())  # type: ignore[no-untyped-call]
        return row.unreadable(given)


@dataclass(slots=True)
class _Row:
    """One row on its way into a body."""

    reader: Reader
    said: list[str | None]
    listing: Listing | None
    problems: list[Problem] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    cells: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = [one or "" for one in self.said]

    def spoken(self) -> list[tuple[int, str]]:
        """(place, code) of the columns that the row says anything of, be it that there is nothing."""
        return [(place, code) for place, code in enumerate(self.reader.codes) if self.said[place] is not None]

    def body(self) -> dict[str, Any]:
        """The row in the trade form of `ListingInput`, upon what the listing says already."""
        body = stored(self.listing) if self.listing is not None else {}
        own = own_columns()
        for place, code in self.spoken():
            column = own.get(code)
            if column is None or column.field is None or code.endswith(CURRENCY_OF):
                continue
            text = self.cells[place]
            if isinstance(column.field, MoneyField):
                self._money(body, code, place)
            elif text:
                body[code] = self._read(column, text, place)
            elif column.field.required:
                body[code] = ""
            else:
                body.pop(code, None)
        if self.reader.place(CATEGORY) == WHOLE_ROW or not body.get(CATEGORY):
            body[CATEGORY] = body.get(CATEGORY) or self.reader.category
            if not body[CATEGORY]:
                del body[CATEGORY]
                self.problems.append(Problem(self.reader.place(CATEGORY), "", CATEGORY_MISSING))
        if not body.get(KIND) and not self._said(KIND):
            node = self.reader.tree.nodes.get(self.reader.tree.place(str(body.get(CATEGORY, ""))))
            body[KIND] = node.kind if node is not None and node.kind != "any" else self.reader.kind
        body[SPECS] = self._specs(str(body.get(CATEGORY, "")), body.get(SPECS, []))
        return body

    def _said(self, code: str) -> bool:
        place = self.reader.place(code)
        return place != WHOLE_ROW and bool(self.cells[place])

    def _read(self, column: Column, text: str, place: int) -> Any:
        """A cell in the form that its field understands; what it does not is refused by the field."""
        one = column.field
        if column.code == CATEGORY:
            return self._category(text, place)
        if isinstance(one, Choice):
            return _choice(one, text)
        if isinstance(one, fields.Boolean):
            said = text.casefold()
            if said not in values.YES | values.NO:
                self.problems.append(Problem(place, text, NOT_A_FLAG))
            return said in values.YES
        if isinstance(one, CurrencyCode):
            return text.upper()
        if isinstance(one, (Quantity, Percent, fields.Integer)):
            return figure(text, suffix="%" if isinstance(one, Percent) else "")
        return text

    def _category(self, text: str, place: int) -> str:
        coded = _CODE.search(text)
        if coded is not None:
            return coded[1]
        tree = self.reader.tree
        if text in tree.nodes:
            return text
        foreign = _FOREIGN.fullmatch(text)
        if foreign is not None:  # of somebody else's catalogue: where the tree knows none, nothing was said
            return self.reader.mapped(foreign[1], foreign[2]) or (self.listing.category if self.listing else "")
        named = {code for code, node in tree.open.items() if text.casefold() in (node.zh, node.en.casefold())}
        if len(named) > 1:
            self.problems.append(Problem(place, text, NAME_SHARED))
        return named.pop() if len(named) == 1 else text

    def _money(self, body: dict[str, Any], code: str, place: int) -> None:
        text = figure(self.cells[place].lstrip("¥￥$€ "))
        said = self.reader.place(f"{code}{CURRENCY_OF}")
        currency = self.cells[said].upper() if said != WHOLE_ROW else ""
        before = body.get(code) or {}
        if text:
            body[code] = {"amount": text, "currency": currency or before.get("currency") or USUAL_CURRENCY}
        else:
            body.pop(code, None)

    # Properties -------------------------------------------------------------------------------------------------------

    def _specs(self, category: str, before: list[Spec]) -> list[Spec]:
        """The properties of the listing with those that the table says; `origins` tells from which column each came."""
        found = [(WHOLE_ROW, spec) for spec in before]
        for place, code in self.spoken():
            text = self.cells[place]
            if code.startswith(SPEC):
                found = self._attribute(found, category, code.removeprefix(SPEC), text, place)
            elif code == PROPERTY:
                found = _named(found, self.reader.headings[place].strip(), text, place)
            elif code == SPECS:
                found = self._further(found, category, text, place)
        self.origins = [place for place, _spec in found]
        return [spec for _place, spec in found]

    def _attribute(
        self, found: list[tuple[int, Spec]], category: str, code: str, text: str, place: int
    ) -> list[tuple[int, Spec]]:
        """The properties with this attribute as the cell has it, at the place where the first of its own stood."""
        tree = self.reader.tree
        meant = [tree.meant(category, str(spec["key"])) for _place, spec in found]
        own = [at for at, one in enumerate(meant) if one is not None and one[0].code == code]
        if text and text == attribute_cell(tree, category, [found[at][1] for at in own], self.reader.language):
            return found
        definition = next((one for one in tree.asked(category) if one.code == code), None)
        made = []
        if text:
            key = str(found[own[0]][1]["key"]) if len(own) == 1 else ""
            if not key:
                key = definition.name(self.reader.language) if definition is not None else self._heading(place)
            unit = definition.unit_label(self.reader.language) if definition is not None else ""
            made = [(place, spec_of(key, text, unit))]
        at = own[0] if own else len(found)
        kept = [one for n, one in enumerate(found[:at]) if n not in own]
        return kept + made + [one for n, one in enumerate(found[at:], start=at) if n not in own]

    def _heading(self, place: int) -> str:
        """What a column is called, for an attribute that the category of this row does not ask."""
        column = column_of(self.reader.codes[place], self.reader.tree, None)
        if column is not None and column.definition is not None:
            return column.definition.name(self.reader.language)
        return self.reader.headings[place].strip()

    def _further(self, found: list[tuple[int, Spec]], category: str, text: str, place: int) -> list[tuple[int, Spec]]:
        """The properties with all that no column of its own says replaced by the pairs of this cell."""
        free = [spec for at, spec in found if at == WHOLE_ROW and not self._has_column(category, spec)]
        if text == pairs_text(free):
            return found
        pairs = parse_pairs(text)
        if pairs is None:
            self.problems.append(Problem(place, text, NOT_PAIRS))
            return found
        kept = [one for one in found if one[1] not in free or one[0] != WHOLE_ROW]
        return kept + [(place, spec) for spec in pairs]

    def _has_column(self, category: str, spec: Spec) -> bool:
        meant = self.reader.tree.meant(category, str(spec["key"]))
        if meant is not None and f"{SPEC}{meant[0].code}" in self.reader.codes:
            return True
        own = {
            heading.strip().casefold()
            for heading, code in zip(self.reader.headings, self.reader.codes, strict=True)
            if code == PROPERTY
        }
        return str(spec["key"]).casefold() in own

    # What is wrong ----------------------------------------------------------------------------------------------------

    def located(self, messages: Mapping[str, Any]) -> list[Problem]:
        """What the form says of the row, at the columns that it is about."""
        found = []
        for name, inner in messages.items():
            if name == SPECS:
                found += self._located_specs(inner)
                continue
            for part, words in _flat(inner):
                code = f"{name}{CURRENCY_OF}" if part == "currency" else name
                place = self.reader.place(code)
                found.append(Problem(place, self.cells[place] if place != WHOLE_ROW else "", words))
        return found

    def _located_specs(self, inner: Any) -> list[Problem]:
        if not isinstance(inner, Mapping):
            return [Problem(self.reader.place(SPECS), "", words) for _part, words in _flat(inner)]
        found = []
        for at, wrong in inner.items():
            place = self.origins[int(at)] if int(at) < len(self.origins) else WHOLE_ROW
            value = self.cells[place] if place != WHOLE_ROW else ""
            found += [Problem(place, value, words) for _part, words in _flat(wrong)]
        return found

    def unreadable(self, given: Mapping[str, Any]) -> list[Problem]:
        """Properties that cannot be read as what the category asks for."""
        return self._located_specs(properties.problems(self.reader.tree, given[CATEGORY], given[SPECS]))


def _flat(messages: Any) -> list[tuple[str, str]]:
    """(innermost name, words) of whatever marshmallow nests."""
    if isinstance(messages, Mapping):
        return [(part or str(name), words) for name, inner in messages.items() for part, words in _flat(inner)]
    return [("", words) for words in (messages if isinstance(messages, (list, tuple)) else [messages])]


def missing(reader: Reader, given: Mapping[str, Any]) -> list[Problem]:
    """What the category needs for publishing and the row does not say, each at its column if it has one."""
    return [
        Problem(reader.place(f"{SPEC}{one.code}"), "", trouble(ASKED_FOR, attribute=Bilingual(one.zh, one.en)))
        for one in properties.missing(reader.tree, given[CATEGORY], given[SPECS])
    ]


def _choice(one: Choice, text: str) -> str:
    """The code of a choice that is written as its code or as its title in either language."""
    said = text.casefold()
    for code, title in one.titles.items():
        if said in (code, title.casefold(), i18n.catalogue("zh").gettext(title).casefold()):
            return code
    return text


def _named(found: list[tuple[int, Spec]], key: str, text: str, place: int) -> list[tuple[int, Spec]]:
    """The properties with the one of this name as the cell has it."""
    at = next((n for n, (_p, spec) in enumerate(found) if str(spec["key"]).casefold() == key.casefold()), None)
    if at is None:
        return [*found, (place, spec_of(key, text))] if text else found
    if text == properties.text_of(found[at][1]):
        return found
    made = [(place, spec_of(str(found[at][1]["key"]), text))] if text else []
    return found[:at] + made + found[at + 1 :]
