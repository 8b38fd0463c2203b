"""What is measured: the same questions to LabPark and to the control, in the same order, from the same numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from bench.client import Connection, Unit
from bench.goods import CATEGORIES, MAX_LEAD_DAYS
from bench.ground import Ground

QUERIES: Final = (
    "离心机", "高速离心机", "移液器", "显微镜", "液相色谱", "天平", "超低温冰箱", "试剂盒", "色谱柱", "安捷伦",
    "食品检测", "台式", "centrifuge", "pipette", "fluorescence microscope", "digital balance", "HPLC column",
    "Eppendorf", "freezer", "calibration",
)  # fmt: skip
LABPARK: Final = "LabPark"
CONTROL: Final = "Flask + raw SQL"
BARE: Final = "bare Flask JSON"

_DAYS: Final = range(MAX_LEAD_DAYS + 1, 3_650)
"""Lead times that leave nothing out. Asked with another one each time, a search is a new one: LabPark keeps the counts
of the last 64 searches until the index changes, and a few questions again and again would measure that memory."""
_PRIMES: Final = (7, 31)
"""Steps through lists, so that neighbours differ."""

PROPERTIES: Final = (
    ("max_speed", 3_000, 12_000), ("noise", 35, 55), ("chamber_volume", 50, 400), ("wells", 16, 400),
    ("max_load", 100, 5_000), ("ultrasonic_power", 100, 900),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing to measure, and who does it: LabPark first, then what it is compared with."""

    title: str
    units: dict[str, Unit]
    orders: bool = False


def readings(ground: Ground) -> list[Measure]:
    """Everything that only reads."""
    key = ground.keys["qiu"]
    return [
        Measure("W1 search, all facets, every search a new one", {
            LABPARK: lambda to, place: to.get("/api/v1/catalogue", {**_query(place), **_fresh(place)}),
            CONTROL: lambda to, place: to.get("/search", {**_query(place), **_fresh(place)}),
            BARE: lambda to, place: to.get("/bare"),
        }),
        Measure("W1r the same 20 searches again and again", {
            LABPARK: lambda to, place: to.get("/api/v1/catalogue", _query(place)),
            CONTROL: lambda to, place: to.get("/search", _query(place)),
        }),
        Measure("W2 a listing, nobody signed in", {
            LABPARK: lambda to, place: to.get(f"/api/v1/listings/{_listing(ground, place)}"),
            CONTROL: lambda to, place: to.get(f"/listings/{_listing(ground, place)}"),
        }),
        Measure("W2k a listing, by a purchaser with an API key", {
            LABPARK: lambda to, place: to.get(f"/api/v1/listings/{_listing(ground, place)}", key=key),
            CONTROL: lambda to, place: to.get(f"/listings/{_listing(ground, place)}"),
        }),
        Measure("W4 category and price range, cheapest first", {
            LABPARK: lambda to, place: to.get("/api/v1/catalogue", price_range(place)),
            CONTROL: lambda to, place: to.get("/filter", price_range(place)),
        }),
        Measure("W4p range of a measured property, cheapest first", {
            LABPARK: lambda to, place: to.get("/api/v1/catalogue", as_labpark_asks(property_range(place))),
            CONTROL: lambda to, place: to.get("/filter", property_range(place)),
        }),
    ]  # fmt: skip


def _query(place: int) -> dict[str, Any]:
    return {"q": QUERIES[place % len(QUERIES)]}


def _fresh(place: int) -> dict[str, Any]:
    return {"lead_time": _DAYS[place % len(_DAYS)]}


def _listing(ground: Ground, place: int) -> str:
    return ground.listings[place * _PRIMES[0] % len(ground.listings)]


def price_range(place: int) -> dict[str, Any]:
    """A category and two prices, which are others each time."""
    low = 50 + place * _PRIMES[1] % 4_000
    category = CATEGORIES[place % len(CATEGORIES)]
    return {"category": category.split(".", maxsplit=1)[0], "price_from": low, "price_to": low * 20, "priced": 1,
            "sort": "price"}  # fmt: skip


