"""What a browser sent back, as raw input for a schema.

Decoding follows the schema, so a hostile name can neither nest deeper nor count higher than the schema does. Names are
flat, as `forms.py` gives them: `price-amount`, `lines-0-quantity`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, missing
from werkzeug.datastructures import MultiDict

from app.kernel import shapes
from app.kernel.errors import INVALID_INPUT
from app.kernel.shapes import MAX_LINES, PARK_OFFSET
from app.web.core.shown import nested_schema

RESERVED: Final = frozenset({"csrf_token", "version", "once", "next", "add"})
"""Names of controls that belong to the form, not to the input."""

MOST_DEPTH: Final = 4
NAME_MOST_CHARS: Final = 80
NUMBERS: Final = (shapes.Quantity, shapes.Percent, fields.Integer)

_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def decode(schema: type[Schema] | Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    """Raw input for the schema from a posted form. Fields that it does not know stay in, so that it refuses them."""
    made = schema() if isinstance(schema, type) else schema
    taken: set[str] = set()
    raw = _object(made, form, "", taken, 0)
    for name in form:
        if name not in taken and name not in RESERVED:
            raw.setdefault(name[:NAME_MOST_CHARS], form[name])
    return raw


def _object(schema: Schema, form: MultiDict[str, str], prefix: str, taken: set[str], depth: int) -> dict[str, Any]:
    raw = {}
    for key, field in schema.load_fields.items():
        name = field.data_key or key
        value = _read(field, form, prefix + name, taken, depth)
        if value is not None:
            raw[name] = value
    return raw


def _read(field: Any, form: MultiDict[str, str], full: str, taken: set[str], depth: int) -> Any:
    nested = nested_schema(field)
    if nested is not None:
        if depth >= MOST_DEPTH:
            return None
        if isinstance(field, fields.List) or field.many:
            return _read_lines(nested, form, full, taken, depth) or None
        return _object(nested, form, f"{full}-", taken, depth + 1) or None
    if isinstance(field, shapes.File):
        return None  # files come beside the form and are received by `actions`
    if isinstance(field, shapes.MoneyField):
        taken.update((f"{full}-amount", f"{full}-currency"))
        amount, currency = _number_text(form.get(f"{full}-amount", "")), form.get(f"{full}-currency", "")
        return {"amount": amount, "currency": currency.strip().upper()} if amount else None
    taken.add(full)
    if isinstance(field, fields.List):
        listed = [one.strip() for text in form.getlist(full) for one in text.splitlines()]
        return [one for one in listed if one] or None
    if isinstance(field, fields.Boolean):
        return form.get(full, "") not in ("", "0", "false")
    return _read_scalar(field, form.getlist(full))


def _read_scalar(field: Any, given: list[str]) -> str | int | None:
    if not given:
        return None
    text = given[-1]
    if isinstance(field, shapes.Text):
        # An empty required text says "Please fill this in."; an empty optional one is left out.
        return text if text.strip() or field.required else None
    text = text.strip()
    if isinstance(field, NUMBERS):
        text = _number_text(text).removesuffix("%").rstrip()
        if isinstance(field, fields.Integer) and _WHOLE.fullmatch(text):
            return int(text)  # JSON tells numbers from texts, and so do the schemas; a form cannot
    if isinstance(field, shapes.Moment) and _NAIVE.fullmatch(text):
        text += PARK_OFFSET
    return text or None


def _number_text(text: str) -> str:
    """A number as typed: full-width digits and thousands separators are understood."""
    text = unicodedata.normalize("NFKC", text).strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def _read_lines(
    schema: Schema, form: MultiDict[str, str], full: str, taken: set[str], depth: int
) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(full)}-(\d{{1,3}})-.+", re.ASCII)
    # A number is taken as it stands ("00" is another row than "0"), so that no row hides another.
    places = sorted({match[1] for name in form if (match := pattern.fullmatch(name))}, key=lambda at: (int(at), at))
    rows = [_object(schema, form, f"{full}-{at}-", taken, depth + 1) for at in places[: MAX_LINES + 1]]
    return [row for row in rows if not _blank(schema, row)]


def _blank(schema: Schema, row: Mapping[str, Any]) -> bool:
    """Whether nobody typed anything: what stands there are unticked boxes and what the form filled in itself."""
    usual = {field.data_key or key: field.load_default for key, field in schema.load_fields.items()}
    return all(value is False or value == "" or value == usual.get(name, missing) for name, value in row.items())


def load(schema: type[Schema], given: Mapping[str, Any]) -> dict[str, Any]:
    """Input that belongs to no action, through its schema; refusal `invalid_input` with the fields."""
    try:
        loaded: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.messages_dict) from None
    return loaded
