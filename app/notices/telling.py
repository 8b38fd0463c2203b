"""The reader of the chain that tells people: a notice in the inbox, and a sending per channel they chose.

The notices and the reader's cursor are one transaction, so a worker that is killed tells nothing twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.kernel.db import Record, db
from app.kernel.events import Event, on, owe
from app.kernel.values import new_id, now
from app.notices import audience, preferences
from app.notices.audience import Hearer
from app.notices.models import Notice, NoticeContact, NoticeSending
from app.notices.texts import TEXTS
from app.notices.texts.catalogue import MANY
from app.notices.texts.text import Text
from app.notices.topics import due_moment

DELIVERY: Final = "notice"
"""The kind of delivery that carries notices (delivering.py)."""

_NAME: Final = sa.select(Event.name).where(Event.id == sa.bindparam("id"))
_TOLD: Final = sa.select(Notice.id).where(Notice.person_id == sa.bindparam("person"), Notice.key == sa.bindparam("key"))


@on("notices", *sorted(TEXTS))
def tell(event: Event) -> None:
    """Tell everybody whom an event concerns."""
    text, record = TEXTS[event.name], audience.record_of(event.object_id)
    if record is None or _one_of_many(event):
        return
    for hearer in audience.of_event(event, record, text):
        put(hearer, record, name=event.name, text=text, key=event.id, event_id=event.id)


def _one_of_many(event: Event) -> bool:
    """Whether it happened in a batch of which one word is said when all of it is done."""
    cause = event.data["cause"]
    return cause is not None and db.session.scalar(_NAME, {"id": cause}) in MANY


def put(
    hearer: Hearer, record: Record, *, name: str, text: Text, key: str, event_id: str | None = None,
    until: datetime | None = None,
) -> None:  # fmt: skip
    """Lay a notice into a person's inbox and let it go out as they chose; what they were told already is left out."""
    if db.session.scalar(_TOLD, {"person": hearer.person_id, "key": key}) is not None:
        return
    made = Notice(
        id=new_id("ntc"), person_id=hearer.person_id, org_id=hearer.org_id, name=name, object_id=record.id,
        event_id=event_id, key=key, turn=hearer.turn, created_at=now(),
        until=until or (record.waits_until if hearer.turn else None),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    contact = preferences.contact(hearer.person_id)
    for channel, pace in preferences.paces_of(hearer.person_id, name, text.topic).items():
        if pace != "off" and _reached(contact, channel):
            _send(made, channel, pace)


def _reached(contact: NoticeContact, channel: str) -> bool:
    return channel == "mail" or bool({"sms": contact.telephone, "wechat": contact.wechat}[channel])


def _send(notice: Notice, channel: str, pace: str) -> None:
    at_once = pace == "now"
    db.session.add(
        NoticeSending(
            notice_id=notice.id, channel=channel, person_id=notice.person_id,
            state="handed" if at_once else "waiting", due_at=due_moment(pace, notice.created_at),
        )
    )  # fmt: skip
    if at_once:
        hand_over(notice.person_id, channel, [notice.id])


def hand_over(person_id: str, channel: str, notice_ids: list[str]) -> None:
    """Owe one letter with these notices, in the running unit of work."""
    owe(db.session(), DELIVERY, {"person": person_id, "channel": channel, "notices": notice_ids})
