"""Membership: invited by mail, joined through a single-use link, changed, ended."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.accounts import people
from app.accounts.actions import delegations, keys, service_accounts, units
from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.lifecycles import MEMBERSHIP
from app.accounts.models import ApiKey, Membership, Organisation, Person, ServiceAccount, UnitRole
from app.accounts.models.people import ADMIN_ROLES
from app.accounts.schemas import InviteInput, JoinInput, RolesInput
from app.accounts.unit_schemas import UnitRoleInput
from app.kernel.actors import STAFF_KINDS, SYSTEM, SYSTEM_ACTOR, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import fresh
from app.kernel.values import N_, now
from app.kernel.work import current, note

ROLE_NOT_GIVEN = refusal("role_not_given", INVALID, N_("This organisation does not give the role %(role)s."))
PLATFORM_APART = refusal("platform_apart", CONFLICT, N_("Operator, owner and auditor are served by different people."))
ADMINS_APART = refusal(
    "admins_apart", INVALID, N_("System, security and audit administration are held by different people.")
)
HAS_ADMIN = refusal("has_admin", CONFLICT, N_("This organisation has an admin, who invites its people."))
LAST_ADMIN = refusal("last_admin", CONFLICT, N_("An organisation keeps at least one admin."))
UNIT_ROLE_HELD = refusal("unit_role_held", CONFLICT, N_("This person holds the role for this unit already."))
UNIT_ROLE_NOT_HELD = refusal("unit_role_not_held", INVALID, N_("This person does not hold the role for this unit."))
LEAVE_YOURSELF = refusal("leave_yourself", FORBIDDEN, N_("Everybody leaves for themselves only."))
GUESTS_STAY_OUT = refusal(
    "guests_stay_out", CONFLICT, N_("An emergency access gives no lasting place to whoever has it.")
)


def _possible_roles(organisation: Organisation, roles: list[str]) -> list[str]:
    for role in roles:
        if role not in organisation.roles_possible:
            raise ROLE_NOT_GIVEN(role=role, fields={"roles": [ROLE_NOT_GIVEN.words]})
    if len(set(ADMIN_ROLES) & set(roles)) > 1:
        raise ADMINS_APART(fields={"roles": [ADMINS_APART.words]})
    return sorted(set(roles))


def _own_admin_invites(organisation: Organisation, actor: Actor) -> None:
    """The operator helps another organisation that nobody administers; otherwise it could put its own people in.

    Nor may its reviewers and its support let people into the operator itself: that is its own admin's to do.
    """
    own = actor.org_id == organisation.id
    if own and "org_admin" in actor.roles:
        return
    if own or _admins(organisation.id):
        raise HAS_ADMIN()


@ORGANISATION.action(
    "admitted|applied|correcting -> =", by=who("org_admin", "self") | platform("reviewer|support", "operator"),
    needs=[_own_admin_invites], takes=InviteInput, makes=MEMBERSHIP, title=N_("Invite a person"),
)  # fmt: skip
def invite(organisation: Organisation, actor: Actor, *, email: str, roles: list[str]) -> Membership:
    """An admin (or the operator, for a new organisation) invites a person by mail with some roles."""
    roles = _possible_roles(organisation, roles)
    _no_lasting_place(actor, email.strip().lower())
    membership = fresh(
        Membership,
        org_id=organisation.id,
        email=email.strip().lower(),
        roles=roles,
        invited_until=now() + people.INVITATION_LIFE,
    )
    db.session.add(membership)
    MEMBERSHIP.enter(membership, "invited")
    db.session.flush()
    token = people.make_link("invite", membership_id=membership.id)
    owe(db.session(), "mail", {
        "to": membership.email,
        "template": "invitation",
        "organisation": [organisation.name("zh"), organisation.name("en")],
        "link": f"{current_app.config['BASE_URL']}/invitations/{token}",
    })  # fmt: skip
    return membership


def _no_lasting_place(actor: Actor, email: str) -> None:
    if actor.emergency is None:
        return
    if db.session.scalar(sa.select(Person.email).where(Person.id == actor.person_id)) == email:
        raise GUESTS_STAY_OUT(fields={"email": [GUESTS_STAY_OUT.words]})


@MEMBERSHIP.action("invited -> active", by=SYSTEM, takes=JoinInput, title=N_("Join"))
def join(membership: Membership, actor: Actor, *, name: str, language: str, password_hash: str | None = None) -> None:
    """The invited person takes the place; the single-use link has proved who it is."""
    del actor
    person = people.person_with(membership.email, name=name, language=language, password_hash=password_hash)
    db.session.refresh(person, with_for_update={"key_share": True})  # two places taken at once are looked at in turn
    organisation = db.session.get_one(Organisation, membership.org_id)
    mine = organisation.kinds & STAFF_KINDS
    if mine and people.excluded_kinds(person.id) - mine:
        raise PLATFORM_APART()
    membership.person_id = person.id
    membership.invited_until = None


@MEMBERSHIP.action("* -> =", by=SYSTEM, title=N_("Change the address"))
def readdress(membership: Membership, actor: Actor, *, email: str) -> None:
    """The person's address was corrected or erased; the chain never held it."""
    del actor
    membership.email = email
    note(changed=["email"])


