"""Values of a representation as people read them: formatted by the field's type, translated, with names for ids.

`represent()` decides what a reader may see; this decides how that looks on the default pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from marshmallow import Schema, fields

from app import i18n
from app.kernel import shapes
from app.kernel.actors import PARTY_TITLES, ROLE_TITLES
from app.kernel.lifecycle import LIFECYCLES, Lifecycle
from app.kernel.values import N_, Money, micro
from app.web.core.directory import ID_PATTERN, address, lifecycle_of_id

SELDOM_READ: Final = frozenset({"id", "state", "version", "waits_for", "created_at", "actions", "secret"})
"""What the frame shows in its own way, or nobody reads."""

LABELS: Final = {
    "created_at": N_("Created"),
    "updated_at": N_("Last change"),
    "number": N_("Number"),
    "title": N_("Title"),
    "org": N_("Organisation"),
    "buyer": N_("Buyer"),
    "supplier": N_("Supplier"),
    "person": N_("Person"),
    "email": N_("E-mail"),
    "amount": N_("Amount"),
    "total": N_("Total"),
    "currency": N_("Currency"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "price": N_("Price"),
    "lines": N_("Lines"),
    "reason": N_("Reason"),
    "remark": N_("Remark"),
    "deadline": N_("Deadline"),
}
"""Labels of fields that do not name themselves; they win over what some input calls a field of the same name."""


_HATS: Final = {**PARTY_TITLES, **ROLE_TITLES}


class Row(NamedTuple):
    """A label, a text and perhaps where it leads: one row of `key_values`."""

    label: str
    text: str | None
    href: str | None = None


class Table(NamedTuple):
    """The children of a record: caption, column dicts and rows of cells for `data_table`."""

    caption: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


@cache
def _input_words() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Field name -> label and -> titles of its choices, as the input schemas of all actions say."""
    labels: dict[str, str] = {}
    titles: dict[str, dict[str, str]] = {}
    schemas = [verb.takes for one in LIFECYCLES.values() for verb in one.actions.values() if verb.takes]
    for name, field in _walk(schemas):
        if title := field.metadata.get("title"):
            labels.setdefault(name, title)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, shapes.Choice):
            titles.setdefault(name, {}).update(inner.titles)
    return labels, titles


def _walk(schemas: Iterable[type[Schema]]) -> Iterator[tuple[str, fields.Field[Any]]]:
    seen: set[type[Schema]] = set()
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if schema in seen:
            continue
        seen.add(schema)
        for name, field in schema().fields.items():
            yield name, field
            nested = nested_schema(field)
            if nested is not None:
                waiting.append(type(nested))


def nested_schema(field: fields.Field[Any]) -> Schema | None:
    """The schema inside a nested field or a list of them."""
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def label(name: str, field: fields.Field[Any] | None = None) -> str:
    """What a field is called: its own title, a usual one, that of an input of the same name, else its name spaced."""
    own = field.metadata.get("title") if field is not None else None
    source = own or LABELS.get(name) or _input_words()[0].get(name)
    return i18n.say(source) if source else i18n.say(name.replace("_", " ").capitalize())


def rows_of(lifecycle: Lifecycle[Any], body: Mapping[str, Any], named: Mapping[str, str]) -> list[Row]:
    """The scalar fields of a representation."""
    return [
        Row(label(name, field), *shown(name, field, body[name], named))
        for name, field in read_fields(lifecycle).items()
        if name in body
    ]


def read_fields(lifecycle: Lifecycle[Any]) -> dict[str, fields.Field[Any]]:
    """The fields of a shape that people read as they are; some are for programs only (`seldom`)."""
    return {
        name: field
        for name, field in _fields(lifecycle).items()
        if name not in SELDOM_READ
        and not field.metadata.get("seldom")
        and nested_schema(field) is None
        and not isinstance(field, fields.Dict)
    }


