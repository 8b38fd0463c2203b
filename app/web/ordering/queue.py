"""The queues of the platform: transactions for the operator, large exceptions for the owner, disputes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.http import signed_in
from app.kernel.actors import Actor, Who
from app.kernel.db import Record
from app.kernel.errors import NOT_YOURS
from app.kernel.lifecycle import offers
from app.kernel.values import N_, now
from app.ordering.lifecycles import APPROVER, OWNER, RULER
from app.ordering.models import Claim, Order
from app.ordering.queries import disputed, state_counts, to_approve
from app.web.core.directory import names, url_of
from app.web.core.record import frame
from app.web.ordering.blueprint import pages
from app.web.ordering.findings import case_of
from app.web.ordering.parts import about, claim_facts, line_facts
from app.web.ordering.shown import state_badge

QUEUE_ROWS: Final = 50
DECISIONS: Final = ("approve", "approve_as_owner", "pass_to_owner", "return", "reject")
TITLES: Final = {"transactions": N_("Transaction approval"), "exceptions": N_("Large exceptions")}


CaseFacts = Callable[[Any, Actor], Sequence[Any]]
_CASES: Final[dict[type[Record], CaseFacts]] = {}


def register_case(model: type[Record], facts: CaseFacts) -> None:
    """Let a package say what whoever rules on a dispute of its records looks at: rows of label, text, address."""
    _CASES[model] = facts


@pages.get("/queues/orders")
def old_queue() -> BaseResponse:
    """The queue under its plain name."""
    return redirect("/queues/transactions", 303)


@pages.get("/queues/transactions")
def transactions() -> str:
    """Orders that wait for the operator, and the case opened."""
    return _queue("transactions", "awaiting_operator", APPROVER)


@pages.get("/queues/exceptions")
def exceptions() -> str:
    """Orders that wait for the owner, and the case opened."""
    return _queue("exceptions", "awaiting_owner", OWNER)


def _staff(who: Who) -> Actor:
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=who.titles())
    return asking


def _queue(kind: str, state: str, who: Who) -> str:
    asking = _staff(who)
    waiting = to_approve(asking, state, limit=QUEUE_ROWS)
    wanted = request.args.get("id")
    current = next((one for one in waiting if one.id == wanted), waiting[0] if waiting else None)
    named = names(org for one in waiting for org in (one.buyer_id, one.supplier_id))
    path = f"/queues/{kind}"
    return render_template(
        "ordering/queue.html",
        title=i18n.say(TITLES[kind]),
        path=path,
        items=[_item(one, named, path, current) for one in waiting],
        count=state_counts(Order, asking).get(state, 0),
        soonest=i18n.left(waiting[0].waits_until) if waiting and waiting[0].waits_until else None,
        case=case_of(current, asking) if current else None,
        decisions=_decisions(current, asking) if current else [],
        badge=state_badge(current) if current else None,
        version=current.version if current else None,
    )


def _item(one: Order, named: dict[str, str], path: str, current: Order | None) -> dict[str, Any]:
    flags = []
    if one.channel not in ("web", "api"):
        flags.append((_("entered offline"), "draft"))
    due = one.waits_until
    return {
        "number": one.number,
        "href": f"{path}?id={one.id}",
        "amount": i18n.money(one.total),
        "parties": (named.get(one.buyer_id, ""), named.get(one.supplier_id, "")),
        "flags": flags,
        "left": i18n.left(due) if due else None,
        "late": due is not None and due <= now(),
        "current": current is not None and one.id == current.id,
    }


def _decisions(order: Order, asking: Actor) -> list[dict[str, Any]]:
    """What the reader may decide, the solid button first; refused ones with their reason."""
    offered = {offer.action.name: offer for offer in offers(order, asking)}
    return [
        {
            "name": name,
            "label": i18n.say(offered[name].action.title),
            "href": url_of(order, name),
            "primary": offered[name].action.primary,
            "danger": offered[name].action.dangerous,
            "refused": i18n.speak(offered[name].refusal) if offered[name].refusal else None,
        }
        for name in DECISIONS
        if name in offered
    ]


@pages.get("/queues/disputes")
def disputes() -> str:
    """Claims and work reports that wait for a ruling, and the case opened."""
    asking = _staff(RULER)
    waiting = disputed(asking, limit=QUEUE_ROWS)
    wanted = request.args.get("id")
    current = next((one for one in waiting if one.id == wanted), waiting[0] if waiting else None)
    named = names(org for one in waiting for org in (one.buyer_id, one.supplier_id))
    return render_template(
        "ordering/disputes.html",
        items=[_dispute(one, named, current) for one in waiting],
        claim=current,
        facts=_CASES[type(current)](current, asking) if current else [],
        context=frame(current, asking) if current else {},
    )


def _dispute(one: Any, named: dict[str, str], current: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "href": f"/queues/disputes?id={one.id}",
        "amount": "",
        "parties": (named.get(one.buyer_id, ""), named.get(one.supplier_id, "")),
        "flags": [],
        "left": i18n.left(one.waits_until) if one.waits_until else None,
        "late": one.waits_until is not None and one.waits_until <= now(),
        "current": current is not None and one.id == current.id,
    }


def _claim_facts(claim: Any, asking: Actor) -> Sequence[Any]:
    return about(claim, asking) + line_facts(claim) + claim_facts(claim, asking)


register_case(Claim, _claim_facts)
