"""The tables of the demo park, read: invented organisations, their people, what they buy, and what they ask quotes for.

Columns are set apart by bars. In the tables of goods a row with a category begins a kind of thing; the rows below it
that begin with a bar are its models: code, price (CNY unless another currency stands before it; empty is "on
request"), and the facts that fill the places {0}, {1}, ... of the kind's names, descriptions and properties.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parent
GOODS: Final = FOLDER.parent / "goods"
DEMO: Final = "（演示）"
"""Stands behind every invented name."""
SHOWN: Final = ("operator", "owner", "auditor", "lab", "huayi", "jiliang")
"""The organisations whose people are printed at the first start."""

_MEASURED: Final = re.compile(r"[-+±≤≥0-9.,–×/]+")

SURNAMES: Final = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范彭鲁韦马苗方袁"
GIVEN: Final = (
    "文博思远雨桐嘉禾明哲若水一帆静怡子墨晓岚建业海棠志恒书瑶望舒乐山清和云舟景行安澜初夏"
    "知远松年听雨映雪守拙千帆如松远山问渠怀瑾朝阳北辰南星秋实春生夏木冬青立言修远子衿采薇青禾"
)
"""Two characters each."""

USUAL_PEOPLE: Final[dict[str, dict[str, str]]] = {
    "lab": {
        "member": "member", "purchaser": "member purchaser", "approver": "approver", "receiver": "receiver",
        "finance": "finance", "admin": "org_admin",
    },
    "supplier": {"sales": "catalogue sales", "fulfilment": "fulfilment", "finance": "finance org_admin"},
    "service": {"service": "catalogue sales fulfilment", "finance": "finance org_admin", "expert": "expert"},
}  # fmt: skip
"""Kind of organisation -> local part of the address -> roles, where the table of people says nothing else."""


class OrganisationFacts(NamedTuple):
    """An invented organisation."""

    key: str
    kind: str
    zh: str
    en: str
    address: str
    credit_code: str
    """The first 17 characters."""


class PersonFacts(NamedTuple):
    """An invented person: first part of the address, name, roles."""

    local: str
    name: str
    roles: list[str]


class Offer(NamedTuple):
    """What a supplier lists: its code, by which stories name it, and the body of the listing as the API takes it."""

    supplier: str
    code: str
    body: dict[str, Any]


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)


def organisations() -> list[OrganisationFacts]:
    """Every organisation that is in the park at the end."""
    return [
        OrganisationFacts(row["key"], row["kind"], row["zh"], row["en"], row["address"], credit_code(number))
        for number, row in enumerate(table(FOLDER / "organisations.csv"), start=1)
    ]


def applicants() -> list[tuple[OrganisationFacts, PersonFacts, str]]:
    """Organisations whose application, or whose stay, took another course; with their admin and that course."""
    found = []
    for number, row in enumerate(table(FOLDER / "applicants.csv"), start=1):
        roles = "org_admin " + ("member purchaser" if row["kind"] == "lab" else "catalogue sales fulfilment finance")
        one = OrganisationFacts(
            row["key"], row["kind"], row["zh"], row["en"], row["address"], credit_code(900 + number)
        )  # fmt: skip
        found.append((one, PersonFacts("admin", invented_name(900 + number), roles.split()), row["fate"]))
    return found


def credit_code(number: int) -> str:
    """The first 17 characters of an invented unified social credit code."""
    return f"91410800MA9DE{number:04d}"


def people() -> dict[str, list[PersonFacts]]:
    """Organisation -> its people; the first of them who administers it is the one who is invited first."""
    named: dict[str, list[PersonFacts]] = {}
    for row in table(FOLDER / "people.csv"):
        named.setdefault(row["org"], []).append(PersonFacts(row["local"], row["name"], row["roles"].split()))
    number = 0
    for organisation in organisations():
        if organisation.key not in named:
            staff = USUAL_PEOPLE[organisation.kind].items()
            named[organisation.key] = [
                PersonFacts(local, invented_name(number + place), roles.split())
                for place, (local, roles) in enumerate(staff)
            ]
            number += len(staff)
    return named


def invented_name(number: int) -> str:
    """A name that no other number has; both lists have lengths without a common factor."""
    place = number * 7 % (len(GIVEN) // 2)
    return SURNAMES[number % len(SURNAMES)] + GIVEN[2 * place : 2 * place + 2]


def offers() -> list[Offer]:
    """Every listing of the tables of goods and services."""
    return [offer for path in sorted(GOODS.glob("*.csv")) for offer in _offers(path)]


def later_offers() -> dict[str, Offer]:
    """Listings that are not in the catalogue yet, by code."""
    return {offer.code: offer for offer in _offers(FOLDER / "later.csv")}


def _offers(path: Path) -> Iterator[Offer]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="|", quoting=csv.QUOTE_NONE)
        names = next(rows)
        kind: dict[str, str] = {}
        for row in rows:
            if row[0]:
                kind = dict(zip(names, row, strict=True))
            else:
                yield _offer(kind, row[1], row[2], row[3:])


@cache
def terms() -> dict[str, dict[str, Any]]:
    """Code of a listing -> the terms of its offer as the API takes them: what the columns of the table say."""
    return {row["code"]: _terms(row) for row in table(FOLDER / "terms.csv")}


@cache
def _sites() -> dict[str, str]:
    return {row["code"]: row["site"] for row in table(FOLDER / "terms.csv") if row["site"]}


def site_needs(code: str) -> list[dict[str, str]]:
    """What a listing needs where it stands, as properties."""
    return [property_of(pair) for pair in _sites()[code].split(", ")] if code in _sites() else []


def _terms(row: dict[str, str]) -> dict[str, Any]:
    tiers = [pair.split(":") for pair in row["tiers"].split()]
    said: dict[str, Any] = {
        "tiers": [{"from_quantity": bound, "price": money(price)} for bound, price in tiers],
        "min_quantity": row["least"], "order_multiple": row["multiple"], "stock": row["stock"],
        "origin": row["origin"], "imported": bool(row["imported"]), "regulated": row["regulated"].split(),
        "incoterm": row["rule"], "delivery_point": row["place"],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def second_offers() -> list[Offer]:
    """What suppliers offer that another supplier offers too, at prices of their own."""
    first = {offer.code: offer for offer in offers()}
    return [
        Offer(row["supplier"], f"{row['code']}@{row['supplier']}", first[row["code"]].body | {
            "price": money(row["price"]), "lead_time_days": int(row["days"]), "warranty_months": int(row["months"]),
            "configuration": row["configuration"], "supplier_sku": f"{row['code']}-{row['supplier']}",
        })
        for row in table(FOLDER / "again.csv")
    ]  # fmt: skip


def _offer(kind: dict[str, str], code: str, price: str, facts: list[str]) -> Offer:
    service = kind["category"].startswith("services.")

    def said(name: str) -> str:
        return kind[name].format(*facts)

    body: dict[str, Any] = {
        "kind": "service" if service else "goods", "category": kind["category"], "name_zh": said("zh"),
        "name_en": said("en"), "brand": kind["brand"] and kind["brand"] + DEMO, "model": "" if service else code,
        "summary_zh": said("summary_zh"), "summary_en": said("summary_en"), "unit": kind["unit"],
        "price": money(price), "lead_time_days": int(kind["days"]), "warranty_months": int(kind["months"]),
        "specs": [property_of(pair) for pair in said("specs").split(", ")], "supplier_sku": code,
    }  # fmt: skip
    return Offer(kind["supplier"], code, body | terms().get(code, {}) | {"specs": body["specs"] + site_needs(code)})


def money(price: str) -> dict[str, str] | None:
    """A price as the API takes it: "52800", "USD 86000", or nothing: on request."""
    currency, _, amount = price.rpartition(" ")
    return {"amount": amount, "currency": currency or "CNY"} if amount else None


def property_of(pair: str) -> dict[str, str]:
    """`容量=400 mL` as key, value and unit; words have no unit."""
    key, value = pair.split("=", 1)
    number, _, unit = value.rpartition(" ")
    return {"key": key, "value": number, "unit": unit} if _MEASURED.fullmatch(number) else {"key": key, "value": value}


class Wanted(NamedTuple):
    """How many of a listing somebody wants."""

    code: str
    quantity: int


class Purchase(NamedTuple):
    """What a lab buys, so many days before today; `suppliers` are asked for quotes, the first makes the thing."""

    days_ago: int
    lab: str
    title: str
    lines: list[Wanted]
    suppliers: list[str]


def purchases() -> list[Purchase]:
    """What is ordered from the catalogue."""
    return _purchases("purchases.csv")


def requests() -> list[Purchase]:
    """What is put out to quotation."""
    return _purchases("requests.csv")


def _purchases(name: str) -> list[Purchase]:
    return [
        Purchase(int(row["day"]), row["lab"], row["title"], wanted(row["lines"]), row.get("suppliers", "").split())
        for row in table(FOLDER / name)
    ]


def wanted(text: str) -> list[Wanted]:
    """`HH-224*2, HH-3002*1` as lines."""
    pairs = (one.split("*") for one in text.split(", "))
    return [Wanted(code, int(quantity)) for code, quantity in pairs]
