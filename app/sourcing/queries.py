"""Questions about requests, quotes and awards; each list takes a constant number of queries, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.kernel.actors import Actor
from app.kernel.db import Grant, db
from app.kernel.lifecycle import visible
from app.sourcing.models import Award, Quote, Rfq

INBOX_ROWS: Final = 100
MAX_SUPPLIERS_OFFERED: Final = 500


def own_requests(actor: Actor) -> Any:
    """The select of the requests of the actor's organisation, for paging."""
    return visible(Rfq, actor).where(Rfq.buyer_id == actor.org_id)


def inbox(actor: Actor, *, state: str | None = None, limit: int = INBOX_ROWS) -> list[tuple[Rfq, Quote | None]]:
    """The requests that the actor's organisation is invited to, with its own quote: what is open first, by deadline."""
    if actor.org_id is None:
        return []
    asked = sa.exists().where(Grant.object_id == Rfq.id, Grant.org_id == actor.org_id, Grant.name == "invited")
    statement = visible(Rfq, actor).where(asked)
    if state is not None:
        statement = statement.where(Rfq.state == state)
    first = sa.case((Rfq.state == "open", 0), else_=1)
    until = sa.case((Rfq.state == "open", Rfq.deadline), else_=None)
    found = db.session.scalars(statement.order_by(first, until, Rfq.deadline.desc(), Rfq.id).limit(limit)).all()
    own = own_quotes(actor, [rfq.id for rfq in found])
    return [(rfq, own.get(rfq.id)) for rfq in found]


def own_quotes(actor: Actor, rfq_ids: Sequence[str]) -> dict[str, Quote]:
    """The quotes of the actor's organisation by request, the live one before withdrawn ones."""
    rows = db.session.scalars(
        visible(Quote, actor)
        .where(Quote.rfq_id.in_(rfq_ids), Quote.supplier_id == actor.org_id)
        .order_by(sa.case((Quote.state == "withdrawn", 0), else_=1), Quote.created_at)
    )
    return {quote.rfq_id: quote for quote in rows}


def opened_quotes(rfq: Rfq, actor: Actor) -> list[Quote]:
    """What was opened at the deadline, as far as the actor may read it, in the order of submission."""
    rows = db.session.scalars(
        visible(Quote, actor).where(Quote.rfq_id == rfq.id, Quote.opened_at.is_not(None)).order_by(Quote.id)
    ).all()
    return sorted(rows, key=lambda quote: (quote.current.submitted_at or quote.created_at, quote.id))


def awards_of(rfq: Rfq, actor: Actor) -> list[Award]:
    """The awards of a request, the oldest first."""
    return list(db.session.scalars(visible(Award, actor).where(Award.rfq_id == rfq.id).order_by(Award.id)))


def invitable(rfq: Rfq, actor: Actor) -> list[Organisation]:
    """Admitted suppliers and service organisations that are not chosen yet."""
    statement = visible(Organisation, actor).where(
        Organisation.state == "admitted",
        sa.or_(Organisation.is_supplier, Organisation.is_service),
        Organisation.id.not_in([rfq.buyer_id, *rfq.invited_ids]),
    )
    return list(db.session.scalars(statement.order_by(Organisation.name_zh).limit(MAX_SUPPLIERS_OFFERED)))
