"""OCDS releases as neutral tenders: all releases of one ocid become one tender.

Rules, where publishers leave room:

* Releases are taken in the order of their dates, then planning before tender before award. A field of the tender is the
  one of the latest release that has it; awards, parties and contracts are collected by id over all releases, a later
  one of the same id replacing the fields it repeats.
* The lines are the lots; without lots the items; without items that say what they are, the whole tender.
* One award is one award line with the amount as published; OCDS does not say whether it holds taxes. An award to
  several suppliers has one amount: it goes to the first one named, and the others are reported.
* An award belongs to the lot it names, else to the item it lists, else to the only line; otherwise it gets a line of
  its own, "Whole contract".
* Only awards that are active (or say nothing about it) count. The amount of an award without a value is that of its
  only contract. The value of the tender is an estimate and never stands in for an award.

A tender that publishes no currency is taken to be in the commonest one of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
    UNIT_LIMIT,
    UNIT_OF_A_LOT,
    WHOLE_KEY,
    Findings,
    ForeignAwardLine,
    ForeignLine,
    ForeignParty,
    ForeignTender,
    Place,
    commonest,
    known_currency,
    unique_key,
    whole_contract,
)
from app.kernel.values import N_

SOURCE: Final = "ocds"
PARTIES_LIMIT: Final = 2_000  # parties per release

_STAGES: Final = ("planning", "tender", "award", "contract", "implementation")
_FALLBACK_CURRENCY: Final = "EUR"
_UNIT_OF_AN_ITEM: Final = "item"
_UNITED_KINGDOM: Final = {"england", "scotland", "wales", "northern ireland", "united kingdom", "eng"}
_REGISTER: Final = re.compile(r"([A-Z]{2})-[A-Z0-9]+(-.*)?")

Json = dict[str, Any]
_Rank = tuple[str, int, int]


@dataclass(slots=True)
class _Process:
    """What all releases of one ocid say together."""

    place: Place
    title: object = None
    language: object = None
    buyer: Json = field(default_factory=dict)
    tender: Json = field(default_factory=dict)
    first_tender_on: object = None
    parties: dict[str, Json] = field(default_factory=dict)
    awards: dict[str, Json] = field(default_factory=dict)
    contracts: dict[str, Json] = field(default_factory=dict)


def read_releases(entries: Iterable[tuple[str, Json]], findings: Findings) -> list[ForeignTender]:
    """Releases with the place where each stands in the file, in any order."""
    by_ocid: dict[str, dict[str, tuple[_Rank, Place, Json]]] = {}
    for position, (where, release) in enumerate(entries):
        place = Place(findings, where)
        ocid = place.text(release.get("ocid"), "ocid", REFERENCE_LIMIT)
        if not ocid:
            place.report("ocid", N_("The release has no ocid; it was left out."))
            continue
        place = place.named(ocid)
        known = by_ocid.setdefault(ocid, {})
        own = place.text(release.get("id"), "id", REFERENCE_LIMIT)
        if not own:
            place.report("id", N_("The release has no id."))
        rank = _rank(place, release, position)
        if own in known and own:
            place.report("id", N_("The release is there twice; the one published last was taken."))
            if rank < known[own][0]:
                continue
        known[own or f"position {position}"] = (rank, place, release)
    processes = {ocid: _merged(sorted(known.values(), key=_by_rank)) for ocid, known in by_ocid.items()}
    usual = _usual_currency(processes.values())
    tenders = (_tender(ocid, process, usual) for ocid, process in processes.items())
    return [tender for tender in tenders if tender]


def _rank(place: Place, release: Json, position: int) -> _Rank:
    moment = place.moment(release.get("date"), "date")
    if not moment:
        place.report("date", N_("The release has no usable date; it counts as the earliest."))
    tags = release.get("tag")
    text = " ".join(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ""
    stage = max((number for number, name in enumerate(_STAGES) if name in text), default=0)
    return (moment.isoformat() if moment else "", stage, position)


def _by_rank(entry: tuple[_Rank, Place, Json]) -> _Rank:
    return entry[0]


def _merged(releases: list[tuple[_Rank, Place, Json]]) -> _Process:
    process = _Process(releases[-1][1])
    for _, place, release in releases:
        tender = place.mapping(release.get("tender"), "tender")
        if tender and process.first_tender_on is None:
            process.first_tender_on = release.get("date")
        process.tender.update(_present(tender))
        process.buyer.update(_present(place.mapping(release.get("buyer"), "buyer")))
        process.title = release.get("title") or process.title
        process.language = release.get("language") or process.language
        _collect(process.parties, place, release.get("parties"), "parties", PARTIES_LIMIT)
        _collect(process.awards, place, release.get("awards"), "awards", AWARDS_LIMIT)
        _collect(process.contracts, place, release.get("contracts"), "contracts", AWARDS_LIMIT)
    return process


def _present(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if value not in (None, "", [], {})}


def _collect(known: dict[str, Json], place: Place, value: object, path: str, limit: int) -> None:
    for index, entry in place.objects(value, path, limit):
        own = place.text(entry.get("id"), f"{path}[].id", REFERENCE_LIMIT, index=index)
        if not own:
            place.report(f"{path}[].id", N_("The entry has no id."), index)
            own = f"{place.where} {index}"
        known.setdefault(own, {}).update(_present(entry))


def _usual_currency(processes: Iterable[_Process]) -> str:
    seen: Counter[str] = Counter()
    for process in processes:
        values = [award.get("value") for award in process.awards.values()]
        seen.update(known_currency(value) for value in (*values, process.tender.get("value")))
    del seen[""]
    return seen.most_common(1)[0][0] if seen else _FALLBACK_CURRENCY


def _tender(ocid: str, process: _Process, usual_currency: str) -> ForeignTender | None:
    place, tender = process.place, process.tender
    if not tender:
        place.report("tender", N_("No release tells about the tender; the procurement was left out."))
        return None
    buyer = _buyer(process)
    if not buyer.name:
        place.report("buyer.name", N_("The buyer is not named; the notice was left out."))
        return None
    description = place.text(tender.get("description"), "tender.description", DESCRIPTION_LIMIT, lines=True)
    title = place.text(tender.get("title") or process.title, "tender.title", TITLE_LIMIT)
    if not title:
        place.report("tender.title", N_("There is no title; the description or the number stands in for it."))
        title = description.split("\n", 1)[0][:TITLE_LIMIT].rstrip() or ocid
    lines = _lines(place, tender, title, description)
    awards = tuple(_awards(process, lines))
    if any(award.line_key == WHOLE_KEY for award in awards):
        lines[WHOLE_KEY] = whole_contract(title, _cpv(place, tender, "tender"))
    estimates = [place.currency(tender.get(key), f"tender.{key}") for key in ("value", "minValue")]
    period = place.mapping(tender.get("tenderPeriod"), "tender.tenderPeriod")
    return ForeignTender(
        source=SOURCE,
        reference=ocid,
        buyer=buyer,
        title=title,
        description=description,
        language=place.language(process.language, "language"),
        published_on=place.day(tender.get("datePublished") or process.first_tender_on, "tender.datePublished"),
        deadline=place.moment(period.get("endDate"), "tender.tenderPeriod.endDate", end_of_day=True),
        currency=commonest([award.currency for award in awards]) or estimates[0] or estimates[1] or usual_currency,
        lines=tuple(lines.values()),
        awards=awards,
    )


def _buyer(process: _Process) -> ForeignParty:
    place = process.place
    with_role = (p for p in process.parties.values() if isinstance(p.get("roles"), list) and "buyer" in p["roles"])
    entity = place.mapping(process.tender.get("procuringEntity"), "tender.procuringEntity")
    named = (candidate for candidate in (process.buyer, entity, *with_role) if candidate.get("name"))
    return _party(process, next(named, {}), "buyer")


def _party(process: _Process, reference: Json, path: str, index: int = -1) -> ForeignParty:
    """A reference to a party, completed from the list of parties."""
    place = process.place
    own = place.text(reference.get("id"), f"{path}.id", IDENTIFIER_LIMIT, index=index)
    party = process.parties.get(own, {})
    name = place.text(reference.get("name") or party.get("name"), f"{path}.name", NAME_LIMIT, index=index)
    identifier = place.mapping(party.get("identifier"), "parties.identifier")
    scheme = place.text(identifier.get("scheme"), "parties.identifier.scheme", KEY_LIMIT)
    number = place.text(identifier.get("id"), "parties.identifier.id", IDENTIFIER_LIMIT)
    registered = f"{scheme}-{number}" if scheme and number else number or own
    return ForeignParty(name, _country(place, party, scheme or own), registered[:IDENTIFIER_LIMIT])


def _country(place: Place, party: Json, register: str) -> str:
    """From the address, else from the register, whose name begins with its country; "" when neither tells."""
    address = place.mapping(party.get("address"), "parties.address")
    name = place.text(address.get("countryName"), "parties.address.countryName", NAME_LIMIT)
    if re.fullmatch(r"[A-Z]{2}", name):
        return place.country(name, "parties.address.countryName")
    match = _REGISTER.fullmatch(register)
    if name.casefold() in _UNITED_KINGDOM:
        return "GB"
    return match[1] if match and match[1] != "XI" else ""  # XI: registers of international bodies


def _lines(place: Place, tender: Json, title: str, description: str) -> dict[str, ForeignLine]:
    main_cpv = _cpv(place, tender, "tender")
    items = list(place.objects(tender.get("items"), "tender.items", LOTS_LIMIT))
    lots = list(place.objects(tender.get("lots"), "tender.lots", LOTS_LIMIT))
    in_lot: dict[str, list[Json]] = {}
    for index, item in items:
        in_lot.setdefault(_text_of_lot(place, item, index), []).append(item)
    lines: dict[str, ForeignLine] = {}
    for index, lot in lots:
        path = "tender.lots[]"
        key = _key(place, lot, lines, path, index)
        words = place.text(lot.get("description"), f"{path}.description", DESCRIPTION_LIMIT, index=index, lines=True)
        named = place.text(lot.get("title"), f"{path}.title", TITLE_LIMIT, index=index)
        named = named or words.split("\n", 1)[0][:TITLE_LIMIT] or f"{title[: TITLE_LIMIT - 50]} ({key})"
        own = in_lot.get(key, [])
        only = own[0] if len(own) == 1 else {}
        cpv = (_cpv(place, own[0], path, index) if own else "") or main_cpv
        quantity = place.quantity(only.get("quantity"), f"{path}.quantity", index)
        unit = _unit(place, only) if "quantity" in only else UNIT_OF_A_LOT
        lines[key] = ForeignLine(key, named, words, quantity, unit, cpv)
    for index, item in items if not lots else []:
        path = "tender.items[]"
        key = _key(place, item, lines, path, index)
        words = place.text(item.get("description"), f"{path}.description", DESCRIPTION_LIMIT, index=index)
        named = words[:TITLE_LIMIT].rstrip() or (title if len(items) == 1 else f"{title[: TITLE_LIMIT - 50]} ({key})")
        quantity = place.quantity(item.get("quantity"), f"{path}.quantity", index)
        cpv = _cpv(place, item, path, index) or main_cpv
        lines[key] = ForeignLine(key, named, words or description, quantity, _unit(place, item), cpv)
    return lines or {"1": ForeignLine("1", title, description, Decimal(1), UNIT_OF_A_LOT, main_cpv)}


def _key(place: Place, entry: Json, lines: Mapping[str, ForeignLine], path: str, index: int) -> str:
    own = place.text(entry.get("id"), f"{path}.id", KEY_LIMIT, index=index) or str(index + 1)
    key = unique_key(own, lines)
    if key != own:
        place.report(f"{path}.id", N_("Two lots have the same number; the later one got another."), index)
    return key


def _cpv(place: Place, entry: Json, path: str, index: int = -1) -> str:
    classification = place.mapping(entry.get("classification"), f"{path}.classification", index)
    if classification.get("scheme") != "CPV":
        return ""
    return place.cpv(classification.get("id"), f"{path}.classification.id", index)


def _unit(place: Place, item: Json) -> str:
    """The UN/ECE code where there is one, else the unit's name."""
    unit = place.mapping(item.get("unit"), "tender.items.unit")
    value = unit.get("id") if unit.get("scheme") == "UNCEFACT" else unit.get("name") or unit.get("id")
    return place.text(value, "tender.items.unit", UNIT_LIMIT) or _UNIT_OF_AN_ITEM


