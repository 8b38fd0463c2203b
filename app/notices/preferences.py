"""How soon a person wants to hear of what, by which channel, and where they are reached. Their own to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa

from app.accounts.models import Person
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.values import N_
from app.notices.models import NoticeContact, NoticePreference
from app.notices.topics import ALWAYS, CHANNELS, TOPICS, usual_pace

APPROVALS_HEARD = refusal(
    "approvals_heard", INVALID, N_("Approvals always reach you by e-mail: at once, every hour or once a day.")
)
CONTACT_MISSING = refusal(
    "contact_missing", INVALID, N_("Say where you are reached, or choose not at all for this channel.")
)

Choice = tuple[str, str]
"""Topic and channel."""

_ADDRESS_FIELD: Final = {"sms": "telephone", "wechat": "wechat"}


def paces(person_id: str) -> dict[Choice, str]:
    """Every topic by every channel: what the person chose, else what is usual."""
    chosen = {
        (row.topic, row.channel): row.pace
        for row in db.session.scalars(sa.select(NoticePreference).where(NoticePreference.person_id == person_id))
    }
    every = ((topic, channel) for topic in TOPICS for channel in CHANNELS)
    return {(topic, channel): chosen.get((topic, channel), usual_pace(topic, channel)) for topic, channel in every}


def contact(person_id: str) -> NoticeContact:
    """Where the person is reached; empty where they gave nothing."""
    found = db.session.get(NoticeContact, person_id, populate_existing=True)
    return found or NoticeContact(person_id=person_id, telephone="", wechat="")


def address(person: Person, channel: str) -> str:
    """The person's address on a channel; empty where there is none."""
    if channel == "mail":
        return person.email
    return str(getattr(contact(person.id), _ADDRESS_FIELD[channel]))


def replace(person_id: str, *, telephone: str, wechat: str, chosen: Mapping[Choice, str]) -> None:
    """Make this what the person wants; what is not named is as usual. Refuses silence about approvals."""
    _refuse(telephone, wechat, chosen)
    db.session.execute(sa.delete(NoticePreference).where(NoticePreference.person_id == person_id))
    db.session.add_all(
        NoticePreference(person_id=person_id, topic=topic, channel=channel, pace=pace)
        for (topic, channel), pace in chosen.items()
        if pace != usual_pace(topic, channel)
    )
    found = db.session.get(NoticeContact, person_id, with_for_update=True)
    if found is None:
        found = NoticeContact(person_id=person_id)
        db.session.add(found)
    found.telephone, found.wechat = telephone, wechat


def _refuse(telephone: str, wechat: str, chosen: Mapping[Choice, str]) -> None:
    if chosen.get(ALWAYS) == "off":
        raise APPROVALS_HEARD(fields={"paces": [APPROVALS_HEARD.words]})
    wanted = {channel for (_, channel), pace in chosen.items() if pace != "off"}
    missing: Iterable[str] = [
        _ADDRESS_FIELD[channel]
        for channel, given in (("sms", telephone), ("wechat", wechat))
        if channel in wanted and not given
    ]
    if missing:
        raise CONTACT_MISSING(fields={name: [CONTACT_MISSING.words] for name in missing})
