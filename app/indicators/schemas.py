"""Shapes of indicators: what a definition takes, and how one is shown with its newest values."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields, validate

from app.indicators.models import CODE_CHARS, DIRECTIONS, TITLE_CHARS, UNITS
from app.indicators.questions import QUESTIONS
from app.kernel.periods import MONTHS
from app.kernel.shapes import LONG_TEXT, Choice, Count, Input, Moment, Percent, Quantity, RecordOut, Text
from app.kernel.values import N_

UNIT_TITLES: Final = dict(
    zip(UNITS, (N_("percent"), N_("days"), N_("mean number"), N_("number"), N_("CNY")), strict=True)
)
DIRECTION_TITLES: Final = dict(zip(DIRECTIONS, (N_("more is better"), N_("less is better")), strict=True))
SPAN_TITLES: Final = dict(zip(MONTHS, (N_("monthly"), N_("quarterly"), N_("yearly")), strict=True))
SOURCE_TITLES: Final = {name: one.title for name, one in sorted(QUESTIONS.items())}

PARAMETER_TITLES: Final = {name: one.title for asked in QUESTIONS.values() for name, one in asked.parameters.items()}

MOST_PARAMETERS: Final = 5
MOST_VALUE: Final = 1_000_000
FEWER_PARAMETERS: Final = N_("At most five parameters.")


class ParameterInput(Input):
    """One parameter of the question, by name."""

    name = Choice(PARAMETER_TITLES, required=True, metadata={"title": N_("Parameter"), "kind": "select"})
    value = Count(required=True, most=MOST_VALUE, metadata={"title": N_("Value")})


class WordsInput(Input):
    """What an indicator is called and how it is defined, in both languages."""

    title_zh = Text(required=True, most=TITLE_CHARS, metadata={"title": N_("Title in Chinese")})
    title_en = Text(most=TITLE_CHARS, load_default="", metadata={"title": N_("Title in English")})
    definition_zh = Text(
        most=LONG_TEXT, multiline=True, load_default="", metadata={"title": N_("Definition in Chinese")}
    )
    definition_en = Text(
        most=LONG_TEXT, multiline=True, load_default="", metadata={"title": N_("Definition in English")}
    )


class TargetInput(Input):
    """A target, or none."""

    target = Quantity(
        zero=True, allow_none=True, load_default=None,
        metadata={"title": N_("Target"), "hint": N_("In the unit of the indicator; empty means that there is none.")},
    )  # fmt: skip
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class IndicatorInput(WordsInput):
    """A new indicator."""

    class Meta(Input.Meta):
        """In the order of the form."""

        fields = (
            "code", "title_zh", "title_en", "definition_zh", "definition_en", "source", "parameters", "span", "target"
        )  # fmt: skip

    code = Text(required=True, most=CODE_CHARS, metadata={"title": N_("Code of the indicator")})
    source = Choice(SOURCE_TITLES, required=True, metadata={"title": N_("What is counted"), "kind": "select"})
    parameters = fields.List(
        fields.Nested(ParameterInput), load_default=list,
        validate=validate.Length(max=MOST_PARAMETERS, error=FEWER_PARAMETERS),
        metadata={"title": N_("Parameters"), "hint": N_("Only where the question has some; else what is usual.")},
    )  # fmt: skip
    span = Choice(SPAN_TITLES, load_default="month", metadata={"title": N_("Measured")})
    target = Quantity(
        zero=True, allow_none=True, load_default=None,
        metadata={"title": N_("Target"), "hint": N_("In the unit of the indicator; empty means that there is none.")},
    )  # fmt: skip


class ValueOut(Schema):
    """What came out in one period; a value of null means that there was nothing to count."""

    period = fields.String(attribute="label")
    numerator = fields.Integer()
    denominator = fields.Integer()
    rows = fields.Integer(attribute="row_count")
    value = Quantity(attribute="value_micro", allow_none=True, dump_only=True)
    target = Quantity(attribute="target_micro", allow_none=True, dump_only=True)
    completion = Percent(attribute="completion_bp", allow_none=True, dump_only=True)
    measured_at = Moment()


class IndicatorOut(RecordOut):
    """An indicator with the values of its newest periods."""

    code = fields.String(metadata={"title": N_("Code of the indicator")})
    title_zh = fields.String()
    title_en = fields.String()
    definition_zh = fields.String()
    definition_en = fields.String()
    source = fields.String()
    parameters = fields.Dict(keys=fields.String(), values=fields.Integer())
    unit = fields.String(metadata={"words": UNIT_TITLES})
    direction = fields.String(metadata={"words": DIRECTION_TITLES})
    span = fields.String(metadata={"words": SPAN_TITLES})
    target = Quantity(attribute="target_micro", allow_none=True, dump_only=True)
    values = fields.List(fields.Nested(ValueOut), attribute="recent")
