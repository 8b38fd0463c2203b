"""The page of one listing: what it is and how to get it; for its supplier and the operator also its course."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import g, render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts import standing
from app.accounts.models import Organisation
from app.catalogue import basket, queries, specs
from app.catalogue.changes.lifecycle import open_change
from app.catalogue.comparing import kept
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import Price
from app.catalogue.products.queries import others
from app.catalogue.schemas import KIND_TITLES
from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.definitions import GROUPS, MEASURED
from app.catalogue.taxonomy.tree import tree
from app.http import actor
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.values import Bilingual
from app.standing import score
from app.web.catalogue import media, offers, shown
from app.web.catalogue.blueprint import pages
from app.web.catalogue.changes import open_change_of
from app.web.core.directory import read
from app.web.core.record import frame
from app.web.finding.looking import remember, to_lists

HISTORY_ROWS: Final = 20
_FIGURES: Final = re.compile(r"\d+(?:\.\d+)?")


@pages.get("/listings/<id:record_id>")
def listing(record_id: str) -> str:
    """One listing."""
    asking = actor()
    if remember(read(Listing, record_id, asking), asking):
        g.pop("actor", None)  # a write lies between: everything is read again
        asking = actor()
    found: Listing = read(Listing, record_id, asking)
    supplier = queries.suppliers([found.supplier_id], asking)[found.supplier_id]
    managed = asking.is_staff or asking.org_id == found.supplier_id
    price = offers.for_reader(found, asking)
    named = _names(found, price)
    context = frame(found, asking, **named) if managed else {**named, "badges": [], "offers": []}
    if managed:
        context["offers"] = _fitting(found, context["offers"])
    return render_template(
        "catalogue/listing.html",
        **context,
        listing=found,
        managed=managed,
        about=about(found, supplier),
        specs=spec_groups(found),
        summary=found.summary(i18n.language()),
        other_names=_other_names(found),
        buy=_buy(found, supplier, asking, price),
        price_rows=offers.price_rows(found, price),
        cheaper=offers.cheaper(price),
        conditions=offers.conditions(found),
        also=_also(found),
        goes_with=offers.goes_with(found, asking),
        hidden=_hidden(found) if managed else None,
        pictures=media.gallery(found, request.args.get("picture", "")),
        documents=media.documents_of(found),
        printable=asking.org_id is not None,
        earlier=media.earlier(found) if managed else [],
        asides=_asides(found, asking) if managed else [],
        score=_score(found) if asking.org_id is not None else None,
        here=request.path,
        comparable=found.state == "published" and supplier.state == "admitted",
        may_keep=kept.keeps(asking),
        lists=to_lists(found, asking),
    )


def _names(found: Listing, today: Price) -> dict[str, Any]:
    path = [("catalogue", "/catalogue"), *shown.category_path(found.category)]
    name = found.name(i18n.language())
    price = today.price
    return {
        "number": name,
        "title": " ".join(filter(None, (found.make(i18n.language()), found.model))),
        "crumbs": [(_("Catalogue"), "/catalogue"), *path[1:], (name, None)],
        "facts": _facts(found),
        "amount": {
            "label": _("Price"),
            "value": i18n.money(price) if price else _("On request"),
            "words": offers.explained(today) if price else None,
        },
    }


def _facts(found: Listing) -> list[tuple[str, str | None]]:
    months = found.warranty_months
    facts = [
        (_("Kind"), i18n.say(KIND_TITLES[found.kind])),
        (_("Brand"), found.make(i18n.language())),
        (_("Model"), found.model),
        (_("Configuration"), found.configuration),
        (_("Part number"), found.part_no),
        (_("Warranty"), None if months is None else _("%(months)s months", months=months)),
    ]
    return [(name, value) for name, value in facts if value]


def about(found: Listing, supplier: Organisation) -> list[tuple[Any, ...]]:
    """Whose it is and what the trade asks besides."""
    rows: list[tuple[Any, ...]] = [
        (_("Supplier"), supplier.name(i18n.language()), f"/organisations/{supplier.id}"),
        (_("VAT"), i18n.percent(found.vat_bp)),
        (_("Unit"), i18n.counter(found.unit)),
        (_("In the catalogue since"), i18n.when(found.published_at) if found.published_at else None),
    ]
    return [row for row in rows if row[1]]


def spec_groups(found: Listing) -> list[tuple[str, list[list[Any]]]]:
    """The properties in groups, each a table: what the category asks for in the reader's language and in one unit, the
    supplier's words beneath where they differ; last what it does not ask for, as it was written."""
    spoken = i18n.language()
    stated = specs.typed(tree(), found.category, found.specs)
    groups: dict[str, list[tuple[int, list[Any]]]] = {}
    for one in stated.values():
        groups.setdefault(one.definition.group, []).append((one.definition.position, _typed_row(one, found, spoken)))
    told = {place for one in stated.values() for place in one.places}
    rest = [
        [specs.name_in(str(spec["key"]), spoken), spec["value"], spec["unit"] or ""]
        for n, spec in enumerate(found.specs)
        if n not in told
    ]
    tables = [
        (Bilingual(*GROUPS[code]).say(spoken), [row for _at, row in sorted(groups[code], key=lambda pair: pair[0])])
        for code in GROUPS
        if code in groups
    ]
    return tables + ([(_("As the supplier writes"), rest)] if rest else [])


