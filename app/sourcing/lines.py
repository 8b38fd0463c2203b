"""Lines of requests and of quotes from what was sent; refusals are said at the line and field that they concern."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import INVALID, NOT_THERE, Refusal, refusal
from app.kernel.lifecycle import visible
from app.kernel.values import N_, Money, line_minor, new_id
from app.sourcing import demands
from app.sourcing.models import QuoteLine, QuoteVersion, Rfq, RfqLine

LINE_TWICE = refusal("line_twice", INVALID, N_("This line is there twice."))
OTHER_CURRENCY = refusal("other_currency", INVALID, N_("This request is quoted in %(currency)s."))
PRICE_MISSING = refusal("price_missing", INVALID, N_("Give a price, or say that there is no offer."))
DEVIATION_MISSING = refusal("deviation_missing", INVALID, N_("Say whether this is as demanded, better or worse."))
WORSE_THAN_SAID = refusal(
    "worse_than_said", INVALID, N_("What is offered measures worse than what is demanded. Say so, or offer more.")
)
NO_SUCH_DEMAND = refusal("no_such_demand", INVALID, N_("The line has no such demand, or it is answered twice."))
AMOUNT_ZERO = refusal("amount_zero", INVALID, N_("At this price and quantity the line amounts to nothing."))

Given = Mapping[str, Any]


# What is asked for ---------------------------------------------------------------------------------------------------


def demanded(
    buyer_id: str, actor: Actor, given: Sequence[Given], *, first: int = 1, known: Collection[str | None] = (),
    places: Sequence[int] = (),
) -> list[RfqLine]:  # fmt: skip
    """New lines of a request, numbered from `first`; `known` are listings that may have left the catalogue since.

    `places` are where they stood in what was sent, if not one after the other from 0.
    """
    listings_there(actor, given, known)
    lines: list[RfqLine] = []
    for position, one in enumerate(given, start=first):
        line = RfqLine(id=new_id("rfl"), buyer_id=buyer_id, position=position, awarded_micro=0, confirmed_micro=0,
                       given_up_micro=0, given_up_reason="")  # fmt: skip
        write(line, one, places[len(lines)] if places else len(lines))
        lines.append(line)
    return lines


def listings_there(actor: Actor, given: Sequence[Given], known: Collection[str | None] = ()) -> None:
    """Refuse a line that names a listing which does not exist for the actor."""
    wanted = {one["listing"] for one in given if one.get("listing")} - set(known)
    if not wanted:
        return
    there = set(db.session.scalars(visible(Listing, actor).with_only_columns(Listing.id).where(Listing.id.in_(wanted))))
    for at, one in enumerate(given):
        if one.get("listing") in wanted - there:
            raise NOT_THERE(fields={"lines": {at: {"listing": [NOT_THERE.words]}}})


def write(line: RfqLine, given: Given, at: int) -> None:
    """Put what was sent, `at` a place among the lines, into a line of a request."""
    line.kind, line.title = given.get("kind", "goods"), given["title"]
    line.description, line.unit, line.cpv = given.get("description", ""), given.get("unit", ""), given.get("cpv", "")
    line.quantity_micro, line.listing_id = given["quantity"], given.get("listing")
    line.category = given.get("category")
    wanted = enumerate(given.get("demands", []))
    line.demands = [demands.checked(line.category, demand, at, place) for place, demand in wanted]


# What is answered ----------------------------------------------------------------------------------------------------


def answers(rfq: Rfq, version: QuoteVersion, given: Sequence[Given]) -> list[QuoteLine]:
    """The lines of a quote's version; an entry that says nothing leaves its line unanswered."""
    made = [_answer(rfq, version, one, at) for at, one in enumerate(given) if _says_something(one)]
    if len({line.rfq_line_id for line in made}) < len(made):
        raise LINE_TWICE(fields={"lines": [LINE_TWICE.words]})
    return made


