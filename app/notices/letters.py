"""Notices as letters, in their reader's language. The subject names the event and a number, never a person or a price.

What may be said is decided when the letter is written, not when the event happened: a reader who has left, or may no
longer see the record, is told nothing of it, and what was read in the inbox meanwhile is left out of a digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from app import i18n
from app.accounts import people
from app.accounts.models import Organisation, Person
from app.kernel.db import Record, db
from app.kernel.lifecycle import lifecycle_of
from app.kernel.values import N_
from app.notices import audience, inbox, preferences
from app.notices.inbox import Entry
from app.notices.models import Notice
from app.notices.senders import Letter
from app.notices.texts import text_of

SHORT_ID_CHARS: Final = 6

SUBJECT: Final = N_("%(title)s: %(record)s")
MANY: Final = N_("LabPark: %(number)s messages")
YOUR_TURN: Final = N_("It waits for you.")
UNTIL: Final = N_("Until %(when)s, %(left)s.")
FOOT: Final = N_("You are told this for %(organisation)s. What you hear, and how soon, you choose here:")


def compose(person_id: str, channel: str, notice_ids: Sequence[str]) -> tuple[str, Letter] | None:
    """Address and letter, or None when there is nothing left to say or nobody to say it to. Reads only."""
    person = db.session.get(Person, person_id)
    address = preferences.address(person, channel) if person is not None and person.active else ""
    if person is None or not address:
        return None
    kept = _still_to_tell(person_id, notice_ids)
    if not kept:
        return None
    with force_locale(person.language):
        write = _short if channel == "sms" else _long
        return address, write(kept)


def _still_to_tell(person_id: str, notice_ids: Sequence[str]) -> list[Entry]:
    notices = db.session.scalars(
        sa.select(Notice).where(Notice.id.in_(notice_ids), Notice.person_id == person_id).order_by(Notice.id)
    ).all()
    kept: list[Entry] = []
    for org_id in sorted({one.org_id for one in notices}):
        actor = people.actor_for(person_id, org_id, channel="notice")
        kept += inbox.entries([one for one in notices if one.org_id == org_id and one.read_at is None], actor)
    return sorted(kept, key=lambda entry: entry.notice.id)


def label_of(record: Record) -> str:
    """A record outside the house: its number, else its kind and the end of its id; no name and no address."""
    number = getattr(record, "number", None)
    if isinstance(number, str) and number:
        return number
    return f"{i18n.say(lifecycle_of(record).title)} {record.id[-SHORT_ID_CHARS:].upper()}"


def title_of(notice: Notice) -> str:
    """What happened, in few words."""
    text = text_of(notice.name)
    return i18n.say(text.title) if text is not None else notice.name


def sentence_of(notice: Notice) -> str:
    """What happened, in a sentence."""
    text = text_of(notice.name)
    return i18n.say(text.sentence) if text is not None else ""


def _subject(kept: Sequence[Entry]) -> str:
    if len(kept) > 1:
        return i18n.say(MANY, {"number": len(kept)})
    return i18n.say(SUBJECT, {"title": title_of(kept[0].notice), "record": label_of(kept[0].record)})


def _link(kept: Sequence[Entry]) -> str:
    base = str(current_app.config["BASE_URL"])
    return f"{base}/inbox/{kept[0].notice.id}" if len(kept) == 1 else f"{base}/inbox"


def _short(kept: Sequence[Entry]) -> Letter:
    subject = _subject(kept)
    return Letter(subject, f"{subject} {_link(kept)}", kept[0].notice.id)


def _long(kept: Sequence[Entry]) -> Letter:
    names = _names({entry.notice.org_id for entry in kept})
    parts = ["\n".join(_lines(entry, names)) for entry in kept]
    organisations = ("、" if i18n.language() == "zh" else ", ").join(names.values())
    foot = i18n.say(FOOT, {"organisation": organisations})
    preferences_at = f"{current_app.config['BASE_URL']}/inbox/preferences"
    return Letter(_subject(kept), "\n\n".join([*parts, f"-- \n{foot}\n{preferences_at}"]) + "\n", kept[0].notice.id)


def _names(org_ids: set[str]) -> dict[str, str]:
    rows = db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(sorted(org_ids))))
    return {one.id: one.name(i18n.language()) for one in rows}


def _lines(entry: Entry, names: dict[str, str]) -> list[str]:
    notice, record = entry.notice, entry.record
    lines = [
        i18n.say(SUBJECT, {"title": title_of(notice), "record": label_of(record)}),
        sentence_of(notice),
        *turn_words(entry),
        names[notice.org_id],
        _link([entry]),
    ]
    return [line for line in lines if line]


def turn_words(entry: Entry) -> list[str]:
    """What the reader is to do and until when, if it still waits for them."""
    notice, record = entry.notice, entry.record
    if not notice.turn or not audience.still_waits(record, notice.person_id):
        return []
    lines = [i18n.say(YOUR_TURN), i18n.say(lifecycle_of(record).states[record.state].next)]
    if record.waits_until is not None:
        lines.append(i18n.say(UNTIL, {"when": i18n.when(record.waits_until), "left": i18n.left(record.waits_until)}))
    return [line for line in lines if line]
