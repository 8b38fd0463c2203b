"""What people of the small park were told, and the letters that left for them."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app.kernel import worker
from app.kernel.db import db
from app.kernel.work import unit_of_work
from app.notices import preferences
from app.notices.models import Notice
from tests.world import World

Told = list[tuple[str, str]]
"""Name of the event or reminder, and id of its record."""


def settle() -> None:
    """The worker does everything that is due."""
    worker.settle()
    db.session.rollback()


def told(world: World, name: str) -> Told:
    """What the named person was told, oldest first."""
    rows = db.session.scalars(sa.select(Notice).where(Notice.person_id == world.people[name]).order_by(Notice.id))
    found = [(row.name, row.object_id) for row in rows]
    db.session.rollback()
    return found


def hearers(world: World, name: str, object_id: str | None = None) -> set[str]:
    """Who was told of an event or reminder, by name."""
    statement = sa.select(Notice.person_id).where(Notice.name == name)
    if object_id is not None:
        statement = statement.where(Notice.object_id == object_id)
    ids = set(db.session.scalars(statement))
    db.session.rollback()
    return {one for one, person_id in world.people.items() if person_id in ids}


def mails(app: Flask, to: str | None = None) -> list[EmailMessage]:
    """The mails written so far, oldest first; to one address where given."""
    files = sorted((Path(app.instance_path) / "mail").glob("*.eml"))
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [one for one in read if to in (None, one["To"])]


def letters(app: Flask, channel: str) -> list[str]:
    """The text messages or WeChat messages written so far, oldest first."""
    return [file.read_text(encoding="utf-8") for file in sorted((Path(app.instance_path) / channel).glob("*.txt"))]


def quiet() -> None:
    """Everything that happened so far was told already; what was written is forgotten by the caller."""
    settle()


def choose(
    world: World, name: str, *, telephone: str = "", wechat: str = "", apart: dict[tuple[str, str], str] | None = None,
    **paces: str,
) -> None:  # fmt: skip
    """The named person wants topics at a pace, orders_mail="daily", and kinds of events apart from them."""
    chosen = {(topic, channel): pace for key, pace in paces.items() for topic, channel in [tuple(key.rsplit("_", 1))]}
    with unit_of_work():
        preferences.replace(world.people[name], telephone=telephone, wechat=wechat, chosen=chosen, apart=apart)
