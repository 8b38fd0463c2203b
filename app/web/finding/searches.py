"""The page of what is saved, and the forms of saved searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.catalogue import basket, queries
from app.catalogue.question import read
from app.finding import lists, searches, viewed
from app.finding.models import TITLE_CHARS, SavedSearch
from app.finding.schemas import SavedSearchChange, SavedSearchInput
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.errors import INVALID_INPUT, UNAUTHENTICATED, Refusal
from app.kernel.work import unit_of_work
from app.web.catalogue.address import Address
from app.web.catalogue.filters import chips
from app.web.core.forms import error_list
from app.web.finding.blueprint import pages

PATH: Final = "/saved"


@pages.get(PATH)
def saved() -> str:
    """Saved searches, lists, and what was looked at last."""
    asking = signed_in()
    searches.admit(asking)
    return render_template(
        "finding/saved.html",
        searches=[_row(one, asking) for one in searches.of(asking)],
        lists=[_head(one, number, asking) for one, number in lists.of(asking)],
        viewed=[_seen(one) for one in viewed.recent(asking)],
        may_buy=basket.may_buy(asking),
    )


def _row(one: SavedSearch, asking: Actor) -> dict[str, Any]:
    own = one.person_id == asking.person_id
    return {
        "id": one.id, "title": one.title, "href": f"/catalogue?{one.query}", "own": own, "shared": one.shared,
        "tells": own and one.tells,
    }  # fmt: skip


def _head(one: Any, number: int, asking: Actor) -> dict[str, Any]:
    own = one.person_id == asking.person_id
    return {"title": one.title, "href": f"{PATH}/list?id={one.id}", "number": number, "own": own, "shared": one.shared}


def _seen(offered: queries.Offered) -> dict[str, Any]:
    listing = offered.listing
    spoken = i18n.language()
    return {
        "href": f"/listings/{listing.id}", "name": listing.name(spoken),
        "note": " ".join(filter(None, (listing.brand, listing.model, offered.supplier.name(spoken)))),
        "price": i18n.money(listing.price) if listing.price else _("On request"),
    }  # fmt: skip


@pages.get(f"{PATH}/search")
def form() -> str:
    """The form of a search: a new one (?query=...), or an own one (?id=...)."""
    asking = signed_in()
    searches.admit(asking)
    given = {"title": "", "shared": False, "tells": True, "query": request.args.get("query", "")}
    if search_id := request.args.get("id", ""):
        kept = searches.own_one(asking, search_id)
        given = {"id": kept.id, "title": kept.title, "shared": kept.shared, "tells": kept.tells, "query": kept.query}
    return _form(given | ({} if given["title"] else {"title": _suggested(str(given["query"]))}), [])


def _suggested(query: str) -> str:
    """A name made of what the search asks."""
    args = MultiDict([(name, value) for name, values in parse_qs(query).items() for value in values])
    found = read(dict(args.lists())).search
    return ", ".join(chip.label.strip("“”") for chip in chips(found, Address(args), {}))[:TITLE_CHARS]


def _form(given: dict[str, Any], errors: list[tuple[str | None, str]]) -> str:
    return render_template("finding/search.html", given=given, errors=errors, back=f"/catalogue?{given['query']}")


@pages.post(f"{PATH}/search")
def save() -> BaseResponse:
    """Keep a search, change an own one, or forget it."""
    signed_in()
    search_id = request.form.get("id", "")
    given: dict[str, Any] = {"id": search_id, "query": request.form.get("query", ""), **typed(SavedSearchChange)}
    try:
        if request.form.get("remove"):
            write(lambda asking: searches.remove(asking, search_id))
            flash(_("The search is removed."), "good")
        elif search_id:
            loaded = load(SavedSearchChange, typed(SavedSearchChange))
            write(lambda asking: searches.change(asking, search_id, **loaded))
            flash(_("The search is changed."), "good")
        else:
            loaded = load(SavedSearchInput, {**typed(SavedSearchChange), "query": given["query"]})
            write(lambda asking: searches.save(asking, **loaded))
            flash(_("The search is saved."), "good")
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED or refused.code == "not_there":
            raise
        return BaseResponse(_form(given, error_list(refused)), status=refused.kind.status, mimetype="text/html")
    return redirect(PATH, 303)


@pages.post(f"{PATH}/viewed")
def forget() -> BaseResponse:
    """Erase what was looked at."""
    write(viewed.forget)
    flash(_("What you looked at is erased."), "good")
    return redirect(PATH, 303)


def typed(shape: type[Schema]) -> dict[str, Any]:
    """The name and the ticked boxes of a form."""
    ticked: dict[str, Any] = {name: name in request.form for name in ("shared", "tells") if name in shape().fields}
    return {"title": request.form.get("title", "").strip(), **ticked}


def load(shape: type[Schema], given: dict[str, Any]) -> dict[str, Any]:
    """What was typed as a shape says it."""
    try:
        loaded: dict[str, Any] = shape().load(given)
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return loaded


def write(change_it: Callable[[Actor], object]) -> None:
    """Do it in a unit of work, with the rights that the person has inside it."""
    with unit_of_work():
        g.pop("actor", None)
        asking = signed_in()
        searches.admit(asking)
        change_it(asking)
