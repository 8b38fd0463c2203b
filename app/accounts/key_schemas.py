"""Shapes of API keys and of the accounts of machines."""

from __future__ import annotations

from typing import Final

from marshmallow import ValidationError, fields

from app.accounts.areas import AREAS, EVERY_AREA
from app.accounts.schemas import roles_field
from app.kernel.shapes import Choice, Count, Id, Input, Moment, RecordOut, Text
from app.kernel.values import N_

DAYS_MOST: Final = 3_650
"""Of what can be typed; how long a key may really live is a setting."""


def _some(values: list[str]) -> None:
    if not values:
        raise ValidationError(N_("Choose at least one."))


def _days() -> Count:
    return Count(
        least=1, most=DAYS_MOST, load_default=None, allow_none=True,
        metadata={"title": N_("Valid for (days)"), "hint": N_("Empty: as long as is usual here.")},
    )  # fmt: skip


class KeyInput(Input):
    """A new API key."""

    title = Text(required=True, most=80, metadata={"title": N_("What it is for")})
    scope = Choice({"read": N_("Read only"), "write": N_("Read and write")}, required=True,
                   metadata={"title": N_("Scope")})  # fmt: skip
    areas = fields.List(
        Choice(AREAS), load_default=lambda: list(EVERY_AREA), validate=_some,
        metadata={"title": N_("Areas"), "hint": N_("Where it may be used. Choose as few as the program needs.")},
    )  # fmt: skip
    days = _days()


class RotateInput(Input):
    """How the old secret goes."""

    days = _days()
    at_once = fields.Boolean(
        load_default=False,
        metadata={
            "title": N_("The old secret stops at once"),
            "hint": N_("Tick it when the old secret may have been seen. Otherwise it works for some hours more."),
        },
    )


class ApiKeyOut(RecordOut):
    """A key without its secret, which is shown once, by the answer that makes it."""

    org = fields.String(attribute="org_id")
    person = fields.String(attribute="person_id", metadata={"title": N_("Person")})
    account = fields.String(attribute="account_id", allow_none=True, metadata={"title": N_("Machine account")})
    title = fields.String()
    scope = fields.String()
    areas = fields.List(fields.String(metadata={"words": AREAS}))
    expires_at = Moment(metadata={"title": N_("Valid until")})
    previous_until = Moment(allow_none=True, metadata={"title": N_("The secret before it works until")})
    used_at = Moment(allow_none=True, metadata={"title": N_("Last used")})
    secret = fields.String(dump_only=True)


class ServiceAccountInput(Input):
    """A machine and the colleague who answers for it."""

    title = Text(required=True, most=80, metadata={"title": N_("Name of the machine or program")})
    roles = roles_field()
    responsible = Id(
        "mem", required=True, metadata={
            "title": N_("Who answers for it"),
            "hint": N_("A colleague who holds these roles, and makes and keeps its keys."),
        },
    )  # fmt: skip


class HandOverInput(Input):
    """Who answers for the machine from now on."""

    responsible = Id("mem", required=True, metadata={"title": N_("Who answers for it")})


class ServiceAccountOut(RecordOut):
    """A machine's account as the organisation's own people see it."""

    org = fields.String(attribute="org_id")
    title = fields.String()
    roles = fields.List(fields.String())
    responsible = fields.String(attribute="responsible.person_id", metadata={"title": N_("Who answers for it")})
