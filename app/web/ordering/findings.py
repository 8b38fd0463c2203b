"""What whoever approves a transaction looks at: rules that were triggered in words and numbers, and both sides."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.approvals.plans import plan_of
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import Money
from app.ordering import thresholds
from app.ordering.models import Order, OrderLine
from app.ordering.offline import DUPLICATE_WINDOW, twins
from app.ordering.queries import (
    YEAR,
    between,
    catalogue_prices,
    dealings,
    earlier_prices,
    live_claims,
)
from app.web.core.directory import names, url_of
from app.web.ordering.offline import came_in, word_of
from app.web.ordering.orders import source_of
from app.web.ordering.shown import model_of, much, price_of, unit_of

DEARER_PERCENT: Final = 10
"""A unit price so much above the average of the last year is put before whoever approves."""

Finding = dict[str, Any]


def case_of(order: Order, asking: Actor) -> dict[str, Any]:
    """Everything beside the list: findings, both sides, the lines with their prices."""
    found, passed = _findings(order, asking)
    named = names([order.buyer_id, order.supplier_id, order.person_id])
    return {
        "order": order,
        "href": url_of(order),
        "amount": i18n.money(order.total),
        "due": i18n.left(order.waits_until) if order.waits_until else None,
        "findings": found,
        "passed": (_("Rules that were not triggered: %(number)s", number=len(passed)), passed) if passed else None,
        "buyer": _buyer(order, asking, named),
        "supplier": _supplier(order, asking, named),
        "lines": _lines(order, asking),
        "unit": unit_of(order.currency),
        "follows": _follows(order),
    }


def _follows(order: Order) -> str:
    """Who comes after the reader."""
    if order.state == "awaiting_operator" and thresholds.asks_owner(order):
        limit = thresholds.owner_limit(order)
        if limit is None:
            return str(_("The operator buys for itself: the owner approves."))
        return str(_("From %(limit)s on: after you the owner approves.", limit=i18n.money(limit)))
    return str(_("After you the supplier receives the order."))


def _findings(order: Order, asking: Actor) -> tuple[list[Finding], list[str]]:
    """What needs judgement, worst first; and what was looked at without a finding."""
    checks = [_dearer(order, asking), _split(order, asking), _standing(order, asking), _offline(order), _limit(order)]
    found = [one for ones, _words in checks for one in ones]
    worst = {"stop": 0, "waiting": 1}
    return sorted(found, key=lambda one: worst[one["tone"]]), [words for ones, words in checks if not ones]


def _dearer(order: Order, asking: Actor) -> tuple[list[Finding], str]:
    found = []
    for line_id, prices in earlier_prices(order, asking).items():
        line = next(one for one in order.lines if one.id == line_id)
        average = sum(prices) // len(prices)
        above = (line.price_minor - average) * 100 // average
        if above > DEARER_PERCENT:
            found.append(_dearer_finding(line, prices, average, above, order.currency))
    return found, _("No unit price is more than %(percent)s%% above the average of the last 12 months.",
                    percent=DEARER_PERCENT)  # fmt: skip


def _dearer_finding(line: OrderLine, prices: list[int], average: int, above: int, currency: str) -> Finding:
    low, high, mean = (i18n.money(Money(one, currency)) for one in (min(prices), max(prices), average))
    title = _("%(line)s: unit price %(percent)s%% above the average of the last 12 months",
              line=line.model or line.title, percent=above)  # fmt: skip
    text = _("Here %(price)s; %(number)s earlier orders, average %(average)s (%(low)s – %(high)s)", average=mean,
             price=i18n.money(Money(line.price_minor, currency)), number=len(prices), low=low, high=high)  # fmt: skip
    return {"tone": "stop", "title": title, "text": text}


def _split(order: Order, asking: Actor) -> tuple[list[Finding], str]:
    others = between(order, asking)
    good = _("No other order of this buyer from this supplier within 30 days.")
    if not others:
        return [], good
    together = Money(sum(one.total_minor for one in others), order.currency) + order.total
    limit = thresholds.owner_limit(order)
    over = limit is not None and not thresholds.asks_owner(order) and not together < limit
    title = _("%(number)s other orders of this buyer from this supplier within 30 days", number=len(others))
    text = _("Together %(sum)s", sum=i18n.money(together))
    if over:
        title = _("Perhaps split: %(title)s", title=title)
        text = _("Together %(sum)s, above the owner's limit of %(limit)s", sum=i18n.money(together),
                 limit=i18n.money(limit))  # fmt: skip
    tone = "stop" if over else "waiting"
    return [{"tone": tone, "title": title, "text": text, "href": url_of(others[0]), "link": others[0].number}], good


def _standing(order: Order, asking: Actor) -> tuple[list[Finding], str]:
    good = _("The supplier is admitted and has no open claim.")
    supplier = db.session.scalars(visible(Organisation, asking).where(Organisation.id == order.supplier_id)).first()
    if supplier is None or supplier.state != "admitted":
        return [{"tone": "stop", "title": _("The supplier may not deal at the moment.")}], good
    open_claims = live_claims(asking, order.supplier_id)
    if not open_claims:
        return [], good
    return [{"tone": "waiting", "title": _("The supplier has %(number)s open claims", number=open_claims)}], good


def _offline(order: Order) -> tuple[list[Finding], str]:
    """Entered for the buyer: how it came in, how the buyer gave its word, and what it looks like a second copy of."""
    good = _("The buyer ordered it itself.")
    if order.channel in ("web", "api"):
        return [], good
    title = _("Entered by the operator: %(channel)s", channel=came_in(order))
    found: list[Finding] = [{"tone": "waiting", "title": title, "text": word_of(order)}]
    alike = twins(order)
    if alike:
        title = _("Perhaps a second copy: same supplier, item and amount within %(days)s days",
                  days=DUPLICATE_WINDOW.days)  # fmt: skip
        numbers = " ".join(str(one.number) for one in alike)
        found.append({"tone": "stop", "title": title, "text": numbers, "href": url_of(alike[0]),
                      "link": alike[0].number})  # fmt: skip
    return found, good


def _limit(order: Order) -> tuple[list[Finding], str]:
    good = _("The amount is within what the operator decides alone.")
    if not thresholds.asks_owner(order):
        return [], good
    limit = thresholds.owner_limit(order)
    if limit is None:
        return [{"tone": "waiting", "title": _("The operator buys for itself: the owner approves.")}], good
    title = _("From %(limit)s on the owner approves as well", limit=i18n.money(limit))
    text = _("The whole purchase comes to %(whole)s", whole=i18n.money(thresholds.whole(order)))
    return [{"tone": "waiting", "title": title, "text": text}], good


def _buyer(order: Order, asking: Actor, named: dict[str, str]) -> list[Any]:
    bought = dealings(asking, Order.buyer_id, order.buyer_id, order.currency, since=YEAR, but=order.id)
    rows: list[Any] = [(_("Organisation"), named.get(order.buyer_id), f"/organisations/{order.buyer_id}")]
    rows.append((_("Ordered by"), named.get(order.person_id or ""), None))
    source = source_of(order, asking)
    if source is not None:
        rows.append((_("Made from"), source.number, url_of(source)))
        plan = plan_of(source.id)
        signed = [step.decided_by for step in plan.steps if step.decided_by] if plan is not None else []
        by = names(signed)
        words = " → ".join(by.get(one, "") for one in signed) or _("no signature asked for")
        rows.append((_("Approved inside by"), words, None))
    rows.append((_("Last 12 months"), _dealt(bought), None))
    return rows


def _supplier(order: Order, asking: Actor, named: dict[str, str]) -> list[Any]:
    sold = dealings(asking, Order.supplier_id, order.supplier_id, order.currency, since=YEAR, but=order.id)
    rows: list[Any] = [
        (_("Organisation"), named.get(order.supplier_id), f"/organisations/{order.supplier_id}"),
        (_("Last 12 months"), _dealt(sold), None),
        (_("Open claims"), str(live_claims(asking, order.supplier_id)), None),
    ]
    if order.commission.get("rate_bp") is not None:
        rate = i18n.percent(order.commission["rate_bp"])
        rows.append((_("Commission"), _("%(rate)s, frozen when it was ordered", rate=rate), None))
    return rows


def _dealt(deals: Any) -> str:
    return " ".join((_("%(number)s orders", number=deals.number), i18n.money(deals.total)))


def _lines(order: Order, asking: Actor) -> list[list[Any]]:
    listings = catalogue_prices(order, asking)
    rows = []
    for line in order.lines:
        listing = listings.get(line.listing_id or "")
        rows.append([
            {"text": line.title, "note": model_of(line)},
            much(line.quantity_micro, line.unit),
            price_of(listing, order.currency) if listing and listing.currency == order.currency else None,
            {"text": price_of(line, order.currency), "strong": True},
            _difference(line, listing, order.currency),
            i18n.amount(Money(line.amount_minor, order.currency)),
        ])  # fmt: skip
    return rows


def _difference(line: OrderLine, listing: Any, currency: str) -> str | None:
    """How much the order's price differs from today's catalogue price, where the two can be compared."""
    if listing is None or not listing.price_minor or listing.currency != currency:
        return None
    if listing.price_basis_micro != line.price_basis_micro:
        return None
    tenths = (line.price_minor - listing.price_minor) * 1_000 // listing.price_minor
    if not tenths:
        return str(_("same"))
    arrow = "↑" if tenths > 0 else "↓"
    return f"{arrow} {abs(tenths) // 10}.{abs(tenths) % 10}%"
