"""The first page: what waits for you, what happened lately, what is stuck with others. A constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.http import callable_actions, signed_in
from app.kernel import worklist
from app.kernel.actors import Actor
from app.kernel.db import Record, UtcDateTime, db
from app.kernel.events import Event, EventReader, EventWords
from app.kernel.lifecycle import BY_MODEL, Action, Lifecycle, lifecycle_of, plainly_refused
from app.kernel.numbers import PARK_OFFSET
from app.kernel.reading import readable
from app.kernel.values import now
from app.notices import inbox
from app.web.core.directory import brief_of, label_of, names, other_party, records_of, url_of
from app.web.core.record import badge, beside, doer_of, event_title, hat_of, waits_title
from app.web.standing.onboarding import incomplete

pages = Blueprint("work", __name__)

NEWS_SHOWN: Final = 20
NEWS_READ: Final = 60
"""Staff read all that is not sealed; of the newest so many events they are shown those whose record they may see."""

PERSONNEL: Final = ("membership", "api_key", "service_account", "delegation")
STUCK_SHOWN: Final = 20
STUCK_WORKING_DAYS: Final = 3
_SATURDAY: Final = 5


class Group(NamedTuple):
    """Rows of one kind of thing to do."""

    title: str
    items: list[dict[str, Any]]


Detours = Callable[[Sequence[Any], Actor], dict[str, tuple[str, str]]]
"""Where some records are attended to instead: (records, reader) -> id -> (button, href), in a query or two for all."""

_DETOURS: Final[dict[str, Detours]] = {}


def register_detours(lifecycle_name: str, detours: Detours) -> None:
    """Let a domain lead from a row of the worklist to another record, on which the next step has to be done first."""
    _DETOURS[lifecycle_name] = detours


@pages.get("/")
def landing() -> BaseResponse | str:
    """Whoever is signed in goes to work; others learn what this is."""
    if current_user.is_authenticated:
        return redirect("/work", 303)
    return render_template("work/landing.html")


@pages.get("/work")
def home() -> str:
    """The worklist."""
    asking = signed_in()
    waiting = worklist.waiting(asking)
    news = _news(asking)
    stuck = _stuck(asking)
    about = records_of([event.object_id for event, _words in news], asking)
    unread = inbox.unread_events(asking, [event.id for event, _words in news])
    named = names(
        [other_party(one.record, asking.org_id) for one in waiting]
        + [one for event, _words in news for one in (event.person_id, event.org_id, event.behalf_id)]
        + [record.waits_org for record in stuck]
    )
    return render_template(
        "work/work.html",
        groups=_groups(waiting, asking, named),
        more=len(waiting) >= worklist.WORKLIST_ROWS,
        getting_started=f"/organisations/{asking.org_id}/onboarding" if incomplete(asking) else None,
        news=[
            _news_item(event, words, about[event.object_id], named) | {"unread": event.id in unread}
            for event, words in news
            if event.object_id in about
        ][:NEWS_SHOWN],
        stuck=[_stuck_item(record, named) for record in stuck],
    )


# Waiting for you -----------------------------------------------------------------------------------------------------


def _groups(waiting: Sequence[worklist.Waiting], asking: Actor, named: dict[str, str]) -> list[Group]:
    """Rows by kind of record and what is to be done; the group with the most urgent row first."""
    groups: dict[str, Group] = {}
    elsewhere = _elsewhere(waiting, asking)
    for one in waiting:
        verb = None if one.record.id in elsewhere else _first_verb(one.lifecycle, one.record, asking)
        kind = i18n.say(one.lifecycle.title)
        title = _("%(kind)s: %(action)s", kind=kind, action=i18n.say(verb.title)) if verb is not None else kind
        button = elsewhere.get(one.record.id) or _button(one.record, verb)
        groups.setdefault(title, Group(title, [])).items.append(_item(one, button, verb, asking, named))
    return list(groups.values())


def _elsewhere(waiting: Sequence[worklist.Waiting], asking: Actor) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for name, detours in _DETOURS.items():
        if some := [one.record for one in waiting if one.lifecycle.name == name]:
            found |= detours(some, asking)
    return found


def _button(record: Record, verb: Action[Any, Any, Any] | None) -> tuple[str, str]:
    if verb is None:
        return _("Open"), url_of(record)
    return i18n.say(verb.title), url_of(record, verb.name)


def _item(
    one: worklist.Waiting,
    button: tuple[str, str],
    verb: Action[Any, Any, Any] | None,
    asking: Actor,
    named: dict[str, str],
) -> dict[str, Any]:
    record, brief = one.record, brief_of(one.record)
    number = label_of(record)
    return {
        "number": number,
        "href": url_of(record),
        "title": brief.title if brief.title not in (number, i18n.say(one.lifecycle.title)) else "",
        "party": named.get(other_party(record, asking.org_id) or ""),
        "amount": i18n.money(brief.amount) if brief.amount is not None else None,
        "left": i18n.left(one.until),
        "late": one.until is not None and one.until <= now(),
        "badges": [badge(one.lifecycle, record.state)],
        "button": button[0],
        "button_href": button[1],
        "primary": verb is not None and verb.primary,
    }


def _first_verb(lifecycle: Lifecycle[Any], record: Record, asking: Actor) -> Action[Any, Any, Any] | None:
    """What the button says: the primary action of the state for this reader's roles, unless it is plainly not to be
    done now. Guards that have to look further speak on the next page."""
    fit = [
        verb
        for verb in callable_actions(lifecycle)
        if record.state in verb.sources and not verb.dangerous and not beside(verb) and _concerns(verb, record, asking)
        and not plainly_refused(verb, record, asking)
    ]  # fmt: skip
    moves = [verb for verb in fit if verb.target not in (None, record.state)]
    # Of several ways on, none is suggested: whoever rules between two sides opens the case first.
    return next((verb for verb in fit if verb.primary), moves[0] if len(moves) == 1 else None)


def _concerns(verb: Action[Any, Any, Any], record: Record, asking: Actor) -> bool:
    """Whether the reader's hat and roles are among the verb's, as far as the record itself tells (no query)."""
    for one in verb.by.each():
        if one.system or not one.roles & asking.roles_on(record):
            continue
        if one.platform in asking.kinds or one.grant:
            return True
        if one.party in record.__parties__ and record.party(one.party) == asking.org_id:
            return True
    return False


# What happened lately ------------------------------------------------------------------------------------------------


def _news(asking: Actor) -> list[tuple[Event, str | None]]:
    """The newest events that the organisation may learn of. Who came and went is news to its own admins only."""
    statement = sa.select(Event, EventWords.words).outerjoin(EventWords, EventWords.event_id == Event.id)
    if asking.is_staff or "org_admin" not in asking.roles:
        statement = statement.where(*(Event.name.not_like(f"{kind}.%") for kind in PERSONNEL))
    if not asking.is_staff:
        mine = EventReader.org_id == asking.org_id
        statement = statement.join(EventReader, sa.and_(EventReader.seq == Event.seq, mine))
    rows = db.session.execute(statement.order_by(Event.seq.desc()).limit(NEWS_READ))
    return [(event, words) for event, words in rows]


def _news_item(event: Event, words: str | None, record: Record, named: dict[str, str]) -> dict[str, Any]:
    return {
        "title": event_title(event.name),
        "record": label_of(record),
        "kind": i18n.say(lifecycle_of(record).title),
        "href": url_of(record),
        "who": doer_of(event, named),
        "hat": hat_of(event, named),
        "when": i18n.when(event.at),
        "words": words,
    }


# Stuck with others ---------------------------------------------------------------------------------------------------


def working_days_ago(days: int, today: datetime) -> datetime:
    """The same time of day so many working days earlier on the park's calendar (Saturdays and Sundays left out)."""
    moment = today + PARK_OFFSET
    while days:
        moment -= timedelta(days=1)
        days -= moment.weekday() < _SATURDAY
    return moment - PARK_OFFSET


