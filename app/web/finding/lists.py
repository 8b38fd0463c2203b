"""The page of a list of listings: quantities, order, sharing, and all of it into the basket."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.catalogue import basket
from app.catalogue.basket import Line
from app.finding import lists
from app.finding.schemas import SavedListInput, SavedListLineInput
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.errors import INVALID_INPUT, UNAUTHENTICATED, Refusal
from app.kernel.values import quantity_text
from app.web.core.forms import error_list
from app.web.core.protection import local_path
from app.web.finding.blueprint import pages
from app.web.finding.searches import PATH, load, typed, write

LIST: str = f"{PATH}/list"


@pages.get(LIST)
def show() -> str:
    """A list, own or shared."""
    return _page(signed_in(), request.args.get("id", ""), [])


def _page(asking: Actor, list_id: str, errors: list[tuple[str | None, str]]) -> str:
    held = lists.contents(asking, list_id)
    totals: dict[str, Any] = {}
    for line in held.lines:
        if line.amount is not None:
            before = totals.get(line.amount.currency)
            totals[line.amount.currency] = line.amount if before is None else before + line.amount
    return render_template(
        "finding/list.html", saved=held.saved, own=held.saved.person_id == asking.person_id, errors=errors,
        lines=[_line(line) for line in held.lines], gone=held.gone, may_buy=basket.may_buy(asking),
        totals=[i18n.money(totals[code]) for code in sorted(totals)],
    )  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    spoken = i18n.language()
    listing = line.listing
    return {
        "id": listing.id, "href": f"/listings/{listing.id}", "name": listing.name(spoken),
        "note": " ".join(filter(None, (listing.brand, listing.model, line.supplier.name(spoken)))),
        "quantity": quantity_text(line.quantity_micro), "unit": i18n.counter(listing.unit),
        "amount": i18n.money(line.amount) if line.amount else _("On request"),
    }  # fmt: skip


@pages.post(f"{PATH}/lists/add")
def add() -> BaseResponse:
    """Put a listing on an own list, or on a new one."""
    where = local_path(request.form.get("next")) or PATH
    list_id, listing_id = request.form.get("list", ""), request.form.get("listing", "")

    def put(asking: Actor) -> None:
        chosen = list_id or lists.make(asking, title=str(_("My list")), shared=False).id
        lists.add(asking, chosen, listing_id)

    return _done(where, put, str(_("It is on your list.")))


@pages.post(f"{PATH}/lists")
def make() -> BaseResponse:
    """A new, empty list."""
    try:
        loaded = load(SavedListInput, typed(SavedListInput))
    except Refusal as refused:
        return _told(PATH, refused)
    return _done(
        PATH,
        lambda asking: lists.make(asking, title=loaded["title"], shared=loaded["shared"]),
        str(_("The list is made.")),
    )


@pages.post(LIST)
def change() -> BaseResponse:
    """Change a list: its name, quantities and order; one line out; all of it into the basket; or forget it."""
    list_id = request.form.get("id", "")
    if request.form.get("order"):
        return _done("/basket", lambda asking: lists.order(asking, list_id), str(_("It is in your basket.")))
    if request.form.get("forget"):
        return _done(PATH, lambda asking: lists.remove(asking, list_id), str(_("The list is removed.")))
    try:
        loaded = load(SavedListInput, typed(SavedListInput))
        lines = _quantities(request.form.get("remove"))
        write(lambda asking: lists.change(asking, list_id, title=loaded["title"], shared=loaded["shared"], lines=lines))
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED or refused.code == "not_there":
            raise
        page = _page(signed_in(), list_id, error_list(refused))
        return BaseResponse(page, status=refused.kind.status, mimetype="text/html")
    flash(_("The list is changed."), "good")
    return redirect(f"{LIST}?id={list_id}", 303)


def _quantities(gone: str | None) -> dict[str, int]:
    """The lines that stay, in the order of the places that were typed."""
    rows: list[tuple[float, str, int]] = []
    for name, value in request.form.items():
        if name.startswith("quantity-") and (listing := name.removeprefix("quantity-")) != gone:
            try:
                read = SavedListLineInput().load({"listing": listing, "quantity": value.strip()})
            except ValidationError as error:
                words = error.normalized_messages()  # type: ignore[no-untyped-call]
                raise INVALID_INPUT(fields={name: [one for those in words.values() for one in those]}) from None
            rows.append((_place(listing, len(rows) + 1), listing, read["quantity"]))
    rows.sort(key=lambda row: row[0])
    return {listing: quantity for _at, listing, quantity in rows[: lists.MAX_LINES]}


def _place(listing: str, before: int) -> float:
    """Where a line is to stand; one that is moved goes past the line that stands there."""
    typed_in = request.form.get(f"place-{listing}", "").strip()
    place = int(typed_in) if typed_in.isascii() and typed_in.isdigit() else before
    return place + (0.5 if place > before else -0.5 if place < before else 0)


def _done(where: str, change_it: Any, words: str) -> BaseResponse:
    try:
        write(change_it)
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED or refused.code == "not_there":
            raise
        return _told(PATH if where == "/basket" else where, refused)
    flash(words, "good")
    return redirect(where, 303)


def _told(where: str, refused: Refusal) -> BaseResponse:
    flash(" ".join(words for _field, words in error_list(refused)), "stop")
    return redirect(where, 303)
