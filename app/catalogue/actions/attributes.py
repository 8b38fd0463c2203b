"""Attribute: what a category asks of its listings; kept by the operator."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from marshmallow import ValidationError

from app.catalogue.actions.categories import CATEGORY, TAXONOMIST, at, hold
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.models import Attribute, AttributeCode, Category
from app.catalogue.taxonomy.schemas import AttributeChangeInput, AttributeInput, AttributeOut, check_shape
from app.catalogue.taxonomy.tree import Tree, narrowed
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID_INPUT, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_, Bilingual
from app.kernel.work import note

ATTRIBUTE_THERE = refusal(
    "attribute_there", CONFLICT, N_("This category has an attribute with this code already, perhaps a retired one.")
)
MEANS_OTHERWISE = refusal(
    "attribute_means_otherwise", CONFLICT,
    N_("Elsewhere this code has another type, dimension or canonical unit. A code means the same everywhere."),
)  # fmt: skip
END_OF_RANGE = refusal(
    "attribute_end_of_range", CONFLICT, N_("The search keeps an end of a range under this code. Choose another one.")
)
CONTRADICTS = refusal(
    "attribute_contradicts", CONFLICT,
    N_("It allows what the same attribute of “%(category)s” does not. Below a category an attribute is narrower."),
)  # fmt: skip

ATTRIBUTE = Lifecycle(
    "attribute",
    Attribute,
    [
        State("active", N_("in use"), "good", N_("Listings of the category are asked for it.")),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Attribute"),
    collection="attributes",
    main_path="active",
    shape=AttributeOut,
)


@CATEGORY.action("draft|active -> =", by=TAXONOMIST, takes=AttributeInput, makes=ATTRIBUTE, title=N_("New attribute"))
def define(category: Category, actor: Actor, /, **given: Any) -> Attribute:
    """The operator lets a category, and all below it, ask for something more."""
    del actor
    tree = hold()
    there = db.select(Attribute.id).where(Attribute.category_id == category.id, Attribute.code == given["code"])
    if db.session.scalar(there) is not None:
        raise at("code", ATTRIBUTE_THERE())
    keep_meaning(given["code"], given["type"], given["dimension"], given["unit"])
    made = fresh(Attribute, category_id=category.id, **given)
    _judge(tree, category, made)
    note(code=made.code, category=category.id)
    return made


def keep_meaning(code: str, kind: str, dimension: str, unit: str) -> None:
    """Write down what a code means, or refuse another meaning than it has."""
    known = db.session.get(AttributeCode, code)
    if known is None:
        _own_keys(code, kind)
        db.session.add(AttributeCode(code=code, type=kind, dimension=dimension, unit=unit))
        db.session.flush()
    elif (known.type, known.dimension, known.unit) != (kind, dimension, unit):
        raise at("code", MEANS_OTHERWISE())


def _own_keys(code: str, kind: str) -> None:
    """Refuse a code under which the search keeps an end of a range: `flow_max` is the upper end of `flow`."""
    ends = [f"{code}_min", f"{code}_max"] if kind == "range" else []
    base = [code[:-4]] if code.endswith(("_min", "_max")) else []
    clash = db.select(AttributeCode.code).where(
        sa.or_(AttributeCode.code.in_(ends), sa.and_(AttributeCode.code.in_(base), AttributeCode.type == "range"))
    )
    if db.session.scalar(clash.limit(1)) is not None:
        raise at("code", END_OF_RANGE())


def _judge(tree: Tree, category: Category, attribute: Attribute) -> None:
    """Refuse what is wider than the same attribute above, or narrower than the same one below."""
    own = attribute.definition(category.code)
    above = [one for code in _above(tree, category.code) for one in tree.own(code) if one.code == own.code]
    below = [one for node in tree.all_below(category.code)[1:] for one in tree.own(node.code) if one.code == own.code]
    for wider in above:
        _refuse(narrowed(own, wider), wider, tree)
    for narrower in below:
        _refuse(narrowed(narrower, own), narrower, tree)


def _above(tree: Tree, code: str) -> list[str]:
    found: list[str] = []
    node = tree.nodes.get(code)
    while node is not None and node.parent is not None:
        found.append(node.parent)
        node = tree.nodes[node.parent]
    return found


def _refuse(field: str | None, other: Definition, tree: Tree) -> None:
    if field is not None:
        node = tree.nodes[other.category]
        raise at(field, CONTRADICTS(category=Bilingual(node.zh, node.en)))


@ATTRIBUTE.action("active -> =", by=TAXONOMIST, takes=AttributeChangeInput, title=N_("Change"))
def change(attribute: Attribute, actor: Actor, /, **given: Any) -> None:
    """The operator changes an attribute; what suppliers wrote stays, and is read by the new definition."""
    del actor
    tree = hold()
    try:
        check_shape(attribute.type, attribute.dimension, attribute.unit, given)
    except ValidationError as wrong:
        raise INVALID_INPUT(fields=wrong.normalized_messages()) from None  # type: ignore[no-untyped-call]
    different = sorted(name for name, value in given.items() if getattr(attribute, name) != value)
    for name in different:
        setattr(attribute, name, given[name])
    attribute.as_supplied = False
    _judge(tree, db.session.get_one(Category, attribute.category_id), attribute)
    note(changed=different, category=attribute.category_id)


@ATTRIBUTE.action("active -> retired", by=TAXONOMIST, title=N_("Retire"), dangerous=True)
def retire(attribute: Attribute, actor: Actor) -> None:
    """The operator stops asking for it; what suppliers wrote stays as words."""
    del actor
    hold()
    attribute.as_supplied = False
    note(category=attribute.category_id)


@ATTRIBUTE.action("retired -> active", by=TAXONOMIST, title=N_("Ask for it again"))
def restore(attribute: Attribute, actor: Actor) -> None:
    """The operator asks for it again; what suppliers wrote counts again."""
    del actor
    tree = hold()
    attribute.as_supplied = False
    _judge(tree, db.session.get_one(Category, attribute.category_id), attribute)
    note(category=attribute.category_id)
