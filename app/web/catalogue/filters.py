"""The filters around a search: chips of what is applied, the panel with counts, and links with one thing changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.brands.book import book
from app.catalogue.engine import FacetCount, Search
from app.catalogue.index import Results
from app.catalogue.question import MAX_NUMBER_CHARS, SORTS, asked_for, attribute_names
from app.catalogue.schemas import KIND_TITLES
from app.catalogue.taxonomy.tree import tree
from app.web.catalogue import attributes
from app.web.catalogue.address import Address, Pairs

SHOWN_OPTIONS: Final = 8
FOLDED_OPTIONS: Final = 60
LEAD_TIMES: Final = (7, 14, 30, 60, 90)
"""Choices of the longest lead time, in days."""
PRICE_CURRENCIES: Final = ("CNY", "USD", "EUR", "JPY", "CHF", "GBP", "HKD")


class Chip(NamedTuple):
    """One applied filter: its parameter, what it says, the address without it, and the search without it."""

    name: str
    label: str
    href: str
    wider: Search


def chips(search: Search, address: Address, suppliers: Mapping[str, Organisation]) -> list[Chip]:
    """What is applied, in the order of the panel."""
    found: list[Chip] = []
    if search.text:
        found.append(Chip("q", f"“{search.text}”", address.without("q"), replace(search, text="")))
    if search.category:
        label = tree().name(search.category, i18n.language())
        found.append(Chip("category", label, address.without("category"), replace(search, category=None)))
    names = {i: one.name(i18n.language()) for i, one in suppliers.items()}
    for brand in search.brands:
        wider = replace(search, brands=_but(search.brands, brand))
        written = {value for name, value in address.pairs if name == "brand" and book().asked(value) == brand}
        href = address.href(pair for pair in address.pairs if pair[0] != "brand" or pair[1] not in written)
        found.append(Chip("brand", book().say(brand, i18n.language()), href, wider))
    for supplier in search.suppliers:
        wider = replace(search, suppliers=_but(search.suppliers, supplier))
        href = address.without("supplier", value=supplier)
        found.append(Chip("supplier", names.get(supplier, supplier), href, wider))
    for kind in search.kinds:
        wider = replace(search, kinds=_but(search.kinds, kind))
        found.append(Chip("kind", i18n.say(KIND_TITLES[kind]), address.without("kind", value=kind), wider))
    return found + _limits(search, address)


def _but(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(one for one in values if one != value)


def _limits(search: Search, address: Address) -> list[Chip]:
    found: list[Chip] = []
    low, high = (_typed(address, name) for name in ("price_from", "price_to"))
    if search.price_from_minor is not None or search.price_to_minor is not None:
        label = _("Price %(range)s %(currency)s", range=_between(low, high), currency=search.currency)
        wider = replace(search, price_from_minor=None, price_to_minor=None, currency=None)
        found.append(Chip("price", label, address.without("price_from", "price_to", "currency"), wider))
    elif search.currency:
        label = _("Priced in %(currency)s", currency=search.currency)
        href = address.without("currency", *(["sort"] if "price" in search.sort else []))
        found.append(Chip("currency", label, href, replace(search, currency=None)))
    if not search.include_on_request:
        wider = replace(search, include_on_request=True)
        found.append(Chip("priced", _("With a price"), address.without("priced"), wider))
    if search.max_lead_time_days is not None:
        label = _("Within %(days)s days", days=search.max_lead_time_days)
        found.append(Chip("lead_time", label, address.without("lead_time"), replace(search, max_lead_time_days=None)))
    return found + _attributes(search, address)


def _attributes(search: Search, address: Address) -> list[Chip]:
    found: list[Chip] = []
    for code in asked_for({name: [value] for name, value in address.pairs}):
        own = {code, f"{code}_min", f"{code}_max"}
        if not own & search.ranges.keys():
            continue
        definition = tree().measured[code]
        ends = _between(*(_typed(address, f"{code}_{end}") for end in ("from", "to")))
        unit = attributes.chosen_unit(definition, _typed(address, f"{code}_unit"))
        label = " ".join(
            filter(None, (definition.name(i18n.language()), ends, attributes.unit_label(definition, unit)))
        )
        wider = replace(search, ranges={other: pair for other, pair in search.ranges.items() if other not in own})
        href = address.without(f"{code}_from", f"{code}_to", f"{code}_unit")
        found.append(Chip(code, label, href, wider))
    return found + _choices(search, address)


def _choices(search: Search, address: Address) -> list[Chip]:
    found: list[Chip] = []
    for code, values in search.choices.items():
        for value in values:
            rest = {**search.choices, code: _but(values, value)}
            wider = replace(search, choices={other: those for other, those in rest.items() if those})
            found.append(Chip(code, attributes.chosen_label(code, value), address.without(code, value=value), wider))
    return found


def _between(low: str, high: str) -> str:
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}"


def _typed(address: Address, name: str) -> str:
    return next((value[:MAX_NUMBER_CHARS] for key, value in address.pairs if key == name), "")


def panel(search: Search, found: Results, address: Address, suppliers: Mapping[str, Organisation]) -> dict[str, Any]:
    """Everything that the panel of filters shows."""
    names = {i: one.name(i18n.language()) for i, one in suppliers.items()}
    kinds = {kind: i18n.say(title) for kind, title in KIND_TITLES.items()}
    groups = attributes.groups(search, found, dict(address.pairs))
    asked = {name for group in groups for name in group["names"]}
    asked |= {"brand", "supplier", "kind", "price_from", "price_to", "currency", "priced", "lead_time"}
    return {
        "hidden": address.but(*asked),
        "categories": _tree(search.category, found.facets["category"], address),
        "attributes": groups,
        "price": {
            "low": {"name": "price_from", "value": _typed(address, "price_from")},
            "high": {"name": "price_to", "value": _typed(address, "price_to")},
            "currencies": _currencies(search),
            "currency": search.currency or "",
            "priced": not search.include_on_request,
            "parts": attributes.price_parts(found, search.currency or "", address),
        },
        "brands": _options(found.facets["brand"], search.brands, _brands(found, search)),
        "suppliers": _options(found.facets["supplier"], search.suppliers, names),
        "kinds": _options(found.facets["kind"], search.kinds, kinds) if _several(found, search) else {},
        "lead_times": attributes.lead_times(found, _lead_times(search)),
        "lead_time": search.max_lead_time_days,
        "clear": address.href((name, value) for name, value in address.pairs if name in ("q", "sort")),
    }


def _brands(found: Results, search: Search) -> dict[str, str]:
    """The brands of the panel in the reader's language."""
    keys = {one.value for one in found.facets["brand"]} | set(search.brands)
    return {key: book().say(key, i18n.language()) for key in keys}


