"""Notices of Tenders Electronic Daily, one JSON object each, as neutral tenders.

Rules for awards, where notices leave room:

* One award is one award line with the amount as published. TED amounts are without VAT; they are not recalculated.
* Several awards for one lot (a framework) become several award lines of that line, each with its own published amount,
  although in a framework each may repeat the ceiling. When they add up to more than the published total it is reported.
* One award to several suppliers (a consortium) has one amount. It goes to the first one named, so that no money is
  counted twice; the others are reported.
* An award without a lot, or with an unknown one, belongs to the only line; where there are several lines it gets a line
  of its own, "Whole contract".
* When exactly one award has no amount of its own and the notice is no framework, that award gets the published total
  less the other awards.
* Awards that were unsuccessful, name no supplier or have no usable amount make no award line.

A notice that publishes no currency is taken to be in the currency of the buyer's country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.exchange.foreign import (
    AWARDS_LIMIT,
    DESCRIPTION_LIMIT,
    IDENTIFIER_LIMIT,
    KEY_LIMIT,
    LOTS_LIMIT,
    NAME_LIMIT,
    REFERENCE_LIMIT,
    SUPPLIERS_LIMIT,
    TITLE_LIMIT,
    UNIT_OF_A_LOT,
    WHOLE_KEY,
    Findings,
    ForeignAwardLine,
    ForeignLine,
    ForeignParty,
    ForeignTender,
    Place,
    commonest,
    unique_key,
    whole_contract,
)
from app.kernel.values import CURRENCIES, N_

SOURCE: Final = "ted"

_NATIONAL_CURRENCY: Final = {
    "CH": "CHF", "CZ": "CZK", "DK": "DKK", "GB": "GBP", "HU": "HUF",
    "IS": "ISK", "NO": "NOK", "PL": "PLN", "RO": "RON", "SE": "SEK",
}  # fmt: skip
_EURO: Final = "EUR"
_NO_NUMBER: Final = {"", "-", "n/a", "na", "none", "null", "nessuna"}


@dataclass(frozen=True, slots=True)
class _Award:
    """A successful award: its index in the notice, the line it belongs to and what it is worth, if that is usable."""

    index: int
    value: object
    line_key: str
    supplier: ForeignParty | None
    worth: tuple[int, str] | None


def read_notices(entries: Iterable[tuple[str, dict[str, Any]]], findings: Findings) -> list[ForeignTender]:
    """Notices with the place where each stands in the file. A notice given twice counts as published last."""
    latest: dict[str, tuple[str, Place, dict[str, Any]]] = {}
    for where, notice in entries:
        place = Place(findings, where)
        own = notice.get("notice_id") or notice.get("ted_doc_id")
        reference = place.text(own, "notice_id", REFERENCE_LIMIT)
        if not reference:
            place.report("notice_id", N_("The notice has no number; it was left out."))
            continue
        place = place.named(reference)
        published = place.day(notice.get("publication_date"), "publication_date")
        rank = published.isoformat() if published else ""
        if reference in latest:
            place.report("notice_id", N_("The notice is there twice; the one published last was taken."))
            if rank < latest[reference][0]:
                continue
        latest[reference] = (rank, place, notice)
    tenders = (_tender(place, reference, notice) for reference, (_, place, notice) in latest.items())
    return [tender for tender in tenders if tender]


def _tender(place: Place, reference: str, notice: dict[str, Any]) -> ForeignTender | None:
    buyer = _party(place, place.mapping(notice.get("buyer"), "buyer"), notice.get("country"), "buyer")
    if not buyer.name:
        place.report("buyer.name", N_("The buyer is not named; the notice was left out."))
        return None
    description = place.text(notice.get("short_description"), "short_description", DESCRIPTION_LIMIT, lines=True)
    title = place.text(notice.get("title_original"), "title_original", TITLE_LIMIT)
    title = title or place.text(notice.get("title_en"), "title_en", TITLE_LIMIT)
    if not title:
        place.report("title_original", N_("There is no title; the description or the number stands in for it."))
        title = _first_line(description) or reference
    lines = _lines(place, notice, title, description)
    awards = _award_lines(place, notice, _awards(place, notice, lines))
    if any(award.line_key == WHOLE_KEY for award in awards):
        lines[WHOLE_KEY] = whole_contract(title, place.cpv(notice.get("cpv_main"), "cpv_main"))
    return ForeignTender(
        source=SOURCE,
        reference=reference,
        buyer=buyer,
        title=title,
        description=description,
        language=place.language(notice.get("language"), "language"),
        published_on=place.day(notice.get("publication_date"), "publication_date"),
        deadline=place.moment(notice.get("tender_deadline"), "tender_deadline", end_of_day=True),
        currency=_currency(place, notice, buyer, awards),
        lines=tuple(lines.values()),
        awards=awards,
    )


def _party(place: Place, party: dict[str, Any], country: object, path: str, index: int = -1) -> ForeignParty:
    name = place.text(party.get("name"), f"{path}.name", NAME_LIMIT, index=index)
    number = place.text(party.get("national_id"), f"{path}.national_id", IDENTIFIER_LIMIT, index=index)
    if number.casefold() in _NO_NUMBER or number == name:
        number = ""
    return ForeignParty(name, place.country(country, f"{path}.country", index), number)


def _lines(place: Place, notice: dict[str, Any], title: str, description: str) -> dict[str, ForeignLine]:
    main_cpv = place.cpv(notice.get("cpv_main"), "cpv_main")
    lots = list(place.objects(notice.get("lots"), "lots", LOTS_LIMIT))
    if not lots:
        place.report("lots", N_("There are no lots; the whole notice became one line."))
        return {"1": ForeignLine("1", title, description, Decimal(1), UNIT_OF_A_LOT, main_cpv)}
    lines: dict[str, ForeignLine] = {}
    for index, lot in lots:
        number = place.text(lot.get("lot"), "lots[].lot", KEY_LIMIT, index=index) or str(index + 1)
        key = unique_key(number, lines)
        if key != number:
            place.report("lots[].lot", N_("Two lots have the same number; the later one got another."), index)
        words = place.text(lot.get("description"), "lots[].description", DESCRIPTION_LIMIT, index=index, lines=True)
        named = place.text(lot.get("title"), "lots[].title", TITLE_LIMIT, index=index)
        named = named or (title if len(lots) == 1 else _first_line(words)) or f"{title[: TITLE_LIMIT - 50]} ({key})"
        codes = lot.get("cpv") or [None]
        own_cpv = place.cpv(codes[0], "lots[].cpv", index) if isinstance(codes, list) else ""
        lines[key] = ForeignLine(key, named, words, Decimal(1), UNIT_OF_A_LOT, own_cpv or main_cpv)
    return lines


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0][:TITLE_LIMIT].rstrip()


def _awards(place: Place, notice: dict[str, Any], lines: dict[str, ForeignLine]) -> list[_Award]:
    known = {_plain_number(key): key for key in reversed(lines)}
    won = []
    for index, award in place.objects(notice.get("awards"), "awards", AWARDS_LIMIT):
        if award.get("unsuccessful") is True:
            continue
        lot = place.text(award.get("lot"), "awards[].lot", KEY_LIMIT, index=index)
        key = known.get(_plain_number(lot), "")
        if lot and not key:
            place.report("awards[].lot", N_("The award names a lot that is not in the notice."), index)
        key = key or (next(iter(lines)) if len(lines) == 1 else WHOLE_KEY)
        worth = place.amount(award.get("value"), "awards[].value", index)
        won.append(_Award(index, award.get("value"), key, _winner(place, award, index), worth))
    return won


def _plain_number(lot: str) -> str:
    """ "01", "1" and "Lot 1" are the same lot to those who fill in notices."""
    return re.sub(r"^(lot(to| no\.?| nr\.?)?\s*)?0*(?=.)", "", lot.casefold())


def _winner(place: Place, award: dict[str, Any], index: int) -> ForeignParty | None:
    """The first supplier with a name."""
    named = []
    for _, supplier in place.objects(award.get("suppliers"), "awards[].suppliers", SUPPLIERS_LIMIT):
        party = _party(place, supplier, supplier.get("country"), "awards[].suppliers", index)
        if party.name:
            named.append(party)
    if not named:
        place.report("awards[].suppliers", N_("The award names no supplier; it was left out."), index)
        return None
    if len(named) > 1:
        place.report(
            "awards[].suppliers", N_("The award names several suppliers; its amount went to the first."), index
        )
    return named[0]


def _award_lines(place: Place, notice: dict[str, Any], won: list[_Award]) -> tuple[ForeignAwardLine, ...]:
    total = place.amount(notice.get("total_value"), "total_value")
    known = [award.worth for award in won if award.worth]
    lacking = [award for award in won if not award.worth]
    rest = None if notice.get("framework") is True else _remainder(total, known)
    usable = []
    for award in won:
        worth = award.worth or (rest if len(lacking) == 1 else None)
        if award.supplier and worth:
            usable.append(ForeignAwardLine(award.line_key, award.supplier, *worth))
        elif award.supplier and award.value is None:
            place.report("awards[].value", N_("The award has no amount; it was left out."), award.index)
    if total and sum(minor for minor, currency in known if currency == total[1]) > total[0]:
        place.report("total_value", N_("The awards add up to more than the published total; each may repeat it."))
    return tuple(usable)


def _remainder(total: tuple[int, str] | None, known: list[tuple[int, str]]) -> tuple[int, str] | None:
    """What the published total leaves for the only award without an amount."""
    if not total or any(currency != total[1] for _, currency in known):
        return None
    rest = total[0] - sum(minor for minor, _ in known)
    return (rest, total[1]) if rest > 0 else None


def _currency(place: Place, notice: dict[str, Any], buyer: ForeignParty, awards: tuple[ForeignAwardLine, ...]) -> str:
    """That of the awards, else of the notice's values, else of its lots, else of the buyer's country."""
    awarded = commonest([award.currency for award in awards])
    if awarded:
        return awarded
    values = [place.currency(notice.get(path), path) for path in ("total_value", "estimated_value")]
    lots = place.objects(notice.get("lots"), "lots", LOTS_LIMIT)
    values.append(commonest([c for i, lot in lots if (c := place.currency(lot.get("value"), "lots[].value", i))]))
    national = _NATIONAL_CURRENCY.get(buyer.country, _EURO)
    return next((currency for currency in values if currency), national if national in CURRENCIES else _EURO)
