"""The catalogue: a search with its filters, counts and pages; works without script and on the phone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.catalogue import basket, categories, index, queries
from app.catalogue.engine import Search
from app.catalogue.index import Results
from app.catalogue.parameters import Parameter
from app.catalogue.question import Question, read
from app.catalogue.schemas import KIND_TITLES
from app.http import actor
from app.kernel.actors import Actor
from app.web.catalogue import shown
from app.web.catalogue.blueprint import pages
from app.web.catalogue.filters import Address, Chip, chips, panel, sorts
from app.web.core.shown import label

SUGGESTED_DROPS: Final = 6
"""Filters whose removal is counted where nothing was found."""


@pages.get("/catalogue")
def catalogue() -> str:
    """Search results."""
    return render_template("catalogue/results.html", **_context())


@pages.get("/catalogue/filters")
def filter_page() -> str:
    """The filters on a page of their own, for the phone."""
    return render_template("catalogue/filters.html", **_context())


def _context() -> dict[str, Any]:
    asking = actor()
    question = read(dict(request.args.lists()))
    search, address = question.search, Address(request.args)
    found = index.search(search, asking)
    facet = found.facets["supplier"]
    suppliers = queries.suppliers([*search.suppliers, *(one.value for one in facet)], asking)
    applied = chips(search, address, suppliers)
    # The category is the page's heading already, and so are the words where there is no category.
    shown_chips = [chip for chip in applied if chip.name not in ({"category"} if search.category else {"q"})]
    columns = _columns(search, found)
    return {
        "query": search.text,
        "heading": _heading(search),
        "counts": _counts(search, found),
        "crumbs": _crumbs(search),
        "chips": [{"label": chip.label, "href": chip.href} for chip in shown_chips],
        "panel": panel(search, found, address, suppliers),
        "sorts": sorts(search, address),
        "problems": _problems(question),
        "partial": found.partial,
        "columns": [{"label": one.name(i18n.language()), "unit": one.unit} for one in columns],
        "rows": [_row(row, [one.code for one in columns], asking) for row in found.rows],
        "empty": _empty(applied, asking) if not found.total else None,
        "next_url": address.put("after", found.next) if found.next else None,
        "first_url": address.href(address.pairs) if search.after else None,
        "filters_url": request.full_path.replace("/catalogue", "/catalogue/filters", 1).rstrip("?"),
        "back_url": address.href(address.pairs),
        "here": request.full_path.rstrip("?"),
        "basket_count": basket.count(asking) if basket.may_buy(asking) else None,
    }


def _columns(search: Search, found: Results) -> list[Parameter]:
    """The parameters of the category that at least one row of the page states."""
    stated = {code for row in found.rows for code in row.stored["parameters"]}
    return [one for one in shown.columns_for(search.category) if one.code in stated]


def _heading(search: Search) -> str:
    if search.category:
        return categories.name(search.category, i18n.language())
    return str(_("Search for “%(words)s”", words=search.text) if search.text else _("Catalogue"))


def _counts(search: Search, found: Results) -> str:
    chosen = {one.value for one in found.facets["supplier"]} & set(search.suppliers)
    number = len(chosen) if search.suppliers else len(found.facets["supplier"])
    return str(_("Listings: %(listings)s, suppliers: %(suppliers)s", listings=found.total, suppliers=number))


def _crumbs(search: Search) -> list[tuple[str, str | None]]:
    path: list[tuple[str, str | None]] = [(_("Catalogue"), "/catalogue")]
    if search.category:
        path += shown.category_path(search.category)
    return [*path[:-1], (path[-1][0], None)]


def _problems(question: Question) -> list[str]:
    return [
        _("%(field)s: %(words)s", field=_parameter(name), words=i18n.speak(words))
        for name, words in question.problems.items()
    ]


def _parameter(name: str) -> str:
    named = {"price_from": _("Lowest price"), "price_to": _("Highest price"), "sort": _("Sort by"),
             "lead_time": _("Lead time")}  # fmt: skip
    return named.get(name) or label(name)


def _row(row: index.Row, columns: list[str], asking: Actor) -> dict[str, Any]:
    stored = row.stored
    price = shown.price_of(stored)
    return {
        "id": row.id,
        "href": f"/listings/{row.id}",
        "name": shown.name_of(stored),
        "facts": [stored["brand"], shown.supplier_of(stored)],
        "service": i18n.say(KIND_TITLES["service"]) if stored["kind"] == "service" else None,
        "specs": [] if columns else [shown.spec_text(spec) for spec in stored["specs"]],
        "parameters": [shown.measured(stored["parameters"].get(code)) for code in columns],
        "lead": stored["lead_time_days"],
        "price": i18n.money(price) if price else None,
        "price_note": shown.price_note(stored["vat_bp"], stored["price_basis_micro"], stored["unit"]),
        "buy": _way_to_buy(stored, asking),
    }


def _way_to_buy(stored: Any, asking: Actor) -> str:
    """ "basket", "quote", or "look" for those who buy nothing."""
    if not basket.may_buy(asking) or stored["supplier"] == asking.org_id:
        return "look"
    return "basket" if stored["price_minor"] is not None else "quote"


def _empty(applied: list[Chip], asking: Actor) -> dict[str, Any]:
    """Nothing found: which filter to drop, with what that would show."""
    droppable = applied if len(applied) > 1 else []
    counted = [(chip, _total(chip.wider, asking)) for chip in droppable[:SUGGESTED_DROPS]]
    return {
        "drops": [{"label": chip.label, "href": chip.href, "count": total} for chip, total in counted if total],
        "may_ask": basket.may_buy(asking),
    }


def _total(search: Search, asking: Actor) -> int:
    return index.search(replace(search, after=None, limit=1), asking).total
