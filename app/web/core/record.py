"""What every record page is made of, ready for its template: header, progress, next step, offers, timeline.

`frame()` gives the context; a domain page adds its own sections: `render_template("orders/record.html",
**frame(order, actor, lines=...))` on a template that extends core/record.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.accounts import files
from app.kernel.actors import PARTY_TITLES, ROLE_TITLES, STAFF_KINDS, Actor, Who
from app.kernel.db import Record, db
from app.kernel.events import Event, history
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle, Offer, State, lifecycle_of, offers
from app.kernel.reading import may_hear as may_hear  # re-exported: pages read it from here
from app.kernel.values import N_
from app.web.core.directory import address, brief_of, home_of, label_of, names, url_of
from app.web.core.shown import LABELS, label

HASH_CHARS: Final = 12
BYTES_PER_KB: Final = 1024
CREATED: Final = N_("Created: %(kind)s")

BESIDE: Final = frozenset({"paper"})
"""What is made of a record without moving it on: such offers stand beside its files, never as the next step."""

Heard = tuple[Event, str | None]
"""An event and the words said with it."""


def frame(record: Record, asking: Actor, **extra: Any) -> dict[str, Any]:
    """The context of a record page. `extra` adds to it or replaces parts: title, facts, amount, badges, crumbs."""
    lifecycle = lifecycle_of(record)
    heard = history(db.session(), [record.id])
    told = [one for one in heard if may_hear(one[0], asking)]
    named = names([*_parties(record).values(), record.waits_org, *_doers(told)])
    state, brief, mine = lifecycle.states[record.state], brief_of(record), waits_for(record, asking)
    number, offered = label_of(record), offers(record, asking)
    found: dict[str, Any] = {
        "record": record,
        "lifecycle": lifecycle,
        "kind": i18n.say(lifecycle.title),
        "number": number,
        "title": _beneath(number, brief.title, i18n.say(lifecycle.title)),
        "amount": _amount(brief.amount),
        "badges": [badge(lifecycle, record.state)],
        "facts": _facts(record, named),
        "steps": progress(record, [event for event, _words in heard]),
        "next_words": next_words(record, state, named, mine=mine),
        "next_lead": None if mine else "",
        "offers": [offer_dict(offer, record) for offer in offered if not beside(offer.action)],
        "papers": [offer_dict(offer, record) for offer in offered if beside(offer.action)],
        "events": timeline(told, named),
        "files": papers(record, asking),
        "version": record.version,
        "href": url_of(record),
        "crumbs": crumbs(lifecycle, number),
        "named": named,
    }
    return found | extra


def _beneath(number: str, title: str, kind: str) -> str:
    """What stands beneath the number: the title, else the kind of record, unless the number says it already."""
    if title not in (number, kind):
        return title
    return "" if number.startswith(kind) else kind


def grouped(offers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Actions of a record page; those refused for the same reason stand together, so that it is read once."""
    kept: list[dict[str, Any]] = []
    refused: dict[str, dict[str, Any]] = {}
    for offer in offers:
        same = refused.get(str(offer["reason"])) if not offer["enabled"] else None
        if same is None:
            kept.append(dict(offer))
            if not offer["enabled"]:
                refused[str(offer["reason"])] = kept[-1]
        else:
            same["label"] = i18n.speak([same["label"], offer["label"]])
    return kept


def beside(verb: Action[Any, Any, Any]) -> bool:
    """Whether an action makes something of the record that stands beside it, such as a document."""
    return verb.makes is not None and verb.makes.name in BESIDE


def badge(lifecycle: Lifecycle[Any], state: str) -> tuple[str, str]:
    """(title, tone) of a state."""
    declared = lifecycle.states[state]
    return i18n.say(declared.title), declared.tone


def crumbs(lifecycle: Lifecycle[Any], *rest: str | tuple[str, str]) -> list[tuple[str, str | None]]:
    """(label, href) from the collection down; the last one, the page itself, has no href."""
    path: list[tuple[str, str | None]] = [home_of(lifecycle)]
    return path + [one if isinstance(one, tuple) else (one, None) for one in rest]


def _amount(total: Any) -> dict[str, Any] | None:
    if total is None:
        return None
    return {"label": _("Amount"), "value": i18n.money(total), "words": i18n.money_words(total)}


