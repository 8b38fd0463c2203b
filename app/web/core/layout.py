"""What base.html needs on every page: who reads, for which organisation, what waits, and the role's navigation."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from flask import Flask, current_app, g, request
from flask_login import current_user

from app import i18n
from app.accounts import acting, consents, people
from app.accounts.consents import EDITIONS
from app.http import actor, collections
from app.kernel import worklist
from app.kernel.actors import Actor
from app.kernel.values import N_
from app.notices import inbox
from app.web.core.directory import url_of
from app.web.core.protection import csrf_field

DEMO_FILE: Final = "demo-accounts.json"
"""Stands in the folder of an installation that was filled with the demonstration park."""


class Place(NamedTuple):
    """One entry of the navigation: a title and where it leads, the first of `paths` that exists; perhaps for some."""

    title: str
    paths: tuple[str, ...]
    roles: frozenset[str] = frozenset()


ADMINISTRATORS: Final = frozenset({"system_admin", "security_admin", "audit_admin"})
WATCHERS: Final = frozenset({"security_admin", "audit_admin"})
WORK: Final = Place(N_("To do"), ("/work",))
PEOPLE: Final = Place(N_("People and units"), ("/people",), frozenset({"org_admin"}))
NAVIGATION: Final[dict[str, tuple[Place, ...]]] = {
    "lab": (
        Place(N_("Catalogue"), ("/catalogue",)),
        Place(N_("Requisitions"), ("/requisitions",)),
        Place(N_("Requests for quotation"), ("/rfqs",)),
        Place(N_("Orders"), ("/orders",)),
        Place(N_("Bookings and services"), ("/bookings", "/work-orders")),
        Place(N_("Shared instruments"), ("/shared-instruments",)),
        Place(N_("Payments and invoices"), ("/payments", "/invoices")),
        Place(N_("Reports"), ("/reports",)),
        Place(N_("Qualifications"), ("/qualifications",), frozenset({"org_admin"})),
    ),
    "supplier": (
        Place(N_("Goods"), ("/listings", "/imports")),
        Place(N_("Requests and quotes"), ("/rfqs", "/quotes")),
        Place(N_("Orders and deliveries"), ("/orders",)),
        Place(N_("After sales"), ("/claims",)),
        Place(N_("Settlement"), ("/statements", "/payouts")),
        Place(N_("Qualifications"), ("/qualifications",)),
    ),
    "service": (
        Place(N_("Services"), ("/listings", "/imports")),
        Place(N_("Calendar"), ("/bookings",)),
        Place(N_("Work orders"), ("/work-orders",)),
        Place(N_("Work reports"), ("/work-reports",)),
        Place(N_("Settlement"), ("/statements", "/payouts")),
        Place(N_("Qualifications"), ("/qualifications",)),
    ),
    "operator": (
        Place(N_("Admission"), ("/queues/admission", "/organisations")),
        Place(N_("Listing review"), ("/queues/listings", "/listings")),
        Place(N_("Categories"), ("/categories",)),
        Place(N_("Transaction approval"), ("/queues/transactions", "/orders")),
        Place(N_("Centralised purchasing"), ("/pools",)),
        Place(N_("Settlement"), ("/payouts", "/statements")),
        Place(N_("Disputes"), ("/queues/disputes", "/claims")),
        Place(N_("Offline entry"), ("/offline",)),
        Place(N_("Indicators"), ("/indicators",)),
        Place(N_("Funds"), ("/money",), frozenset({"settlement"})),
        Place(N_("Audit"), ("/audit",), ADMINISTRATORS),
        Place(N_("Security"), ("/security",), WATCHERS),
    ),
    "owner": (
        Place(N_("Indicators"), ("/indicators",)),
        Place(N_("Funds"), ("/money", "/payments")),
        Place(N_("Rules and rates"), ("/transaction-rules", "/commission-rates")),
        Place(N_("Large exceptions"), ("/queues/exceptions", "/orders")),
        Place(N_("Audit"), ("/audit",), frozenset({"owner"})),
    ),
    "auditor": (
        Place(N_("Indicators"), ("/indicators",)),
        Place(N_("Funds"), ("/money", "/payments")),
        Place(N_("Rules and rates"), ("/transaction-rules", "/commission-rates")),
        Place(N_("Organisations"), ("/organisations",)),
        Place(N_("Audit"), ("/audit",), frozenset({"auditor"})),
        Place(N_("Security"), ("/security",), frozenset({"auditor"})),
    ),
}
"""ui.md, section 2. An entry shows once its page exists; a kind's own titles win where an organisation is several."""

