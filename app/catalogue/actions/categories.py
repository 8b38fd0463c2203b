"""Category: drafted, opened for listings, renamed, moved, retired in favour of a successor; kept by the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.catalogue.taxonomy import tree as trees
from app.catalogue.taxonomy.models import MAX_LEVEL, Category, CategoryMapping, CategoryReach, TaxonomyMark
from app.catalogue.taxonomy.schemas import (
    CategoryInput,
    CategoryMoveInput,
    CategoryNamesInput,
    CategoryOut,
    RetireCategoryInput,
)
from app.catalogue.taxonomy.tree import OTHER, Node, Tree
from app.kernel.actors import Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, Refusal, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_, new_id
from app.kernel.work import current, note

TAXONOMIST = platform("reviewer|system_admin", "operator")
KEEPERS: Final = "reviewer|system_admin"

CATEGORY_THERE = refusal("category_there", CONFLICT, N_("There is a category with this code already."))
NO_SUCH_CATEGORY = refusal("no_such_category", INVALID, N_("There is no open category with this code."))
TOO_DEEP = refusal("category_too_deep", CONFLICT, N_("The tree has at most %(most)s levels."))
INTO_ITSELF = refusal("category_into_itself", CONFLICT, N_("A category does not go below itself."))
KINDS_DIFFER = refusal("category_kinds_differ", CONFLICT, N_("Goods and services stand in trees of their own."))
STILL_PARENT = refusal("category_still_parent", CONFLICT, N_("Other categories stand below it. Move or retire them."))
NEEDS_SUCCESSOR = refusal(
    "category_needs_successor", CONFLICT,
    N_("Listings stand in it: %(number)s. Name the category that takes them over."),
)  # fmt: skip
ALWAYS_THERE = refusal("category_always_there", CONFLICT, N_("This category is for all that fits nowhere. It stays."))
PARENT_NOT_OPEN = refusal(
    "category_parent_not_open", CONFLICT, N_("The category above it is not open. Open that first.")
)

CATEGORY = Lifecycle(
    "category",
    Category,
    [
        State("draft", N_("draft"), "draft", N_("The operator opens it for listings.")),
        State("active", N_("open for listings"), "good", N_("Suppliers list in it, buyers find it in the tree.")),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Category"),
    collection="categories",
    main_path="draft active",
    shape=CategoryOut,
)


def hold() -> Tree:
    """Let nobody else change the tree until this transaction ends, and give it as it stands; other transactions see
    the change, and the new token, when this one commits."""
    db.session.execute(sa.update(TaxonomyMark).values(token=new_id("tax")))
    trees.distrust()
    work = current()
    if _write_reach not in work.before_seal:
        work.before_seal.append(_write_reach)
    return trees.tree()


def _write_reach() -> None:
    """At the end of a change: store what stands below what, as far as it differs from what is stored."""
    today = trees.tree()
    wanted = {(code, above) for code in today.nodes for above in today.path(code)}
    stored = {(row.code, row.above) for row in db.session.execute(sa.select(CategoryReach.code, CategoryReach.above))}
    for code, above in sorted(stored - wanted):
        db.session.execute(sa.delete(CategoryReach).where(CategoryReach.code == code, CategoryReach.above == above))
    if wanted - stored:
        rows = [{"code": code, "above": above} for code, above in sorted(wanted - stored)]
        db.session.execute(sa.insert(CategoryReach), rows)


def at(field: str, refused: Refusal) -> Refusal:
    """The refusal, said at a field of the form."""
    refused.fields = {field: [refused.words]}
    return refused


def _parent(tree: Tree, code: str, kind: str, *, levels: int = 1) -> Node | None:
    """The category that others are put below; None for the top. `levels`: how deep the part is that goes there."""
    node = None
    if code:
        node = tree.nodes.get(code)
        if node is None or node.state == "retired":
            raise at("parent", NO_SUCH_CATEGORY())
        if node.kind != kind:
            raise at("parent", KINDS_DIFFER())
    if (len(tree.path(code)) if node else 0) + levels > MAX_LEVEL:
        raise at("parent", TOO_DEEP(most=MAX_LEVEL))
    return node


def mapped(given: Sequence[Mapping[str, str]]) -> list[CategoryMapping]:
    """Codes in other catalogues as rows."""
    return [CategoryMapping(system=one["system"], code=one["code"]) for one in given]


@ORGANISATION.action(
    "admitted -> =", by=who(KEEPERS, "self"), takes=CategoryInput, makes=CATEGORY, title=N_("New category")
)
def add_category(
    operator: Organisation, actor: Actor, *, code: str, parent: str, kind: str, name_zh: str, name_en: str,
    position: int, mappings: list[dict[str, str]],
) -> Category:  # fmt: skip
    """The operator drafts a category; suppliers see it once it is opened."""
    del operator, actor
    tree = hold()
    if code in tree.nodes:
        raise at("code", CATEGORY_THERE())
    above = _parent(tree, parent, kind)
    level = len(tree.path(above.code)) + 1 if above else 1
    made = fresh(
        Category, code=code, parent_id=above.id if above else None, parent_level=level - 1 if above else None,
        level=level, kind=kind, name_zh=name_zh, name_en=name_en, position=position, mappings=mapped(mappings),
    )  # fmt: skip
    note(code=code)
    return made


@CATEGORY.action("draft|active|retired -> =", by=TAXONOMIST, takes=CategoryNamesInput, title=N_("Rename"))
def edit(category: Category, actor: Actor, *, name_zh: str, name_en: str, mappings: list[dict[str, str]]) -> None:
    """The operator changes what a category is called, here and in other catalogues."""
    del actor
    hold()
    category.name_zh, category.name_en, category.as_supplied = name_zh, name_en, False
    replace_mappings(category, mappings)


def replace_mappings(category: Category, given: Sequence[Mapping[str, str]]) -> None:
    """Let the category have exactly these codes elsewhere."""
    wanted = {(one["system"], one["code"]) for one in given}
    here = {(one.system, one.code): one for one in category.mappings}
    for pair in here.keys() - wanted:
        category.mappings.remove(here[pair])
    for system, code in sorted(wanted - here.keys()):
        category.mappings.append(CategoryMapping(system=system, code=code))


@CATEGORY.action("draft|active -> =", by=TAXONOMIST, takes=CategoryMoveInput, title=N_("Move"))
def move(category: Category, actor: Actor, *, parent: str, position: int) -> None:
    """The operator puts a category, with all that stands below it, in another place of the tree."""
    del actor
    tree = hold()
    below = tree.all_below(category.code)
    if parent in {node.code for node in below}:
        raise at("parent", INTO_ITSELF())
    depth = max(len(_way(tree, node)) for node in below) - len(_way(tree, tree.nodes[category.code])) + 1
    above = _parent(tree, parent, category.kind, levels=depth)
    level = len(tree.path(above.code)) + 1 if above else 1
    _shift([node.id for node in below], category, above.id if above else None, level)
    category.position, category.as_supplied = position, False
    note(parent=parent)


def _way(tree: Tree, node: Node) -> list[Node]:
    """The node and all above it, whatever their states."""
    found = [node]
    while found[-1].parent is not None:
        found.append(tree.nodes[found[-1].parent])
    return found


def _shift(ids: list[str], category: Category, parent_id: str | None, level: int) -> None:
    """Hang a whole part of the tree elsewhere in one statement: at its end every level is below its parent's."""
    step, root = level - category.level, Category.id == category.id
    db.session.execute(
        sa.update(Category)
        .where(Category.id.in_(ids))
        .values(
            level=Category.level + step,
            parent_level=sa.case((root, level - 1 if parent_id else None), else_=Category.parent_level + step),
            parent_id=sa.case((root, parent_id), else_=Category.parent_id),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(category, ["level", "parent_level", "parent_id"])


@CATEGORY.action("draft -> active", by=TAXONOMIST, title=N_("Open for listings"), primary=True)
def activate(category: Category, actor: Actor) -> None:
    """The operator lets suppliers list in the category."""
    del actor
    _open_above(hold(), category)


def _open_above(tree: Tree, category: Category) -> None:
    parent = tree.nodes[category.code].parent if category.code in tree.nodes else None
    if parent is not None and tree.nodes[parent].state != "active":
        raise PARENT_NOT_OPEN()


def not_the_last_resort(category: Category, actor: Actor) -> None:
    """What fits nowhere needs a place."""
    del actor
    if category.code == OTHER:
        raise ALWAYS_THERE()


@CATEGORY.action(
    "draft|active -> retired", by=TAXONOMIST, needs=[not_the_last_resort], takes=RetireCategoryInput,
    title=N_("Retire"), dangerous=True,
)  # fmt: skip
def retire(category: Category, actor: Actor, *, successor: str) -> None:
    """The operator closes a category; its listings stand in the successor from now on, unchanged."""
    del actor
    tree = hold()
    if any(node.state != "retired" for node in tree.all_below(category.code)[1:]):
        raise STILL_PARENT()
    if successor:
        heir = tree.open.get(successor)
        if heir is None or heir.code == category.code:
            raise at("successor", NO_SUCH_CATEGORY())
        if heir.kind not in (category.kind, "any"):
            raise at("successor", KINDS_DIFFER())
        category.heir_id = heir.id
    elif number := listings_in(tree, {category.code}):
        refused = NEEDS_SUCCESSOR(number=number)
        raise at("successor", refused)
    category.as_supplied = False
    note(successor=successor or None)


def listings_in(tree: Tree, codes: set[str]) -> int:
    """How many listings, whatever their state but withdrawn, stand in these categories today."""
    there = Listing.category.in_(tree.landing_in(codes))
    counted = sa.select(sa.func.count()).select_from(Listing).where(there, Listing.state != "withdrawn")
    return db.session.scalar(counted) or 0


@CATEGORY.action("retired -> active", by=TAXONOMIST, title=N_("Open again"))
def restore(category: Category, actor: Actor) -> None:
    """The operator opens a retired category again; the listings that were put into it stand in it again."""
    del actor
    _open_above(hold(), category)
    category.heir_id, category.as_supplied = None, False
