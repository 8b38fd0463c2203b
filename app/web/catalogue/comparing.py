"""Listings side by side: the table with its differences, what each costs to own, and the way into a request.

The address says everything (?id=...&id=...&years=5), so that a comparison can be linked; without ids it is the one that
is kept for the person who is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.catalogue import basket
from app.catalogue.comparing import kept, question, table
from app.catalogue.comparing.question import Asked
from app.catalogue.comparing.table import Row, Table
from app.catalogue.queries import Offered
from app.catalogue.taxonomy import units, values
from app.catalogue.taxonomy.definitions import MEASURED
from app.catalogue.taxonomy.tree import tree
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.errors import UNAUTHENTICATED, Refusal
from app.kernel.work import unit_of_work
from app.web.catalogue import media, offers, owning, shown
from app.web.catalogue.blueprint import pages
from app.web.core.forms import error_list

PATH: Final = "/compare"
VERDICTS: Final = {"differs": ("waiting", "arrows"), "same": ("good", "check"), "open": ("draft", "minus")}
"""What a row amounts to -> tone and symbol of its mark."""


@pages.get(PATH)
def compare() -> str:
    """The listings of the address side by side, or those that the reader keeps."""
    asking = actor()
    named = request.args.getlist("id")
    ids, over = table.wanted(named or kept.ids(asking))
    found = table.compared(ids, asking)
    asked = question.read(dict(request.args.lists()), ids)
    return render_template(
        "catalogue/compare.html",
        offers=[_offer(one) for one in found.offered],
        facts=_facts(found, linked=bool(named)),
        rows=[_row(row, asked) for row in found.rows],
        differing=sum(row.verdict == "differs" for row in found.rows),
        notices=_notices(found, over),
        unit_choices=[choice for row in found.rows if (choice := _unit_choice(row, asked))],
        owning=owning.shown_cost(found, asked) if found.offered else None,
        ids=found.ids,
        gone=found.gone,
        linked=bool(named),
        link=f"{PATH}?{urlencode([('id', one) for one in found.ids])}",
        may_keep=kept.keeps(asking),
        may_ask=basket.may_buy(asking),
    )


@pages.post(PATH)
def keep() -> BaseResponse:
    """Put listings beside those that are kept, keep exactly these, or take one out."""
    ids = request.form.getlist("id")
    gone = request.form.get("remove")
    if gone is not None:
        _write(lambda asking: kept.remove(asking, [gone]))
    elif request.form.get("do") == "replace":
        _write(lambda asking: kept.replace(asking, ids))
    elif ids:
        _write(lambda asking: kept.add(asking, ids))
    else:
        flash(_("Tick the listings to compare first."), "waiting")
        return redirect("/catalogue", 303)
    return redirect(PATH, 303)


def _write(change_it: Callable[[Actor], None]) -> None:
    try:
        with unit_of_work():
            g.pop("actor", None)  # rights are read again, inside the writing transaction
            change_it(signed_in())
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED:
            raise
        flash(" ".join(words for _field, words in error_list(refused)), "stop")


def _offer(one: Offered) -> dict[str, Any]:
    spoken, listing = i18n.language(), one.listing
    name = listing.name(spoken)
    short = name if listing.model.casefold() in name.casefold() else f"{listing.model} {name}"
    note = i18n.clauses((listing.brand, one.supplier.name(spoken)))
    return {
        "name": short, "href": f"/listings/{listing.id}", "note": note, "picture": media.first_picture(listing),
    }  # fmt: skip


def _facts(found: Table, *, linked: bool) -> list[dict[str, Any]]:
    """What is compared of every listing, whatever its category asks."""
    each = [one.listing for one in found.offered]
    several = len(found.categories) > 1
    rows: list[dict[str, Any]] = [
        {"label": _("Price, tax included"), "cells": [
            {"text": i18n.money(one.price) if one.price else _("On request"), "strong": True,
             "note": offers.explained(one) if one.price else _("ask the supplier for a quote")}
            for one in found.prices]},
        {"label": _("Lead time"), "cells": [shown.days(one.lead_time_days) for one in each]},
        {"label": _("Warranty"), "cells": [
            None if one.warranty_months is None else _("%(months)s months", months=one.warranty_months)
            for one in each]},
    ]  # fmt: skip
    if several:
        names = [tree().name(one.category, i18n.language()) for one in each]
        rows.append({"label": _("Category"), "cells": names})
    rows.append({"label": _("Take out"), "cells": [_way_out(one.id, found, linked=linked) for one in each]})
    return rows


def _way_out(listing_id: str, found: Table, *, linked: bool) -> dict[str, Any]:
    """A link without the listing, or the button that takes it from what is kept."""
    rest = [("id", one) for one in found.ids if one != listing_id]
    return {"without": f"{PATH}?{urlencode(rest)}" if rest else "/catalogue"} if linked else {"remove": listing_id}


def _row(row: Row, asked: Asked) -> dict[str, Any]:
    spoken, one = i18n.language(), row.definition
    unit = _unit_of(row, asked)
    tone, symbol = VERDICTS[row.verdict]
    return {
        "code": one.code,
        "label": one.name(spoken),
        "unit": units.labels(one.dimension, [unit], spoken)[0] if unit and one.dimension not in units.PURE else "",
        "mark": (_verdict(row.verdict), tone, symbol),
        "cells": [_value(row, cell, unit) for cell in row.cells],
    }


def _verdict(name: str) -> str:
    words: dict[str, str] = {"differs": _("differs"), "same": _("the same"), "open": _("not stated by all")}
    return words[name]


def _value(row: Row, cell: table.Cell, unit: str | None) -> dict[str, Any]:
    if not cell.asked:
        return {"text": _("not asked in its category"), "quiet": True}
    if cell.value is None:
        return {"text": _("not stated"), "quiet": True}
    words = values.figures(row.definition, cell.value, i18n.language(), unit)
    return {"text": words, "strong": row.verdict == "differs"}


def _unit_of(row: Row, asked: Asked) -> str | None:
    """The unit that the row is shown in: the one asked for, where the attribute has it."""
    one = row.definition
    if one.type not in MEASURED:
        return None
    unit = asked.units.get(one.code)
    return unit if unit in one.units else one.unit


def _unit_choice(row: Row, asked: Asked) -> dict[str, Any] | None:
    one = row.definition
    if one.type not in MEASURED or len(one.units) < 2 or one.dimension in units.PURE:
        return None
    labels = one.unit_labels(i18n.language())
    pairs = [(f"{one.code}:{code}", label) for code, label in zip(one.units, labels, strict=True)]
    return {"label": one.name(i18n.language()), "options": pairs, "value": f"{one.code}:{_unit_of(row, asked)}"}


def _notices(found: Table, over: list[str]) -> list[str]:
    """What the reader has to know before comparing."""
    told = []
    if found.gone:
        told.append(ngettext("%(num)d listing is not on offer and is left out.",
                             "%(num)d listings are not on offer and are left out.", len(found.gone)))  # fmt: skip
    if over:
        told.append(_("At most six listings are compared; the first six are shown."))
    if len(found.categories) > 1:
        told.append(_("The listings stand in different categories: each answers only what its category asks."))
    return told