def _plain(text: str) -> str:
    return text.replace(",", "").replace("\u2212", "-")


def _typed_row(one: specs.Typed, found: Listing, spoken: str) -> list[Any]:
    shown_as = values.figures(one.definition, one.value, spoken)
    unit = one.definition.unit_label(spoken) if one.definition.type in MEASURED else ""
    written = ", ".join(specs.text_of(found.specs[place]) for place in one.places)
    said = set(_FIGURES.findall(_plain(shown_as))) <= set(_FIGURES.findall(_plain(written)))
    note = None if said or one.definition.type not in MEASURED else written
    return [one.definition.name(spoken), {"text": shown_as, "note": note} if note else shown_as, unit]


def _also(found: Listing) -> tuple[str, str] | None:
    """How many others offer the same product, and where they stand side by side."""
    number = others(found)
    return (_("Also offered by others: %(number)s", number=number), f"/products/{found.product_id}") if number else None


def _other_names(found: Listing) -> str | None:
    """The name in the other language, where there is one."""
    own = found.name(i18n.language())
    other = found.name_en if own == found.name_zh else found.name_zh
    return other if other and other != own else None


def _hidden(found: Listing) -> str | None:
    """Why buyers do not find a published listing though its supplier is admitted."""
    if found.state != "published":
        return None
    why = standing.barred_from(found.supplier_id, "listing", tree().path(found.category))
    if not why:
        return None
    return str(_("Hidden from buyers. Missing or standing against it: %(why)s.", why=i18n.speak(why)))


def _fitting(found: Listing, offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what a listing that shows nothing has no use for, nor what an open change, told above, stands against;
    what takes away stands last."""
    left_out = set() if found.media else set(media.NEED_MEDIA)
    if open_change(found) is not None:
        left_out |= {"change", "propose_medium"}
    return sorted((one for one in offered if one["name"] not in left_out), key=lambda one: bool(one["danger"]))


def _asides(found: Listing, asking: Actor) -> list[dict[str, Any]]:
    """What its keepers have to know first: why it was suspended or returned, and that a change is open."""
    told = []
    if found.state in ("suspended", "returned"):
        lead = _("Suspended, so hidden from buyers:") if found.state == "suspended" else _("Returned:")
        told.append({"tone": "stop", "title": lead, "words": _last_words(found)})
    change = open_change_of(found, asking)
    if change is not None:
        told.append({"tone": "info", "words": change["words"], "action": (_("See the change"), change["href"])})
    return told


def _last_words(found: Listing) -> str:
    """What was said when the listing came into its state; the reasons beside fields stand in its form."""
    heard = history(db.session(), [found.id], limit=HISTORY_ROWS)
    said = (words for event, words in heard if event.data["to"] == found.state and words)
    return next(said, None) or ""


def _score(found: Listing) -> str | None:
    """The supplier's score in words, where enough rows stand behind it."""
    counted = score.score_of(found.supplier_id)
    if counted.points is None:
        return None
    return str(_("%(points)s of 100, from %(number)s rows", points=counted.points, number=counted.rows))


def _buy(found: Listing, supplier: Organisation, asking: Actor, price: Price) -> dict[str, Any] | None:
    """The box to buy from: nothing for the supplier itself and for those who do not buy."""
    if found.state != "published" or supplier.state != "admitted":
        return None
    if asking.person_id is None:
        return {"way": "sign_in"}
    if not basket.may_buy(asking) or asking.org_id == found.supplier_id:
        return None
    if price.price is None:
        return {"way": "quote"}
    quantity = offers.start_quantity(price)
    why_not = i18n.speak(price.unmet) if price.unmet else None
    return {"way": "basket", "quantity": quantity, "unit": i18n.counter(found.unit), "why_not": why_not}
