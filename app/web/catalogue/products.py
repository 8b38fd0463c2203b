"""The page of a product: every supplier's offer of it side by side."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.catalogue.offers.pricing import Price
from app.catalogue.products.models import Product
from app.catalogue.products.queries import offers_of
from app.catalogue.queries import Offered
from app.http import actor
from app.web.catalogue import offers, shown
from app.web.catalogue.blueprint import pages
from app.web.core.directory import read
from app.web.core.record import frame


@pages.get("/products/<id:record_id>")
def product(record_id: str) -> str:
    """One product with all its offers; the cheapest first."""
    asking = actor()
    found: Product = read(Product, record_id, asking)
    side_by_side = offers_of(found.id, asking)
    name = found.name(i18n.language())
    named: dict[str, Any] = {"number": name, "title": _title(found, side_by_side), "amount": None,
                             "crumbs": _crumbs(side_by_side, name), "facts": []}  # fmt: skip
    context = frame(found, asking, **named) if asking.is_staff else {**named, "badges": [], "offers": []}
    return render_template(
        "catalogue/product.html", **context, managed=asking.is_staff, rows=[_row(*one) for one in side_by_side]
    )


def _title(found: Product, rows: list[tuple[Offered, Price]]) -> str:
    brand = rows[0][0].listing.make(i18n.language()) if rows else ""
    return " ".join(filter(None, (brand, found.model)))


def _crumbs(rows: list[tuple[Offered, Price]], name: str) -> list[tuple[str, str | None]]:
    path = shown.category_path(rows[0][0].listing.category) if rows else []
    return [(_("Catalogue"), "/catalogue"), *path, (name, None)]


def _row(one: Offered, price: Price) -> list[Any]:
    listing = one.listing
    months = listing.warranty_months
    return [
        {"text": one.supplier.name(i18n.language()), "href": f"/listings/{listing.id}", "note": listing.configuration},
        {"text": i18n.money(price.price) if price.price else _("On request"), "strong": True,
         "note": offers.explained(price) if price.price else None},
        offers.cheaper(price),
        f"{i18n.quantity(price.terms.least_micro)} {listing.unit}",
        shown.days(listing.lead_time_days),
        None if months is None else _("%(months)s months", months=months),
        offers.delivery(listing),
        offers.validity(listing),
    ]  # fmt: skip
