"""The offer on the page of a listing: what it costs the reader and why, its conditions, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.catalogue import queries
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import RULES, Price, terms_of
from app.catalogue.offers.pricing import price as price_for
from app.catalogue.offers.words import INCOTERMS, LINKS, REGULATED, TAX_CLASSES, countries
from app.kernel.actors import Actor
from app.kernel.values import Money, quantity_text
from app.web.catalogue import shown


def for_reader(found: Listing, asking: Actor) -> Price:
    """What the smallest order costs the reader's organisation today."""
    return price_for(asking.org_id, found, terms_of(found).least_micro)


def rule_words(rule: Mapping[str, Any], unit: str) -> str:
    """What decided a price, from its frozen explanation: "Tier price from 10 pieces", "Contract price until ..."."""
    if rule.get("rule") not in RULES:
        return ""
    parts = [i18n.say(RULES[rule["rule"]])]
    if rule.get("from_micro"):
        parts.append(_("from %(quantity)s", quantity=i18n.counted(rule["from_micro"], unit)))
    if rule.get("until"):
        parts.append(_("until %(day)s", day=i18n.day(date.fromisoformat(rule["until"]))))
    return ("，" if i18n.language() == "zh" else ", ").join(parts)


def explained(price: Price) -> str:
    """Why a price is what it is, with the tax in it: what stands beneath it."""
    tax = shown.price_note(price.terms.vat_bp, price.terms.basis_micro, price.terms.unit)
    why = rule_words(price.explanation(), price.terms.unit)
    return ("；" if i18n.language() == "zh" else "; ").join(filter(None, (why if price.rule != "list" else "", tax)))


def cheaper(price: Price) -> str | None:
    """From which quantity on it is cheaper still."""
    tier = price.cheaper_from
    if tier is None:
        return None
    money = i18n.money(Money(tier.price_minor, price.terms.currency))
    return str(_("%(price)s from %(quantity)s", price=money, quantity=i18n.counted(tier.from_micro, price.terms.unit)))


def least(price: Price) -> str | None:
    """The smallest order, where the supplier asks for one."""
    least_micro = price.terms.min_quantity_micro
    if least_micro is None:
        return None
    return str(_("smallest order %(quantity)s %(unit)s", quantity=i18n.quantity(least_micro), unit=price.terms.unit))


def price_rows(found: Listing, price: Price) -> list[list[Any]]:
    """Every price that the reader can reach: the list price, the tiers, and the one agreed with this buyer."""
    if found.price is None:
        return []
    own = price.rule == "contract"
    rows = [_price_row(found, None, found.price, "list", chosen=price.rule == "list")]
    rows += [
        _price_row(found, one.from_micro, Money(one.price_minor, found.currency), "tier",
                   chosen=not own and one.from_micro == price.from_micro)
        for one in found.tier_rows
    ]  # fmt: skip
    if own and price.price is not None:
        row = _price_row(found, price.from_micro, price.price, "contract", chosen=True)
        row[0] = {"text": row[0], "href": f"/contract-prices/{price.contract_id}"}
        rows.append(row)
    return rows if len(rows) > 1 else []


def _price_row(found: Listing, bound: int | None, price: Money, rule: str, *, chosen: bool) -> list[Any]:
    quantity = terms_of(found).least_micro if bound is None else bound
    return [
        i18n.say(RULES[rule]),
        _("from %(quantity)s", quantity=i18n.counted(quantity, found.unit)),
        {"text": i18n.money(price), "strong": chosen},
    ]


def conditions(found: Listing) -> list[tuple[str, str | None]]:
    """On which terms it is sold."""
    between = "、" if i18n.language() == "zh" else ", "
    names = countries().get(found.origin)
    stock = None if found.stock_micro is None else _much(found.stock_micro, found)
    rows = [
        (_("Smallest order"), _much(found.min_quantity_micro, found) if found.min_quantity_micro else None),
        (_("In multiples of"), _much(found.order_multiple_micro, found) if found.order_multiple_micro else None),
        (_("In stock"), stock),
        (_("Lead time"), shown.days(found.lead_time_days)),
        (_("Offer holds"), validity(found)),
        (_("Delivery terms"), delivery(found)),
        (_("Country of origin"), None if names is None else names[0 if i18n.language() == "zh" else 1]),
        (_("Imported"), _("Yes") if found.imported else None),
        (_("Regulated goods"), between.join(i18n.say(REGULATED[one]) for one in found.regulated) or None),
        (_("Tax class"), i18n.say(TAX_CLASSES[found.tax_class])),
    ]
    return [(name, value) for name, value in rows if value]


def _much(quantity_micro: int, found: Listing) -> str:
    return f"{i18n.quantity(quantity_micro)} {found.unit}"


def validity(found: Listing) -> str | None:
    """The days of the offer."""
    first, last = found.valid_from, found.valid_until
    if first and last:
        return str(_("%(first)s to %(last)s", first=i18n.day(first), last=i18n.day(last)))
    if first:
        return str(_("from %(day)s", day=i18n.day(first)))
    return str(_("until %(day)s", day=i18n.day(last))) if last else None


def delivery(found: Listing) -> str | None:
    """The Incoterms rule with its place."""
    return f"{i18n.say(INCOTERMS[found.incoterm])} {found.delivery_point}" if found.incoterm else None


def goes_with(found: Listing, asking: Actor) -> list[list[Any]]:
    """What goes with it and is on offer now, with its supplier and price."""
    offered = queries.on_offer_by_id((one.other_id for one in found.link_rows), asking) if found.link_rows else {}
    spoken = i18n.language()
    return [
        [
            i18n.say(LINKS[one.kind]),
            {"text": there.listing.name(spoken), "href": f"/listings/{one.other_id}",
             "note": there.supplier.name(spoken)},
            i18n.money(there.listing.price) if there.listing.price else _("On request"),
        ]
        for one in found.link_rows
        if (there := offered.get(one.other_id)) is not None
    ]  # fmt: skip


def start_quantity(price: Price) -> str:
    """What a form of an order begins with."""
    return quantity_text(price.terms.least_micro)


def country_options() -> list[tuple[str, str]]:
    """The countries by their names in the reader's language."""
    place = 0 if i18n.language() == "zh" else 1
    named = sorted(countries().items(), key=lambda pair: pair[1][place])
    return [(code, f"{names[place]} ({code})") for code, names in named]
