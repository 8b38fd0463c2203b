"""Where records live in the HTML face and what they are called: addresses, labels, names, briefs.

Domain pages register here what is theirs: `register_page` for a record page of their own, `register_brief` for the
title and amount of a row. Without either, everything still has an address and a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from werkzeug.routing import BaseConverter

from app import i18n
from app.accounts.models import CostCentre, DeliveryAddress, Organisation, Person, ServiceAccount, Unit
from app.http import actor, collections
from app.kernel.actors import Actor
from app.kernel.audit import ids_named
from app.kernel.db import Record, db
from app.kernel.errors import NOT_THERE, SIGN_IN, Refusal
from app.kernel.lifecycle import LIFECYCLES, Lifecycle, find, lifecycle_of, visible
from app.kernel.values import Money

ID_PATTERN: Final = r"[a-z]{3}_[0-9a-z]{26}"
SHORT_ID_CHARS: Final = 6
NUMBER_MOST_CHARS: Final = 60
NAMED: Final = ("org_", "per_", "unt_", "dla_", "ccr_", "sva_")
"""Prefixes of what `names` knows a name of."""


class IdConverter(BaseConverter):
    """`<id:record_id>` in a route: matches ids only, so that `/orders/new` never means a record called "new"."""

    regex = ID_PATTERN


@dataclass(frozen=True, slots=True)
class Brief:
    """What a list says of a record beside its number: a title and perhaps an amount."""

    title: str
    amount: Money | None = None


_PAGES: Final[dict[str, str]] = {}
_BRIEFS: Final[dict[str, Callable[[Any], Brief]]] = {}
_LABELS: Final[dict[str, Callable[[Any], str]]] = {}
_HOMES: Final[dict[str, tuple[str, str]]] = {}


def register_page(lifecycle_name: str, endpoint: str) -> None:
    """Let `url_of` lead to a page of the domain's own: an endpoint that takes `record_id`."""
    _PAGES[lifecycle_name] = endpoint


def register_brief(lifecycle_name: str, brief: Callable[[Any], Brief]) -> None:
    """Say how rows of the worklist and of lists describe a record; must not read the database."""
    _BRIEFS[lifecycle_name] = brief


def register_label(lifecycle_name: str, label: Callable[[Any], str]) -> None:
    """Say what records without number and title are called; must not read the database."""
    _LABELS[lifecycle_name] = label


def register_home(lifecycle_name: str, title: str, path: str) -> None:
    """Name the page on which an organisation finds its own records of this kind, in place of the bare list."""
    _HOMES[lifecycle_name] = title, path


def home_of(lifecycle: Lifecycle[Any]) -> tuple[str, str]:
    """(title, address) of the page from which a record is reached; staff come from the list of all of them."""
    if lifecycle.name in _HOMES and not actor().is_staff:
        title, path = _HOMES[lifecycle.name]
        return i18n.say(title), path
    return i18n.say(lifecycle.title), f"/{lifecycle.collection}"


def address(lifecycle: Lifecycle[Any], record_id: str) -> str:
    """The page of a record that is known by id."""
    endpoint = _PAGES.get(lifecycle.name)
    if endpoint is not None:
        return url_for(endpoint, record_id=record_id)
    return f"/{lifecycle.collection}/{record_id}"


def url_of(record: Record, action: str | None = None) -> str:
    """The page of a record, or the form page of one of its actions."""
    lifecycle = lifecycle_of(record)
    return f"/{lifecycle.collection}/{record.id}/{action}" if action else address(lifecycle, record.id)


def lifecycle_of_id(record_id: str) -> Lifecycle[Any] | None:
    """The lifecycle that an id belongs to, by its prefix, if its records have pages."""
    prefix = record_id.partition("_")[0]
    return next((one for one in collections().values() if one.model.__prefix__ == prefix), None)


def read(model: type[Record], record_id: str, asking: Actor | None = None) -> Any:
    """The record for its page; a stranger is asked to sign in, whether it exists or not."""
    asking = actor() if asking is None else asking
    try:
        return find(model, record_id, asking)
    except Refusal as refused:
        if refused.code == NOT_THERE.code and asking.person_id is None:
            raise SIGN_IN() from None
        raise