def _parties(record: Record) -> dict[str, str]:
    """Party name -> organisation id; an organisation is no fact about itself."""
    return {name: org for name in record.__parties__ if (org := record.party(name)) and org != record.id}


def _facts(record: Record, named: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    home = LIFECYCLES["organisation"]
    facts: list[tuple[str, str | None, str | None]] = [
        (_party_title(record, name), named.get(org), address(home, org)) for name, org in _parties(record).items()
    ]
    return [*facts, (_("Created"), i18n.when(record.created_at), None)]


def _party_title(record: Record, name: str) -> str:
    """What a party is called: as its field in the record's shape, else by what it is there."""
    shape = lifecycle_of(record).shape
    field = shape().fields.get(name) if shape is not None else None
    if name == "self":
        return str(_("Organisation"))
    if (field is not None and field.metadata.get("title")) or name in LABELS:
        return label(name, field)
    words = i18n.say(PARTY_TITLES.get(name, name))
    return words[:1].upper() + words[1:]


def papers(record: Record, asking: Actor) -> list[dict[str, Any]]:
    """The files of a record for the macro `files`."""
    return [
        {
            "label": one.name,
            "href": f"/files/{one.id}",
            "kind": f"{one.name.rpartition('.')[2].upper()}, {-(-one.size_bytes // BYTES_PER_KB):,} KB",
            "note": i18n.when(one.created_at),
        }
        for one in files.files_for(record, asking)
    ]


# Progress ------------------------------------------------------------------------------------------------------------


def progress(record: Record, events: Sequence[Event]) -> list[dict[str, Any]]:
    """The main path as steps: done, now, later. A side state stands behind the last step reached; a final one ends."""
    lifecycle = lifecycle_of(record)
    path = lifecycle.main_path
    if len(path) < 2:  # one step is no path
        return []
    dates = {event.data["to"]: i18n.day(event.at) for event in events}  # newest first: the first time is what stays
    here = record.state
    if here in path:
        at = path.index(here)
        done = here == path[-1] and (lifecycle.states[here].final or lifecycle.states[here].tone == "good")
        words = ["done"] * at + ["done" if done else "now"] + ["later"] * (len(path) - at - 1)
        return [_step(lifecycle, name, word, dates) for name, word in zip(path, words, strict=True)]
    reached = max((place for place, name in enumerate(path) if name in dates), default=0)
    steps = [_step(lifecycle, name, "done", dates) for name in path[: reached + 1]]
    if lifecycle.states[here].final or lifecycle.states[here].tone == "stop":
        return [*steps, _step(lifecycle, here, "stop", dates)]
    rest = [_step(lifecycle, name, "later", {}) for name in path[reached + 1 :]]
    return [*steps, _step(lifecycle, here, "now", dates), *rest]


def _step(lifecycle: Lifecycle[Any], name: str, word: str, dates: Mapping[str, str]) -> dict[str, Any]:
    note = dates.get(name) if word != "later" else None
    state = lifecycle.states[name]
    behind = word == "done" and state.step and not state.final
    return {"label": i18n.say(state.step if behind else state.title), "state": word, "note": note}


# What happens next ---------------------------------------------------------------------------------------------------


def next_words(record: Record, state: State, named: Mapping[str, str], *, mine: bool = False) -> str:
    """What happens next, who does it (unless it is the reader), by when; in one or two sentences."""
    parts = [i18n.say(state.next)] if state.next else []
    if state.final:
        return i18n.sentences([*parts, _("Closed. Nothing is left to do here.")])
    if record.waits_org is not None and not (mine and parts):
        parts.append(_("It is the turn of %(who)s.", who=waits_title(record, named)))
    if record.waits_until is not None:
        parts.append(
            _("Until %(when)s, %(left)s.", when=i18n.when(record.waits_until), left=i18n.left(record.waits_until))
        )
    return i18n.sentences(parts)


def waits_title(record: Record, named: Mapping[str, str]) -> str:
    """Whom a record waits for, in words: an organisation by name, else the kind of doer, with the roles."""
    org = str(record.waits_org)
    place = named.get(org) or i18n.say(PARTY_TITLES.get(org, ""))
    roles = [ROLE_TITLES[role] for role in (record.waits_role or "").split(",") if role in ROLE_TITLES]
    return i18n.aside(place, i18n.speak(roles)) if roles else place


def waits_for(record: Record, asking: Actor) -> bool:
    """Whether the record waits for this reader."""
    if asking.org_id is None or record.waits_org is None:
        return False
    mine = record.waits_org == asking.org_id or record.waits_org in (asking.kinds & STAFF_KINDS)
    asked = record.waits_org == "invited"
    return (mine or asked) and bool(set((record.waits_role or "").split(",")) & asking.roles_on(record))


def follows(lifecycle: Lifecycle[Any], state_name: str) -> str:
    """What a record's next state will mean, before it is entered."""
    state = lifecycle.states[state_name]
    words = [_("Then it is: %(state)s.", state=i18n.say(state.title))]
    if state.next:
        words.append(i18n.say(state.next))
    elif state.waits is not None:
        words.append(_("It is the turn of %(who)s.", who=_titles(state.waits)))
    return ("" if i18n.language() == "zh" else " ").join(words)


def _titles(doers: Who) -> str:
    return i18n.speak(doers.titles())


def offer_dict(offer: Offer, record: Record) -> dict[str, Any]:
    """An offer for the macro `next_step`."""
    verb = offer.action
    return {
        "label": i18n.say(verb.title),
        "href": url_of(record, verb.name),
        "enabled": offer.enabled,
        "reason": i18n.speak(offer.refusal) if offer.refusal is not None else None,
        "primary": verb.primary,
        "danger": verb.dangerous,
        "name": verb.name,
    }


# Timeline ------------------------------------------------------------------------------------------------------------


def _doers(heard: Iterable[Heard]) -> list[str | None]:
    return [one for event, _words in heard for one in (event.person_id, event.org_id, event.behalf_id)]


def timeline(heard: Sequence[Heard], named: Mapping[str, str]) -> list[dict[str, Any]]:
    """Events as dicts for the macro, newest first; all that followed from one of them stands within it."""
    return told_together(heard, {event.id: entry_of(event, words, named) for event, words in heard})


def told_together(heard: Sequence[Heard], entries: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of events by id, each with all that followed from it within it, however many steps away."""
    causes = {event.id: event.data["cause"] for event, _words in heard}
    roots: list[dict[str, Any]] = []
    for event, _words in heard:
        first = event.id
        while causes[first] in entries:
            first = causes[first]
        (roots if first == event.id else entries[first]["nested"]).append(entries[event.id])
    return roots


def entry_of(event: Event, words: str | None, named: Mapping[str, str]) -> dict[str, Any]:
    """One event for a reader who may hear of it."""
    who, hat = doer_of(event, named), hat_of(event, named)
    return {
        "title": event_title(event.name),
        "who": who,
        "hat": hat if hat != who else None,
        "when": i18n.when(event.at),
        "words": words,
        "hash": event.hash[:HASH_CHARS],
        "nested": [],
    }


def doer_of(event: Event, named: Mapping[str, str]) -> str:
    """Who did it: a person by name, else the organisation they acted for, or the system."""
    if event.person_id is None:
        return i18n.say(PARTY_TITLES["system"])
    return named.get(event.person_id) or named.get(event.org_id or "") or i18n.say(PARTY_TITLES["system"])


def hat_of(event: Event, named: Mapping[str, str]) -> str | None:
    """For which organisation it was done, and whatever else marks it: off line, by a machine, in an emergency."""
    own, actor = named.get(event.org_id or ""), event.data["actor"]
    marks = [own] if own else []
    if behalf := named.get(event.behalf_id or ""):
        marks.append(_("for %(org)s, off line", org=behalf))
    if actor.get("machine"):
        marks.append(_("by a machine account"))
    if actor.get("emergency"):
        marks.append(_("under emergency access"))
    return ("，" if i18n.language() == "zh" else ", ").join(marks) or None


def event_title(name: str) -> str:
    """`order.confirm` as the title of its action; a birth as "Created" with what was made."""
    kind, _dot, verb = name.partition(".")
    lifecycle = LIFECYCLES.get(kind)
    if lifecycle is None:
        return name
    action = lifecycle.actions.get(verb)
    if action is None:
        return i18n.say(CREATED, {"kind": i18n.say(lifecycle.title)})
    return i18n.say(action.title)
