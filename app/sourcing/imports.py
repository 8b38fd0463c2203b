"""Foreign tenders as draft RFQs: re-dated, with where they came from kept, and never twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.shapes import LONG_TEXT, MAX_LINES, SHORT_TEXT
from app.kernel.values import N_, micro
from app.sourcing.actions import rfqs
from app.sourcing.models import Rfq

SOURCE_CHARS: Final = 10
REFERENCE_CHARS: Final = 120
BUYER_CHARS: Final = 300
UNIT_CHARS: Final = 20
CPV_CHARS: Final = 12

TENDER_TOO_LONG = refusal("tender_too_long", INVALID, N_("The tender has %(lines)s lines; at most %(most)s are taken."))
TENDER_EMPTY = refusal("tender_empty", INVALID, N_("The tender has no lines."))


class TenderBuyer(Protocol):
    """Who published it."""

    @property
    def name(self) -> str: ...


class TenderLine(Protocol):
    """One lot or item."""

    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
    @property
    def cpv(self) -> str: ...


class Tender(Protocol):
    """A published tender, translated from its format (`app.exchange.tenders` gives such)."""

    @property
    def source(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def buyer(self) -> TenderBuyer: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def published_on(self) -> date | None: ...
    @property
    def deadline(self) -> datetime | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def lines(self) -> Sequence[Any]: ...


def import_tender(
    org: Organisation, actor: Actor, tender: Tender, *, deadline: datetime, invite: Iterable[str] = ()
) -> Rfq | None:
    """The tender as a draft RFQ of this organisation with a new deadline; None when it was imported before.

    `invite` are organisations chosen at once. Refusals are those of `ask_for_quotes` and `invite`, and a tender without
    lines or with more than MAX_LINES is not taken.
    """
    source, reference = tender.source[:SOURCE_CHARS], tender.reference[:REFERENCE_CHARS]
    there = db.session.scalar(
        sa.select(Rfq.id).where(Rfq.buyer_id == org.id, Rfq.source == source, Rfq.source_reference == reference)
    )
    if there is not None:
        return None
    if not tender.lines:
        raise TENDER_EMPTY()
    if len(tender.lines) > MAX_LINES:
        raise TENDER_TOO_LONG(lines=str(len(tender.lines)), most=str(MAX_LINES))
    made = rfqs.ask_for_quotes(
        org, actor, title=_title(tender.title, reference), description=tender.description[:LONG_TEXT],
        currency=tender.currency, deadline=deadline, lines=[_line(line, reference) for line in tender.lines],
        source=source, source_reference=reference, source_published_on=tender.published_on,
        source_deadline=tender.deadline, source_buyer=tender.buyer.name[:BUYER_CHARS],
    )  # fmt: skip
    chosen = list(invite)
    if chosen:
        rfqs.invite(made, actor, suppliers=chosen)
    return made


def _title(title: str, reference: str) -> str:
    return (title.strip() or reference)[:SHORT_TEXT]


def _line(line: TenderLine, reference: str) -> dict[str, Any]:
    return {
        "kind": "service" if line.cpv[:2] >= "50" else "goods",
        "title": _title(line.title, reference),
        "description": line.description[:LONG_TEXT],
        "quantity": micro(line.quantity),
        "unit": line.unit[:UNIT_CHARS],
        "cpv": line.cpv[:CPV_CHARS],
    }