def tables_of(lifecycle: Lifecycle[Any], body: Mapping[str, Any], named: Mapping[str, str]) -> list[Table]:
    """The lists of nested fields of a representation, as tables."""
    tables = []
    for name, field in _fields(lifecycle).items():
        nested = nested_schema(field)
        if nested is None or not body.get(name):
            continue
        parts = body[name] if isinstance(body[name], list) else [body[name]]
        columns = {key: inner for key, inner in nested.fields.items() if key != "id" and nested_schema(inner) is None}
        tables.append(
            Table(
                label(name, field),
                [{"label": label(key, inner), "num": numeric(inner)} for key, inner in columns.items()],
                [[_cell(key, inner, part.get(key), named) for key, inner in columns.items()] for part in parts],
            )
        )
    return tables


def _cell(name: str, field: fields.Field[Any], value: Any, named: Mapping[str, str]) -> Any:
    text, href = shown(name, field, value, named)
    return {"text": text, "href": href} if href else text


def columns_of(lifecycle: Lifecycle[Any], most: int = 5) -> dict[str, fields.Field[Any]]:
    """The first few fields of a shape that make columns of its list."""
    left_out = {"number", "title", "email", "name_zh", "name_en", "updated_at"}
    found = {name: field for name, field in read_fields(lifecycle).items() if name not in left_out}
    return dict(list(found.items())[:most])


def numeric(field: fields.Field[Any]) -> bool:
    """Whether a column of this field is aligned right."""
    return isinstance(field, (shapes.MoneyField, shapes.Quantity, shapes.Percent, fields.Integer))


def ids_in(body: Any) -> set[str]:
    """Every id in a representation, for `called`."""
    if isinstance(body, str):
        return {body} if re.fullmatch(ID_PATTERN, body) else set()
    if isinstance(body, Mapping):
        return {one for part in body.values() for one in ids_in(part)}
    return {one for part in body for one in ids_in(part)} if isinstance(body, list) else set()


def shown(name: str, field: fields.Field[Any], value: Any, named: Mapping[str, str]) -> tuple[str | None, str | None]:
    """A value in trade form as (text, href)."""
    if value is None or value in ("", []):
        return None, None
    if isinstance(value, list):
        inner = field.inner if isinstance(field, fields.List) else field
        texts = [shown(name, inner, part, named)[0] for part in value]
        return ("、" if i18n.language() == "zh" else ", ").join(text for text in texts if text), None
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value):
        return _reference(value, named)
    return _scalar(name, field, value), None


def _reference(record_id: str, named: Mapping[str, str]) -> tuple[str | None, str | None]:
    """What a record is called and where it is; nothing of one that the reader may not see."""
    lifecycle = lifecycle_of_id(record_id)
    if lifecycle is None:
        return named.get(record_id, record_id), None
    name = named.get(record_id)
    return name, address(lifecycle, record_id) if name else None


def _scalar(name: str, field: fields.Field[Any], value: Any) -> str:
    if isinstance(field, shapes.MoneyField) or (isinstance(value, Mapping) and set(value) == {"amount", "currency"}):
        return i18n.money(Money.parse(value["amount"], value["currency"]))
    if field.metadata.get("say"):  # a source text of ours
        return i18n.say(str(value))
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    if not isinstance(value, str):
        return str(value)
    if value in (words := field.metadata.get("words", {})):  # a closed list that no input names
        return i18n.say(words[value])
    if isinstance(field, shapes.Moment):
        return i18n.when(datetime.fromisoformat(value))
    if isinstance(field, fields.Date):
        return i18n.day(date.fromisoformat(value))
    if isinstance(field, shapes.Quantity):
        return i18n.quantity(micro(value))
    if isinstance(field, shapes.Percent):
        return f"{value}%"
    return _word(name, value)


def _word(name: str, value: str) -> str:
    """A word of a closed list in the reader's language, anything else as it is."""
    titles = _input_words()[1].get(name, {})
    title = titles.get(value) or (_HATS.get(value) if name in ("role", "roles", "kind", "kinds") else None)
    return i18n.say(title) if title else value


def _fields(lifecycle: Lifecycle[Any]) -> dict[str, fields.Field[Any]]:
    assert lifecycle.shape is not None
    return lifecycle.shape().fields
