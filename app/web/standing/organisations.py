"""The page of one organisation: what it is; for itself and staff also how it stands and what it may not do now."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.accounts import standing
from app.accounts.actions.bank_accounts import BANK_ACCOUNT
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.actions.restrictions import RESTRICTION
from app.accounts.admission_schemas import SCOPE_TITLES
from app.accounts.models import LIVE_STATES, BankAccount, Barred, Organisation, Restriction
from app.catalogue.taxonomy.tree import tree
from app.http import actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.representation import represent
from app.standing import score
from app.web.core.directory import names, read, url_of
from app.web.core.record import badge, frame
from app.web.core.shown import ids_in, rows_of, tables_of
from app.web.standing.blueprint import pages


@pages.get("/organisations/<id:record_id>")
def organisation(record_id: str) -> str:
    """One organisation."""
    asking = actor()
    found: Organisation = read(Organisation, record_id, asking)
    body = represent(found, asking, with_actions=False)
    inside = asking.is_staff or (asking.org_id is not None and asking.org_id == found.id)
    context = frame(found, asking)
    if asking.org_id == found.id:  # what one's own organisation begins is begun in its list, and told by the links
        own = {verb.name for verb in ORGANISATION.actions.values() if verb.makes is not None}
        context["offers"] = [one for one in context["offers"] if one["name"] not in own]
    named = context["named"] | names(ids_in(body) - set(context["named"]))
    sells = bool(found.kinds & {"supplier", "service"})
    return render_template(
        "standing/organisation.html",
        **context,
        rows=rows_of(ORGANISATION, body, named),
        tables=tables_of(ORGANISATION, body, named),
        score=_score(found, link=inside) if sells and asking.org_id is not None else None,
        barred=_barred(found) if inside else [],
        restrictions=[_restriction(one) for one in _live(found, asking)] if inside else [],
        account=_account(found, asking) if inside and sells else None,
        links=_links(found, mine=asking.org_id == found.id) if inside else [],
    )


def _score(found: Organisation, *, link: bool) -> dict[str, Any]:
    counted = score.score_of(found.id)
    return {
        "points": counted.points,
        "note": _("from %(number)s rows", number=counted.rows)
        if counted.rows
        else _("Too few rows yet to say anything."),
        "href": f"/standing/{found.id}" if link else None,
    }


def _live(found: Organisation, asking: Any) -> list[Restriction]:
    mine = visible(Restriction, asking).where(Restriction.org_id == found.id, Restriction.state.in_(LIVE_STATES))
    return list(db.session.scalars(mine.order_by(Restriction.id)))


def _restriction(one: Restriction) -> list[Any]:
    return [
        {"text": i18n.say(SCOPE_TITLES[one.scope]), "href": url_of(one)},
        {"badge": badge(RESTRICTION, one.state)},
        i18n.when(one.ends_at) if one.ends_at else _("until further notice"),
    ]


def _barred(found: Organisation) -> list[dict[str, Any]]:
    """What it may not do now, one finding per scope and place, with why."""
    rows = db.session.execute(
        sa.select(Barred.scope, Barred.category, Barred.cause_id).where(Barred.org_id == found.id)
    ).all()
    places: dict[tuple[str, str], list[str]] = {}
    for scope, category, cause in rows:
        places.setdefault((scope, category), []).append(cause)
    return [
        {
            "tone": "waiting" if category else "stop",
            "title": i18n.say(SCOPE_TITLES[scope]) + _where(category),
            "text": i18n.speak(standing.why(causes)),
        }
        for (scope, category), causes in sorted(places.items())
    ]


def _where(category: str) -> str:
    if not category:
        return ""
    place = " / ".join(tree().name(code, i18n.language()) for code in tree().path(category))
    return f"：{place}" if i18n.language() == "zh" else f": {place}"


def _account(found: Organisation, asking: Any) -> dict[str, Any] | None:
    held = visible(BankAccount, asking).where(
        BankAccount.org_id == found.id, BankAccount.state.in_(("confirmed", "proposed"))
    )
    rows = [
        (badge(BANK_ACCOUNT, one.state)[0], f"{one.bank_name} …{one.ending}", url_of(one))
        for one in db.session.scalars(held.order_by(BankAccount.id))
    ]
    return {"rows": rows}


def _links(found: Organisation, *, mine: bool) -> list[tuple[str, str]]:
    links = [(_("Getting started"), f"/organisations/{found.id}/onboarding")] if found.platform is None else []
    if not mine:
        return [*links, (_("Hand-over plans"), "/handovers")]
    links += [(_("People and units"), "/people")]
    if found.platform is None:
        links += [(_("Qualifications"), "/qualifications")]
    if found.kinds & {"supplier", "service"}:
        links += [(_("Bank accounts"), "/bank-accounts"), (_("Hand-over plans"), "/handovers")]
    return links + ([(_("Approval rules"), "/approval-rules")] if found.is_lab else [])
