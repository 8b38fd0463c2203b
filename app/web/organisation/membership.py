"""The page of a membership: what the person may do, and to the admins what waits for this person alone."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template

from app import i18n
from app.accounts.duties import machines_of, waiting_for_alone
from app.accounts.models import Membership
from app.http import actor
from app.kernel.actors import Actor
from app.kernel.lifecycle import lifecycle_of
from app.representation import represent
from app.web.core.directory import label_of, names, read, records_of, register_page, url_of
from app.web.core.record import badge, crumbs, frame
from app.web.core.shown import ids_in, rows_of, tables_of
from app.web.organisation.blueprint import pages

Row = list[Any]

OF_ONESELF: Final = frozenset({"issue_key", "lend", "leave"})
"""What everybody does for themselves, on the account page: here it would only be refused."""


@pages.get("/memberships/<id:record_id>")
def membership(record_id: str) -> str:
    """One person's place in an organisation."""
    asking = actor()
    found: Membership = read(Membership, record_id, asking)
    body = represent(found, asking, with_actions=False)
    context = frame(found, asking, **_called(found))
    context["offers"] = [one for one in context["offers"] if one["name"] not in OF_ONESELF]
    named = context["named"] | names(ids_in(body) - set(context["named"]))
    admin = "org_admin" in asking.roles and asking.org_id == found.org_id
    return render_template(
        "organisation/membership.html",
        **context,
        rows=rows_of(context["lifecycle"], body, named),
        tables=tables_of(context["lifecycle"], body, named),
        alone=_alone(found, asking) if admin else None,
        machines=[(one.title, url_of(one)) for one in machines_of(found)] if admin else [],
    )


def _called(found: Membership) -> dict[str, Any]:
    """By the person's name, once they have joined, as in the list that leads here."""
    name = names([found.person_id]).get(found.person_id or "", "")
    return {"number": name, "title": found.email, "crumbs": crumbs(lifecycle_of(found), name)} if name else {}


def _alone(found: Membership, asking: Actor) -> list[Row]:
    """What waits for this person alone: to be handed on before they leave."""
    duties = waiting_for_alone(found)
    records = records_of((one.record_id for one in duties), asking)
    known = [(records[one.record_id], one.lifecycle) for one in duties if one.record_id in records]
    return [
        [
            {"text": label_of(record), "href": url_of(record)},
            i18n.say(lifecycle.title),
            {"badge": badge(lifecycle, record.state)},
        ]
        for record, lifecycle in known
    ]


register_page("membership", "organisation.membership")
