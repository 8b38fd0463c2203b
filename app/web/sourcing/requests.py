"""The lists of requests (the buyer's own, the supplier's inbox by deadline) and the page of one request."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from app import i18n
from app.accounts.models import Organisation
from app.http import actor, own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.sourcing import queries
from app.sourcing.actions.rfqs import ask_for_quotes
from app.sourcing.lifecycles import AWARD, QUOTE, RFQ
from app.sourcing.models import Quote, Rfq
from app.sourcing.schemas import BUYER_SIDE
from app.web.core.directory import names, read, register_page, url_of
from app.web.core.pages import CURSOR_MOST_CHARS, NO_SUCH_VIEW
from app.web.core.record import badge, frame, grouped
from app.web.sharing import panel
from app.web.sourcing import shown
from app.web.sourcing.blueprint import pages

register_page("rfq", "sourcing.show_request")

SELLING: Final = frozenset({"supplier", "service"})


@pages.get("/rfqs")
def list_requests() -> str:
    """The own requests of a lab, the inbox of a supplier, or everything for staff."""
    asking = signed_in()
    state = request.args.get("state")
    if state is not None and state not in RFQ.states:
        raise NO_SUCH_VIEW()
    views = _views(asking)
    view = request.args.get("view") or views[0]
    if view not in views:
        raise NO_SUCH_VIEW()
    if view == "inbox":
        return _inbox(asking, state, views)
    return _own(asking, state, view, views)


def _views(asking: Actor) -> list[str]:
    """The lists a reader has: what they asked, what they were asked."""
    views = ["own"] if "lab" in asking.kinds else []
    views += ["inbox"] if asking.kinds & SELLING else []
    return views + (["all"] if asking.is_staff else []) or ["own"]


def _segments(views: list[str], view: str) -> list[dict[str, Any]]:
    titles = {"own": _("Asked by us"), "inbox": _("Asked of us"), "all": _("All requests")}
    return [{"label": titles[one], "href": f"/rfqs?view={one}", "current": one == view} for one in views]


def _tabs(view: str, state: str | None, states: tuple[str, ...]) -> list[dict[str, Any]]:
    every = {"label": _("All"), "href": f"/rfqs?view={view}", "current": state is None}
    return [every] + [
        {"label": i18n.say(RFQ.states[one].title), "href": f"/rfqs?view={view}&state={one}", "current": one == state}
        for one in states
    ]


def _own(asking: Actor, state: str | None, view: str, views: list[str]) -> str:
    statement = queries.own_requests(asking) if view == "own" else visible(Rfq, asking)
    if state is not None:
        statement = statement.where(Rfq.state == state)
    found = page(statement, Rfq, after=(request.args.get("after") or "")[:CURSOR_MOST_CHARS] or None)
    named = names(rfq.buyer_id for rfq in found.items) if view == "all" else {}
    columns = [{"label": _("Request"), "main": True}, {"label": _("State"), "state": True},
               {"label": _("Deadline")}, {"label": _("Lines"), "num": True},
               {"label": _("Buyer")} if view == "all" else {"label": _("Invited"), "num": True}]  # fmt: skip
    rows = [
        [
            {"text": rfq.number, "href": url_of(rfq), "note": rfq.title}, {"badge": badge(RFQ, rfq.state)},
            _deadline(rfq), len(rfq.lines), named.get(rfq.buyer_id) if view == "all" else rfq.invited_count,
        ]
        for rfq in found.items
    ]  # fmt: skip
    states = tuple(RFQ.states) if view == "own" else tuple(RFQ.states)[1:]
    query = f"/rfqs?view={view}" + (f"&state={state}" if state else "")
    return render_template(
        "sourcing/requests.html", title=_("Requests for quotation"), columns=columns, rows=rows,
        segments=_segments(views, view) if len(views) > 1 else [], tabs=_tabs(view, state, states),
        next_url=f"{query}&after={found.next}" if found.next else None,
        first_url=query if request.args.get("after") else None, new=_new(asking) if view == "own" else None,
        nothing=_("No requests yet.") if state is None else _("No requests in this state."),
    )  # fmt: skip


def _new(asking: Actor) -> tuple[str, str] | None:
    if not ask_for_quotes.by.admits(asking, own_organisation(asking)):
        return None
    return i18n.say(ask_for_quotes.title), "/rfqs/new"


def _deadline(rfq: Rfq) -> dict[str, Any]:
    return {"text": i18n.when(rfq.deadline), "note": i18n.left(rfq.deadline) if rfq.state == "open" else None}


def _inbox(asking: Actor, state: str | None, views: list[str]) -> str:
    found = queries.inbox(asking, state=state)
    named = names(rfq.buyer_id for rfq, _quote in found)
    columns = [{"label": _("Request"), "main": True}, {"label": _("State"), "state": True}, {"label": _("Buyer")},
               {"label": _("Deadline")}, {"label": _("Lines"), "num": True}, {"label": _("Our quote")}]  # fmt: skip
    rows = [
        [
            {"text": rfq.number, "href": url_of(rfq), "note": rfq.title}, {"badge": badge(RFQ, rfq.state)},
            named.get(rfq.buyer_id), _deadline(rfq), len(rfq.lines), _our_quote(quote),
        ]
        for rfq, quote in found
    ]  # fmt: skip
    return render_template(
        "sourcing/requests.html", title=_("Requests and quotes"), columns=columns, rows=rows,
        segments=_segments(views, "inbox") if len(views) > 1 else [],
        tabs=_tabs("inbox", state, ("open", "closed", "concluded", "failed", "cancelled")), next_url=None,
        first_url=None, new=None,
        nothing=_("Nobody has asked you for a quote yet. Buyers find suppliers by what they list."),
    )  # fmt: skip


def _our_quote(quote: Quote | None) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {"text": quote.number, "href": url_of(quote), "badge": badge(QUOTE, quote.state)}


# One request ---------------------------------------------------------------------------------------------------------


@pages.get("/rfqs/<id:record_id>")
def show_request(record_id: str) -> str:
    """One request: what is asked, questions, and for the buyer who is invited and what came in."""
    asking = actor()
    rfq: Rfq = read(Rfq, record_id, asking)
    buying = BUYER_SIDE.admits(asking, rfq)
    quotes = queries.opened_quotes(rfq, asking) if buying or asking.is_staff else []
    awards = queries.awards_of(rfq, asking) if buying or asking.is_staff else []
    own = queries.own_quotes(asking, [rfq.id]).get(rfq.id) if asking.org_id and not buying else None
    known = names([*rfq.invited_ids, *(q.asker_id for q in rfq.questions), *(q.supplier_id for q in quotes)])
    context = frame(rfq, asking, facts=_facts(rfq, buying))
    if not rfq.attended() and (buying or asking.is_staff):  # suppliers learn of awards from their orders
        context["next_words"] = _("Every line is awarded or given up. What follows stands at the awards.")
    context["offers"] = grouped([_offer(one, rfq) for one in context["offers"]])
    return render_template(
        "sourcing/request.html",
        **context,
        rfq=rfq,
        buying=buying,
        lines=[_line(line, covered=buying and rfq.state not in ("draft", "open")) for line in rfq.lines],
        questions=[_question(one, known, buying) for one in rfq.questions],
        invited=[known.get(org, org) for org in rfq.invited_ids] if buying else [],
        own_quote=_own_quote(own),
        quotes=[_quote(one, known) for one in quotes],
        compare=f"/rfqs/{rfq.id}/compare" if quotes else None,
        awards=[_award(one) for one in awards],
        sealed=rfq.state == "open",
        bookable=panel.shown(rfq) if buying else [],
        origin=_origin(rfq),
    )


def _facts(rfq: Rfq, buying: bool) -> list[tuple[str, str | None, str | None]]:
    buyer = db.session.get_one(Organisation, rfq.buyer_id)
    facts: list[tuple[str, str | None, str | None]] = [
        (_("Buyer"), buyer.name(i18n.language()), url_of(buyer)),
        (_("Deadline"), i18n.when(rfq.deadline), None),
        (_("Currency of the quotes"), rfq.currency, None),
        (_("Place of delivery"), rfq.delivery_place, None),
        (_("Deliver by"), i18n.day(rfq.deliver_by), None),
    ]
    if rfq.amendment:
        facts.append((_("Amended"), ngettext("%(num)d time", "%(num)d times", rfq.amendment), None))
    if buying:
        invited = ngettext("%(num)d supplier", "%(num)d suppliers", rfq.invited_count)
        facts.append((_("Invited"), invited, None))
        facts += panel.facts(rfq)
    return facts


def _offer(one: dict[str, Any], rfq: Rfq) -> dict[str, Any]:
    """Awarding begins on the comparison."""
    return one | {"href": f"/rfqs/{rfq.id}/compare"} if one["name"] == "award" else one


def _line(line: Any, *, covered: bool) -> dict[str, Any]:
    shares = [
        (_("awarded"), line.awarded_micro), (_("confirmed"), line.confirmed_micro),
        (_("given up"), line.given_up_micro), (_("still open"), line.open_micro),
    ]  # fmt: skip
    return {
        "id": line.id,
        "position": line.position,
        "title": line.title,
        "kind": shown.kind(line),
        "quantity": shown.amount_of(line.quantity_micro, line.unit),
        "description": line.description,
        "listing": f"/listings/{line.listing_id}" if line.listing_id else None,
        "cpv": line.cpv,
        "demands": [shown.demand_dict(one, line.category) for one in line.demands],
        "covered": [f"{word} {i18n.quantity(share)}" for word, share in shares if share] if covered else [],
        "reason": line.given_up_reason if covered else "",
    }


def _question(one: Any, known: dict[str, str], buying: bool) -> dict[str, Any]:
    return {
        "who": known.get(one.asker_id) if buying else _("A supplier"),
        "when": i18n.when(one.asked_at),
        "question": one.question,
        "answer": one.answer,
        "answered": i18n.when(one.answered_at) if one.answered_at else None,
    }


def _own_quote(quote: Quote | None) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {
        "number": quote.number, "href": url_of(quote), "badge": badge(QUOTE, quote.state),
        "total": i18n.money(quote.total), "valid": i18n.when(quote.valid_until),
        "receipt": shown.receipt(quote.current.digest),
    }  # fmt: skip


def _quote(one: Quote, known: dict[str, str]) -> list[Any]:
    current = one.current
    offered = sum(not line.no_offer for line in current.lines)
    return [
        {"text": known.get(one.supplier_id), "href": url_of(one), "note": one.number},
        {"badge": badge(QUOTE, one.state)},
        i18n.money(one.total),
        f"{offered} / {len(current.lines)}",
        i18n.when(current.submitted_at),
        i18n.day(one.valid_until),
    ]


def _award(one: Any) -> list[Any]:
    suppliers = len({line.supplier_id for line in one.lines})
    return [
        {"text": one.number, "href": url_of(one)},
        {"badge": badge(AWARD, one.state)},
        ngettext("%(num)d supplier", "%(num)d suppliers", suppliers),
        i18n.money(one.total),
    ]


def _origin(rfq: Rfq) -> list[tuple[str, str | None]]:
    """Where an imported tender came from."""
    if rfq.source is None:
        return []
    return [
        (_("Source"), rfq.source.upper()),
        (_("Reference"), rfq.source_reference),
        (_("Published by"), rfq.source_buyer or None),
        (_("Published on"), i18n.day(rfq.source_published_on)),
        (_("Original deadline"), i18n.when(rfq.source_deadline)),
    ]
