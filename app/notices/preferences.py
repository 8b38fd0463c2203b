"""How soon a person wants to hear of what, by which channel, and where they are reached. Their own to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

import sqlalchemy as sa

from app.accounts.models import Person
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.values import N_
from app.notices.kinds import KIND_OF, KINDS
from app.notices.models import NoticeContact, NoticeKindPreference, NoticePreference
from app.notices.topics import ALWAYS, CHANNELS, TOPICS, usual_pace

APPROVALS_HEARD = refusal(
    "approvals_heard", INVALID, N_("Approvals always reach you by e-mail: at once, every hour or once a day.")
)
CONTACT_MISSING = refusal(
    "contact_missing", INVALID, N_("Say where you are reached, or choose not at all for this channel.")
)

Choice = tuple[str, str]
"""Topic, or kind of event, and channel."""

_ADDRESS_FIELD: Final = {"sms": "telephone", "wechat": "wechat"}


def paces(person_id: str) -> dict[Choice, str]:
    """Every topic by every channel: what the person chose, else what is usual."""
    chosen = {
        (row.topic, row.channel): row.pace
        for row in db.session.scalars(sa.select(NoticePreference).where(NoticePreference.person_id == person_id))
    }
    every = ((topic, channel) for topic in TOPICS for channel in CHANNELS)
    return {(topic, channel): chosen.get((topic, channel), usual_pace(topic, channel)) for topic, channel in every}


def apart(person_id: str) -> dict[Choice, str]:
    """What the person chose for kinds of events apart from their topics."""
    rows = db.session.scalars(sa.select(NoticeKindPreference).where(NoticeKindPreference.person_id == person_id))
    return {(row.kind, row.channel): row.pace for row in rows if _counts(row)}


def _counts(row: NoticeKindPreference) -> bool:
    """Whether the kind is still told, and belongs to the topic that it belonged to."""
    return row.kind in KINDS and KINDS[row.kind].topic == row.topic


def paces_of(person_id: str, name: str, topic: str) -> dict[str, str]:
    """How soon the person wants this event or reminder, by channel: as chosen for its kind, its topic, or as usual."""
    asked = {"person": person_id, "topic": topic, "kind": KIND_OF.get(name, name)}
    paces = {channel: usual_pace(topic, channel) for channel in CHANNELS}
    for row in db.session.execute(_chosen(), asked):
        paces[row.channel] = row.pace
    return paces


@cache
def _chosen() -> sa.CompoundSelect[int, str, str]:
    """Channel and pace for a topic, and after them those for a kind of event."""
    broad, narrow = NoticePreference, NoticeKindPreference
    person, topic = sa.bindparam("person", type_=sa.String()), sa.bindparam("topic", type_=sa.String())
    return sa.union_all(
        sa.select(sa.literal(1).label("place"), broad.channel, broad.pace)
        .where(broad.person_id == person, broad.topic == topic),
        sa.select(sa.literal(2).label("place"), narrow.channel, narrow.pace)
        .where(narrow.person_id == person, narrow.kind == sa.bindparam("kind"), narrow.topic == topic),
    ).order_by("place")  # fmt: skip


def contact(person_id: str) -> NoticeContact:
    """Where the person is reached; empty where they gave nothing."""
    found = db.session.get(NoticeContact, person_id, populate_existing=True)
    return found or NoticeContact(person_id=person_id, telephone="", wechat="")


def address(person: Person, channel: str) -> str:
    """The person's address on a channel; empty where there is none."""
    if channel == "mail":
        return person.email
    return str(getattr(contact(person.id), _ADDRESS_FIELD[channel]))


def replace(
    person_id: str, *, telephone: str, wechat: str, chosen: Mapping[Choice, str],
    apart: Mapping[Choice, str] | None = None,
) -> None:  # fmt: skip
    """Make this what the person wants; a topic that is not named is as usual, a kind of event as its topic.

    Refuses silence about approvals.
    """
    kinds = apart or {}
    _refuse(telephone, wechat, chosen, kinds)
    for model in (NoticePreference, NoticeKindPreference):
        db.session.execute(sa.delete(model).where(model.person_id == person_id))
    db.session.add_all(
        NoticePreference(person_id=person_id, topic=topic, channel=channel, pace=pace)
        for (topic, channel), pace in chosen.items()
        if pace != usual_pace(topic, channel)
    )
    db.session.add_all(
        NoticeKindPreference(person_id=person_id, kind=kind, channel=channel, topic=KINDS[kind].topic, pace=pace)
        for (kind, channel), pace in kinds.items()
    )
    found = db.session.get(NoticeContact, person_id, with_for_update=True)
    if found is None:
        found = NoticeContact(person_id=person_id)
        db.session.add(found)
    found.telephone, found.wechat = telephone, wechat


def _refuse(telephone: str, wechat: str, chosen: Mapping[Choice, str], apart: Mapping[Choice, str]) -> None:
    if chosen.get(ALWAYS) == "off":
        raise APPROVALS_HEARD(fields={"paces": [APPROVALS_HEARD.words]})
    silent = {(KINDS[kind].topic, channel) for (kind, channel), pace in apart.items() if pace == "off"}
    if ALWAYS in silent:
        raise APPROVALS_HEARD(fields={"events": [APPROVALS_HEARD.words]})
    wanted = {channel for (_, channel), pace in [*chosen.items(), *apart.items()] if pace != "off"}
    missing: Iterable[str] = [
        _ADDRESS_FIELD[channel]
        for channel, given in (("sms", telephone), ("wechat", wechat))
        if channel in wanted and not given
    ]
    if missing:
        raise CONTACT_MISSING(fields={name: [CONTACT_MISSING.words] for name in missing})
