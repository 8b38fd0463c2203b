"""The instruments that the reader may book, by category and words; a keeper's own and their states stand beside."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.taxonomy.models import CategoryReach
from app.catalogue.taxonomy.tree import tree
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.sharing.actions import SHARED_INSTRUMENT, share_instrument
from app.sharing.models import SharedInstrument
from app.sharing.schemas import KEEPERS, REACH_TITLES
from app.web.catalogue.forms import category_options
from app.web.core import pages as usual
from app.web.core.directory import names, read
from app.web.core.record import badge, frame
from app.web.sharing import panel
from app.web.sharing.blueprint import pages

PATH: Final = "/shared-instruments"
MAX_WORDS: Final = 5
MOST_CHARS: Final = 200


@pages.get(PATH)
def shared() -> str:
    """What can be booked: the offered ones; with ?state= those of the reader's own organisation in that state."""
    asking = signed_in()
    if "state" in request.args:
        return usual.index(SHARED_INSTRUMENT.collection)
    words, category = request.args.get("q", "")[:MOST_CHARS].replace("\0", ""), request.args.get("category", "")
    category = category if category in tree().nodes else ""
    after = request.args.get("after", "")[:MOST_CHARS] or None
    found = page(_offered(asking, words, category), SharedInstrument, after=after)
    named = names(one.org_id for one in found.items)
    kept = [("q", words), ("category", category)]
    return render_template(
        "sharing/list.html",
        rows=[_row(one, named) for one in found.items],
        words=words,
        category=category,
        categories=category_options(),
        narrowed=bool(words or category),
        own=f"{PATH}?state=draft",
        new=_begins(asking),
        next_url=f"{PATH}?{urlencode([*kept, ('after', found.next)])}" if found.next else None,
        first_url=f"{PATH}?{urlencode(kept)}" if after else None,
    )


@pages.get(f"{PATH}/<id:record_id>")
def one(record_id: str) -> str:
    """One shared instrument: what it is, where it stands, who may use it and how it is booked."""
    asking = signed_in()
    found: SharedInstrument = read(SharedInstrument, record_id, asking)
    context = frame(found, asking)
    users = names(found.users) if KEEPERS.admits(asking, found) or asking.is_staff else {}
    return render_template(
        "sharing/one.html",
        **context,
        told=panel.card(found, names([found.org_id])),
        rows=_about(found, users),
        terms=found.terms,
        bookable=found.state == "offered",
    )


def _about(found: SharedInstrument, users: dict[str, str]) -> list[tuple[str, str | None]]:
    rows = [
        (_("Category"), tree().name(found.category, i18n.language())),
        (_("Brand"), found.brand),
        (_("Model"), found.model),
        (_("Where it stands"), found.place),
        (_("Who may use it"), i18n.say(REACH_TITLES[found.shared_with])),
    ]
    named = [(_("Named organisations"), i18n.speak(sorted(users.values())))] if users else []
    return [*rows, *named]


def _begins(asking: Actor) -> str | None:
    own = db.session.get(Organisation, asking.org_id) if asking.org_id else None
    return f"{PATH}/new" if own is not None and usual.begins(share_instrument, own, asking) else None


def _offered(asking: Actor, words: str, category: str) -> Any:
    statement = visible(SharedInstrument, asking).where(SharedInstrument.state == "offered")
    if category:
        within = sa.exists().where(
            CategoryReach.code == SharedInstrument.category, CategoryReach.above == category
        )  # fmt: skip
        statement = statement.where(within)
    told = (SharedInstrument.name_zh, SharedInstrument.name_en, SharedInstrument.brand, SharedInstrument.model,
            SharedInstrument.place)  # fmt: skip
    for word in words.split()[:MAX_WORDS]:
        statement = statement.where(sa.or_(*(column.icontains(word, autoescape=True) for column in told)))
    return statement


def _row(one: SharedInstrument, named: dict[str, str]) -> list[Any]:
    told = panel.card(one, named)
    order = {"text": _("Order the service"), "href": told["order"], "note": one.contact or None}
    return [
        {"text": told["label"], "href": told["href"], "note": " ".join(filter(None, (one.brand, one.model)))},
        told["category"],
        named.get(one.org_id),
        one.place,
        order if told["order"] else (one.contact or None),
        {"badge": badge(SHARED_INSTRUMENT, one.state)},
    ]