def property_range(place: int) -> dict[str, Any]:
    """A measured property between two bounds, which are others each time, as the control is asked."""
    name, least, most = PROPERTIES[place % len(PROPERTIES)]
    wider = place % 997 / 1_000
    return {"key": name, "least": round(least - wider, 3), "most": round(most + wider, 3)}


def as_labpark_asks(asked: dict[str, Any]) -> dict[str, Any]:
    """The same range in the words of LabPark's API."""
    name = asked["key"]
    return {f"{name}_from": asked["least"], f"{name}_to": asked["most"], "priced": 1, "sort": "price"}


# Checks: both sides find something, and the same where they can -------------------------------------------------------


def totals(labpark: Connection, control: Connection) -> dict[str, tuple[int, int]]:
    """How many listings both sides find, summed over some questions of each kind.

    Words: LabPark also finds pinyin, synonyms and typing mistakes, so its sum may be another. Ranges: RuntimeError
    where one question has two answers.
    """
    places = range(len(QUERIES) * 2)
    found = {"words": (sum(_total(labpark, "/api/v1/catalogue", _query(place)) for place in places),
                       sum(_total(control, "/search", _query(place)) for place in places))}  # fmt: skip
    ranges: dict[str, Callable[[int], tuple[dict[str, Any], dict[str, Any]]]] = {
        "prices": lambda place: (price_range(place), price_range(place)),
        "properties": lambda place: (as_labpark_asks(property_range(place)), property_range(place)),
    }
    for name, ask in ranges.items():
        ours, theirs = 0, 0
        for place in places:
            to_labpark, to_control = ask(place)
            one = _total(labpark, "/api/v1/catalogue", to_labpark)
            other = _total(control, "/filter", to_control)
            if one != other:
                raise RuntimeError(f"{to_control}: LabPark finds {one}, the control {other}")
            ours, theirs = ours + one, theirs + other
        found[name] = ours, theirs
    if not all(min(pair) for pair in found.values()):
        raise RuntimeError(f"nothing was found: {found}")
    return found


def _total(connection: Connection, path: str, query: dict[str, Any]) -> int:
    return int(json.loads(connection.get(path, query))["total"])


# W3 -------------------------------------------------------------------------------------------------------------------


def purchases(ground: Ground, rows: Sequence[int]) -> Measure:
    """A requisition of two lines up to the operator's approval, against as many plain rows in as many transactions."""

    def buy(connection: Connection, place: int) -> None:
        for _ in purchase(ground, connection, place):
            pass

    def write(connection: Connection, place: int) -> None:
        del place
        for number in rows:
            connection.post("/rows", {"rows": number})

    return Measure("W3 place and approve an order", {LABPARK: buy, CONTROL: write}, orders=True)


def purchase(ground: Ground, connection: Connection, place: int) -> Iterator[str]:
    """One purchase; yields the name of every write when it is done."""
    buyer, operator = ground.keys["qiu"], ground.keys["tao"]
    sold = ground.priced_of[place % len(ground.priced_of)]
    first = place * _PRIMES[0]
    wanted = [{"listing": sold[number % len(sold)], "quantity": "2"} for number in (first, first + 1)]
    body = {"title": f"bench {place}", "lines": wanted}
    requisition = json.loads(connection.post("/api/v1/requisitions", body, key=buyer))
    yield "requisition"
    path = f"/api/v1/requisitions/{requisition['id']}"
    for action in ("submit", "order"):
        requisition = json.loads(
            connection.post(f"{path}/{quote(action)}", {}, key=buyer, version=requisition["version"])
        )
        yield action
    waiting = json.loads(connection.get("/api/v1/orders", {"state": "awaiting_operator", "limit": 20}, key=operator))[
        "items"
    ]
    order = next(one for one in waiting if one["requisition"] == requisition["id"])
    approved = json.loads(
        connection.post(f"/api/v1/orders/{order['id']}/approve", {}, key=operator, version=order["version"])
    )
    if approved["state"] != "awaiting_supplier":
        raise RuntimeError(f"the order is {approved['state']} after its approval")
    yield "approve"