def _says_something(given: Given) -> bool:
    """Whether an entry answers its line; a form sends every line, also those that are not answered yet."""
    told = ("no_offer", "price", "brand", "model", "alternative", "lead_time_days", "warranty_months", "remark")
    return any(given.get(name) not in (None, "", False) for name in told) or any(
        entry.get("offered") or entry.get("deviation") for entry in given.get("deviations") or []
    )


def _answer(rfq: Rfq, version: QuoteVersion, given: Given, at: int) -> QuoteLine:
    wanted = next((line for line in rfq.lines if line.id == given["line"]), None)
    if wanted is None:
        raise NOT_THERE(fields={"lines": {at: {"line": [NOT_THERE.words]}}})
    plain = {"brand": "", "model": "", "alternative": False, "lead_time_days": None, "warranty_months": None}
    line = QuoteLine(
        id=new_id("qln"), buyer_id=version.buyer_id, supplier_id=version.supplier_id, rfq_line_id=wanted.id,
        position=wanted.position,
        no_offer=bool(given.get("no_offer")), vat_bp=given.get("vat", 0), remark=given.get("remark", ""),
        quantity_micro=0, price_minor=0, price_basis_micro=given.get("basis") or 1, deviations=[], outcome="open",
        **{name: given.get(name, usual) for name, usual in plain.items()},
    )  # fmt: skip
    if not line.no_offer:
        _offer(line, version, wanted, given, at)
    return line


def _offer(line: QuoteLine, version: QuoteVersion, wanted: RfqLine, given: Given, at: int) -> None:
    price: Money | None = given.get("price")
    if price is None:
        raise PRICE_MISSING(fields={"lines": {at: {"price": [PRICE_MISSING.words]}}})
    if price.currency != version.currency:
        where = {"price": {"currency": [OTHER_CURRENCY.words]}}
        raise OTHER_CURRENCY(currency=version.currency, fields={"lines": {at: where}})
    line.price_minor = price.minor
    line.quantity_micro = given.get("quantity") or wanted.quantity_micro
    if line_minor(line.price_minor, line.quantity_micro, line.price_basis_micro) <= 0:
        raise AMOUNT_ZERO(fields={"lines": {at: {"price": [AMOUNT_ZERO.words]}}})
    line.deviations = _deviations(wanted, given.get("deviations") or [], at)


def _deviations(wanted: RfqLine, given: Sequence[Given], at: int) -> list[dict[str, Any]]:
    """The deviation table; where demand and offer can be measured, nobody has to say, and nobody can say too much."""
    said: dict[int, dict[str, Any]] = {}
    for place, entry in enumerate(given):
        index, offered = int(entry["index"]), str(entry.get("offered") or "")
        known = wanted.demands[index] if index < len(wanted.demands) else {}
        measured = demands.measured(wanted.category, known, offered) if known else None
        deviation = entry.get("deviation") or measured
        if offered and not deviation:
            raise _at(DEVIATION_MISSING, at, place)
        if deviation and (not known or index in said):
            raise NO_SUCH_DEMAND(fields={"lines": {at: {"deviations": [NO_SUCH_DEMAND.words]}}})
        if measured == "negative" and deviation != "negative":
            raise _at(WORSE_THAN_SAID, at, place)
        if deviation:
            kept = measured if measured and deviation != "negative" else deviation
            said[index] = {**entry, "deviation": kept}
    return [said[index] for index in sorted(said)]


def _at(refused: Any, at: int, place: int) -> Refusal:
    made: Refusal = refused(fields={"lines": {at: {"deviations": {place: {"deviation": [refused.words]}}}}})
    return made


def copied(line: QuoteLine) -> QuoteLine:
    """The same answer for the next version."""
    kept = {
        column.key: getattr(line, column.key)
        for column in sa.inspect(QuoteLine).mapper.column_attrs
        if column.key not in ("id", "version_id", "outcome")
    }
    return QuoteLine(id=new_id("qln"), outcome="open", **kept)
