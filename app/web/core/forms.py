"""Forms from input schemas: which controls a schema needs, with what was typed and what is wrong with it.

Values are in the trade form that the API speaks (strings, {"amount", "currency"}, RFC 3339), or are stored values that
the field itself turns into it. Names are flat: `price-amount`, `lines-0-quantity`; errors have the same names. What
comes back is read by `decode`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from marshmallow import Schema, fields, missing

from app import i18n
from app.accounts import files
from app.http import flat_errors
from app.kernel import shapes
from app.kernel.errors import Refusal
from app.kernel.shapes import MAX_LINES
from app.kernel.values import Money
from app.web.core.decoding import MOST_DEPTH, NUMBERS
from app.web.core.decoding import RESERVED as RESERVED
from app.web.core.decoding import decode as decode
from app.web.core.decoding import load as load
from app.web.core.shown import label, nested_schema

Options = Sequence[tuple[Any, ...]]
"""(value, text) pairs, perhaps with a hint; or (text, [pairs]) for groups of a select."""
Errors = Iterable[tuple[str | None, str]]
Field = dict[str, Any]

RADIO_MOST: Final = 4
PARK: Final = timezone(timedelta(hours=8))
USUAL_CURRENCY: Final = "CNY"
CURRENCY_ATTRIBUTES: Final = {
    "maxlength": 3, "list": "currencies", "autocomplete": "off", "autocapitalize": "characters",
}  # fmt: skip


def form_fields(
    schema: type[Schema] | Schema,
    values: Mapping[str, Any] | None = None,
    errors: Errors = (),
    prefix: str = "",
    *,
    options: Mapping[str, Options] | None = None,
    depth: int = 0,
) -> list[Field]:
    """The controls of a schema for the macro `any_field`, in its order, with what was typed and what is wrong with it.

    `options` gives the choices of fields that hold ids, by their path without indices ("category", "lines.unit").
    """
    made = schema() if isinstance(schema, type) else schema
    told = list(errors)
    controls = []
    for key, field in made.load_fields.items():
        name = field.data_key or key
        value = (values or {}).get(name, missing)
        control = _control(field, name, prefix + name, value, told, options or {}, depth)
        if control is not None:
            controls.append(control)
    return controls


def _control(
    field: Any, name: str, full: str, value: Any, errors: list[tuple[str | None, str]],
    options: Mapping[str, Options], depth: int,
) -> Field | None:  # fmt: skip
    base: Field = {
        "name": full,
        "label": label(name, field),
        "optional": not field.required and not _has_usual(field),
        "hint": i18n.say(field.metadata["hint"]) if field.metadata.get("hint") else None,
        "error": _error_of(full, errors, whole=not _compound(field)),
    }
    if value is missing:
        value = None if callable(field.load_default) or field.load_default is missing else field.load_default
    nested = nested_schema(field)
    if nested is not None:
        if depth >= MOST_DEPTH:
            return None
        inner_options = _below(name, options)
        if isinstance(field, fields.List) or field.many:
            return base | _lines(nested, full, value, errors, inner_options, depth, required=field.required)
        inner = form_fields(nested, value or {}, errors, f"{full}-", options=inner_options, depth=depth + 1)
        return base | {"kind": "group", "fields": inner}
    if isinstance(field, shapes.MoneyField):
        return _money(base, _raw(field, value), errors)
    return base | {"value": _raw(field, value)} | _kind(field, value, options.get(name))


def _below(name: str, options: Mapping[str, Options]) -> dict[str, Options]:
    return {path.removeprefix(f"{name}."): those for path, those in options.items() if path.startswith(f"{name}.")}


def _has_usual(field: Any) -> bool:
    """Whether one of the choices stands chosen unless another one is."""
    return isinstance(field, shapes.Choice) and field.load_default in field.titles


def _compound(field: Any) -> bool:
    return isinstance(field, shapes.MoneyField) or nested_schema(field) is not None


def _error_of(name: str, errors: list[tuple[str | None, str]], *, whole: bool) -> str | None:
    """The sentences at a control; a control without parts also takes those of its elements (`roles-0`)."""
    own = [words for at, words in errors if at == name or (whole and at is not None and at.startswith(f"{name}-"))]
    return " ".join(dict.fromkeys(own)) or None


def _lines(
    schema: Schema, full: str, value: Any, errors: list[tuple[str | None, str]], options: Mapping[str, Options],
    depth: int, *, required: bool,
) -> Field:  # fmt: skip
    given = [row if isinstance(row, Mapping) else {} for row in (value if isinstance(value, list) else [])][:MAX_LINES]
    if not given and required:
        given = [{}]
    rows = [
        form_fields(schema, row, errors, f"{full}-{at}-", options=options, depth=depth + 1)
        for at, row in enumerate(given)
    ]
    return {"kind": "lines", "rows": rows, "add": full if len(rows) < MAX_LINES else None}


def _money(base: Field, value: Any, errors: list[tuple[str | None, str]]) -> Field:
    """Two controls side by side; what is wrong with both is said at the amount."""
    given, full = value if isinstance(value, Mapping) else {}, base["name"]
    amount = base | {
        "name": f"{full}-amount",
        "kind": "money",
        "value": given.get("amount"),
        "error": base["error"] or _error_of(f"{full}-amount", errors, whole=True),
        "attrs": {"maxlength": 30},
    }
    currency = {
        "name": f"{full}-currency",
        "label": _("Currency"),
        "kind": "text",
        "value": given.get("currency") or USUAL_CURRENCY,
        "error": _error_of(f"{full}-currency", errors, whole=True),
        "attrs": CURRENCY_ATTRIBUTES
        | {"aria-label": _("%(outer)s, %(inner)s", outer=base["label"], inner=_("Currency"))},
    }
    return base | {"kind": "pair", "fields": [amount, currency]}


def _kind(field: fields.Field[Any], value: Any, options: Options | None) -> Field:
    """The kind of control, with what it needs besides."""
    if isinstance(field, fields.List):
        return _many(field, value, options)
    if options is not None:
        return {"kind": field.metadata.get("kind", "select"), "options": list(options), "blank": ""}
    if isinstance(field, shapes.Choice):
        pairs = [(word, i18n.say(title)) for word, title in field.titles.items()]
        few = len(pairs) <= RADIO_MOST and field.required
        return {"kind": field.metadata.get("kind", "radio" if few else "select"), "options": pairs}
    if isinstance(field, fields.Boolean):
        return {"kind": "checkbox", "value": value in (True, "true", "1")}
    if isinstance(field, shapes.Moment):
        return {"kind": "datetime"}
    if isinstance(field, fields.Date):
        return {"kind": "date"}
    if isinstance(field, NUMBERS):
        return _number(field)
    if isinstance(field, shapes.File):
        return {"kind": "file", "attrs": {"accept": ",".join(f".{one}" for one in field.takes or files.TYPES)}}
    if isinstance(field, shapes.Id):
        return {"kind": "hidden" if value else "text", "attrs": {"maxlength": 30, "autocomplete": "off"}}
    return _text(field)


def _number(field: fields.Field[Any]) -> Field:
    kind = field.metadata.get("kind", "number" if not isinstance(field, fields.Integer) else "count")
    unit = "%" if isinstance(field, shapes.Percent) else field.metadata.get("unit")
    return {"kind": kind, "unit": unit, "attrs": {"maxlength": 40}}


def _text(field: fields.Field[Any]) -> Field:
    if isinstance(field, shapes.CurrencyCode):
        return {"kind": "text", "attrs": CURRENCY_ATTRIBUTES}
    kind = field.metadata.get("kind", "textarea" if isinstance(field, shapes.Text) and field.multiline else "text")
    most = field.most if isinstance(field, shapes.Text) else shapes.SHORT_TEXT
    return {"kind": kind, "attrs": {"maxlength": most}}


def _many(field: fields.List[Any], value: Any, options: Options | None) -> Field:
    """Several of a few: boxes; several of many: one per line."""
    listed = [str(one) for one in value] if isinstance(value, (list, tuple)) else []
    if options is None and isinstance(field.inner, shapes.Choice):
        options = [(word, i18n.say(title)) for word, title in field.inner.titles.items()]
    if options is not None:
        return {"kind": "checkbox", "options": list(options), "value": listed}
    hint = {} if field.metadata.get("hint") else {"hint": _("One per line.")}
    return {"kind": "textarea", "value": "\n".join(listed), **hint}


def _raw(field: fields.Field[Any], value: Any) -> Any:
    """A value as the control shows it: what was typed stays, what is stored goes through the field."""
    if value is None or isinstance(field, fields.List):
        return value
    if isinstance(field, shapes.Moment):
        return _park_time(value)
    if isinstance(value, (str, Mapping)):
        return value
    if isinstance(field, (shapes.Quantity, shapes.Percent, shapes.MoneyField)):
        return field._serialize(value, None, None)
    return value.isoformat() if isinstance(field, fields.Date) else value


def _park_time(value: Any) -> str:
    """A moment for datetime-local, on the park's clock; what cannot be read stays as it was typed."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return str((value.astimezone(PARK) if value.tzinfo else value).strftime("%Y-%m-%dT%H:%M"))


