"""Brand: proposed by what suppliers write, taken in, renamed, merged or declined by the operator."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, REVIEWER
from app.accounts.models import Organisation
from app.catalogue.actions.categories import KEEPERS, TAXONOMIST
from app.catalogue.brands import book as books
from app.catalogue.brands.edition import EDITION, entries
from app.catalogue.brands.models import Brand, BrandSpelling, squeezed
from app.catalogue.brands.schemas import BrandInput, BrandOut, MergeBrandInput
from app.catalogue.models import Listing
from app.catalogue.taxonomy.models import TaxonomyMark
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, Code, Refusal, refusal
from app.kernel.lifecycle import Lifecycle, State, find, fresh
from app.kernel.values import N_
from app.kernel.work import note

SPELLING_TAKEN = refusal("brand_spelling_taken", CONFLICT, N_("This name leads to another brand already: %(brand)s."))
NO_SUCH_BRAND = refusal("no_such_brand", INVALID, N_("There is no other brand like this that is in use."))

BRAND = Lifecycle(
    "brand",
    Brand,
    [
        State("proposed", N_("suggested"), "waiting",
              N_("The operator takes it in, merges it into another brand, or declines it."), REVIEWER),
        State("active", N_("in use"), "good", N_("Listings are found and filtered by it.")),
        State("merged", N_("merged"), "draft", final=True),
        State("declined", N_("declined"), "draft", N_("Listings show it as their suppliers wrote it."), final=True),
    ],
    title=N_("Brand"),
    collection="brands",
    main_path="proposed active",
    shape=BrandOut,
)  # fmt: skip


def hold() -> books.Book:
    """Let nobody else give or take spellings until this transaction ends, and give the brands as they stand."""
    db.session.execute(sa.select(TaxonomyMark.id).with_for_update())
    books.distrust()
    return books.book()


def _called(code: Code, field: str, **params: object) -> Refusal:
    return Refusal(code, fields={field: [Refusal(code, params=params)]}, params=params)


def _spell(brand: Brand, book: books.Book, names: Iterable[tuple[str, str]]) -> None:
    """Let exactly these (field, name) lead to the brand; refusal where one leads to another brand."""
    wanted: dict[str, str] = {}
    for field, name in names:
        if name:
            other = book.find(name)
            if other is not None and other.id != brand.id:
                raise _called(SPELLING_TAKEN, field, brand=other.key)
            wanted.setdefault(squeezed(name), name)
    here = {one.spelling: one for one in brand.spellings}
    for spelling in here.keys() - wanted.keys():
        brand.spellings.remove(here[spelling])
    for spelling, written in wanted.items():
        if spelling in here:
            here[spelling].written = written
        else:
            brand.spellings.append(BrandSpelling(spelling=spelling, written=written))


def _names(name_zh: str, name_en: str, aliases: Iterable[str]) -> list[tuple[str, str]]:
    return [("name_zh", name_zh), ("name_en", name_en), *(("aliases", one) for one in aliases)]


@ORGANISATION.action(
    "admitted -> =", by=who(KEEPERS, "self"), takes=BrandInput, makes=BRAND, born="active", title=N_("New brand")
)
def add_brand(operator: Organisation, actor: Actor, *, name_zh: str, name_en: str, aliases: list[str]) -> Brand:
    """The operator enters a brand with all the names that lead to it."""
    del operator, actor
    made = fresh(Brand, name_zh=name_zh, name_en=name_en, spellings=[])
    _spell(made, hold(), _names(name_zh, name_en, aliases))
    return made


@ORGANISATION.action("* -> =", by=SYSTEM, makes=BRAND, title=N_("Propose a brand"))
def propose_brand(organisation: Organisation, actor: Actor, *, written: str) -> Brand:
    """A supplier has written a brand that nobody knows yet: the operator looks at it."""
    del organisation, actor
    spoken = {"name_en": written, "name_zh": ""} if written.isascii() else {"name_zh": written, "name_en": ""}
    return fresh(Brand, spellings=[BrandSpelling(spelling=squeezed(written), written=written)], **spoken)


def brand_of(supplier: Organisation, written: str) -> str | None:
    """The id of the brand that a supplier's words lead to, proposed where nobody knows it; None for no words."""
    if not squeezed(written):
        return None
    known = books.book().find(written) or hold().find(written)  # the second look is the one that cannot be raced
    if known is None:
        made = propose_brand(supplier, SYSTEM_ACTOR, written=written)
        db.session.flush()  # before a listing refers to it
        return made.id
    return known.id


@BRAND.action("proposed -> active", by=TAXONOMIST, title=N_("Take in"), primary=True)
def accept(brand: Brand, actor: Actor) -> None:
    """The operator takes a proposed brand into use under the name that the supplier wrote."""
    del brand, actor
    books.distrust()