def _awards(process: _Process, lines: dict[str, ForeignLine]) -> Iterator[ForeignAwardLine]:
    place = process.place
    items = list(place.objects(process.tender.get("items"), "tender.items", LOTS_LIMIT))
    line_of_item = {
        place.text(item.get("id"), "tender.items[].id", KEY_LIMIT, index=index): _text_of_lot(place, item, index)
        for index, item in items
    }
    for index, (own, award) in enumerate(process.awards.items()):
        if award.get("status") not in (None, "active"):
            continue
        supplier = _winner(process, award, index)
        worth = place.amount(award.get("value"), "awards[].value", index) or _contract_amount(process, own)
        if supplier and worth:
            yield ForeignAwardLine(_line_of(place, award, line_of_item, lines, index), supplier, *worth)
        elif supplier and award.get("value") is None:
            place.report("awards[].value", N_("The award has no amount; it was left out."), index)


def _winner(process: _Process, award: Json, index: int) -> ForeignParty | None:
    entries = process.place.objects(award.get("suppliers"), "awards[].suppliers", SUPPLIERS_LIMIT)
    parties = [_party(process, entry, "awards[].suppliers", index) for _, entry in entries]
    named = [party for party in parties if party.name]
    if not named:
        process.place.report("awards[].suppliers", N_("The award names no supplier; it was left out."), index)
        return None
    if len(named) > 1:
        reason = N_("The award names several suppliers; its amount went to the first.")
        process.place.report("awards[].suppliers", reason, index)
    return named[0]


