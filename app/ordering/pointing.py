"""Refusals that point at what they are about: a field of the form, or a field of one of its lines."""

from __future__ import annotations

from app.kernel.errors import Code, Refusal


def at_field(code: Code, field: str, **params: object) -> Refusal:
    """The refusal, its words standing at the field too."""
    return Refusal(code, fields={field: [Refusal(code, params=params)]}, params=params)


def at_line(code: Code, place: int, field: str, **params: object) -> Refusal:
    """The refusal, its words standing at a field of the line at this place (from 0) too."""
    return Refusal(code, fields={"lines": {place: {field: [Refusal(code, params=params)]}}}, params=params)
