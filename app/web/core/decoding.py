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

RESERVED: Final = frozenset({"csrf_token", "version", "once", "next", "add", "find", "take"})
"""Names of controls that belong to the form, not to the input."""

MOST_DEPTH: Final = 4
NAME_MOST_CHARS: Final = 80
NUMBERS: Final = (shapes.Quantity, shapes.Percent, fields.Integer)

_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def decode(
    schema: type[Schema] | Schema, form: MultiDict[str, str], *, keep_blank_rows: bool = False
) -> dict[str, Any]:
    """Raw input for the schema from a posted form. Fields that it does not know stay in, so that it refuses them.

    Rows in which nobody typed anything are left out, unless the form is only to be shown again.
    """
    made = schema() if isinstance(schema, type) else schema
    reading = _Reading(form, keep_blank_rows)
    raw = reading.object(made, "", 0)
    for name in form:
        if name not in reading.taken and name not in RESERVED:
            raw.setdefault(name[:NAME_MOST_CHARS], form[name])
    return raw


class _Reading:
    """One pass over a form: which of its names the schema has asked for."""

    def __init__(self, form: MultiDict[str, str], keep_blank_rows: bool) -> None:
        self.form, self.keep_blank_rows = form, keep_blank_rows
        self.taken: set[str] = set()

    def object(self, schema: Schema, prefix: str, depth: int) -> dict[str, Any]:
        """The fields of a schema whose names begin with the prefix."""
        raw = {}
        for key, field in schema.load_fields.items():
            name = field.data_key or key
            value = self.value(field, prefix + name, depth)
            if value is not None:
                raw[name] = value
        return raw

    def value(self, field: Any, full: str, depth: int) -> Any:
        """What was typed for one field, or None for nothing."""
        nested = nested_schema(field)
        if nested is not None:
            if depth >= MOST_DEPTH:
                return None
            if isinstance(field, fields.List) or field.many:
                return self.rows(nested, full, depth) or None
            return self.object(nested, f"{full}-", depth + 1) or None
        if isinstance(field, shapes.File):
            return None  # files come beside the form and are received by `actions`
        if isinstance(field, shapes.MoneyField):
            return self.money(full)
        self.taken.add(full)
        if isinstance(field, fields.List):
            listed = [one.strip() for text in self.form.getlist(full) for one in text.splitlines()]
            return [one for one in listed if one] or None
        if isinstance(field, fields.Boolean):
            return self.form.get(full, "") not in ("", "0", "false")
        return _scalar(field, self.form.getlist(full))

    def money(self, full: str) -> dict[str, str] | None:
        """An amount and its currency; a currency alone is what the form filled in."""
        self.taken.update((f"{full}-amount", f"{full}-currency"))
        amount = _number_text(self.form.get(f"{full}-amount", ""))
        currency = self.form.get(f"{full}-currency", "").strip().upper()
        return {"amount": amount, "currency": currency} if amount else None

    def rows(self, schema: Schema, full: str, depth: int) -> list[dict[str, Any]]:
        """The rows of a list of nested inputs, in the order of their numbers."""
        pattern = re.compile(rf"{re.escape(full)}-(\d{{1,3}})-.+", re.ASCII)
        # A number is taken as it stands ("00" is another row than "0"), so that no row hides another.
        places = {match[1] for name in self.form if (match := pattern.fullmatch(name))}
        ordered = sorted(places, key=lambda at: (int(at), at))[: MAX_LINES + 1]
        rows = [self.object(schema, f"{full}-{at}-", depth + 1) for at in ordered]
        return rows if self.keep_blank_rows else [row for row in rows if not _blank(schema, row)]


def _scalar(field: Any, given: list[str]) -> str | int | None:
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
