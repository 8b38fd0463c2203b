"""What all papers share: the platform's name, number, version, state, and the address that the QR code leads to."""

from __future__ import annotations

import io
from typing import Any, Final

import segno
import sqlalchemy as sa
from flask import current_app

from app.accounts.models import Organisation, Person
from app.kernel.db import Record, db
from app.kernel.lifecycle import lifecycle_of
from app.papers.words import Pair, day, pair

PLATFORM: Final[Pair] = {"zh": "实验室集采平台", "en": "LabPark"}
QR_ERROR_CORRECTION: Final = "m"


def head(record: Record, title: Pair) -> dict[str, Any]:
    """The part that every template shows around its own."""
    lifecycle = lifecycle_of(record)
    url = f"{current_app.config['BASE_URL']}/{lifecycle.collection}/{record.id}"
    return {
        "title": title,
        "number": getattr(record, "number", None) or "草稿 DRAFT",
        "version": record.version,
        "dated": day(record.created_at),
        "state": pair(lifecycle.states[record.state].title),
        "platform": PLATFORM,
        "url": url,
        "qr": qr(url),
    }


def qr(url: str) -> str:
    """The address as a QR code in SVG."""
    picture = io.BytesIO()
    segno.make(url, error=QR_ERROR_CORRECTION).save(picture, kind="svg", border=0)
    return picture.getvalue().decode()


def organisations(*ids: str | None) -> dict[str, Organisation]:
    """The organisations of these ids; one query."""
    wanted = {one for one in ids if one}
    return {one.id: one for one in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(wanted)))}


def person_name(person_id: str | None) -> str:
    """The name of a person, or nothing."""
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person is not None else ""


def code_of(record: Record) -> str:
    """The QR code in SVG that leads to a record."""
    return qr(f"{current_app.config['BASE_URL']}/{lifecycle_of(record).collection}/{record.id}")
