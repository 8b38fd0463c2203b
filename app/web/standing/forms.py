"""What may be chosen in the forms of standing, and what lists say of its records."""

from __future__ import annotations

from collections.abc import Mapping

from app import i18n
from app.accounts.admission_schemas import SCOPE_TITLES
from app.accounts.models import BankAccount, Organisation, Qualification, Requirement, Restriction
from app.accounts.standing import asked_of
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import lifecycle_of
from app.standing.actions.handovers import heirs
from app.standing.models import Contest, Handover
from app.standing.schemas import CRITERION_TITLES
from app.web.catalogue.forms import category_options
from app.web.core import forms
from app.web.core.actions import register_options
from app.web.core.directory import Brief, brief_of, register_brief, register_label

SUCCESSORS_SHOWN = 500


def _looked_at(record: Record, _asking: Actor) -> Mapping[str, forms.Options]:
    assert isinstance(record, Organisation)
    looked_at = [one for one in asked_of(record) if one.form == "review"]
    return {"requirement": [(one.id, one.label(i18n.language())) for one in looked_at]}


def _heirs(record: Record, asking: Actor) -> Mapping[str, forms.Options]:
    assert isinstance(record, Organisation)
    rows = db.session.scalars(heirs(record, asking).order_by(Organisation.name_zh).limit(SUCCESSORS_SHOWN))
    return {"successor": [(one.id, one.name(i18n.language())) for one in rows]}


def _places(_record: Record, _asking: Actor) -> Mapping[str, forms.Options]:
    return {"category": [("", "—"), *category_options()]}


register_options("organisation", "assess", _looked_at)
register_options("organisation", "plan_handover", _heirs)
register_options("organisation", "define_requirement", _places)


def _requirement(one: Requirement) -> Brief:
    return Brief(one.label(i18n.language()))


def _qualification(one: Qualification) -> Brief:
    return Brief(one.document_no)


def _bank_account(one: BankAccount) -> Brief:
    return Brief(f"{one.bank_name} …{one.ending}")


def _restriction(one: Restriction) -> Brief:
    return Brief(i18n.say(SCOPE_TITLES[one.scope]))


def _handover(one: Handover) -> Brief:
    return Brief(one.plan)


def _contest(one: Contest) -> Brief:
    return Brief(i18n.say(CRITERION_TITLES[one.criterion]))


def _kind_and_brief(one: Record) -> str:
    """A restriction is called by what it stops, a contest by what it is about."""
    separator = "：" if i18n.language() == "zh" else ": "
    return f"{i18n.say(lifecycle_of(one).title)}{separator}{brief_of(one).title}"


register_label("restriction", _kind_and_brief)
register_label("contest", _kind_and_brief)
register_label("bank_account", lambda one: _bank_account(one).title)
register_brief("requirement", _requirement)
register_brief("qualification", _qualification)
register_brief("bank_account", _bank_account)
register_brief("restriction", _restriction)
register_brief("handover", _handover)
register_brief("contest", _contest)
