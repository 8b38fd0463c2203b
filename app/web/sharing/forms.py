"""What may be chosen in the forms of sharing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.sharing.models import SharedInstrument
from app.web.catalogue.forms import category_options
from app.web.core import forms
from app.web.core.actions import register_options
from app.web.core.directory import Brief, register_brief

MOST_SHOWN: Final = 300
"""Organisations and services to choose from; more are named over the API."""


def _options(record: Record, asking: Actor) -> Mapping[str, forms.Options]:
    keeper = record.id if isinstance(record, Organisation) else record.party("self")
    spoken = i18n.language()
    others = visible(Organisation, asking).where(
        Organisation.state == "admitted", Organisation.platform.is_(None), Organisation.id != keeper
    )
    services = visible(Listing, asking).where(Listing.supplier_id == keeper, Listing.kind == "service")
    users = db.session.scalars(others.order_by(Organisation.name_zh, Organisation.id).limit(MOST_SHOWN))
    own = db.session.scalars(services.order_by(Listing.id).limit(MOST_SHOWN))
    return {
        "category": category_options(),
        "users": [(one.id, one.name(spoken)) for one in users],
        "listing": [("", "—"), *((one.id, one.name(spoken)) for one in own)],
    }


def _brief(one: SharedInstrument) -> Brief:
    return Brief(" ".join(filter(None, (one.brand, one.model))) or one.name(i18n.language()))


register_options("organisation", "share_instrument", _options)
register_options("shared_instrument", "edit", _options)
register_brief("shared_instrument", _brief)