def error_list(refused: Refusal) -> list[tuple[str | None, str]]:
    """(name of the field or None, sentence) for each thing that is wrong, in the reader's language."""
    listed: list[tuple[str | None, str]] = [
        (path.replace(".", "-") or None, _words(words, refused)) for path, words in flat_errors(refused.fields)
    ]
    return listed or [(None, i18n.say(refused.words, refused.params))]


def _words(words: object, refused: Refusal) -> str:
    return i18n.say(refused.words, refused.params) if words == refused.words else i18n.speak(words)


def anchored(errors: Errors, controls: list[Field]) -> list[tuple[str | None, str]]:
    """The errors for the summary: (name of the control that each belongs to, or None; what it is called and why)."""
    places = {name: place for control in controls for name, place in _places(control, "").items()}
    found: list[tuple[str | None, str]] = []
    for name, words in errors:
        at = name or ""
        while at and at not in places:
            at = at.rpartition("-")[0]
        found.append((at, _("%(where)s: %(what)s", where=places[at], what=words)) if at else (None, words))
    return list(dict.fromkeys(found))


def _places(control: Field, within: str) -> dict[str, str]:
    """Name -> what people call it ("line 2, quantity") for a control and all inside it."""
    here = _within(within, control["label"])
    found = {} if control["kind"] == "hidden" else {control["name"]: here}
    for inner in control.get("fields", ()):
        # The amount of a price is "price" to its reader; parts of a nested input have names of their own.
        found |= dict.fromkeys(_places(inner, within), here) if control["kind"] == "pair" else _places(inner, here)
    for at, row in enumerate(control.get("rows", ()), start=1):
        for inner in row:
            found |= _places(inner, _within(within, _("Line %(number)s", number=at)))
    return found


