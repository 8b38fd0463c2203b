"""Requirement: announced by the operator, in force from a day, retired; those it is asked of are reckoned anew."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, refresh
from app.accounts.models import Organisation, Requirement
from app.kernel.actors import SYSTEM, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import note
from app.standing.schemas import RequirementInput, RequirementOut, RequirementWordsInput

KEEPERS = platform("reviewer|system_admin", "operator")

REQUIREMENT_TAKEN = refusal("requirement_code_taken", CONFLICT, N_("Another requirement has the code %(code)s."))

REQUIREMENT = Lifecycle(
    "requirement",
    Requirement,
    [
        State("announced", N_("announced"), "draft", N_("It can be met already, and counts from its day on.")),
        State("active", N_("in force"), "good",
              N_("Whoever does not meet a mandatory one is not admitted and offers nothing new.")),
        State("retired", N_("retired"), "draft", N_("It is not asked any more; what was handed in stays on record."),
              final=True),
    ],
    title=N_("Requirement"),
    collection="requirements",
    main_path="announced active",
    shape=RequirementOut,
)  # fmt: skip


@ORGANISATION.action(
    "admitted -> =", by=who("reviewer|system_admin", "self") | SYSTEM, takes=RequirementInput, makes=REQUIREMENT,
    title=N_("Ask for something"),
)  # fmt: skip
def define_requirement(
    operator: Organisation, actor: Actor, *, code: str, title_zh: str, kind: str, form: str, title_en: str = "",
    guidance_zh: str = "", guidance_en: str = "", category: str = "", expires: bool = False, mandatory: bool = False,
    starts_at: datetime | None = None,
) -> Requirement:  # fmt: skip
    """The operator says what is asked of a kind of organisation, or of those who offer in a category, and from when."""
    del operator, actor
    if db.session.scalar(sa.select(Requirement.id).where(Requirement.code == code)) is not None:
        raise REQUIREMENT_TAKEN(code=code, fields={"code": [REQUIREMENT_TAKEN(code=code)]})
    made = fresh(
        Requirement, code=code, title_zh=title_zh, title_en=title_en, guidance_zh=guidance_zh, guidance_en=guidance_en,
        kind=kind, category=category, form=form, expires=expires, mandatory=mandatory, starts_at=starts_at or now(),
    )  # fmt: skip
    REQUIREMENT.enter(made, "announced" if made.starts_at > now() else "active")
    db.session.add(made)
    _reckon(made)
    return made


@REQUIREMENT.action("announced|active -> =", by=KEEPERS, takes=RequirementWordsInput, title=N_("Edit"))
def edit(
    requirement: Requirement, actor: Actor, *, title_zh: str, title_en: str = "", guidance_zh: str = "",
    guidance_en: str = "", mandatory: bool = False,
) -> None:  # fmt: skip
    """Its words change, or whether it is mandatory; what it is asked of stays: for that another one is defined."""
    del actor
    before = requirement.mandatory
    requirement.title_zh, requirement.title_en = title_zh, title_en
    requirement.guidance_zh, requirement.guidance_en = guidance_zh, guidance_en
    requirement.mandatory = mandatory
    note(mandatory=mandatory)
    if mandatory != before:
        _reckon(requirement)


@REQUIREMENT.action("announced -> active", by=SYSTEM, after="starts_at", title=N_("Put in force"))
def begin(requirement: Requirement, actor: Actor) -> None:
    """Its day has come: whoever does not meet it offers nothing new in what it is about."""
    del actor
    REQUIREMENT.enter(requirement, "active")
    _reckon(requirement)


@REQUIREMENT.action("announced|active -> retired", by=KEEPERS, takes=ReasonInput, title=N_("Retire"), dangerous=True)
def retire(requirement: Requirement, actor: Actor, *, reason: str) -> None:
    """It is not asked any more: whoever was stopped for want of it may offer again."""
    del actor
    say(reason)
    REQUIREMENT.enter(requirement, "retired")
    _reckon(requirement)


def _reckon(requirement: Requirement) -> None:
    """Everybody whom it is asked of, in the order of their ids, so that two of these do not wait for each other."""
    db.session.flush()
    asked = {"lab": Organisation.is_lab, "supplier": Organisation.is_supplier, "service": Organisation.is_service}
    for one in db.session.scalars(
        sa.select(Organisation)
        .where(asked[requirement.kind], Organisation.state.in_(("admitted", "suspended")))
        .order_by(Organisation.id)
    ):
        refresh(one)
