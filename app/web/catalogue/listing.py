"""The page of one listing: what it is and how to get it; for its supplier and the operator also its course."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import basket, queries
from app.catalogue.models import Listing
from app.catalogue.schemas import KIND_TITLES
from app.http import actor
from app.kernel.actors import Actor
from app.web.catalogue import shown
from app.web.catalogue.blueprint import pages
from app.web.core.directory import read
from app.web.core.record import frame


@pages.get("/listings/<id:record_id>")
def listing(record_id: str) -> str:
    """One listing."""
    asking = actor()
    found: Listing = read(Listing, record_id, asking)
    supplier = queries.suppliers([found.supplier_id], asking)[found.supplier_id]
    managed = asking.is_staff or asking.org_id == found.supplier_id
    context = frame(found, asking, **_names(found)) if managed else {**_names(found), "badges": [], "offers": []}
    return render_template(
        "catalogue/listing.html",
        **context,
        listing=found,
        managed=managed,
        about=about(found, supplier),
        specs=spec_rows(found),
        summary=found.summary(i18n.language()),
        other_names=_other_names(found),
        buy=_buy(found, supplier, asking),
        here=request.path,
    )


def _names(found: Listing) -> dict[str, Any]:
    path = [("catalogue", "/catalogue"), *shown.category_path(found.category)]
    name = found.name(i18n.language())
    price = found.price
    return {
        "number": name,
        "title": " ".join(filter(None, (found.brand, found.model))),
        "crumbs": [(_("Catalogue"), "/catalogue"), *path[1:], (name, None)],
        "facts": _facts(found),
        "amount": {
            "label": _("Price"),
            "value": i18n.money(price) if price else _("On request"),
            "words": price_line(found) if price else None,
        },
    }


def price_line(found: Listing) -> str:
    """What stands beneath the price."""
    return shown.price_note(found.vat_bp, found.price_basis_micro, found.unit)


def _facts(found: Listing) -> list[tuple[str, str | None]]:
    months = found.warranty_months
    facts = [
        (_("Kind"), i18n.say(KIND_TITLES[found.kind])),
        (_("Brand"), found.brand),
        (_("Model"), found.model),
        (_("Part number"), found.part_no),
        (_("Lead time"), shown.days(found.lead_time_days)),
        (_("Warranty"), None if months is None else _("%(months)s months", months=months)),
    ]
    return [(name, value) for name, value in facts if value]


def about(found: Listing, supplier: Organisation) -> list[tuple[Any, ...]]:
    """Whose it is and what the trade asks besides."""
    rows: list[tuple[Any, ...]] = [
        (_("Supplier"), supplier.name(i18n.language()), f"/organisations/{supplier.id}"),
        (_("VAT"), i18n.percent(found.vat_bp)),
        (_("Unit"), found.unit),
        (_("In the catalogue since"), i18n.when(found.published_at) if found.published_at else None),
    ]
    return [row for row in rows if row[1]]


def spec_rows(found: Listing) -> list[list[Any]]:
    """The properties as a table: known parameters under their usual name, the rest as the supplier wrote them."""
    return [[shown.spec_name(spec), spec["value"], spec["unit"] or ""] for spec in found.specs]


def _other_names(found: Listing) -> str | None:
    """The name in the other language, where there is one."""
    own = found.name(i18n.language())
    other = found.name_en if own == found.name_zh else found.name_zh
    return other if other and other != own else None


def _buy(found: Listing, supplier: Organisation, asking: Actor) -> dict[str, Any] | None:
    """The box to buy from: nothing for the supplier itself and for those who do not buy."""
    if found.state != "published" or supplier.state != "admitted":
        return None
    if asking.person_id is None:
        return {"way": "sign_in"}
    if not basket.may_buy(asking) or asking.org_id == found.supplier_id:
        return None
    return {"way": "basket" if found.price else "quote"}
