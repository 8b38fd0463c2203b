"""The page of an organisation's inside: who belongs to it, as what, and where its units are. Read by its own people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from flask import render_template
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import i18n
from app.accounts.actions.sign_ons import SIGN_ON
from app.accounts.models import (
    ApiKey,
    CostCentre,
    Delegation,
    DeliveryAddress,
    EmergencyAccess,
    Membership,
    Organisation,
    ServiceAccount,
    SignOn,
    UnitRole,
)
from app.accounts.tree import BETWEEN, open_units
from app.accounts.unit_schemas import CHARGE_TITLES
from app.http import own_organisation, signed_in
from app.kernel.actors import ROLE_TITLES, Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import LIFECYCLES, Action, lifecycle_of, visible
from app.kernel.values import N_
from app.web.core.directory import names, register_home, url_of
from app.web.core.pages import begins
from app.web.core.record import badge
from app.web.organisation.blueprint import pages

ROWS_MOST: Final = 500
"""Of one section; a lab of the park has 60 people and 40 units."""

Row = list[Any]


@pages.get("/people")
def people() -> str:
    """Who belongs to the own organisation, and how it is divided."""
    asking = signed_in()
    own = own_organisation(asking)
    units = open_units(own.id, asking)
    paths = {unit.id: path for unit, path in units}
    return render_template(
        "organisation/people.html",
        name=own.name(i18n.language()),
        people=_people(own, asking, paths),
        machines=_machines(own, asking),
        sign_ons=_sign_ons(own, asking),
        home=url_of(own),
        delegations=_delegations(own, asking),
        emergencies=_emergencies(own, asking),
        units=[_unit(unit, path) for unit, path in units],
        places=_places(own, asking, paths),
        charges=_charges(own, asking, paths),
        is_lab=own.is_lab,
        new=_births(own, asking),
    )


def _births(own: Organisation, asking: Actor) -> dict[str, tuple[str, str]]:
    """What the reader may begin here: name of the action -> (title, address of its form)."""
    verbs: Mapping[str, Action[Any, Any, Any]] = LIFECYCLES["organisation"].actions
    return {
        name: (i18n.say(verbs[name].title), f"/organisations/{own.id}/{name}?next=/people")
        for name in ("invite", "make_unit", "make_address", "make_cost_centre", "make_service_account",
                     "set_up_sign_on", "ask_emergency_access")
        if begins(verbs[name], own, asking)
    }  # fmt: skip


def _of(model: type[Record], own: Organisation, asking: Actor, *states: str) -> sa.Select[Any]:
    of_own: Any = getattr(model, "org_id")  # noqa: B009 - every model asked for here has it
    found: sa.Select[Any] = visible(model, asking).where(of_own == own.id, model.state.in_(states)).limit(ROWS_MOST)
    return found


def _list(words: Iterable[str]) -> str:
    return ("、" if i18n.language() == "zh" else ", ").join(words)


def _roles(roles: Iterable[str]) -> str:
    return _list(i18n.say(ROLE_TITLES[role]) for role in roles)


def _people(own: Organisation, asking: Actor, paths: Mapping[str, str]) -> list[Row]:
    held = db.session.scalars(
        _of(Membership, own, asking, "invited", "active").options(joinedload(Membership.person))
        .order_by(Membership.state, Membership.id)
    ).all()  # fmt: skip
    for_units: dict[str, list[str]] = {}
    for one in db.session.scalars(sa.select(UnitRole).where(UnitRole.org_id == own.id).order_by(UnitRole.unit_id)):
        said = _("%(role)s for %(unit)s", role=i18n.say(ROLE_TITLES[one.role]), unit=paths.get(one.unit_id, ""))
        for_units.setdefault(one.membership_id, []).append(said)
    return [
        [
            {"text": one.person.name if one.person else one.email, "href": url_of(one),
             "note": one.email if one.person else None},
            {"badge": badge(lifecycle_of(one), one.state)},
            _list([_roles(one.roles), *for_units.get(one.id, ())]),
        ]
        for one in held
    ]  # fmt: skip


def _machines(own: Organisation, asking: Actor) -> list[Row]:
    found = db.session.scalars(_of(ServiceAccount, own, asking, "active").order_by(ServiceAccount.title)).all()
    keys = _keys_of([one.id for one in found])
    named = names(one.responsible.person_id for one in found)
    return [
        [
            {"text": one.title, "href": url_of(one)},
            _roles(one.roles),
            named.get(str(one.responsible.person_id)),
            keys.get(one.id, 0),
        ]
        for one in found
    ]


def _sign_ons(own: Organisation, asking: Actor) -> list[Row]:
    found = db.session.scalars(_of(SignOn, own, asking, *(state for state in SIGN_ON.states if state != "retired")))
    comma = "、" if i18n.language() == "zh" else ", "
    return [
        [{"text": one.title, "href": url_of(one)}, {"badge": badge(SIGN_ON, one.state)}, comma.join(one.domains)]
        for one in found
    ]


def _keys_of(account_ids: list[str]) -> dict[str, int]:
    statement = (
        sa.select(ApiKey.account_id, sa.func.count())
        .where(ApiKey.account_id.in_(account_ids), ApiKey.state == "active")
        .group_by(ApiKey.account_id)
    )
    return {str(account): number for account, number in db.session.execute(statement)}


def _delegations(own: Organisation, asking: Actor) -> list[Row]:
    found = db.session.scalars(_of(Delegation, own, asking, "planned", "active").order_by(Delegation.starts_at)).all()
    return delegation_rows(found)


def delegation_rows(found: Iterable[Delegation]) -> list[Row]:
    """Rows of lent signatures: from whom to whom, which one, when and up to what."""
    several = list(found)
    named = names(one for delegation in several for one in (delegation.person_id, delegation.deputy_id))
    return [
        [
            {"text": _("%(lender)s to %(deputy)s", lender=named.get(one.person_id), deputy=named.get(one.deputy_id)),
             "href": url_of(one)},
            {"badge": badge(lifecycle_of(one), one.state)},
            i18n.say(ROLE_TITLES[one.role]),
            _("%(since)s to %(until)s", since=i18n.when(one.starts_at), until=i18n.when(one.ends_at)),
            i18n.money(one.ceiling),
        ]
        for one in several
    ]  # fmt: skip


def _emergencies(own: Organisation, asking: Actor) -> list[Row]:
    found = db.session.scalars(
        visible(EmergencyAccess, asking)
        .where(sa.or_(EmergencyAccess.subject_id == own.id, EmergencyAccess.operator_id == own.id))
        .order_by(EmergencyAccess.id.desc())
        .limit(ROWS_MOST)
    ).all()
    named = names(one for access in found for one in (access.person_id, access.subject_id, access.allowed_by))
    return [
        [
            {"text": named.get(one.subject_id), "href": url_of(one)},
            {"badge": badge(lifecycle_of(one), one.state)},
            named.get(one.person_id),
            named.get(one.allowed_by or ""),
            _("%(since)s to %(until)s", since=i18n.when(one.starts_at), until=i18n.when(one.ends_at))
            if one.starts_at else None,
        ]
        for one in found
    ]  # fmt: skip


def _unit(unit: Record, path: str) -> dict[str, Any]:
    around, between, title = path.rpartition(BETWEEN)
    return {"title": title, "around": around, "depth": path.count(BETWEEN), "href": url_of(unit), "between": between}


def _places(own: Organisation, asking: Actor, paths: Mapping[str, str]) -> list[Row]:
    found = db.session.scalars(_of(DeliveryAddress, own, asking, "active").order_by(DeliveryAddress.title))
    return [[{"text": one.title, "href": url_of(one)}, one.place, paths.get(one.unit_id or "")] for one in found]


def _charges(own: Organisation, asking: Actor, paths: Mapping[str, str]) -> list[Row]:
    found = db.session.scalars(_of(CostCentre, own, asking, "active").order_by(CostCentre.code))
    return [
        [
            {"text": one.code, "href": url_of(one), "note": one.title},
            i18n.say(CHARGE_TITLES[one.kind]),
            paths.get(one.unit_id or ""),
        ]
        for one in found
    ]


for _name in ("membership", "unit", "delivery_address", "cost_centre", "service_account", "sign_on", "delegation"):
    register_home(_name, N_("People and units"), "/people")
