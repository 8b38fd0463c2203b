"""How requirements and what was handed in for them look, wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.qualifications import QUALIFICATION
from app.accounts.models import OPEN_STATES, Organisation, Qualification, Requirement
from app.accounts.standing import asked_of
from app.catalogue.taxonomy.tree import tree
from app.kernel.db import db
from app.kernel.values import now
from app.standing.schemas import FORM_TITLES
from app.web.core.record import badge

SOON: Final = timedelta(days=60)
"""A paper that ends within this time is shown as one to be renewed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One requirement and what an organisation has to show for it: what counts, what is open, what failed last."""

    requirement: Requirement
    counts: list[Qualification]
    open: list[Qualification]
    last: Qualification | None

    @property
    def met(self) -> bool:
        """Whether something approved stands for it."""
        return bool(self.counts)


def answers(organisation: Organisation) -> list[Answer]:
    """Everything that is asked of an organisation, with its answers, in two queries."""
    asked = asked_of(organisation)
    mine = sa.select(Qualification).where(Qualification.org_id == organisation.id).order_by(Qualification.id.desc())
    by_requirement: dict[str, list[Qualification]] = {}
    for one in db.session.scalars(mine):
        by_requirement.setdefault(one.requirement_id, []).append(one)
    return [_answer(one, by_requirement.get(one.id, [])) for one in asked]


def _answer(requirement: Requirement, given: list[Qualification]) -> Answer:
    return Answer(
        requirement,
        [one for one in given if one.state == "approved"],
        [one for one in given if one.state in OPEN_STATES],
        next((one for one in given if one.state in ("rejected", "expired", "revoked")), None),
    )


def what(requirement: Requirement) -> str:
    """How it is met, whether it must be, and for which category, in one sentence."""
    parts = [
        _("mandatory") if requirement.mandatory else _("optional"),
        i18n.say(FORM_TITLES[requirement.form]),
        *([_("with a validity")] if requirement.expires else []),
        *([category(requirement)] if requirement.category else []),
    ]
    text = ("，" if i18n.language() == "zh" else ", ").join(parts)
    return text[:1].upper() + text[1:]


def described(requirement: Requirement, note: str) -> str:
    """What it is, and a remark behind it, as two sentences."""
    stop = "。" if i18n.language() == "zh" else ". "
    return f"{what(requirement)}{stop}{note}" if note else what(requirement)


def category(requirement: Requirement) -> str:
    """The category it is about, from the top down."""
    return " / ".join(tree().name(code, i18n.language()) for code in tree().path(requirement.category))


def state_of(answer: Answer) -> tuple[str, str]:
    """(text, tone) of where it stands: what waits first, then what counts, then what is missing."""
    if answer.open:
        return badge(QUALIFICATION, answer.open[0].state)
    if answer.counts:
        ends = _first_end(answer.counts)
        if ends is not None and ends - now() < SOON:
            return _("expires %(left)s", left=i18n.left(ends)), "waiting"
        return badge(QUALIFICATION, "approved")
    if answer.last is not None:
        return badge(QUALIFICATION, answer.last.state)
    if answer.requirement.mandatory:
        # Nobody lacks what is only asked of those who offer in a category, unless they want to.
        return (_("needed to offer here"), "draft") if answer.requirement.category else (_("missing"), "stop")
    return _("not handed in"), "draft"


def note_of(answer: Answer) -> str:
    """What counts until when, or what to hand in."""
    if answer.counts and answer.requirement.expires:
        days = [one.valid_until for one in answer.counts if one.valid_until]
        if days:
            return str(_("Valid until %(day)s", day=i18n.day(min(days))))
    return answer.requirement.guidance(i18n.language())


def _first_end(counts: Iterable[Qualification]) -> Any:
    return min((one.expires_at for one in counts if one.expires_at), default=None)


def hand_in_path(requirement: Requirement) -> str:
    """The form to answer a requirement."""
    return f"/qualifications/new?requirement={requirement.id}"
