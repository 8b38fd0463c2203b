"""A lost second factor is taken away by two: the organisation's admin asks, the operator's security admin does it."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from app.accounts import people, second_factors
from app.accounts.access_schemas import FactorResetOut
from app.accounts.actions.organisations import ADMIN
from app.accounts.lifecycles import MEMBERSHIP
from app.accounts.models import FactorReset, Membership, Person
from app.kernel.actors import SYSTEM, Actor, platform
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now

SECURITY = platform("security_admin", "operator")
ANSWERED_WITHIN = timedelta(days=3)
"""A request that nobody answers ends: whoever has found the telephone again wants no surprise later."""

FACTOR_OF_ANOTHER = refusal(
    "factor_of_another", CONFLICT, N_("Somebody else asks for this: nobody does it for themselves.")
)
NO_FACTOR = refusal("no_factor", CONFLICT, N_("This person has no second factor that could be lost."))
TWO_PEOPLE = refusal("two_people", CONFLICT, N_("Whoever asked, and whose it is, does not do it: a third person does."))

FACTOR_RESET = Lifecycle(
    "factor_reset",
    FactorReset,
    [
        State("asked", N_("asked for"), "waiting",
              N_("The operator's security administrator makes sure who asks, and does it."), SECURITY, due="lapses_at"),
        State("done", N_("taken away"), "good", final=True),
        State("declined", N_("declined"), "stop", final=True),
        State("lapsed", N_("lapsed"), "draft", final=True),
    ],
    title=N_("Lost second factor"),
    collection="factor-resets",
    main_path="asked done",
    shape=FactorResetOut,
)  # fmt: skip


def _for_another(membership: Membership, actor: Actor) -> None:
    if membership.person_id == actor.person_id:
        raise FACTOR_OF_ANOTHER()


def _has_one(membership: Membership, actor: Actor) -> None:
    del actor
    if membership.person_id is None or not second_factors.has_any(membership.person_id):
        raise NO_FACTOR()


def _third(reset: FactorReset, actor: Actor) -> None:
    if actor.person_id in (reset.asked_by, reset.person_id):
        raise TWO_PEOPLE()


@MEMBERSHIP.action(
    "active -> =", by=ADMIN, needs=[_for_another, _has_one], makes=FACTOR_RESET, title=N_("Second factor is lost")
)
def ask_factor_reset(membership: Membership, actor: Actor) -> FactorReset:
    """The organisation's admin, who knows the person, asks that their lost second factor be taken away."""
    return fresh(
        FactorReset, org_id=membership.org_id, membership_id=membership.id, person_id=membership.person_id,
        asked_by=actor.person_id, lapses_at=now() + ANSWERED_WITHIN,
    )  # fmt: skip


@FACTOR_RESET.action("asked -> done", by=SECURITY, needs=[_third], title=N_("Take it away"), dangerous=True)
def take_away(reset: FactorReset, actor: Actor) -> None:
    """The security administrator has made sure who asks: app, passkeys and codes go, and the person is told by mail."""
    reset.decided_by = actor.person_id
    second_factors.remove_all(reset.person_id)
    people.close_sessions(reset.person_id)
    to = db.session.get_one(Person, reset.person_id).email
    link = f"{current_app.config['BASE_URL']}/account/security"
    owe(db.session(), "mail", {"to": to, "template": "factor_reset", "link": link})


@FACTOR_RESET.action("asked -> declined", by=SECURITY, needs=[_third], takes=ReasonInput, title=N_("Decline"))
def decline(reset: FactorReset, actor: Actor, *, reason: str) -> None:
    """The security administrator does not believe it, or the telephone was found; the second factor stays."""
    reset.decided_by = actor.person_id
    say(reason)


@FACTOR_RESET.action("asked -> lapsed", by=SYSTEM, after="lapses_at", title=N_("Lapse"))
def lapse(reset: FactorReset, actor: Actor) -> None:
    """Nobody has answered in time; the second factor stays."""
    del reset, actor
