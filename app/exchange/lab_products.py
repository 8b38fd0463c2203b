"""The columns of an open list of branded laboratory products, as rows of our own import.

Such lists are compiled from vocabularies and from software that drives instruments: brand spellings differ, part
numbers are mixed with pieces of web addresses, categories are identifiers, and there are no prices.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from app.exchange.product_rows import (
    DEFAULT_CURRENCY,
    NAME_LIMIT,
    SHORT_LIMIT,
    SPEC_VALUE_LIMIT,
    SUMMARY_LIMIT,
    VAT_PERCENT,
    ProductRow,
    Spec,
    checked_specs,
    parse_specs,
)
from app.exchange.sheets import RowErrors, Sheet
from app.exchange.texts import tidy
from app.kernel.values import N_

HEADINGS: Final = frozenset({"source", "source_id", "name", "brand", "model", "category_en"})
"""By these the list is recognised; it has more, and other columns in it are ignored."""
OTHER_HEADINGS: Final = frozenset({"series", "manufacturer_part_no", "description", "synonyms", "specs"})

DEFAULT_CATEGORY: Final = "other"
UNIT: Final = "piece"

BRANDS: Final = {
    "agenbio": "AgenBio",
    "bd": "Becton Dickinson",
    "becton dickinson (bd biosciences)": "Becton Dickinson",
    "biorad": "Bio-Rad",
    "boekel": "Boekel Scientific",
    "btx": "BTX",
    "celltreat": "CELLTREAT",
    "greiner": "Greiner Bio-One",
    "ibidi": "ibidi",
    "imcs": "IMCS",
    "leco": "LECO",
    "nest": "NEST",
    "nimblegen": "NimbleGen",
    "smc": "SMC",
    "thermo fisher scientific": "Thermo Fisher",
    "vwr": "VWR",
}
"""Spelling in lower case with spaces -> how the brand writes itself, where capital initials would be wrong."""

CATEGORIES: Final = {
    "mass spectrometer": "instruments.mass_spectrometers",
    "flow cytometer analyzer": "instruments.life_science.cytometry",
    "thermocycler": "instruments.life_science.pcr",
    **dict.fromkeys(
        (
            "dna sequencer", "illumina hi seq series instrument", "illumina next seq series instrument",
            "illumina nova seq series instrument", "illumina genome analyzer ii",
        ),
        "instruments.life_science.sequencing",
    ),
    **dict.fromkeys(
        ("dna microarray", "tiling microarray", "assay array", "assay kit", "illumina bead chip"), "reagents.kits"
    ),
    **dict.fromkeys(("device", "system", "flex stacker", "temperature", "magnetic"), "instruments.automation"),
    "heater shaker": "preparation.shakers_stirrers",
    **dict.fromkeys(("plate", "tecan plate", "well plate", "reservoir"), "labware.plates"),
    **dict.fromkeys(("tip rack",), "labware.pipette_tips"),
    "tube": "labware.tubes",
    **dict.fromkeys(("lid", "trough"), "labware.plasticware"),
    **dict.fromkeys(("tube rack", "container rack"), "labware.carriers.racks"),
    **dict.fromkeys(
        (
            "adapter", "aluminum block", "magnetic block type", "plate adapter", "plate carrier", "plate holder",
            "resource holder", "tecan plate carrier", "tecan tip carrier", "tip carrier", "trough carrier",
            "tube carrier",
        ),
        "labware.carriers",
    ),
}  # fmt: skip
"""Category of the list in plain words -> category of ours; what is not here is "other"."""

MEANT: Final[dict[str, dict[str, str]]] = {
    "labware.plates": {"items": "wells"},
    "labware.pipette_tips": {"well_volume": "volume"},
    "labware.carriers": {"wells": "places", "items": "places"},
    "labware.carriers.racks": {"wells": "places", "items": "places"},
}
"""Category of ours -> properties of the list that are an attribute of it under another name."""

PriceOf = Callable[[ProductRow], int | None]
"""Price in minor units of CNY for a row that has none."""

_UNITS: Final = {"mm": "mm", "ul": "µL", "ml": "mL"}
_PART_NUMBER = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./+-]*")
_WEB = re.compile(r".*\.(com|org|net|pdf|html?)", re.IGNORECASE)
_NUMBER_LENGTH: Final = 30  # digits of a number in specs


def translate(
    sheet: Sheet, errors: RowErrors, *, categories: Mapping[str, str], price: PriceOf | None
) -> Iterator[tuple[int, ProductRow]]:
    """Rows with their numbers. `categories` maps a category of the list, as it stands or in plain words, to a code."""
    seen: Counter[str] = Counter()
    for row, cells in sheet.rows:
        source, own, name = cells["source"], cells["source_id"], cells["name"]
        if not source or not own or not name:
            errors.report(row, "source_id", own, N_("Source, number and name are needed."))
            continue
        if len(name) > NAME_LIMIT:
            errors.report(row, "name", name, N_("At most 200 characters are allowed."))
            continue
        if len(f"{source}:{own}") > SHORT_LIMIT:
            errors.report(row, "source_id", own, N_("At most 120 characters are allowed."))
            continue
        try:
            specs = _specs(cells)
        except (ValueError, RecursionError):
            errors.report(row, "specs", cells.get("specs", ""), N_("The specifications cannot be read."))
            continue
        product = _product(cells, specs)
        product = _placed(product, _category(cells["category_en"], categories))
        seen[product.supplier_sku] += 1
        if (times := seen[product.supplier_sku]) > 1:  # the list has some things twice, described by two sources
            product = replace(product, supplier_sku=f"{product.supplier_sku}#{times}"[:SHORT_LIMIT])
        yield row, replace(product, price_minor=price(product)) if price else product


def tidy_brand(spelling: str) -> str:
    """One spelling per brand: `thermo_fisher` and "Thermo Fisher Scientific" are the same."""
    words = " ".join(spelling.replace("_", " ").split())
    known = BRANDS.get(words.lower())
    return known or (words.title() if words.islower() else words)


def plain_words(identifier: str) -> str:
    """ "wellPlate" and "tip_carrier" as "well plate" and "tip carrier"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_", " ", identifier).lower()