@MEMBERSHIP.action("invited|active -> =", by=ADMIN | SYSTEM, takes=RolesInput, title=N_("Change roles"))
def change_roles(membership: Membership, actor: Actor, *, roles: list[str]) -> None:
    """An admin gives and takes roles; it counts from the person's next request."""
    del actor
    organisation = db.session.get_one(Organisation, membership.org_id)
    roles = _possible_roles(organisation, roles)
    if "org_admin" not in roles:
        _keep_an_admin(membership)
    membership.roles = roles
    note(changed=["roles"], roles=membership.roles)


@MEMBERSHIP.action("invited|active -> =", by=ADMIN, takes=UnitRoleInput, title=N_("Give a role for a unit"))
def give_unit_role(membership: Membership, actor: Actor, *, unit: str, role: str) -> None:
    """An admin gives a role for one unit and all inside it, and for nothing else."""
    organisation = db.session.get_one(Organisation, membership.org_id)
    if role not in organisation.roles_possible:
        raise ROLE_NOT_GIVEN(role=role, fields={"role": [ROLE_NOT_GIVEN(role=role)]})
    units.open_unit(membership.org_id, unit, actor)
    if db.session.get(UnitRole, (membership.id, unit, role)) is not None:
        raise UNIT_ROLE_HELD(fields={"role": [UNIT_ROLE_HELD.words]})
    db.session.add(UnitRole(membership_id=membership.id, unit_id=unit, role=role, org_id=membership.org_id))
    note(unit=unit, role=role)


@MEMBERSHIP.action("invited|active -> =", by=ADMIN, takes=UnitRoleInput, title=N_("Take a role for a unit back"))
def take_unit_role(membership: Membership, actor: Actor, *, unit: str, role: str) -> None:
    """An admin takes a role for a unit back; it counts from the person's next request."""
    # Not by the role alone, or another's unit were answered at the wrong field; no unit with roles is ever closed.
    units.open_unit(membership.org_id, unit, actor)
    held = db.session.get(UnitRole, (membership.id, unit, role))
    if held is None:
        raise UNIT_ROLE_NOT_HELD(fields={"role": [UNIT_ROLE_NOT_HELD.words]})
    db.session.delete(held)
    note(unit=unit, role=role)


@MEMBERSHIP.action("invited|active -> ended", by=ADMIN | SYSTEM, title=N_("End the membership"), dangerous=True)
def end(membership: Membership, actor: Actor) -> None:
    """The person leaves the organisation; what they did stays on record."""
    del actor
    _go(membership)


def _oneself(membership: Membership, actor: Actor) -> None:
    if membership.person_id != actor.person_id or actor.machine is not None:
        raise LEAVE_YOURSELF()


@MEMBERSHIP.action(
    "active -> ended", by=keys.ANY_ROLE, needs=[_oneself], title=N_("Leave the organisation"), dangerous=True
)
def leave(membership: Membership, actor: Actor) -> None:
    """A member leaves by their own will; keys, machines and lent signatures end with it."""
    del actor
    _go(membership)


def _go(membership: Membership) -> None:
    """What ends with a membership: sessions, keys, machines nobody else answers for, lent signatures, unit roles."""
    _keep_an_admin(membership)
    if membership.person_id:
        people.close_sessions(membership.person_id)
    own = sa.or_(ApiKey.membership_id == membership.id, ServiceAccount.membership_id == membership.id)
    held = sa.select(ApiKey).outerjoin(ServiceAccount, ServiceAccount.id == ApiKey.account_id)
    for key in db.session.scalars(held.where(own, ApiKey.state == "active").order_by(ApiKey.id)).all():
        keys.revoke(key, SYSTEM_ACTOR)
    answered_for = sa.select(ServiceAccount).where(
        ServiceAccount.membership_id == membership.id, ServiceAccount.state == "active"
    )
    for account in db.session.scalars(answered_for.order_by(ServiceAccount.id)).all():
        service_accounts.end(account, SYSTEM_ACTOR)
    for delegation in db.session.scalars(delegations.of_membership(membership.id)).all():
        delegations.withdraw(delegation, SYSTEM_ACTOR)
    db.session.execute(sa.delete(UnitRole).where(UnitRole.membership_id == membership.id))


def _keep_an_admin(leaving: Membership) -> None:
    if "org_admin" not in leaving.roles or leaving.state != "active":
        return
    # Under the organisation's lock, or two admins who end each other would leave none.
    current().lock(db.session.get_one(Organisation, leaving.org_id))
    if not _admins(leaving.org_id) - {leaving.id}:
        raise LAST_ADMIN()


def _admins(org_id: str) -> set[str]:
    """Ids of the active memberships that administer an organisation, as they stand in the database now."""
    held = db.session.execute(
        db.select(Membership.id, Membership.roles).where(Membership.org_id == org_id, Membership.state == "active")
    )
    return {membership_id for membership_id, roles in held if "org_admin" in roles}
