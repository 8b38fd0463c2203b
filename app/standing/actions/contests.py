"""Contest: a supplier says that one row of its score is wrong; somebody of the operator decides, and says why."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, REVIEWER
from app.accounts.models import Organisation
from app.kernel.actors import Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_
from app.kernel.work import note
from app.standing import score
from app.standing.models import Contest
from app.standing.schemas import ContestInput, ContestOut

CONTESTERS = who("org_admin|sales|fulfilment", "supplier")

NO_SUCH_ROW = refusal("no_such_row", INVALID, N_("There is no such row in your score."))
CONTESTED_BEFORE = refusal("contested_before", CONFLICT, N_("This row was contested already."))

CONTEST = Lifecycle(
    "contest",
    Contest,
    [
        State("open", N_("open"), "waiting", N_("The operator looks at the row and decides."), REVIEWER),
        State("upheld", N_("upheld"), "good", N_("The row counts no more."), final=True),
        State("dismissed", N_("dismissed"), "draft", N_("The row counts."), final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Contested row"),
    collection="contests",
    main_path="open upheld",
    shape=ContestOut,
)


def _apart(contest: Contest, actor: Actor) -> None:
    if contest.supplier_id in actor.org_ids:
        raise OWN_DEALING()


@ORGANISATION.action(
    "admitted|suspended -> =", by=who("org_admin|sales|fulfilment", "self"), takes=ContestInput, makes=CONTEST,
    title=N_("Contest a row"),
)  # fmt: skip
def contest(organisation: Organisation, actor: Actor, *, criterion: str, row: str, reason: str) -> Contest:
    """The supplier holds one row of its score to be wrong, and says why."""
    del actor
    counted = {point.object_id for point in score.points_of(organisation.id, criterion)}
    if row not in counted:
        raise NO_SUCH_ROW(fields={"row": [NO_SUCH_ROW.words]})
    before = sa.select(Contest.id).where(
        Contest.supplier_id == organisation.id, Contest.criterion == criterion, Contest.object_id == row,
        Contest.state != "withdrawn",
    )  # fmt: skip
    if db.session.scalar(before) is not None:
        raise CONTESTED_BEFORE(fields={"row": [CONTESTED_BEFORE.words]})
    say(reason)
    note(criterion=criterion, row=row)
    return fresh(Contest, supplier_id=organisation.id, criterion=criterion, object_id=row)


@CONTEST.action(
    "open -> upheld", by=REVIEWER, needs=[_apart], takes=ReasonInput, title=N_("Take the row out"), primary=True
)
def uphold(contest: Contest, actor: Actor, *, reason: str) -> None:
    """The operator finds the supplier right: the row counts no more."""
    del contest, actor
    say(reason)


@CONTEST.action("open -> dismissed", by=REVIEWER, needs=[_apart], takes=ReasonInput, title=N_("Let the row stand"))
def dismiss(contest: Contest, actor: Actor, *, reason: str) -> None:
    """The operator finds the row right: it goes on counting."""
    del contest, actor
    say(reason)


@CONTEST.action("open -> withdrawn", by=CONTESTERS, title=N_("Withdraw"), dangerous=True)
def withdraw(contest: Contest, actor: Actor) -> None:
    """The supplier no longer objects to the row."""
    del contest, actor
