"""Taking in this project's edition of the taxonomy: what is new comes in, what an operator changed stays."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.catalogue.actions.attributes import ATTRIBUTE
from app.catalogue.actions.categories import CATEGORY, KEEPERS, hold, mapped, replace_mappings
from app.catalogue.taxonomy.models import Attribute, AttributeCode, Category, TaxonomyMark
from app.catalogue.taxonomy.reading import EDITION, Entry, columns_of, digest, edition
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import find, fresh
from app.kernel.values import N_
from app.kernel.work import note

EDITION_HERE = refusal("taxonomy_edition_here", CONFLICT, N_("The newest edition of the taxonomy is in use already."))


def _newer(organisation: Organisation, actor: Actor) -> None:
    del organisation, actor
    if current_edition() == EDITION:
        raise EDITION_HERE()


def current_edition() -> str:
    """The edition that was taken in last; empty before the first."""
    return db.session.scalar(sa.select(TaxonomyMark.edition)) or ""


@ORGANISATION.action(
    "admitted -> =", by=who(KEEPERS, "self") | SYSTEM, needs=[_newer], title=N_("Take in the newer taxonomy"),
    touches=False,
)  # fmt: skip
def load_taxonomy(operator: Organisation, actor: Actor) -> None:
    """The program's own categories and attributes come in; what the operator has changed stays as it is."""
    del operator, actor
    hold()
    loading = _Loading()
    for entry in edition():
        loading.take(entry)
    db.session.execute(sa.update(TaxonomyMark).values(edition=EDITION))
    # One event for a thousand rows (states.md, The chain of events): their number and their digest stand for them.
    note(edition=EDITION, digest=digest(), **loading.counts)


def load_where_newer() -> bool:
    """Let the installation itself take in the newest edition, where there is an operator; inside a unit of work."""
    operator = db.session.scalar(sa.select(Organisation.id).where(Organisation.platform == "operator"))
    if operator is None or current_edition() == EDITION:
        return False
    load_taxonomy(find(Organisation, operator, SYSTEM_ACTOR), SYSTEM_ACTOR)
    return True


class _Loading:
    """One loading: what is there by code, and how much came in."""

    def __init__(self) -> None:
        self.categories = {one.code: one for one in db.session.scalars(sa.select(Category))}
        self.codes = {one.code: one for one in db.session.scalars(sa.select(AttributeCode))}
        self.attributes = {(one.category_id, one.code): one for one in db.session.scalars(sa.select(Attribute))}
        self.counts = dict.fromkeys(("categories", "attributes", "refreshed", "kept"), 0)

    def take(self, entry: Entry) -> None:
        """One category with its attributes."""
        category = self.categories.get(entry.code)
        names: dict[str, Any] = {"kind": entry.kind, "name_zh": entry.zh, "name_en": entry.en}
        given = [{"system": system, "code": code} for system, code in entry.mappings]
        if category is None:
            category = self.categories[entry.code] = self._new(entry, names, given)
        elif category.as_supplied:
            self._refresh(category, names | {"position": entry.position})
            replace_mappings(category, given)
        else:
            self.counts["kept"] += 1
        for definition in entry.attributes:
            self._ask(category, columns_of(definition))

    def _new(self, entry: Entry, names: dict[str, Any], given: list[dict[str, str]]) -> Category:
        above = self.categories[entry.parent] if entry.parent else None
        made = fresh(
            Category, code=entry.code, position=entry.position, as_supplied=True, mappings=mapped(given),
            parent_id=above.id if above else None, parent_level=above.level if above else None,
            level=above.level + 1 if above else 1, **names,
        )  # fmt: skip
        CATEGORY.enter(made, "active" if above is None or above.state == "active" else "draft")
        db.session.add(made)
        self.counts["categories"] += 1
        return made

    def _ask(self, category: Category, columns: dict[str, Any]) -> None:
        code = columns["code"]
        attribute = self.attributes.get((category.id, code))
        meaning = {name: columns[name] for name in ("type", "dimension", "unit")}
        known = self.codes.get(code)
        if known is None:
            self.codes[code] = known = AttributeCode(code=code, **meaning)
            db.session.add(known)
        if any(getattr(known, name) != value for name, value in meaning.items()):
            self.counts["kept"] += 1  # the operator has given this code another meaning: it goes before ours
        elif attribute is None:
            made = fresh(Attribute, category_id=category.id, as_supplied=True, least="", most="", **columns)
            ATTRIBUTE.enter(made, "active")
            db.session.add(made)
            self.counts["attributes"] += 1
        elif attribute.as_supplied:
            self._refresh(attribute, columns)
        else:
            self.counts["kept"] += 1

    def _refresh(self, record: Category | Attribute, columns: dict[str, Any]) -> None:
        changed = {name: value for name, value in columns.items() if getattr(record, name) != value}
        for name, value in changed.items():
            setattr(record, name, value)
        self.counts["refreshed"] += bool(changed)