def _stuck(asking: Actor) -> list[Record]:
    """Own records that have waited for others for more than three working days, the oldest first."""
    limit = working_days_ago(STUCK_WORKING_DAYS, now())
    selects = []
    for model, lifecycle in BY_MODEL.items():
        if lifecycle.shape is None or not model.__parties__ or not any(one.waits for one in lifecycle.states.values()):
            continue
        parties = [getattr(model, column) == asking.org_id for column in model.__parties__.values()]
        selects.append(
            sa.select(model.id.label("id"), sa.type_coerce(model.updated_at, UtcDateTime).label("since")).where(
                sa.or_(*parties), model.waits_org.not_in([asking.org_id, "system", *asking.kinds]),
                model.updated_at < limit, readable(model, asking),
            )
        )  # fmt: skip
    if not selects:
        return []
    union = sa.union_all(*selects).subquery()
    ids = list(db.session.scalars(sa.select(union.c.id).order_by(union.c.since).limit(STUCK_SHOWN)))
    found = records_of(ids, asking)
    return [found[record_id] for record_id in ids if record_id in found]


def _stuck_item(record: Record, named: dict[str, str]) -> dict[str, Any]:
    brief, number = brief_of(record), label_of(record)
    return {
        "number": number,
        "href": url_of(record),
        "title": brief.title if brief.title != number else "",
        "who": waits_title(record, named),
        "since": i18n.day(record.updated_at),
        "badge": badge(lifecycle_of(record), record.state),
    }
