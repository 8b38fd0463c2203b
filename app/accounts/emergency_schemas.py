"""Shapes of emergency access."""

from __future__ import annotations

from marshmallow import fields

from app.accounts.schemas import roles_field
from app.kernel.shapes import LONG_TEXT, Count, Id, Input, Moment, RecordOut, Text
from app.kernel.values import N_

HOURS_MOST = 72
"""Of what is stored; the setting EMERGENCY_MOST_HOURS says less."""


class EmergencyInput(Input):
    """Into which organisation, as what, for how long, and why."""

    subject = Id("org", required=True, metadata={"title": N_("Organisation")})
    roles = roles_field()
    hours = Count(required=True, least=1, most=HOURS_MOST, metadata={"title": N_("For (hours)")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class EmergencyAccessOut(RecordOut):
    """An emergency access as the operator, the owner, the auditor and the organisation itself see it."""

    operator = fields.String(attribute="operator_id", metadata={"title": N_("Who enters")})
    subject = fields.String(attribute="subject_id", metadata={"title": N_("Organisation entered")})
    person = fields.String(attribute="person_id", metadata={"title": N_("Person")})
    roles = fields.List(fields.String())
    hours = fields.Integer(metadata={"title": N_("Hours")})
    allowed_by = fields.String(allow_none=True, metadata={"title": N_("Allowed by")})
    starts_at = Moment(allow_none=True, metadata={"title": N_("From")})
    ends_at = Moment(allow_none=True, metadata={"title": N_("Until")})