@BRAND.action("proposed|active -> =", by=TAXONOMIST, takes=BrandInput, title=N_("Rename"))
def edit(brand: Brand, actor: Actor, *, name_zh: str, name_en: str, aliases: list[str]) -> None:
    """The operator changes what a brand is called, and which other names lead to it."""
    del actor
    _spell(brand, hold(), _names(name_zh, name_en, aliases))
    brand.name_zh, brand.name_en, brand.as_supplied = name_zh, name_en, False


@BRAND.action(
    "proposed|active -> merged", by=TAXONOMIST, takes=MergeBrandInput, title=N_("Merge into another"), dangerous=True
)
def merge(brand: Brand, actor: Actor, *, into: str) -> None:
    """The operator lets another brand take over a brand's listings; its names stay as other names of that one."""
    del actor
    heir = hold().by_id.get(into)
    if heir is None or heir.id == brand.id or heir.state not in ("active", "proposed"):
        raise _called(NO_SUCH_BRAND, "into")
    keeper = find(Brand, heir.id, SYSTEM_ACTOR, lock=True)
    _take_over(keeper, brand)
    brand.heir_id, brand.as_supplied = keeper.id, False
    note(into=keeper.id)


def _take_over(keeper: Brand, brand: Brand) -> None:
    """Spellings and listings go over in one statement each; what the listings say themselves stays as it is."""
    moved = {"brand_id": keeper.id}
    db.session.execute(sa.update(BrandSpelling).where(BrandSpelling.brand_id == brand.id).values(moved))
    db.session.execute(
        sa.update(Listing).where(Listing.brand_id == brand.id).values(moved)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    db.session.expire(brand, ["spellings"])
    receive(keeper, SYSTEM_ACTOR)
    db.session.expire(keeper, ["spellings"])


@BRAND.action("proposed|active -> =", by=SYSTEM, title=N_("Take over names"))
def receive(brand: Brand, actor: Actor) -> None:
    """The names and listings of another brand come to this one."""
    del actor
    brand.as_supplied = False


@BRAND.action("proposed -> declined", by=TAXONOMIST, title=N_("Decline"), dangerous=True)
def decline(brand: Brand, actor: Actor) -> None:
    """The operator makes no brand of these words; they are not proposed again."""
    del brand, actor
    books.distrust()


@BRAND.action("declined -> proposed", by=TAXONOMIST, title=N_("Reconsider"))
def reconsider(brand: Brand, actor: Actor) -> None:
    """The operator takes up again what was declined."""
    del brand, actor
    books.distrust()


# The edition ----------------------------------------------------------------------------------------------------------


@ORGANISATION.action(
    "admitted -> =", by=who(KEEPERS, "self") | SYSTEM, title=N_("Take in the newer brands"), touches=False
)
def load_brands(operator: Organisation, actor: Actor) -> None:
    """The program's own brands come in; what the operator has changed stays as it is."""
    del operator, actor
    hold()
    counts = {"brands": 0, "adopted": 0, "kept": 0}
    there = {one.id: one for one in db.session.scalars(sa.select(Brand))}
    spelled = {one.spelling: there[one.brand_id] for one in db.session.scalars(sa.select(BrandSpelling))}
    for en, zh, others in entries():
        names = {squeezed(name): name for name in (en, zh, *others)}
        known = next((spelled[one] for one in names if one in spelled), None)
        if known is None:
            known = fresh(Brand, name_zh=zh, name_en=en, as_supplied=True, spellings=[])
            BRAND.enter(known, "active")
            db.session.add(known)
            counts["brands"] += 1
        elif known.state == "proposed":
            known.name_zh, known.name_en, known.as_supplied = zh, en, True
            BRAND.enter(known, "active")
            counts["adopted"] += 1
        elif not known.as_supplied:
            counts["kept"] += 1
            continue
        for spelling, written in names.items():
            if spelling not in spelled:
                spelled[spelling] = known
                known.spellings.append(BrandSpelling(spelling=spelling, written=written))
    db.session.execute(sa.update(TaxonomyMark).values(brands=EDITION))
    note(edition=EDITION, **counts)  # one event for all of them, as for the taxonomy


def load_where_newer() -> bool:
    """Let the installation itself take in the newest brands, where there is an operator; inside a unit of work."""
    operator = db.session.scalar(sa.select(Organisation.id).where(Organisation.platform == "operator"))
    if operator is None or db.session.scalar(sa.select(TaxonomyMark.brands)) == EDITION:
        return False
    load_brands(find(Organisation, operator, SYSTEM_ACTOR), SYSTEM_ACTOR)
    return True
