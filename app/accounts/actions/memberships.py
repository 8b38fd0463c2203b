"""Membership: invited by mail, joined through a single-use link, changed, ended."""

from __future__ import annotations

from flask import current_app

from app.accounts import people
from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.models import Membership, Organisation
from app.accounts.schemas import InviteInput, JoinInput, MembershipOut, RolesInput
from app.kernel.actors import STAFF_KINDS, SYSTEM, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_, now
from app.kernel.work import current, note

ROLE_NOT_GIVEN = refusal("role_not_given", INVALID, N_("This organisation does not give the role %(role)s."))
PLATFORM_APART = refusal("platform_apart", CONFLICT, N_("Operator, owner and auditor are served by different people."))
ADMINS_APART = refusal(
    "admins_apart", INVALID, N_("System, security and audit administration are held by different people.")
)
HAS_ADMIN = refusal("has_admin", CONFLICT, N_("This organisation has an admin, who invites its people."))
LAST_ADMIN = refusal("last_admin", CONFLICT, N_("An organisation keeps at least one admin."))

ADMIN_ROLES = frozenset({"system_admin", "security_admin", "audit_admin"})

MEMBERSHIP = Lifecycle(
    "membership",
    Membership,
    [
        State("invited", N_("invited"), "waiting", N_("The invited person follows the link in the mail.")),
        State("active", N_("active"), "good"),
        State("ended", N_("ended"), "draft", final=True),
    ],
    title=N_("Membership"),
    collection="memberships",
    main_path="invited active",
    shape=MembershipOut,
)


def _possible_roles(organisation: Organisation, roles: list[str]) -> list[str]:
    for role in roles:
        if role not in organisation.roles_possible:
            raise ROLE_NOT_GIVEN(role=role, fields={"roles": [ROLE_NOT_GIVEN.words]})
    if len(ADMIN_ROLES & set(roles)) > 1:
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
    del actor
    roles = _possible_roles(organisation, roles)
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


@MEMBERSHIP.action("invited|active -> =", by=ADMIN, takes=RolesInput, title=N_("Change roles"))
def change_roles(membership: Membership, actor: Actor, *, roles: list[str]) -> None:
    """An admin gives and takes roles; it counts from the person's next request."""
    del actor
    organisation = db.session.get_one(Organisation, membership.org_id)
    roles = _possible_roles(organisation, roles)
    if "org_admin" not in roles:
        _keep_an_admin(membership)
    membership.roles = roles
    note(changed=["roles"], roles=membership.roles)


@MEMBERSHIP.action("invited|active -> ended", by=ADMIN, title=N_("End the membership"), dangerous=True)
def end(membership: Membership, actor: Actor) -> None:
    """The person leaves the organisation; what they did stays on record."""
    del actor
    _keep_an_admin(membership)
    if membership.person_id:
        people.close_sessions(membership.person_id)


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
