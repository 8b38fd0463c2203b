"""Organisation: from application to termination. Signing one up is the single birth without a parent."""

from __future__ import annotations

from app.accounts.models import Organisation
from app.accounts.schemas import BankInput, OrganisationInput, OrganisationOut, ProfileInput
from app.kernel.actors import Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.events import Pending
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_
from app.kernel.work import current, note

REVIEWER = platform("reviewer", "operator")
ADMIN = who("org_admin", "self")

CREDIT_CODE_TAKEN = refusal(
    "credit_code_taken", CONFLICT, N_("An organisation with this credit code is here already. Ask its admin.")
)

ORGANISATION = Lifecycle(
    "organisation",
    Organisation,
    [
        State("applied", N_("applied"), "waiting", N_("The operator reviews the application."), REVIEWER),
        State("correcting", N_("in correction"), "waiting", N_("The applicant corrects the application."), ADMIN),
        State("admitted", N_("admitted"), "good"),
        State("suspended", N_("suspended"), "stop", N_("The operator reinstates or terminates.")),
        State("terminated", N_("terminated"), "draft", final=True),
        State("rejected", N_("rejected"), "draft", final=True),
    ],
    title=N_("Organisation"),
    collection="organisations",
    main_path="applied admitted",
    shape=OrganisationOut,
)


def found(actor: Actor, *, state: str, **columns: object) -> Organisation:
    """Sign an organisation up: the root of the tree, and the one record that no parent bears."""
    organisation = fresh(Organisation, **columns)
    ORGANISATION.enter(organisation, state)
    db.session.add(organisation)
    event = Pending(name="organisation.create", object_id=organisation.id, actor=actor.reference(), cause=None)
    event.went_to, event.audience = state, [organisation.id]
    current().pending.append(event)
    db.session.flush()
    return organisation


def impartial(organisation: Organisation, actor: Actor) -> None:
    """Whoever decides about an organisation does not belong to it."""
    if organisation.id in actor.org_ids:
        raise OWN_DEALING()


@ORGANISATION.action(
    "admitted -> =", by=who("reviewer|support", "self"), takes=OrganisationInput, makes=ORGANISATION,
    title=N_("Register an organisation"),
)  # fmt: skip
def register(
    operator: Organisation, actor: Actor, *, name_zh: str, name_en: str, kinds: list[str], credit_code: str,
    address: str,
) -> Organisation:  # fmt: skip
    """The operator enters an organisation that applied on paper or by phone."""
    del operator, actor
    taken = db.session.scalar(db.select(Organisation.id).where(Organisation.credit_code == credit_code))
    if taken:
        raise CREDIT_CODE_TAKEN(fields={"credit_code": [CREDIT_CODE_TAKEN.words]})
    return fresh(
        Organisation, name_zh=name_zh, name_en=name_en, credit_code=credit_code, address=address,
        is_lab="lab" in kinds, is_supplier="supplier" in kinds, is_service="service" in kinds,
    )  # fmt: skip


@ORGANISATION.action("applied -> admitted", by=REVIEWER, needs=[impartial], title=N_("Admit"), primary=True)
def admit(organisation: Organisation, actor: Actor) -> None:
    """The operator admits the organisation: it may list, buy and sell."""
    del organisation, actor


@ORGANISATION.action(
    "applied -> correcting", by=REVIEWER, needs=[impartial], takes=ReasonInput, name="return",
    title=N_("Return for correction"),
)  # fmt: skip
def return_(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator returns the application with what has to be corrected."""
    del organisation, actor
    say(reason)


@ORGANISATION.action("correcting -> applied", by=ADMIN | REVIEWER, title=N_("Submit again"), primary=True)
def resubmit(organisation: Organisation, actor: Actor) -> None:
    """The corrected application goes back to the operator."""
    del organisation, actor


@ORGANISATION.action(
    "applied -> rejected", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Reject"), dangerous=True
)
def reject(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator rejects the application for good."""
    del organisation, actor
    say(reason)


@ORGANISATION.action(
    "admitted -> suspended", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Suspend"), dangerous=True
)
def suspend(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator suspends all dealings of the organisation; open orders go on."""
    del organisation, actor
    say(reason)


@ORGANISATION.action(
    "suspended -> admitted", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Reinstate"), primary=True
)
def reinstate(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator lets the organisation deal again."""
    del organisation, actor
    say(reason)


@ORGANISATION.action(
    "suspended -> terminated", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Terminate"), dangerous=True
)
def terminate(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator ends a suspended organisation's membership of the park."""
    del organisation, actor
    say(reason)


@ORGANISATION.action("admitted|correcting -> =", by=ADMIN, takes=ProfileInput, title=N_("Edit the profile"))
def edit_profile(organisation: Organisation, actor: Actor, *, name_en: str, address: str) -> None:
    """The organisation's admin changes its English name and address."""
    del actor
    organisation.name_en, organisation.address = name_en, address
    note(changed=["name_en", "address"])


@ORGANISATION.action("admitted -> =", by=ADMIN, takes=BankInput, title=N_("Set the bank account"))
def set_bank(organisation: Organisation, actor: Actor, *, bank_name: str, bank_account: str) -> None:
    """The organisation's admin says which account payouts go to."""
    del actor
    organisation.bank_name, organisation.bank_account = bank_name, bank_account
    note(changed=["bank_name", "bank_account"])
