"""How a listing is written in the cells of a table: figures, properties in pairs, attributes with their unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app import i18n
from app.catalogue import specs as properties
from app.catalogue.changes import difference
from app.catalogue.exchange.columns import CATEGORY, CURRENCY_OF, SPEC, SPECS, own_columns
from app.catalogue.models import Listing
from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.tree import Tree
from app.kernel.shapes import Choice, MoneyField

_MEASURED: Final = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(?![eE][0-9])([^\s0-9+\-.,;=][^\s;=]{0,19})?")
_BARE: Final = re.compile(r"[+\-\u2212≥≤>< ]*[0-9][0-9.,]*( *(-|–|~|～|至|to) *[+\-\u2212]?[0-9][0-9.,]*)?")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")

Spec = dict[str, Any]
"""A property in trade form: key, value, unit."""


def figure(text: str, suffix: str = "") -> str:
    """A number as people write it in tables, without its thousands and full-width digits; anything else as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.removesuffix(suffix).rstrip() if suffix else plain
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
    return plain.rstrip("0").rstrip(".") if re.fullmatch(r"[0-9]+\.0+", plain) else plain


def spec_of(key: str, text: str, unit: str = "") -> Spec:
    """A property from one cell: a number with its unit apart, a bare number in the unit of its column."""
    measured = _MEASURED.fullmatch(text)
    if measured is not None:
        return {"key": key, "value": measured[1], "unit": measured[2] or unit}
    return {"key": key, "value": text, "unit": unit if unit and _BARE.fullmatch(text) else ""}


def stored(listing: Listing) -> dict[str, Any]:
    """What a listing says, in the trade form of `ListingInput`; without what it does not say."""
    return {name: value for name, value in difference.stated(listing).items() if value is not None}


def attribute_cell(tree: Tree, category: str, specs: Sequence[Spec], language: str) -> str:
    """One attribute as a cell: the supplier's words where one property says it, else its value in their language."""
    if len(specs) == 1:
        return properties.text_of(specs[0])
    stated = list(properties.typed(tree, category, specs).values())
    return values.write(stated[0].definition, stated[0].value, language) if len(stated) == 1 else ""


def parse_pairs(text: str) -> list[Spec] | None:
    """`key=value unit; key=value` as properties; None for what is not so written. A backslash takes a sign as it is."""
    found = []
    for pair in _parts(text, ";；\n"):
        if not pair.strip():
            continue
        key, *rest = _parts(pair, "=＝", most=2)
        value = _literal(rest[0]) if rest else ""
        if not _literal(key) or not value:
            return None
        found.append(spec_of(_literal(key), value))
    return found


def _parts(text: str, marks: str, most: int = 0) -> list[str]:
    """The text between signs that no backslash stands before; `most` parts, the last of them whole."""
    parts, at = [""], 0
    while at < len(text):
        if text[at] in marks and len(parts) != most:
            parts.append("")
        else:
            parts[-1] += text[at : at + 2] if text[at] == "\\" else text[at]
            at += text[at] == "\\"
        at += 1
    return parts


def _literal(part: str) -> str:
    return re.sub(r"\\(.)", r"\1", part.strip(), flags=re.DOTALL)


def pairs_text(specs: Sequence[Spec]) -> str:
    """The same backwards."""
    return "; ".join(f"{_escaped(str(spec['key']))}={_escaped(properties.text_of(spec))}" for spec in specs)


def _escaped(text: str) -> str:
    return re.sub(r"([;；\n=＝\\])", r"\\\1", text)


def row_of(listing: Listing, codes: Sequence[str], tree: Tree, language: str) -> list[str]:
    """A listing as the cells of some columns; taken in again it changes nothing."""
    said = stored(listing)
    by_attribute: dict[str, list[Spec]] = {}
    for spec in said[SPECS]:
        meant = tree.meant(listing.category, str(spec["key"]))
        code = f"{SPEC}{meant[0].code}" if meant is not None else SPECS
        by_attribute.setdefault(code if code in codes else SPECS, []).append(spec)
    return [_cell(code, said, by_attribute, listing, tree, language) for code in codes]


def _cell(
    code: str, said: Mapping[str, Any], by_attribute: Mapping[str, list[Spec]], listing: Listing, tree: Tree,
    language: str,
) -> str:  # fmt: skip
    if code == SPECS:
        return pairs_text(by_attribute.get(SPECS, []))
    if code.startswith(SPEC):
        return attribute_cell(tree, listing.category, by_attribute.get(code, []), language)
    if code == CATEGORY:
        return f"{tree.name(listing.category, language)} [{tree.place(listing.category)}]"
    column = own_columns()[code]
    if code.endswith(CURRENCY_OF):
        money = said.get(code.removesuffix(CURRENCY_OF))
        return str(money["currency"]) if money else ""
    value = said.get(code)
    if value is None:
        return ""
    if isinstance(column.field, MoneyField):
        return str(value["amount"])
    if isinstance(column.field, Choice):
        return _titled(column.field.titles[value], language)
    if isinstance(value, bool):
        return _titled("Yes" if value else "No", language)
    return str(value)


def _titled(title: str, language: str) -> str:
    return i18n.catalogue("zh").gettext(title) if language == "zh" else title