ICP_REGISTER: Final = "https://beian.miit.gov.cn/"
"""Where a site's filing number has to lead (the ministry's register)."""

_ORDER: Final = ("operator", "owner", "auditor", "lab", "supplier", "service")


def init_app(app: Flask) -> None:
    """Attach the context of base.html and the functions that macros call."""
    app.jinja_env.globals.update(csrf_field=csrf_field, url_of=url_of)
    app.context_processor(context)


def context() -> dict[str, Any]:
    """The variables of base.html."""
    lang = i18n.language()
    found: dict[str, Any] = {
        "lang": lang,
        "other_lang": "zh" if lang == "en" else "en",
        "signed_in": False,
        "asset_version": asset_version(str(current_app.static_folder)),
        "request_path": request.path,
        "icp": current_app.config["ICP_RECORD"],
        "icp_register": ICP_REGISTER,
        "police_record": current_app.config["POLICE_RECORD"],
        "demo": (Path(current_app.instance_path) / DEMO_FILE).is_file(),
    }
    # A failure of the database must not meet the database again on the page that reports it.
    return found if g.get("bare_page") else found | _reader(lang)


def _reader(lang: str) -> dict[str, Any]:
    if not current_user.is_authenticated:
        return {}
    asking = actor()
    held = people.memberships_of(current_user.person_id)
    of_operator = any(one.organisation.platform == "operator" for one in held)  # nobody else asks to be let in
    guest = acting.emergencies(current_user.person_id) if of_operator else []
    open_to_them = [one.organisation for one in held if people.may_act(one.organisation)]
    open_to_them += [organisation for _access, organisation in guest]
    own = next((one for one in open_to_them if one.id == asking.org_id), None)
    return {
        "signed_in": True,
        "actor_name": current_user.name,
        "org_name": own.name(lang) if own is not None else None,
        "orgs": [{"id": one.id, "name": one.name(lang), "current": one.id == asking.org_id} for one in open_to_them],
        "emergency_until": next(
            (i18n.when(access.ends_at) for access, there in guest if there.id == asking.org_id), None
        ),
        "consents_asked": bool(consents.unanswered(current_user.person_id, EDITIONS)),
        "todo_count": worklist.count(asking),
        "message_count": inbox.unread(asking),
        "nav": navigation(asking),
    }


def navigation(asking: Actor) -> list[dict[str, Any]]:
    """The links of the reader's organisation, without those whose page does not exist."""
    places = [WORK, *(place for kind in _ORDER if kind in asking.kinds for place in NAVIGATION[kind])]
    places += [PEOPLE] if asking.org_id is not None else []
    links: dict[str, str] = {}
    for place in places:
        path = next((path for path in place.paths if _exists(path)), None)
        if path is not None and (not place.roles or place.roles & asking.roles):
            links.setdefault(path, place.title)
    here = _current(request.path, links)
    return [{"label": i18n.say(title), "href": path, "current": path == here} for path, title in links.items()]


def _current(path: str, links: dict[str, str]) -> str | None:
    within = [link for link in links if path == link or path.startswith(f"{link}/")]
    return max(within, key=len, default=None)


def _exists(path: str) -> bool:
    return path in _static_rules() or path.removeprefix("/") in collections()


def _static_rules() -> frozenset[str]:
    """The paths without variables that answer GET."""
    known: frozenset[str] | None = current_app.extensions.get("labpark_paths")
    if known is None:
        rules = current_app.url_map.iter_rules()
        known = frozenset(rule.rule for rule in rules if not rule.arguments and "GET" in (rule.methods or ()))
        current_app.extensions["labpark_paths"] = known
    return known


@cache
def asset_version(folder: str) -> str:
    """Changes when the style sheet or the script does, so that browsers fetch them anew."""
    digest = hashlib.sha256()
    for name in ("app.css", "app.js", "passkeys.js"):
        path = Path(folder) / name
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:8]
