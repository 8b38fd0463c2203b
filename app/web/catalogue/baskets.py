"""The basket: what a person means to buy, by supplier, with totals; the way out is a requisition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import flash, g, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts.actions.organisations import ORGANISATION
from app.catalogue import basket
from app.catalogue.schemas import BasketLineInput
from app.catalogue.taxonomy.tree import tree
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.errors import INVALID_INPUT, UNAUTHENTICATED, Refusal
from app.kernel.values import Money, quantity_text
from app.kernel.work import unit_of_work
from app.sharing.purchases import bookable, instrument_kind
from app.web.catalogue import offers
from app.web.catalogue.blueprint import pages
from app.web.core.directory import names
from app.web.core.forms import error_list
from app.web.core.protection import local_path
from app.web.sharing import panel

PATH: Final = "/basket"


@pages.get(PATH)
def show() -> str:
    """What is in the basket, at today's prices."""
    return _page(signed_in(), {}, [])


@pages.post(PATH)
def add() -> BaseResponse:
    """Put a listing in, from a result row or from its page, and go on from there."""
    where = local_path(request.form.get("next")) or PATH
    try:
        line = _line(request.form.get("listing", ""), request.form.get("quantity") or "1")
        _write(lambda asking: basket.add(asking, line["listing"], line["quantity"]))
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED:
            raise
        flash(" ".join(words for _field, words in error_list(refused)), "stop")
    else:
        flash(_("It is in your basket."), "good")
    return redirect(where, 303)


@pages.post(f"{PATH}/lines")
def change() -> BaseResponse:
    """New quantities for the lines, or one line out."""
    gone = request.form.get("remove")
    typed = {name.removeprefix("quantity-"): value for name, value in request.form.items()
             if name.startswith("quantity-")}  # fmt: skip
    if gone is not None:
        _write(lambda asking: basket.remove(asking, [gone]))
        flash(_("Removed from your basket."), "good")
        return redirect(PATH, 303)
    read, errors = _quantities(dict(list(typed.items())[: basket.MAX_BASKET_LINES]))
    if not errors:
        try:
            _write(lambda asking: basket.put(asking, read))
        except Refusal as refused:
            if refused.kind is UNAUTHENTICATED:
                raise
            errors = error_list(refused)
    if errors:
        return BaseResponse(_page(signed_in(), typed, errors), status=422, mimetype="text/html")
    flash(_("The quantities are changed."), "good")
    return redirect(PATH, 303)


def _write(change_it: Callable[[Actor], None]) -> None:
    with unit_of_work():
        g.pop("actor", None)  # rights are read again, inside the writing transaction
        change_it(signed_in())


def _line(listing_id: str, quantity: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = BasketLineInput().load({"listing": listing_id, "quantity": quantity.strip()})
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return loaded


def _quantities(typed: Mapping[str, str]) -> tuple[dict[str, int], list[tuple[str | None, str]]]:
    read: dict[str, int] = {}
    errors: list[tuple[str | None, str]] = []
    for listing_id, text in typed.items():
        try:
            line = _line(listing_id, text)
            read[line["listing"]] = line["quantity"]
        except Refusal as refused:
            errors += [(f"quantity-{listing_id}", words) for _field, words in error_list(refused)]
    return read, errors


def _page(asking: Actor, typed: Mapping[str, str], errors: list[tuple[str | None, str]]) -> str:
    held = basket.contents(asking)
    wrong: dict[str | None, str] = dict(errors)
    return render_template(
        "catalogue/basket.html",
        may_buy=basket.may_buy(asking),
        bookable=_bookable(held, asking),
        groups=[_group(group, typed, wrong) for group in held.groups],
        gone=held.gone,
        totals=[_total(total, asking) for _currency, total in sorted(held.totals.items())],
        errors=errors,
    )


def _bookable(held: basket.Basket, asking: Actor) -> list[dict[str, Any]]:
    """What of the basket's kinds can be booked in the park instead."""
    if not basket.may_buy(asking) or asking.org_id is None:
        return []
    places = {tree().place(line.listing.category) for line in held.lines}
    found = bookable({code for code in places if instrument_kind(tree(), code)}, asking.org_id)
    named = names(one.org_id for one in found)
    return [panel.card(one, named) for one in found]


def _group(group: basket.Group, typed: Mapping[str, str], wrong: Mapping[str | None, str]) -> dict[str, Any]:
    spoken = i18n.language()
    return {
        "supplier": group.supplier.name(spoken),
        "href": f"/organisations/{group.supplier.id}",
        "currency": group.currency,
        "total": i18n.money(group.total),
        "lines": [
            {
                "id": line.listing.id,
                "href": f"/listings/{line.listing.id}",
                "name": line.listing.name(spoken),
                "note": " ".join(filter(None, (line.listing.make(spoken), line.listing.model))),
                "price": i18n.money(line.price.price) if line.price.price else _("On request"),
                "price_note": offers.explained(line.price),
                "quantity": typed.get(f"{line.listing.id}", quantity_text(line.quantity_micro)),
                "unit": i18n.counter(line.listing.unit),
                "amount": i18n.money(line.amount),
                "error": wrong.get(f"quantity-{line.listing.id}") or _unmet(line),
            }
            for line in group.lines
        ],
    }


def _unmet(line: basket.Line) -> str | None:
    """Why so much can no longer be ordered: the supplier has changed the terms, or the offer is over."""
    return i18n.speak(line.price.unmet) if line.price.unmet else None


def _total(total: Money, asking: Actor) -> dict[str, Any]:
    """A total and where it is checked out: one requisition has one currency."""
    href = "/requisitions/new"
    if "checkout" in ORGANISATION.actions:
        href = f"/organisations/{asking.org_id}/checkout?currency={total.currency}"
    return {"value": i18n.money(total), "words": i18n.money_words(total), "href": href, "currency": total.currency}
