"""The consent log: a person agrees to an edition of a document, or takes that back; every answer is a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa

from app.accounts.models import Application, Consent
from app.kernel.db import db
from app.kernel.values import new_id

EDITIONS: Final = {"terms": "1.0", "privacy": "1.0"}
"""The edition of each document that is in force, to which people are asked to agree; its text is in the pages."""


def answer(person_id: str, document: str, edition: str, *, given: bool, channel: str) -> None:
    """Add one answer to the log; needs a unit of work."""
    db.session.add(
        Consent(id=new_id("cns"), person_id=person_id, document=document, edition=edition, given=given, channel=channel)
    )


def log_of(person_id: str) -> list[Consent]:
    """Every answer of a person, the newest first."""
    return list(
        db.session.scalars(sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc()))
    )


def in_force(log: Iterable[Consent]) -> dict[str, Consent]:
    """The last answer to each document."""
    found: dict[str, Consent] = {}
    for one in log:
        found.setdefault(one.document, one)
    return found


def unanswered(person_id: str, editions: Mapping[str, str]) -> list[str]:
    """The documents of whose present edition a person has not said yes or no yet."""
    answered = {
        (document, edition)
        for document, edition in db.session.execute(
            sa.select(Consent.document, Consent.edition).where(Consent.person_id == person_id)
        )
    }
    return [document for document, edition in editions.items() if (document, edition) not in answered]


def agreed_when_applying(email: str) -> dict[str, str]:
    """The editions to which somebody agreed who applied with this address and proved that it is theirs."""
    used = sa.select(Application.given).where(Application.email == email, Application.used_at.is_not(None))
    given = db.session.scalars(used.order_by(Application.id.desc()).limit(1)).first()
    return dict((given or {}).get("agreed", {}))