def _contract_amount(process: _Process, award_id: str) -> tuple[int, str] | None:
    own = [contract for contract in process.contracts.values() if contract.get("awardID") == award_id]
    return process.place.amount(own[0].get("value"), "contracts.value") if len(own) == 1 else None


def _text_of_lot(place: Place, item: Json, index: int) -> str:
    return place.text(item.get("relatedLot"), "tender.items[].relatedLot", KEY_LIMIT, index=index)


def _line_of(place: Place, award: Json, line_of_item: dict[str, str], lines: dict[str, ForeignLine], index: int) -> str:
    if len(lines) == 1:
        return next(iter(lines))
    lots = award.get("relatedLots")
    listed = lots[:LOTS_LIMIT] if isinstance(lots, list) else []
    named = {place.text(lot, "awards[].relatedLots", KEY_LIMIT, index=index) for lot in listed}
    if not named:
        for _, item in place.objects(award.get("items"), "awards[].items", LOTS_LIMIT):
            own = place.text(item.get("id"), "awards[].items.id", KEY_LIMIT, index=index)
            named.add(_text_of_lot(place, item, index) or line_of_item.get(own) or own)
    if not named <= lines.keys():
        place.report("awards[].relatedLots", N_("The award names a lot that is not in the notice."), index)
    return next(iter(named)) if len(named) == 1 and named <= lines.keys() else WHOLE_KEY