def label_of(record: Record) -> str:
    """How people call a record: its number, else its name or title, else its kind and the end of its id."""
    if isinstance(record, Organisation):
        return record.name(i18n.language())
    named = getattr(record, "label", None)
    if callable(named):
        return str(named(i18n.language()))
    lifecycle = lifecycle_of(record)
    if lifecycle.name in _LABELS:
        return _LABELS[lifecycle.name](record)
    return _label(lambda name: getattr(record, name, None), lifecycle, record.id)


def label_in(body: dict[str, Any], lifecycle: Lifecycle[Any]) -> str:
    """The same from a representation."""
    zh, en = body.get("name_zh"), body.get("name_en")
    own = (zh or en) if i18n.language() == "zh" else (en or zh)
    return str(own) if own else _label(body.get, lifecycle, str(body.get("id", "")))


def _label(get: Callable[[str], Any], lifecycle: Lifecycle[Any], record_id: str) -> str:
    for name in ("number", "title", "email"):
        value = get(name)
        if isinstance(value, str) and value:
            return value
    return f"{i18n.say(lifecycle.title)} {record_id[-SHORT_ID_CHARS:].upper()}"


def brief_of(record: Record) -> Brief:
    """Title and amount of a record for a row."""
    lifecycle = lifecycle_of(record)
    if lifecycle.name in _BRIEFS:
        return _BRIEFS[lifecycle.name](record)
    title = getattr(record, "title", None)
    total = getattr(record, "total", None)
    return Brief(
        title if isinstance(title, str) and title else i18n.say(lifecycle.title),
        total if isinstance(total, Money) else None,
    )


def other_party(record: Record, org_id: str | None) -> str | None:
    """The organisation on the other side of a record."""
    for name in record.__parties__:
        party = record.party(name)
        if party is not None and party not in (org_id, record.id):
            return party
    return None


def names(ids: Iterable[str | None]) -> dict[str, str]:
    """The names of people, organisations and parts of them, by id, in one query; unknown ids are left out."""
    wanted = sorted({one for one in ids if one})
    people, organisations = ([one for one in wanted if one.startswith(prefix)] for prefix in ("per_", "org_"))
    selects: list[sa.Select[str, str, str]] = []
    for model in (Unit, DeliveryAddress, CostCentre, ServiceAccount):
        some = [one for one in wanted if one.startswith(f"{model.__prefix__}_")]
        if some:
            selects.append(
                sa.select(model.id, model.title.label("zh"), model.title.label("en")).where(model.id.in_(some))
            )
    if people:
        own = Person.name
        selects.append(sa.select(Person.id, own.label("zh"), own.label("en")).where(Person.id.in_(people)))
    if organisations:
        selects.append(
            sa.select(Organisation.id, Organisation.name_zh.label("zh"), Organisation.name_en.label("en")).where(
                Organisation.id.in_(organisations)
            )
        )
    if not selects:
        return {}
    chinese = i18n.language() == "zh"
    rows = db.session.execute(sa.union_all(*selects))
    nobody = _("erased person")
    return {row.id: ((row.zh or row.en) if chinese else (row.en or row.zh)) or nobody for row in rows}


def found_by(text: str, asking: Actor) -> str | None:
    """The address of the record with this number or id, as far as the reader may see it; in one query."""
    for record_id in ids_named(text[:NUMBER_MOST_CHARS], asking):
        lifecycle = lifecycle_of_id(record_id)
        if lifecycle is not None:
            return address(lifecycle, record_id)
    return None


def called(ids: Iterable[str | None], asking: Actor) -> dict[str, str]:
    """What people, organisations and those of the records that the reader may see are called, by id."""
    wanted = {one for one in ids if one}
    found = {record_id: label_of(record) for record_id, record in records_of(wanted, asking).items()}
    return found | names(wanted)


def records_of(ids: Iterable[str], asking: Actor) -> dict[str, Record]:
    """The records of these ids that the reader may see, in one query per kind of record."""
    by_kind: dict[str, set[str]] = {}
    for record_id in ids:
        lifecycle = lifecycle_of_id(record_id)
        if lifecycle is not None:
            by_kind.setdefault(lifecycle.name, set()).add(record_id)
    found: dict[str, Record] = {}
    for name, some in by_kind.items():
        model = LIFECYCLES[name].model
        rows = db.session.scalars(visible(model, asking).where(model.id.in_(some))).unique()
        found |= {row.id: row for row in rows}
    return found
