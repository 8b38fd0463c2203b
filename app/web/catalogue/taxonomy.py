"""The tree as the operator keeps it: all categories with their listings, one category with what it asks, one attribute.

Everybody who is signed in may read it: suppliers see what a category will ask them for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.catalogue import impact
from app.catalogue.actions.categories import CATEGORY, add_category
from app.catalogue.impact import Impact
from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import GROUPS, MEASURED, Definition
from app.catalogue.taxonomy.models import SYSTEMS, Attribute, Category
from app.catalogue.taxonomy.schemas import TYPE_TITLES
from app.catalogue.taxonomy.tree import Node, Tree, tree
from app.http import own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import find
from app.kernel.values import Bilingual
from app.web.catalogue.blueprint import pages
from app.web.core import forms
from app.web.core.actions import Sheet, register_more, register_options
from app.web.core.directory import Brief, read, register_brief, register_page, url_of
from app.web.core.pages import begins
from app.web.core.record import badge, frame

PATH: Final = "/categories"
NOTHING: Final = Impact(0, 0)

register_page("category", "catalogue.category")
register_page("attribute", "catalogue.attribute")
register_brief("category", lambda one: Brief(one.name(i18n.language())))
register_brief("attribute", lambda one: Brief(one.name(i18n.language())))


@pages.get(PATH)
def categories() -> str:
    """The whole tree, root by root, folded."""
    asking = signed_in()
    today, state = tree(), request.args.get("state") if asking.is_staff else None
    usual = ["active", "draft"] if asking.is_staff else ["active"]
    shown_states = [state] if state in CATEGORY.states else usual
    counts = impact.by_category(today) if asking.is_staff else {}
    roots = [root for root in today.all_below() if root.parent is None]
    return render_template(
        "catalogue/taxonomy.html",
        roots=[part for root in roots if (part := _part(today, root, counts, shown_states))],
        tabs=_tabs(state, asking),
        with_counts=asking.is_staff,
        total=len(today.open),
        new=_new(asking),
    )


def _part(today: Tree, root: Node, counts: Mapping[str, Impact], states: list[str]) -> dict[str, Any] | None:
    spoken = i18n.language()
    rows = [
        {
            "depth": _depth(today, node),
            "name": node.name(spoken),
            "href": f"{PATH}/{node.id}",
            "code": node.code,
            "badge": badge(CATEGORY, node.state) if node.state != "active" else None,
            "asks": len(today.own(node.code)),
            "published": counts.get(node.code, NOTHING).published,
            "others": counts.get(node.code, NOTHING).others,
        }
        for node in today.all_below(root.code)
        if node.state in states
    ]
    return {"name": root.name(spoken), "rows": rows, "count": len(rows)} if rows else None


def _depth(today: Tree, node: Node) -> int:
    depth = 1
    while node.parent is not None:
        node, depth = today.nodes[node.parent], depth + 1
    return depth


def _tabs(state: str | None, asking: Actor) -> list[dict[str, Any]]:
    """The states, for those who keep the tree."""
    if not asking.is_staff:
        return []
    every = {"label": _("All"), "href": PATH, "current": state not in CATEGORY.states}
    return [every] + [
        {"label": i18n.say(one.title), "href": f"{PATH}?state={one.name}", "current": one.name == state}
        for one in CATEGORY.states.values()
    ]


def _new(asking: Actor) -> tuple[str, str] | None:
    if not begins(add_category, own_organisation(asking), asking):
        return None
    return i18n.say(add_category.title), f"{PATH}/new"


@pages.get("/categories/<id:record_id>")
def category(record_id: str) -> str:
    """One category: where it stands, what it asks, what it is called elsewhere."""
    asking = signed_in()
    found: Category = read(Category, record_id, asking)
    today, spoken = tree(), i18n.language()
    above = [code for code in _way(today, found.code) if code != found.code]
    return render_template(
        "catalogue/category.html",
        **frame(found, asking, crumbs=_crumbs(today, above, found)),
        names=[(_("Name in Chinese"), found.name_zh), (_("Name in English"), found.name_en)],
        about=_about(today, found, asking),
        mappings=[[Bilingual(*SYSTEMS[one.system]).say(spoken), one.code] for one in found.mappings],
        own=[_asked(one) for one in today.own(found.code)],
        inherited=[_asked(one) for one in today.asked(found.code) if one.category != found.code],
        retired=_retired(found) if asking.is_staff else [],
        children=[
            [{"text": node.name(spoken), "href": f"{PATH}/{node.id}"}, node.code, len(today.own(node.code))]
            for node in today.all_below(found.code)[1:]
            if node.parent == found.code and (node.state == "active" or asking.is_staff)
        ],
    )


def _way(today: Tree, code: str) -> list[str]:
    found = [code]
    while (parent := today.nodes[found[-1]].parent) is not None:
        found.append(parent)
    return found[::-1]


def _crumbs(today: Tree, above: list[str], found: Category) -> list[tuple[str, str | None]]:
    path = [(today.nodes[code].name(i18n.language()), f"{PATH}/{today.nodes[code].id}") for code in above]
    return [(_("Categories"), PATH), *path, (found.name(i18n.language()), None)]


def _about(today: Tree, found: Category, asking: Actor) -> list[tuple[Any, ...]]:
    heir = today.nodes.get(today.place(found.code)) if found.heir_id else None
    rows: list[tuple[Any, ...]] = [(_("Code of the category"), found.code)]
    if heir is not None:
        rows.append((_("Successor"), heir.name(i18n.language()), f"{PATH}/{heir.id}"))
    if asking.is_staff:
        reached = impact.of_category(today, found.code)
        rows += [(_("Listings in the catalogue"), str(reached.published)),
                 (_("Other listings"), str(reached.others))]  # fmt: skip
    rows.append((_("As the edition says"), _("Yes") if found.as_supplied else _("No")))
    return rows


def _asked(one: Definition) -> list[Any]:
    spoken = i18n.language()
    uses = [(one.mandatory, _("needed")), (one.filters, _("filter")), (one.compares, _("comparison"))]
    return [
        {"text": one.name(spoken), "href": f"/attributes/{one.id}", "note": one.code},
        Bilingual(*GROUPS[one.group]).say(spoken),
        i18n.say(TYPE_TITLES[one.type]),
        _values(one),
        ("、" if spoken == "zh" else ", ").join(word for used, word in uses if used) or "—",
    ]


def _values(one: Definition) -> str:
    spoken = i18n.language()
    between = "、" if spoken == "zh" else ", "
    if one.type in MEASURED:
        return between.join(one.unit_labels(spoken)) if one.dimension not in units.PURE else "—"
    return between.join(option.name(spoken) for option in one.choices) or "—"


def _retired(found: Category) -> list[list[Any]]:
    statement = db.select(Attribute).where(Attribute.category_id == found.id, Attribute.state == "retired")
    rows = db.session.scalars(statement.order_by(Attribute.code))
    return [[{"text": one.name(i18n.language()), "href": f"/attributes/{one.id}"}, one.code] for one in rows]


@pages.get("/attributes/<id:record_id>")
def attribute(record_id: str) -> str:
    """One attribute: what its values look like, and who asks for it."""
    asking = signed_in()
    found: Attribute = read(Attribute, record_id, asking)
    holder = find(Category, found.category_id, asking)
    spoken = i18n.language()
    definition = found.definition(holder.code)
    return render_template(
        "catalogue/attribute.html",
        **frame(
            found, asking,
            crumbs=[(_("Categories"), PATH), (holder.name(spoken), f"{PATH}/{holder.id}"), (found.name(spoken), None)],
        ),
        rows=_attribute_rows(definition, holder),
        options=[[one.code, one.zh, one.en, ", ".join(one.also)] for one in definition.choices],
        reached=_reached(found, holder) if asking.is_staff else [],
    )  # fmt: skip


def _attribute_rows(one: Definition, holder: Category) -> list[tuple[Any, ...]]:
    spoken = i18n.language()
    dimension = units.DIMENSIONS.get(one.dimension)
    yes, no = _("Yes"), _("No")
    rows = [
        (_("Category"), holder.name(spoken), f"{PATH}/{holder.id}"),
        (_("Name in Chinese"), one.zh),
        (_("Name in English"), one.en),
        (_("Other names"), ", ".join(one.aliases)),
        (_("Type of value"), i18n.say(TYPE_TITLES[one.type])),
        (_("What is measured"), Bilingual(dimension.zh, dimension.en).say(spoken) if dimension else ""),
        (_("Canonical unit"), one.unit_label(spoken)),
        (_("Accepted units"), ", ".join(one.unit_labels(spoken)) if one.dimension not in units.PURE else ""),
        (_("Decimals"), str(one.precision) if dimension else ""),
        (_("Lowest value"), "" if one.least is None else str(one.least)),
        (_("Highest value"), "" if one.most is None else str(one.most)),
        (_("Group"), Bilingual(*GROUPS[one.group]).say(spoken)),
        (_("Buyers filter by it"), yes if one.filters else no),
        (_("It is compared side by side"), yes if one.compares else no),
        (_("Needed for publishing"), yes if one.mandatory else no),
    ]
    return [row for row in rows if row[1]]


def _reached(found: Attribute, holder: Category) -> list[tuple[str, str]]:
    """The preview: whom a change of the attribute reaches."""
    today = tree()
    reached = impact.of_category(today, holder.code)
    rows = [(_("Listings in the catalogue"), str(reached.published)), (_("Other listings"), str(reached.others))]
    if found.state == "active":
        stated = impact.stated(today, found.definition(holder.code))
        rows.append((_("Of them state it"), _("%(number)s of %(all)s", number=stated.stating, all=stated.looked_at)))
    return rows


# Forms ----------------------------------------------------------------------------------------------------------------


def _with_preview(lifecycle_name: str, action_name: str) -> None:
    """Let the form of an action say beside it how many listings it would reach."""
    register_more(lifecycle_name, action_name, "catalogue/taxonomy_form.html", _reach_and_way)


def _reach_and_way(sheet: Sheet) -> dict[str, Any]:
    """The listings that the change reaches, and the way to the form from the tree."""
    record = sheet.record
    assert isinstance(record, (Category, Attribute))
    way = [(_("Categories"), PATH), (record.name(i18n.language()), url_of(record)), (i18n.say(sheet.verb.title), None)]
    return {"preview": _preview(record), "crumbs": way}


def _preview(record: Record) -> list[tuple[str, str]]:
    if isinstance(record, Attribute):
        return _reached(record, db.session.get_one(Category, record.category_id))
    assert isinstance(record, Category)
    reached = impact.of_category(tree(), record.code)
    return [(_("Listings in the catalogue"), str(reached.published)), (_("Other listings"), str(reached.others))]


def _category_choices(record: Record, asking: Actor) -> dict[str, forms.Options]:
    """Categories by their place in the tree; a form leaves out the one that it is about."""
    del asking
    today, spoken = tree(), i18n.language()
    own = record.code if isinstance(record, Category) else None
    out = {node.code for node in today.all_below(own)} if own is not None else set()
    pairs = [
        (node.code, f"{'– ' * (len(_way(today, node.code)) - 1)}{node.name(spoken)}")
        for node in today.all_below()
        if node.state != "retired" and node.code not in out
    ]
    return {"parent": pairs, "successor": pairs, **_mapping_choices()}


def _mapping_choices() -> dict[str, forms.Options]:
    return {"mappings.system": [(code, Bilingual(*names).say(i18n.language())) for code, names in SYSTEMS.items()]}


def _attribute_choices(record: Record, asking: Actor) -> dict[str, forms.Options]:
    del record, asking
    spoken = i18n.language()
    dimensions = [(one.code, f"{Bilingual(one.zh, one.en).say(spoken)} ({one.usual})")
                  for one in units.DIMENSIONS.values()]  # fmt: skip
    groups = [(code, Bilingual(*names).say(spoken)) for code, names in GROUPS.items()]
    return {"dimension": dimensions, "section": groups}


register_options("organisation", "add_category", _category_choices)
for _name in ("edit", "move", "retire"):
    register_options("category", _name, _category_choices)
    _with_preview("category", _name)
register_options("category", "define", _attribute_choices)
_with_preview("category", "define")
for _name in ("change", "retire"):
    register_options("attribute", _name, _attribute_choices)
    _with_preview("attribute", _name)
