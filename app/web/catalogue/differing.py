"""A change as people read it: field by field, the old beside the new, each value in its own form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from marshmallow import fields

from app import i18n
from app.catalogue.changes import difference, moves
from app.catalogue.changes.actions import listing_of
from app.catalogue.changes.models import ListingChange
from app.catalogue.notes import FIELD_TITLES
from app.catalogue.schemas import CategoryCode
from app.catalogue.taxonomy.tree import tree
from app.kernel import shapes
from app.kernel.values import Money, micro

POINTS_PER_PERCENT: Final = 100


def rows(change: ListingChange) -> list[list[Any]]:
    """(field, old, new) as cells of a table."""
    held = set(moves.to_review(change, listing_of(change))) if change.state in ("draft", "submitted") else set()
    return [_row(one, held) for one in difference.differences(change.base, change.proposed)]


def _row(one: difference.Difference, held: set[str]) -> list[Any]:
    declared = difference.form().load_fields[one.field]
    name: dict[str, Any] = {"text": one.row or i18n.say(FIELD_TITLES[one.field])}
    if one.row is not None:
        name["note"] = i18n.say(FIELD_TITLES[one.field])
    if one.field in held:
        name["mark"] = (_("Needs review"), "waiting")
    new = value(declared, one.after)
    cell: Any = {"text": new, "strong": True} if new is not None else None
    if one.field == "price" and (points := difference.price_move_bp(one.before, one.after)) is not None:
        cell = {**cell, "strong": False, "note": percent(points)}
    return [name, value(declared, one.before), cell]


def percent(points: int) -> str:
    """A move with its sign: "+12.5 %"."""
    sign = "+" if points > 0 else "\u2212"
    return f"{sign}{i18n.percent(abs(points))}"


def value(declared: fields.Field[Any], stored: Any) -> str | None:
    """One value in words; None where there is none."""
    if stored is None or stored in ("", [], {}):
        return None
    if isinstance(declared, fields.List):
        return _listed(declared.inner, stored)
    if isinstance(declared, fields.Nested):
        inner = declared.schema.fields
        return " ".join(filter(None, (value(inner[name], part) for name, part in stored.items() if name in inner)))
    if isinstance(declared, shapes.MoneyField):
        return i18n.money(Money.parse(stored["amount"], stored["currency"]))
    if isinstance(declared, CategoryCode):
        return " / ".join(tree().name(code, i18n.language()) for code in tree().path(stored))
    return _plain(declared, stored)


def _plain(declared: fields.Field[Any], stored: Any) -> str:
    if isinstance(declared, shapes.Choice):
        return i18n.say(declared.titles.get(stored, stored))
    if isinstance(declared, shapes.Quantity):
        return i18n.quantity(micro(stored))
    if isinstance(declared, shapes.Percent):
        return f"{stored}%"
    if isinstance(stored, bool):
        return str(_("Yes")) if stored else str(_("No"))
    return str(stored)


def _listed(inner: fields.Field[Any], stored: Any) -> str | None:
    """A row of a list by what is in it, or the whole list where only its order differs."""
    if isinstance(stored, Mapping):
        return value(inner, stored) or "—"
    return i18n.clauses(value(inner, part) for part in stored)


def price_words(change: ListingChange) -> str | None:
    """Why a price is held, or that it may move: how far it moves from where the rule counts, and the rule's bounds."""
    if change.state not in ("draft", "submitted"):
        return None
    move = moves.price_move(change, listing_of(change))
    if move is None:
        return None
    if move.points is None:
        return str(_("Old and new price cannot be compared, so the operator looks at it."))
    if move.rule is None:
        return str(_("No rule lets prices move without review."))
    return str(
        _(
            "Counted over %(days)s days the price moves by %(move)s; without review it may rise by %(rise)s "
            "and fall by %(fall)s.",
            days=move.rule.window_days, move=percent(move.points), rise=i18n.percent(move.rule.rise_bp),
            fall=i18n.percent(move.rule.fall_bp),
        )
    )  # fmt: skip
