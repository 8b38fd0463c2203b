"""Payouts: what is payable to whom, proposed, approved and ordered by two people; and one payout with its movements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import raiseload

from app import i18n
from app.http import actor, signed_in
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.kernel.values import now
from app.payments.actions import bank_entries
from app.payments.actions import payouts as verbs
from app.payments.lifecycles import PAYOUT
from app.payments.models import Payout
from app.payments.movements import described
from app.payments.queries import Payable, payables
from app.representation import represent
from app.web.core.directory import called, names, read, url_of
from app.web.core.pages import CURSOR_MOST_CHARS
from app.web.core.record import frame
from app.web.core.shown import ids_in, rows_of
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages
from app.web.payments.shown import may_begin, state_badge, strong


@pages.get("/payouts")
def payouts() -> str:
    """What is payable (for staff), and the payouts that the reader may see."""
    asking = signed_in()
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    found = page(visible(Payout, asking).options(raiseload(Payout.lines)), Payout, after=after)
    owed = payables() if asking.is_staff else []
    named = names([*(one.supplier_id for one in found.items), *(one.supplier_id for one in owed)])
    new = may_begin(verbs.propose_payout, asking, "/payouts/new")
    return render_template(
        "payments/payouts.html",
        staff=asking.is_staff,
        payable=[_payable(one, named, may_pay=new is not None) for one in owed],
        line=may_begin(bank_entries.enter_bank_line, asking, "/bank-entries/new"),
        rows=[_row(one, named) for one in found.items],
        next_url=f"/payouts?{urlencode({'after': found.next})}" if found.next else None,
        first_url="/payouts" if after else None,
    )


def _payable(one: Payable, named: Mapping[str, str], *, may_pay: bool) -> dict[str, Any]:
    query = urlencode({"supplier": one.supplier_id, "currency": one.amount.currency})
    return {
        "name": named.get(one.supplier_id),
        "href": f"/organisations/{one.supplier_id}",
        "amount": i18n.money(one.amount),
        "negative": one.amount.minor < 0,
        "payout": (one.payout.number, url_of(one.payout), state_badge(one.payout)) if one.payout else None,
        "why_not": _why_not(one),
        "button": (_("Propose a payout"), f"/payouts/new?{query}") if may_pay and not _why_not(one) else None,
    }


def _why_not(one: Payable) -> str | None:
    """Why no payout can be proposed now."""
    if one.payout is not None:
        return str(_("A payout is under way."))
    if one.amount.minor <= 0:
        return str(_("The supplier owes this."))
    if one.state != "admitted" or one.stopped:
        return str(_("Payouts to this organisation are suspended."))
    if not one.has_account:
        return str(_("No bank account is named."))
    if one.held_until is not None and one.held_until > now():
        return str(_("The bank account was changed: payouts wait until %(until)s.", until=i18n.when(one.held_until)))
    return None


def _row(one: Payout, named: Mapping[str, str]) -> list[Any]:
    return [
        {"text": one.number, "href": url_of(one)},
        {"badge": state_badge(one)},
        named.get(one.supplier_id),
        {"text": i18n.money(one.amount), "strong": True},
        one.bank_reference or None,
        i18n.when(one.updated_at),
    ]


@pages.get("/payouts/<id:record_id>")
def payout(record_id: str) -> str:
    """One payout with the movements that it pays."""
    asking = actor()
    found: Payout = read(Payout, record_id, asking)
    body = represent(found, asking, with_actions=False)
    context = frame(found, asking)
    named = context["named"] | called([*ids_in(body), found.creator_id, found.approver_id], asking)
    if asking.is_staff:
        context["facts"] = [
            *context["facts"],
            (_("Proposed by"), named.get(found.creator_id), None),
            (_("Approved by"), named.get(found.approver_id or ""), None),
        ]
    return render_template(
        "payments/payout.html",
        **context,
        rows=[row for row in rows_of(PAYOUT, body, named) if row.text],
        lines=[
            [{"text": i18n.say(title), "note": reference}, i18n.when(at), strong(amount)]
            for title, reference, at, amount in described(found)
        ],
        total=i18n.amount(found.amount),
        unit=unit_of(found.currency),
    )
