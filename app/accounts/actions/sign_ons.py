"""Single sign-on of an organisation: set up by its admin, switched on and off, changed, retired."""

from __future__ import annotations

from app.accounts import people, vault
from app.accounts.access_schemas import SignOnChange, SignOnInput, SignOnOut
from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.lifecycles import MEMBERSHIP
from app.accounts.models import LoginSession, Membership, Organisation, SignOn, SignOnIdentity
from app.kernel.actors import STAFF_KINDS, SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_
from app.kernel.work import note

FIRST_ROLE = "member"

HAS_SIGN_ON = refusal("has_sign_on", CONFLICT, N_("Single sign-on is set up already. Change or retire that one."))
NO_MEMBERS = refusal(
    "no_members", INVALID, N_("Only a laboratory has members without further rights; invite people instead.")
)
NEVER_FOR_STAFF = refusal(
    "never_for_staff", INVALID, N_("Operator, owner and auditor always show a second factor of ours.")
)

SIGN_ON = Lifecycle(
    "sign_on",
    SignOn,
    [
        State("off", N_("not in use"), "draft"),
        State("on", N_("in use"), "good"),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Single sign-on"),
    collection="sign-ons",
    main_path="off on",
    shape=SignOnOut,
)


def secret_purpose(org_id: str) -> str:
    """What the client's secret is sealed for."""
    return f"sign_on:{org_id}"


def _none_yet(organisation: Organisation, actor: Actor) -> None:
    del actor
    live = db.select(SignOn.id).where(SignOn.org_id == organisation.id, SignOn.state != "retired")
    if db.session.scalar(live) is not None:
        raise HAS_SIGN_ON()


def _fits(organisation: Organisation, *, admits_new: bool, two_factors: bool) -> None:
    if admits_new and FIRST_ROLE not in organisation.roles_possible:
        raise NO_MEMBERS(fields={"admits_new": [NO_MEMBERS.words]})
    if two_factors and organisation.kinds & STAFF_KINDS:
        raise NEVER_FOR_STAFF(fields={"two_factors": [NEVER_FOR_STAFF.words]})


@ORGANISATION.action(
    "admitted -> =", by=ADMIN, needs=[_none_yet], takes=SignOnInput, makes=SIGN_ON, title=N_("Set up single sign-on")
)
def set_up_sign_on(
    organisation: Organisation, actor: Actor, *, title: str, issuer: str, client_id: str, client_secret: str,
    domains: list[str], admits_new: bool, two_factors: bool,
) -> SignOn:  # fmt: skip
    """The organisation's admin says which identity provider its people sign in through."""
    del actor
    _fits(organisation, admits_new=admits_new, two_factors=two_factors)
    return fresh(
        SignOn, org_id=organisation.id, title=title, issuer=issuer, client_id=client_id, domains=sorted(set(domains)),
        secret=vault.seal(client_secret, purpose=secret_purpose(organisation.id)),
        admits_new=admits_new, two_factors=two_factors,
    )  # fmt: skip


@SIGN_ON.action("off -> on", by=ADMIN, title=N_("Switch on"), primary=True)
def switch_on(sign_on: SignOn, actor: Actor) -> None:
    """From now on people of the organisation sign in through its identity provider; passwords go on working."""
    del sign_on, actor


@SIGN_ON.action("on -> off", by=ADMIN, title=N_("Switch off"), dangerous=True)
def switch_off(sign_on: SignOn, actor: Actor) -> None:
    """Nobody signs in through it any more, and whoever has done so is signed out."""
    del actor
    _sign_out(sign_on)


@SIGN_ON.action("off|on -> =", by=ADMIN, takes=SignOnChange, title=N_("Change"))
def change(
    sign_on: SignOn, actor: Actor, *, title: str, issuer: str, client_id: str, client_secret: str,
    domains: list[str], admits_new: bool, two_factors: bool,
) -> None:  # fmt: skip
    """The admin changes the provider, the domains or what it stands for; another provider knows nobody yet."""
    del actor
    organisation = db.session.get_one(Organisation, sign_on.org_id)
    _fits(organisation, admits_new=admits_new, two_factors=two_factors)
    if issuer != sign_on.issuer or client_id != sign_on.client_id:
        db.session.execute(db.delete(SignOnIdentity).where(SignOnIdentity.sign_on_id == sign_on.id))
        _sign_out(sign_on)
    if client_secret:
        sign_on.secret = vault.seal(client_secret, purpose=secret_purpose(sign_on.org_id))
    sign_on.title, sign_on.issuer, sign_on.client_id = title, issuer, client_id
    sign_on.domains, sign_on.admits_new, sign_on.two_factors = sorted(set(domains)), admits_new, two_factors
    note(changed=["title", "issuer", "client_id", "domains", "admits_new", "two_factors"])


@SIGN_ON.action("off -> retired", by=ADMIN, title=N_("Retire"), dangerous=True)
def retire(sign_on: SignOn, actor: Actor) -> None:
    """It is not used any more; another one may be set up."""
    del actor
    sign_on.secret = vault.seal("", purpose=secret_purpose(sign_on.org_id))
    db.session.execute(db.delete(SignOnIdentity).where(SignOnIdentity.sign_on_id == sign_on.id))


@SIGN_ON.action("off|on -> =", by=SYSTEM, title=N_("Seal anew"))
def reseal(sign_on: SignOn, actor: Actor) -> None:
    """The installation has a new SECRET_KEY: the client's secret is sealed under it."""
    del actor
    sign_on.secret = vault.reseal(sign_on.secret, purpose=secret_purpose(sign_on.org_id))


def _sign_out(sign_on: SignOn) -> None:
    db.session.execute(db.delete(LoginSession).where(LoginSession.sign_on_org_id == sign_on.org_id))


@SIGN_ON.action("on -> =", by=SYSTEM, makes=MEMBERSHIP, born="active", title=N_("Welcome a new member"))
def welcome(sign_on: SignOn, actor: Actor, *, email: str, name: str, language: str) -> Membership:
    """Somebody whom the identity provider vouches for joins as a member, without further rights."""
    del actor
    person = people.person_with(email, name=name, language=language, password_hash=None)
    return fresh(Membership, org_id=sign_on.org_id, person_id=person.id, email=person.email, roles=[FIRST_ROLE])
