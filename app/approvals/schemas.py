"""Shapes of approvals."""

from __future__ import annotations

from typing import Final

from marshmallow import ValidationError, fields

from app.approvals.models import SUBJECTS
from app.kernel.actors import ROLE_TITLES
from app.kernel.shapes import Choice, Id, Input, Moment, MoneyField, RecordOut
from app.kernel.values import N_

SIGNING_ROLES: Final = ("approver", "finance", "org_admin")
"""The roles a rule may ask to sign."""

MAX_STEPS: Final = 5

SUBJECT_TITLES: Final = dict(zip(SUBJECTS, (N_("requisition"), N_("award")), strict=True))


def _few(roles: list[str]) -> None:
    if len(roles) > MAX_STEPS:
        raise ValidationError(N_("At most five signatures."))


class RuleInput(Input):
    """From which amount on, who signs."""

    subject = Choice(SUBJECT_TITLES, required=True, metadata={"title": N_("What is approved")})
    from_amount = MoneyField(zero=True, required=True, metadata={"title": N_("From this amount on")})
    roles = fields.List(
        Choice({role: ROLE_TITLES[role] for role in SIGNING_ROLES}), required=True, validate=_few,
        metadata={"title": N_("Who signs, in this order"), "hint": N_("Nobody chosen means: no signature is needed.")},
    )  # fmt: skip


class DelegateInput(Input):
    """Who signs instead."""

    person = Id(
        "per", required=True, metadata={
            "title": N_("Who signs instead"), "hint": N_("A colleague who may sign; the history shows both names."),
        },
    )  # fmt: skip


class ApprovalRuleOut(RecordOut):
    """A rule as its organisation and the platform's staff see it."""

    org = fields.String(attribute="org_id")
    subject = fields.String()
    from_amount = MoneyField()
    roles = fields.List(fields.String())


class StepOut(RecordOut):
    """One signature of a plan, shown inside its document."""

    class Meta:
        """Only what a reader of the document needs."""

        fields = (
            "id",
            "state",
            "role",
            "position",
            "delegate",
            "delegated_by",
            "escalated_at",
            "decided_by",
            "decided_for",
            "decided_at",
        )

    role = fields.String()
    position = fields.Integer()
    delegate = fields.String(attribute="delegate_id", allow_none=True)
    delegated_by = fields.String(allow_none=True)
    escalated_at = Moment(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_for = fields.String(allow_none=True)
    decided_at = Moment(allow_none=True)
