"""Naming a colleague in a form: whoever is named belongs to the organisation now, and still does at the commit."""

from __future__ import annotations

from app.accounts.models import Membership
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.lifecycle import visible
from app.kernel.values import N_
from app.kernel.work import current

NO_SUCH_COLLEAGUE = refusal("no_such_colleague", INVALID, N_("Choose an active colleague of your organisation."))


def colleague(org_id: str, membership_id: str, actor: Actor, *, field: str) -> Membership:
    """The active membership that was named, locked so that it does not end meanwhile; else a refusal at the field."""
    found = db.session.scalar(
        visible(Membership, actor).where(
            Membership.id == membership_id, Membership.org_id == org_id, Membership.state == "active"
        )
    )
    if found is not None:
        current().lock(found)
    if found is None or found.state != "active":
        raise NO_SUCH_COLLEAGUE(fields={field: [NO_SUCH_COLLEAGUE.words]})
    membership: Membership = found
    return membership
