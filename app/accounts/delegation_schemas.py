"""Shapes of delegations."""

from __future__ import annotations

from marshmallow import fields

from app.accounts.models.delegations import LENT_ROLES
from app.kernel.actors import ROLE_TITLES
from app.kernel.shapes import Choice, Id, Input, Moment, MoneyField, RecordOut
from app.kernel.values import N_


class DelegationInput(Input):
    """Which signature, to whom, between which moments, up to which amount."""

    role = Choice({role: ROLE_TITLES[role] for role in LENT_ROLES}, required=True,
                  metadata={"title": N_("Whose signature is lent")})  # fmt: skip
    deputy = Id("mem", required=True, metadata={"title": N_("Who signs instead")})
    starts_at = Moment(required=True, metadata={"title": N_("From"), "kind": "moment"})
    ends_at = Moment(required=True, metadata={"title": N_("Until"), "kind": "moment"})
    ceiling = MoneyField(required=True, metadata={"title": N_("Up to this amount")})


class DelegationOut(RecordOut):
    """A delegation as the organisation's own people see it."""

    org = fields.String(attribute="org_id")
    person = fields.String(attribute="person_id", metadata={"title": N_("Who lends it")})
    deputy = fields.String(attribute="deputy_id", metadata={"title": N_("Who signs instead")})
    role = fields.String()
    starts_at = Moment(metadata={"title": N_("From")})
    ends_at = Moment(metadata={"title": N_("Until")})
    ceiling = MoneyField(metadata={"title": N_("Up to this amount")})
