"""The task list of an organisation that has applied (ui.md, screen 3): what is left, the next one as the button."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import BankAccount, Membership, Organisation
from app.catalogue.models import Listing
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import NOT_YOURS
from app.kernel.events import history
from app.kernel.lifecycle import offers
from app.web.core.directory import read, url_of
from app.web.core.record import badge, offer_dict
from app.web.standing.blueprint import pages
from app.web.standing.shown import answers, described, hand_in_path, note_of, state_of

TOLD = ("organisation.return", "organisation.reject")

Task = dict[str, Any]


@pages.get("/organisations/<id:record_id>/onboarding")
def onboarding(record_id: str) -> str:
    """Profile, documents, bank account, people, first listing: each with where it stands."""
    asking = signed_in()
    found: Organisation = read(Organisation, record_id, asking)
    if asking.org_id != found.id and not asking.is_staff:
        raise NOT_YOURS(who=[(_("the organisation"), "")])
    tasks = [_profile(found, asking), *_papers(found, asking), *_rest(found, asking)]
    return render_template(
        "standing/onboarding.html",
        name=found.name(i18n.language()),
        badges=[badge(ORGANISATION, found.state)],
        next_words=i18n.say(ORGANISATION.states[found.state].next),
        tasks=tasks,
        done=sum(task["done"] for task in tasks),
        following=next((task for task in tasks if not task["done"] and task["href"] and task["must"]), None),
        said=_said(found),
        offers=[offer_dict(one, found) for one in offers(found, asking) if one.action.name in ("resubmit", "admit")],
        crumbs=[(_("To do"), "/work"), (found.name(i18n.language()), url_of(found)), (_("Getting started"), None)],
    )


def _begin(found: Organisation, asking: Actor, name: str) -> str | None:
    """The form of an action of the organisation, for those of its people who may."""
    may = asking.org_id == found.id and ORGANISATION.actions[name].by.admits(asking, found)
    return url_of(found, name) if may else None


def _profile(found: Organisation, asking: Actor) -> Task:
    return _task(
        _("Profile: name and address"), bool(found.address), found.address or _("The address is missing."),
        href=_begin(found, asking, "edit_profile"), must=True,
    )  # fmt: skip


def _papers(found: Organisation, asking: Actor) -> list[Task]:
    tasks = []
    for one in answers(found):
        current = one.open or one.counts
        may = _begin(found, asking, "hand_in") and one.requirement.form != "review"
        href = url_of(current[0]) if current else hand_in_path(one.requirement) if may else None
        # What lies with the operator is done for the applicant; what was returned is not.
        done = one.met or any(given.state == "submitted" for given in one.open)
        task = _task(
            one.requirement.label(i18n.language()), done, described(one.requirement, note_of(one)), href=href,
            must=one.requirement.mandatory and not one.requirement.category,
        )  # fmt: skip
        tasks.append(task | {"badge": state_of(one)})
    return tasks


def _rest(found: Organisation, asking: Actor) -> list[Task]:
    people = _count(Membership, Membership.org_id == found.id, Membership.state == "active")
    sells = bool(found.kinds & {"supplier", "service"})
    tasks = [_account(found, asking)] if sells else []
    tasks.append(
        _task(_("People"), people > 1, _("%(number)s active", number=people), href=_begin(found, asking, "invite"))
    )
    return [*tasks, _first_listing(found, asking)] if sells else tasks


def _account(found: Organisation, asking: Actor) -> Task:
    named = _count(BankAccount, BankAccount.org_id == found.id, BankAccount.state.in_(("proposed", "confirmed")))
    may = _begin(found, asking, "name_account")
    return _task(
        _("Bank account"), bool(named), _("Payouts go there once settlement has confirmed it."),
        href="/bank-accounts" if may and named else may,
    )  # fmt: skip


def _first_listing(found: Organisation, asking: Actor) -> Task:
    listed, admitted = _count(Listing, Listing.supplier_id == found.id), found.state == "admitted"
    may = admitted and _begin(found, asking, "draft_listing")
    return _task(
        _("First listing"), bool(listed),
        _("%(number)s so far", number=listed) if admitted else _("Possible once you are admitted."),
        href="/listings/new" if may else None,
    )  # fmt: skip


def _task(label: str, done: bool, note: str, *, href: str | None, must: bool = False) -> Task:
    mark = (_("done"), "good") if done else (_("to do"), "waiting") if must else (_("can wait"), "draft")
    return {"label": label, "href": href, "note": note, "badge": mark, "done": done, "must": must}


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def _said(found: Organisation) -> str | None:
    """Why the application was returned or rejected, in the operator's words."""
    if found.state not in ("correcting", "rejected"):
        return None
    heard = history(db.session(), [found.id])
    return next((words for event, words in heard if event.name in TOLD and words), None)


def incomplete(asking: Actor) -> bool:
    """Whether the reader's organisation is still on its way in."""
    own = db.session.get(Organisation, asking.org_id) if asking.org_id else None
    return own is not None and own.state in ("applied", "correcting") and "org_admin" in asking.roles
