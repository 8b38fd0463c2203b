"""Restriction: one scope is stopped for a time; it ends by date, by appeal or by the operator's word, and alone."""

from __future__ import annotations

from datetime import datetime

from app.accounts.actions.organisations import ADMIN, ORGANISATION, REVIEWER, future, impartial, refresh
from app.accounts.admission_schemas import EndInput, RestrictionInput, RestrictionOut
from app.accounts.models import LIVE_STATES, Organisation, Restriction
from app.accounts.standing import apart
from app.kernel.actors import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import note

RESTRICTED_ALREADY = refusal(
    "restricted_already", INVALID, N_("There is such a restriction for this kind of reason. Change its end instead.")
)
APPEALED_BEFORE = refusal("appealed_before", CONFLICT, N_("An appeal was decided already."))
ANOTHER_HEARS = refusal(
    "another_hears", CONFLICT, N_("Whoever imposed it does not decide the appeal: somebody else does.")
)

RESTRICTION = Lifecycle(
    "restriction",
    Restriction,
    [
        State("in_force", N_("in force"), "stop", N_("It ends at its date, or when the operator lifts it.")),
        State("appealed", N_("under appeal"), "waiting",
              N_("The operator decides the appeal; until then it stays in force."), REVIEWER),
        State("lifted", N_("lifted"), "draft", final=True),
        State("ended", N_("ended"), "draft", N_("What else stands against the organisation stays in force."),
              final=True),
    ],
    title=N_("Restriction"),
    collection="restrictions",
    main_path="in_force ended",
    shape=RestrictionOut,
)  # fmt: skip


def not_appealed_yet(restriction: Restriction, actor: Actor) -> None:
    """Guard: one appeal to one restriction."""
    del actor
    if restriction.appealed_at is not None:
        raise APPEALED_BEFORE()


def by_another(restriction: Restriction, actor: Actor) -> None:
    """Guard: nobody hears the appeal against their own decision."""
    if restriction.imposer_id == actor.person_id:
        raise ANOTHER_HEARS()


@ORGANISATION.action(
    "admitted|suspended -> =", by=REVIEWER, needs=[impartial], takes=RestrictionInput, makes=RESTRICTION,
    title=N_("Restrict"),
)  # fmt: skip
def restrict(
    organisation: Organisation, actor: Actor, *, scope: str, reason_code: str, reason: str,
    ends_at: datetime | None = None,
) -> Restriction:  # fmt: skip
    """The operator stops one kind of dealing of the organisation, for a time or until further notice."""
    future(ends_at, "ends_at")
    there = db.select(Restriction.id).where(
        Restriction.org_id == organisation.id, Restriction.scope == scope, Restriction.reason_code == reason_code,
        Restriction.state.in_(LIVE_STATES),
    )  # fmt: skip
    if db.session.scalar(there) is not None:
        raise RESTRICTED_ALREADY(fields={"reason_code": [RESTRICTED_ALREADY.words]})
    say(reason)
    note(scope=scope, reason_code=reason_code)
    made = fresh(
        Restriction, org_id=organisation.id, scope=scope, reason_code=reason_code, ends_at=ends_at,
        imposer_id=actor.person_id,
    )  # fmt: skip
    RESTRICTION.enter(made, "in_force")
    db.session.add(made)
    refresh(organisation)
    return made


@RESTRICTION.action(
    "in_force -> appealed", by=ADMIN, needs=[not_appealed_yet], takes=ReasonInput, title=N_("Appeal"), primary=True
)
def appeal(restriction: Restriction, actor: Actor, *, reason: str) -> None:
    """The organisation objects, once; the restriction stays in force until the operator has decided."""
    del actor
    say(reason)
    restriction.appealed_at = now()


@RESTRICTION.action(
    "appealed -> in_force", by=REVIEWER, needs=[apart, by_another], takes=ReasonInput, title=N_("Dismiss the appeal")
)
def uphold(restriction: Restriction, actor: Actor, *, reason: str) -> None:
    """Somebody else of the operator finds that the restriction is right: it stays until its end."""
    del restriction, actor
    say(reason)


@RESTRICTION.action(
    "appealed -> lifted", by=REVIEWER, needs=[apart, by_another], takes=ReasonInput, title=N_("Allow the appeal"),
    primary=True,
)  # fmt: skip
def allow(restriction: Restriction, actor: Actor, *, reason: str) -> None:
    """Somebody else of the operator finds that the restriction was wrong: it ends at once."""
    del actor
    say(reason)
    _follow(restriction, "lifted")


@RESTRICTION.action("in_force|appealed -> =", by=REVIEWER, needs=[apart], takes=EndInput, title=N_("Change the end"))
def set_end(restriction: Restriction, actor: Actor, *, reason: str, ends_at: datetime | None = None) -> None:
    """The operator shortens or extends it."""
    del actor
    future(ends_at, "ends_at")
    say(reason)
    restriction.ends_at = ends_at
    note(changed=["ends_at"])


@RESTRICTION.action("in_force -> lifted", by=REVIEWER, needs=[apart], takes=ReasonInput, title=N_("Lift"))
def lift(restriction: Restriction, actor: Actor, *, reason: str) -> None:
    """The operator ends it before its date."""
    del actor
    say(reason)
    _follow(restriction, "lifted")


@RESTRICTION.action("in_force|appealed -> ended", by=SYSTEM, after="ends_at", title=N_("End by date"))
def end(restriction: Restriction, actor: Actor) -> None:
    """Its time is over: the organisation returns to what it was before, with whatever else stands against it."""
    del actor
    _follow(restriction, "ended")


def _follow(restriction: Restriction, state: str) -> None:
    RESTRICTION.enter(restriction, state)
    refresh(db.session.get_one(Organisation, restriction.org_id))