def _within(outer: str, inner: str) -> str:
    return _("%(outer)s, %(inner)s", outer=outer, inner=inner) if outer else inner


def stored_values(schema: type[Schema] | Schema, record: Any) -> dict[str, Any]:
    """What a record holds under the names of an edit form: columns of the same name, or with their unit behind it."""
    made = schema() if isinstance(schema, type) else schema
    found = {field.data_key or key: _stored(field, key, record) for key, field in made.load_fields.items()}
    return {name: value for name, value in found.items() if value is not None}


def _stored(field: fields.Field[Any], key: str, record: Any) -> Any:
    if isinstance(record, Mapping):  # a child that is kept as JSON in a column of its parent
        return record.get(key)
    if isinstance(field, shapes.MoneyField):
        minor, currency = getattr(record, f"{key}_minor", None), getattr(record, "currency", None)
        return Money(minor, currency) if minor is not None and currency else getattr(record, key, None)
    nested = nested_schema(field)
    if nested is not None:
        there = key in sa.inspect(record).dict or isinstance(getattr(type(record), key, None), property)
        loaded = there and isinstance(getattr(record, key), list)
        return [stored_values(nested, child) for child in getattr(record, key)] if loaded else None
    held = (getattr(record, name, None) for name in (key, f"{key}_micro", f"{key}_bp"))
    return next((value for value in held if value is not None), None)
