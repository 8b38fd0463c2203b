"""Choices of forms: which brand another may be merged into, and to whom a contract price may be proposed."""

from __future__ import annotations

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.brands.book import book
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.web.core import forms
from app.web.core.actions import register_options


def _others(record: Record, asking: Actor) -> dict[str, forms.Options]:
    """The brands that stay, by name."""
    del asking
    spoken = i18n.language()
    pairs = [
        (one.id, one.name(spoken))
        for one in book().by_id.values()
        if one.id != record.id and one.state in ("active", "proposed")
    ]
    return {"into": sorted(pairs, key=lambda pair: pair[1].casefold())}


def _laboratories(record: Record, asking: Actor) -> dict[str, forms.Options]:
    """The laboratories of the park, by name."""
    statement = visible(Organisation, asking).where(Organisation.is_lab, Organisation.state == "admitted")
    found = [one for one in db.session.scalars(statement) if one.id != getattr(record, "supplier_id", None)]
    spoken = i18n.language()
    return {"buyer": sorted(((one.id, one.name(spoken)) for one in found), key=lambda pair: pair[1])}


register_options("brand", "merge", _others)
register_options("listing", "propose_price", _laboratories)
