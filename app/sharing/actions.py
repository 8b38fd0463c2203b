"""Shared instruments: written down, offered, paused and retired by their keeper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import NOT_THERE
from app.kernel.lifecycle import Lifecycle, State, fresh, say, visible
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_
from app.sharing.models import NamedUser, SharedInstrument
from app.sharing.schemas import KEEPERS, SharedInstrumentInput, SharedInstrumentOut

SHARED_INSTRUMENT = Lifecycle(
    "shared_instrument",
    SharedInstrument,
    [
        State("draft", N_("draft"), "draft", N_("Its keeper offers it when it is ready to be used.")),
        State("offered", N_("offered"), "good", N_("Whoever may use it finds it, also before buying one.")),
        State("paused", N_("paused"), "waiting", N_("Nobody books it until its keeper offers it again.")),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Shared instrument"),
    collection="shared-instruments",
    main_path="draft offered retired",
    shape=SharedInstrumentOut,
)


@ORGANISATION.action(
    "admitted -> =", by=KEEPERS, takes=SharedInstrumentInput, makes=SHARED_INSTRUMENT, title=N_("Share an instrument")
)
def share_instrument(organisation: Organisation, actor: Actor, /, **told: Any) -> SharedInstrument:
    """An organisation writes down an instrument that others may use; nobody sees it before it is offered."""
    made = fresh(SharedInstrument, org_id=organisation.id, named=[])
    _write(made, actor, **told)
    return made


@SHARED_INSTRUMENT.action("draft|offered|paused -> =", by=KEEPERS, takes=SharedInstrumentInput, title=N_("Edit"))
def edit(instrument: SharedInstrument, actor: Actor, /, **told: Any) -> None:
    """The keeper changes what is said of it, where it stands, how it is booked or who may use it."""
    _write(instrument, actor, **told)


@SHARED_INSTRUMENT.action("draft|paused -> offered", by=KEEPERS, title=N_("Offer it"), primary=True)
def offer(instrument: SharedInstrument, actor: Actor) -> None:
    """From now on whoever may use it finds it, and is told of it before buying one of its kind."""
    del instrument, actor


@SHARED_INSTRUMENT.action("offered -> paused", by=KEEPERS, takes=ReasonInput, title=N_("Pause"))
def pause(instrument: SharedInstrument, actor: Actor, *, reason: str) -> None:
    """It cannot be booked for a while: it is under repair, or its keeper needs it."""
    del instrument, actor
    say(reason)


@SHARED_INSTRUMENT.action(
    "draft|offered|paused -> retired", by=KEEPERS, takes=ReasonInput, title=N_("Retire"), dangerous=True
)
def retire(instrument: SharedInstrument, actor: Actor, *, reason: str) -> None:
    """It is shared no more."""
    del instrument, actor
    say(reason)


def _write(
    instrument: SharedInstrument, actor: Actor, *, listing: str | None = None, users: Sequence[str] = (), **told: Any
) -> None:
    _own_service(instrument.org_id, actor, listing)
    for name, value in told.items():
        setattr(instrument, name, value)
    instrument.listing_id = listing
    wanted = sorted(set(users)) if told["shared_with"] == "named" else []
    _known(actor, wanted)
    kept = {one.user_id: one for one in instrument.named}
    instrument.named = [kept.get(one) or NamedUser(user_id=one, org_id=instrument.org_id) for one in wanted]


def _own_service(org_id: str, actor: Actor, listing: str | None) -> None:
    """Refuse a listing that is no service of the keeper, as if it were not there."""
    if listing is None:
        return
    there = visible(Listing, actor).where(Listing.id == listing, Listing.supplier_id == org_id)
    if db.session.scalar(there.where(Listing.kind == "service").with_only_columns(Listing.id)) is None:
        raise NOT_THERE(fields={"listing": [NOT_THERE.words]})


def _known(actor: Actor, wanted: Sequence[str]) -> None:
    there = visible(Organisation, actor).where(Organisation.id.in_(wanted), Organisation.state == "admitted")
    if wanted and len(db.session.scalars(there.with_only_columns(Organisation.id)).all()) < len(wanted):
        raise NOT_THERE(fields={"users": [NOT_THERE.words]})
