"""Organisation: from application to termination. Signing one up is the single birth without a parent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.accounts import standing
from app.accounts.admission_schemas import LegalNameInput, SuspendInput
from app.accounts.models import Barred, Organisation
from app.accounts.schemas import OrganisationInput, OrganisationOut, ProfileInput
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.events import Pending
from app.kernel.lifecycle import Lifecycle, State, fresh, hush, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Bilingual, now
from app.kernel.work import current, note

REVIEWER = platform("reviewer", "operator")
ADMIN = who("org_admin", "self")

CREDIT_CODE_TAKEN = refusal(
    "credit_code_taken", CONFLICT, N_("An organisation with this credit code is here already. Ask its admin.")
)

NOT_QUALIFIED = refusal("not_qualified", CONFLICT, N_("Not approved yet: %(missing)s."))
END_PAST = refusal("end_past", INVALID, N_("The end must lie in the future."))

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
    organisation.former_names = []
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


def free_code(credit_code: str) -> None:
    """Refusal `credit_code_taken` while an organisation with this code is here or applies."""
    holders = db.session.scalars(db.select(Organisation).where(Organisation.credit_code == credit_code))
    if any(one.holds_code for one in holders):
        raise CREDIT_CODE_TAKEN(fields={"credit_code": [CREDIT_CODE_TAKEN.words]})


def qualified(organisation: Organisation, actor: Actor) -> None:
    """Guard: whatever is asked of everybody of its kind was reviewed and approved."""
    del actor
    missing = [Bilingual(one.title_zh, one.title_en) for one in standing.missing_for_admission(organisation)]
    if missing:
        raise NOT_QUALIFIED(missing=missing)


def future(moment: datetime | None, name: str) -> None:
    """Refusal `end_past` for an end that is over already."""
    if moment is not None and moment <= now():
        raise END_PAST(fields={name: [END_PAST.words]})


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
    free_code(credit_code)
    return fresh(
        Organisation, former_names=[], name_zh=name_zh, name_en=name_en, credit_code=credit_code, address=address,
        is_lab="lab" in kinds, is_supplier="supplier" in kinds, is_service="service" in kinds,
    )  # fmt: skip


@ORGANISATION.action("applied -> admitted", by=REVIEWER, needs=[impartial, qualified], title=N_("Admit"), primary=True)
def admit(organisation: Organisation, actor: Actor) -> None:
    """The operator admits the organisation: it may list, buy and sell."""
    del actor
    refresh(organisation)


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
    """The operator rejects the application; a new one may be made later."""
    del organisation, actor
    say(reason)


@ORGANISATION.action(
    "admitted -> suspended", by=REVIEWER, needs=[impartial], takes=SuspendInput, title=N_("Suspend"), dangerous=True
)
def suspend(organisation: Organisation, actor: Actor, *, reason: str, until: datetime | None = None) -> None:
    """The operator suspends all dealings of the organisation; open orders go on."""
    del actor
    future(until, "until")
    say(reason)
    note(until=until.isoformat() if until else None)
    organisation.suspended_until = until


@ORGANISATION.action(
    "suspended -> admitted", by=REVIEWER, needs=[impartial], takes=ReasonInput, title=N_("Reinstate"), primary=True
)
def reinstate(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator lets the organisation deal again; restrictions of its own and missing papers stay what they are."""
    del actor
    say(reason)
    organisation.suspended_until = None


@ORGANISATION.action("suspended -> admitted", by=SYSTEM, after="suspended_until", title=N_("End the suspension"))
def resume(organisation: Organisation, actor: Actor) -> None:
    """The suspension has run its time: what else stands against the organisation stays in force."""
    del actor
    organisation.suspended_until = None


@ORGANISATION.action(
    "admitted|suspended|applied|correcting -> =", by=REVIEWER, needs=[impartial], takes=LegalNameInput,
    title=N_("Change the legal name"),
)  # fmt: skip
def rename(organisation: Organisation, actor: Actor, *, name_zh: str, reason: str, name_en: str = "") -> None:
    """The licence bears a new name: the organisation stays the same one, and its old name stays readable."""
    del actor
    say(reason)
    former = {"zh": organisation.name_zh, "en": organisation.name_en, "until": now().date().isoformat()}
    organisation.former_names = [*organisation.former_names, former]
    organisation.name_zh, organisation.name_en = name_zh, name_en
    note(changed=["name_zh", "name_en"])


@ORGANISATION.action("admitted|applied|correcting -> =", by=ADMIN, takes=ProfileInput, title=N_("Edit the profile"))
def edit_profile(organisation: Organisation, actor: Actor, *, name_en: str, address: str) -> None:
    """The organisation's admin changes its English name and address."""
    del actor
    organisation.name_en, organisation.address = name_en, address
    note(changed=["name_en", "address"])


# What it is barred from -----------------------------------------------------------------------------------------------


@ORGANISATION.action("* -> =", by=SYSTEM, touches=False, title=N_("Reckon the standing"))
def reckon(organisation: Organisation, actor: Actor, *, rows: Iterable[standing.Row]) -> None:
    """A paper, a requirement or a restriction has changed: what the organisation may do follows from it at once."""
    del actor
    wanted = sorted(rows)
    db.session.execute(sa.delete(Barred).where(Barred.org_id == organisation.id))
    db.session.add_all(
        Barred(org_id=organisation.id, scope=scope, category=category, cause_id=cause)
        for scope, category, cause in wanted
    )
    note(barred=[list(row) for row in wanted])
    hush()  # what it follows from was told already


def refresh(organisation: Organisation) -> None:
    """Reckon under the organisation's lock, so that two changes at once cannot each miss the other."""
    current().lock(organisation)
    db.session.flush()
    rows = standing.reckoned(organisation)
    if rows != standing.stored(organisation.id):
        reckon(organisation, SYSTEM_ACTOR, rows=rows)