def _several(found: Results, search: Search) -> bool:
    """A choice between one thing is none."""
    return len(found.facets["kind"]) > 1 or bool(search.kinds)


def _currencies(search: Search) -> Pairs:
    codes = dict.fromkeys([*PRICE_CURRENCIES, *filter(None, [search.currency])])
    return [("", _("Any currency")), *((code, code) for code in codes)]


def _lead_times(search: Search) -> list[int]:
    chosen = search.max_lead_time_days
    return sorted({*LEAD_TIMES, *([chosen] if chosen is not None else [])})


def _options(counts: Iterable[FacetCount], chosen: tuple[str, ...], names: Mapping[str, str]) -> dict[str, Any]:
    """The chosen values and the most frequent others, and the rest to fold out."""
    by_value = {one.value: one.count for one in counts}
    ordered = [*chosen, *(value for value in by_value if value not in chosen)]
    options = [
        {"value": value, "label": names.get(value, value), "count": by_value.get(value, 0), "checked": value in chosen}
        for value in ordered
    ]
    edge = max(SHOWN_OPTIONS, len(chosen))
    rest = options[edge : edge + FOLDED_OPTIONS]
    more = (_("%(number)s more", number=len(rest)), rest) if rest else None
    return {"shown": options[:edge], "more": more}


def _tree(code: str | None, counts: Iterable[FacetCount], address: Address) -> dict[str, Any]:
    """The way up and the level below (or beside, at a leaf), each with its count."""
    by_code = {one.value: one.count for one in counts}
    today = tree()
    path = today.path(code) if code else ()
    below = today.children(code)
    level = below or today.children(path[-2] if len(path) > 1 else None)
    up = path if below else path[:-1]
    return {
        "up": [
            {"label": _("All categories"), "href": address.without("category"), "current": False},
            *({"label": today.name(one, i18n.language()), "href": _into(address, one), "current": one == code}
              for one in up),
        ] if code else [],
        "level": [
            {"label": today.name(one, i18n.language()), "href": _into(address, one), "current": one == code,
             "count": by_code.get(one, 0)}
            for one in level if by_code.get(one) or one == code
        ],
    }  # fmt: skip


def _into(address: Address, code: str) -> str:
    """A link into another category: ranges of parameters do not travel with it."""
    limits = attribute_names(tree())
    pairs = [(name, value) for name, value in address.pairs if name != "category" and name not in limits]
    return address.href([*pairs, ("category", code)])


def sorts(search: Search, address: Address) -> dict[str, Any]:
    """The choice of the order."""
    return {
        "hidden": address.but("sort"),
        "options": [(name, i18n.say(title)) for name, title in SORTS.items()],
        "value": search.sort,
    }