def part_numbers(text: str) -> list[str]:
    """What can be a part number: it has a digit and is not a piece of a web address."""
    candidates = [candidate.strip() for candidate in text.split("|")]
    return [one for one in candidates if _PART_NUMBER.fullmatch(one) and not _WEB.fullmatch(one)]


def _product(cells: dict[str, str], specs: tuple[Spec, ...]) -> ProductRow:
    return ProductRow(
        kind="goods",
        category=DEFAULT_CATEGORY,
        name_zh="",
        name_en=cells["name"],
        brand=tidy_brand(cells["brand"])[:SHORT_LIMIT],
        model=cells["model"][:SHORT_LIMIT],
        part_no=next(iter(part_numbers(cells.get("manufacturer_part_no", ""))), "")[:SHORT_LIMIT],
        summary_zh="",
        summary_en=cells.get("description", "")[:SUMMARY_LIMIT],
        price_minor=None,
        currency=DEFAULT_CURRENCY,
        price_basis=Decimal(1),
        unit=UNIT,
        lead_time_days=None,
        warranty_months=None,
        vat_rate=VAT_PERCENT["goods"],
        specs=specs,
        supplier_sku=f"{cells['source']}:{cells['source_id']}",
    )


def _category(identifier: str, categories: Mapping[str, str]) -> str:
    return categories.get(identifier) or categories.get(" ".join(plain_words(identifier).split())) or DEFAULT_CATEGORY


def _placed(product: ProductRow, category: str) -> ProductRow:
    """The product in a category, its properties called as that category calls them."""
    names, taken = MEANT.get(category, {}), {one.key for one in product.specs}
    specs = tuple(
        replace(one, key=names[one.key]) if one.key in names and names[one.key] not in taken else one
        for one in product.specs
    )
    return replace(product, category=category, specs=specs)


def _specs(cells: dict[str, str]) -> tuple[Spec, ...]:
    written = cells.get("specs", "")
    specs = _from_json(written) if written.startswith("{") else list(parse_specs(written))
    further = {
        "series": cells.get("series", ""),
        "synonyms": cells.get("synonyms", "").replace("|", "; "),
        "part_numbers": ", ".join(part_numbers(cells.get("manufacturer_part_no", ""))[1:]),
    }
    taken = {one.key.casefold() for one in specs}
    added = [Spec(k, v[:SPEC_VALUE_LIMIT], None, "") for k, v in further.items() if v and k not in taken]
    return checked_specs([*specs, *added])


def _from_json(text: str) -> list[Spec]:
    properties = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_number)
    return [_typed(tidy(key), value) for key, value in properties.items() if value not in (None, "")]


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite() or len(text) > _NUMBER_LENGTH or abs(number.adjusted()) > _NUMBER_LENGTH:
        raise ValueError("not a plain number")
    return number


def _typed(key: str, value: object) -> Spec:
    if not key:
        raise ValueError("a property without a name")
    name, unit = _measure(key)
    if isinstance(value, Decimal):
        return Spec(name, format(value, "f"), value, unit)
    if isinstance(value, bool):
        return Spec(key, "yes" if value else "no", None, "")
    if isinstance(value, str):
        return Spec(key, tidy(value), None, "")
    raise ValueError("not a simple value")


def _measure(key: str) -> tuple[str, str]:
    """The name and unit inside an identifier: "size_x_mm" is size_x in mm, and so is "xDimension"."""
    snake = plain_words(key).replace(" ", "_")
    stem, _, suffix = snake.rpartition("_")
    if stem and suffix in _UNITS:
        return stem, _UNITS[suffix]
    axis = re.fullmatch(r"(.*_)?([xyz])_dimension", snake)
    if axis:
        return f"{axis[1] or ''}size_{axis[2]}", "mm"
    return snake, "mm" if snake.endswith("_height") else ""
