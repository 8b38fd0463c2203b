"""The catalogue: a search with its filters, counts and pages; works without script and on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.catalogue import basket, index, queries
from app.catalogue.comparing import kept
from app.catalogue.engine import Search
from app.catalogue.index import Results
from app.catalogue.offers.pricing import Price, prices, terms_on_card
from app.catalogue.question import Question, read
from app.catalogue.schemas import KIND_TITLES
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import tree
from app.http import actor
from app.kernel.actors import Actor
from app.web.catalogue import empty, media, offers, shown
from app.web.catalogue.address import Address
from app.web.catalogue.blueprint import pages
from app.web.catalogue.filters import chips, panel, sorts
from app.web.core.shown import label


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
        "quantities": [measure.said for measure in search.measures],
        "columns": [{"label": one.name(i18n.language()), "unit": one.unit_label(i18n.language())} for one in columns],
        "rows": [_row(row, price, columns, asking) for row, price in _priced(found.rows, asking)],
        "empty": empty.helped(search, applied, address, asking) if not found.total else None,
        "next_url": address.put("after", found.next) if found.next else None,
        "first_url": address.href(address.pairs) if search.after else None,
        "filters_url": request.full_path.replace("/catalogue", "/catalogue/filters", 1).rstrip("?"),
        "back_url": address.href(address.pairs),
        "saved": {"query": urlencode(address.pairs)} if asking.person_id and asking.org_id else None,
        "here": request.full_path.rstrip("?"),
        "may_keep": kept.keeps(asking),
        "compared_count": len(kept.ids(asking)),
        "basket_count": basket.count(asking) if basket.may_buy(asking) else None,
    }


def _columns(search: Search, found: Results) -> list[Definition]:
    """The attributes of the category that at least one row of the page states."""
    return shown.columns_for(search.category, {code for row in found.rows for code in row.stored["parameters"]})


def _heading(search: Search) -> str:
    if search.category:
        return tree().name(search.category, i18n.language())
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


def _priced(rows: Sequence[index.Row], asking: Actor) -> list[tuple[index.Row, Price]]:
    """The rows with what the smallest order of each costs the reader's organisation; one query for the page."""
    terms = [terms_on_card(row.id, row.stored) for row in rows]
    return list(zip(rows, prices(asking.org_id, [(one, one.least_micro) for one in terms]), strict=True))


def _row(row: index.Row, price: Price, columns: list[Definition], asking: Actor) -> dict[str, Any]:
    stored = row.stored
    return {
        "id": row.id,
        "href": f"/listings/{row.id}",
        "name": shown.name_of(stored),
        "picture": media.src(row.id, picture, media.SMALL) if (picture := stored.get("picture")) else None,
        "facts": [shown.brand_of(stored), shown.supplier_of(stored)],
        "service": i18n.say(KIND_TITLES["service"]) if stored["kind"] == "service" else None,
        "specs": [] if columns else [shown.spec_text(stored["category"], spec) for spec in stored["specs"]],
        "parameters": [shown.figures(one, stored["parameters"].get(one.code)) for one in columns],
        "lead": stored["lead_time_days"],
        "price": i18n.money(price.price) if price.price else None,
        "price_note": offers.explained(price),
        "cheaper": offers.cheaper(price),
        "least": offers.least(price),
        "quantity": offers.start_quantity(price),
        "buy": _way_to_buy(stored, price, asking),
    }


def _way_to_buy(stored: Any, price: Price, asking: Actor) -> str:
    """ "basket", "quote", or "look" for those who buy nothing."""
    if not basket.may_buy(asking) or stored["supplier"] == asking.org_id:
        return "look"
    return "basket" if price.price is not None and price.unmet is None else "quote"
