"""Standing delegation: an approver lends a colleague the signature, for a time and up to an amount; both are named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts import acting
from app.accounts.colleagues import colleague
from app.accounts.delegation_schemas import DelegationInput
from app.accounts.lifecycles import DELEGATION, MEMBERSHIP
from app.accounts.models import Delegation, Membership
from app.accounts.models.delegations import BASE_CURRENCY, LENT_ROLES
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, refusal
from app.kernel.lifecycle import fresh
from app.kernel.values import N_, Money, now
from app.kernel.work import note

LENDER = who("|".join(LENT_ROLES), "self")
LENDER_OR_ADMIN = who("|".join((*LENT_ROLES, "org_admin")), "self")

LONGEST: Final = timedelta(days=366)
"""How long a delegation lasts at most; what lasts longer is a role."""

LEND_YOUR_OWN = refusal("lend_your_own", FORBIDDEN, N_("Everybody lends their own signature only."))
NOT_YOURS_TO_LEND = refusal("not_yours_to_lend", INVALID, N_("You do not hold this role yourself."))
LEND_TO_ANOTHER = refusal("lend_to_another", INVALID, N_("A signature is lent to somebody else."))
DATES_BACKWARDS = refusal("dates_backwards", INVALID, N_("It ends after it begins, and not in the past."))
TOO_LONG = refusal("lent_too_long", INVALID, N_("At most a year. What lasts longer is a role."))
CEILING_CURRENCY = refusal("ceiling_currency", INVALID, N_("The ceiling is in %(currency)s."))
LENT_ALREADY = refusal(
    "lent_already", CONFLICT, N_("This signature is lent to this colleague in that time already. Withdraw that first.")
)


def _their_own(membership: Membership, actor: Actor) -> None:
    if membership.person_id != actor.person_id or actor.machine is not None:
        raise LEND_YOUR_OWN()


def _sound(starts_at: datetime, ends_at: datetime, ceiling: Money) -> None:
    if ends_at <= max(starts_at, now()):
        raise DATES_BACKWARDS(fields={"ends_at": [DATES_BACKWARDS.words]})
    if ends_at - max(starts_at, now()) > LONGEST:
        raise TOO_LONG(fields={"ends_at": [TOO_LONG.words]})
    if ceiling.currency != BASE_CURRENCY:
        told = CEILING_CURRENCY(currency=BASE_CURRENCY)
        raise CEILING_CURRENCY(currency=BASE_CURRENCY, fields={"ceiling": [told]})


@MEMBERSHIP.action(
    "active -> =", by=LENDER, needs=[_their_own], takes=DelegationInput, makes=DELEGATION,
    title=N_("Lend your signature"),
)  # fmt: skip
def lend(
    membership: Membership, actor: Actor, *, role: str, deputy: str, starts_at: datetime, ends_at: datetime,
    ceiling: Money,
) -> Delegation:  # fmt: skip
    """Whoever signs lets a colleague sign as well, between two dates and up to an amount; both names stay on record."""
    if role not in actor.roles:  # held for a unit or lent by others, it is not theirs to pass on
        raise NOT_YOURS_TO_LEND(fields={"role": [NOT_YOURS_TO_LEND.words]})
    _sound(starts_at, ends_at, ceiling)
    held = colleague(membership.org_id, deputy, actor, field="deputy")
    if held.person_id == actor.person_id:
        raise LEND_TO_ANOTHER(fields={"deputy": [LEND_TO_ANOTHER.words]})
    overlapping = db.select(Delegation.id).where(
        Delegation.membership_id == membership.id, Delegation.deputy_membership_id == held.id,
        Delegation.role == role, Delegation.state.in_(("planned", "active")),
        Delegation.starts_at < ends_at, Delegation.ends_at > starts_at,
    )  # fmt: skip
    if db.session.scalar(overlapping.limit(1)) is not None:
        raise LENT_ALREADY()
    note(role=role, deputy=held.person_id, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    made = fresh(
        Delegation, org_id=membership.org_id, membership_id=membership.id, person_id=actor.person_id,
        deputy_membership_id=held.id, deputy_id=held.person_id, role=role, starts_at=starts_at, ends_at=ends_at,
        ceiling_minor=ceiling.minor,
    )  # fmt: skip
    DELEGATION.enter(made, "planned" if starts_at > now() else "active")
    return made


def of_membership(membership_id: str) -> sa.Select[Delegation]:
    """The delegations, not over yet, that a membership has given or received."""
    touched = sa.or_(Delegation.membership_id == membership_id, Delegation.deputy_membership_id == membership_id)
    return sa.select(Delegation).where(touched, Delegation.state.in_(acting.LIVE)).order_by(Delegation.id)


def _lender_or_admin(delegation: Delegation, actor: Actor) -> None:
    if not actor.system and delegation.person_id != actor.person_id and "org_admin" not in actor.roles:
        raise LEND_YOUR_OWN()


@DELEGATION.action("planned -> active", by=SYSTEM, after="starts_at", title=N_("Begin"))
def begin(delegation: Delegation, actor: Actor) -> None:
    """Its first moment has come: the deputy may sign."""
    del delegation, actor


@DELEGATION.action("active -> ended", by=SYSTEM, after="ends_at", title=N_("Let it end"))
def run_out(delegation: Delegation, actor: Actor) -> None:
    """Its last moment has come: the deputy signs nothing more."""
    del delegation, actor


@DELEGATION.action(
    "planned|active -> withdrawn", by=LENDER_OR_ADMIN | SYSTEM, needs=[_lender_or_admin], title=N_("Withdraw it"),
    dangerous=True,
)  # fmt: skip
def withdraw(delegation: Delegation, actor: Actor) -> None:
    """The lender, or an admin, takes the signature back at once; so does the end of either membership."""
    del delegation, actor
