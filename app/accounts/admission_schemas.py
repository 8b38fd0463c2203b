"""Shapes of admission and standing: applications, qualifications, bank accounts, restrictions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from app.accounts.models.standing import REASONS, SCOPES
from app.accounts.schemas import OrganisationInput
from app.kernel.actors import platform, who
from app.kernel.shapes import LONG_TEXT, Choice, EmailAddress, File, Id, Input, Moment, RecordOut, Text
from app.kernel.values import N_

EARLIEST_DAY: Final = date(1990, 1, 1)
LATEST_DAY: Final = date(2200, 1, 1)

SCOPE_TITLES: Final = dict(
    zip(SCOPES, (N_("offering in the catalogue"), N_("new quotes"), N_("new orders"), N_("payouts")), strict=True)
)
REASON_TITLES: Final = dict(
    zip(
        REASONS,
        (
            N_("documents lapsed or doubtful"), N_("quality of goods or services"), N_("late or missing deliveries"),
            N_("suspected fraud"), N_("complaint under examination"), N_("debt to the platform"),
            N_("asked for by the organisation"), N_("another reason"),
        ),
        strict=True,
    )
)  # fmt: skip

OWN_MONEY = who("finance|org_admin", "self")
STAFF_MONEY = (
    platform("settlement|audit_admin", "operator") | platform("owner", "owner") | platform("auditor", "auditor")
)


def _agreed(value: bool) -> None:
    if not value:
        raise ValidationError(N_("Without this no application can be taken."))


class SignUpInput(OrganisationInput):
    """A new organisation and the address of its first admin."""

    email = EmailAddress(
        required=True,
        metadata={
            "title": N_("E-mail of the first administrator"),
            "hint": N_("A link goes there. The operator sees the application once you have opened it."),
            "kind": "email",
        },
    )
    agree = fields.Boolean(
        required=True, validate=_agreed,
        metadata={"title": N_("I have read the terms of use and what is kept of me, and agree.")},
    )  # fmt: skip


class LegalNameInput(Input):
    """A new legal name, as the licence now says it."""

    name_zh = Text(required=True, most=120, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=120, metadata={"title": N_("Name in English")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class SuspendInput(Input):
    """Why an organisation is suspended, and perhaps until when."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})
    until = Moment(
        allow_none=True, load_default=None,
        metadata={"title": N_("Ends at"),
                  "hint": N_("Then it may deal again by itself. Empty: until the operator decides.")},
    )  # fmt: skip


# Qualifications -------------------------------------------------------------------------------------------------------


class Day(fields.Date):
    """A day on a document; empty where the document names none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, load_default=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "":
            return None
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise self.make_error("invalid", input=value, obj_type="date")
        found = super()._deserialize(value, attr, data, **kwargs)
        if not EARLIEST_DAY <= found <= LATEST_DAY:
            raise self.make_error("invalid", input=value, obj_type="date")
        return found


class EvidenceInput(Input):
    """What an organisation says in answer to a requirement."""

    subject = Text(
        load_default="", most=120,
        metadata={"title": N_("Brand, site or scope"),
                  "hint": N_("Only where you meet the same requirement several times, for instance per manufacturer.")},
    )  # fmt: skip
    document_no = Text(load_default="", most=80, metadata={"title": N_("Number of the document")})
    issuer = Text(load_default="", most=120, metadata={"title": N_("Issued by")})
    valid_from = Day(metadata={"title": N_("First day of validity")})
    valid_until = Day(metadata={"title": N_("Valid until (this day included)")})
    statement = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Answer or remark")})
    attested = fields.Boolean(load_default=False, metadata={"title": N_("We affirm that this is true.")})
    file = File(metadata={"title": N_("File"), "kind": "file"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A validity that ends before it begins is a slip of the pen."""
        if data.get("valid_from") and data.get("valid_until") and data["valid_until"] < data["valid_from"]:
            raise ValidationError({"valid_until": [N_("This is before the first day.")]})


class QualificationInput(EvidenceInput):
    """A submission: against which requirement, and what is said."""

    requirement = Id("rqm", required=True, metadata={"title": N_("Requirement")})

    class Meta(Input.Meta):
        """In the order of the form."""

        fields = (
            "requirement", "subject", "document_no", "issuer", "valid_from", "valid_until", "statement", "attested",
            "file",
        )  # fmt: skip


class AssessmentInput(Input):
    """What the operator found where it looks itself."""

    requirement = Id("rqm", required=True, metadata={"title": N_("Requirement")})
    subject = Text(load_default="", most=120, metadata={"title": N_("Brand, site or scope")})
    valid_until = Day(metadata={"title": N_("Valid until (this day included)")})
    finding = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("What was found")})


class QualificationOut(RecordOut):
    """A submission as its organisation and the platform's staff see it."""

    org = fields.String(attribute="org_id")
    name_zh = fields.Function(lambda one: one.label("zh"), metadata={"type": "string", "title": N_("Requirement")})
    name_en = fields.Function(lambda one: one.label("en"), metadata={"type": "string", "title": N_("Requirement")})
    requirement = fields.String(attribute="requirement_id")
    subject = fields.String()
    document_no = fields.String()
    issuer = fields.String()
    valid_from = fields.Date(allow_none=True, metadata={"title": N_("First day of validity")})
    valid_until = fields.Date(allow_none=True)
    statement = fields.String()
    attested = fields.Boolean()
    reviewer = fields.String(attribute="reviewer_id", allow_none=True, metadata={"title": N_("Reviewed by")})
    reviewed_at = Moment(allow_none=True, metadata={"title": N_("Reviewed")})


# Bank accounts --------------------------------------------------------------------------------------------------------


class BankAccountInput(Input):
    """Where payouts go."""

    bank_name = Text(required=True, most=120, metadata={"title": N_("Bank")})
    account_no = Text(required=True, most=40, metadata={"title": N_("Account number")})


class BankAccountOut(RecordOut):
    """An account; the number is for those who handle the organisation's money."""

    org = fields.String(attribute="org_id")
    bank_name = fields.String()
    account_no = fields.String(metadata={"for": OWN_MONEY | STAFF_MONEY})
    ending = fields.String(metadata={"title": N_("Ends in")})
    proposer = fields.String(attribute="proposer_id", allow_none=True, metadata={"title": N_("Named by")})
    checker = fields.String(attribute="checker_id", allow_none=True, metadata={"title": N_("Checked by")})
    held_until = Moment(allow_none=True, metadata={"title": N_("No payout before")})


# Restrictions ---------------------------------------------------------------------------------------------------------


def _ends() -> Moment:
    return Moment(
        allow_none=True, load_default=None,
        metadata={"title": N_("Ends at"), "hint": N_("Then it ends by itself. Empty: until the operator lifts it.")},
    )  # fmt: skip


class RestrictionInput(Input):
    """What is taken from an organisation, why, and perhaps until when."""

    scope = Choice(SCOPE_TITLES, required=True, metadata={"title": N_("What is stopped"), "kind": "select"})
    reason_code = Choice(REASON_TITLES, required=True, metadata={"title": N_("Kind of reason"), "kind": "select"})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})
    ends_at = _ends()


class EndInput(Input):
    """Another end, and why."""

    ends_at = _ends()
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class RestrictionOut(RecordOut):
    """A restriction as its organisation and the platform's staff see it."""

    org = fields.String(attribute="org_id")
    scope = fields.String(metadata={"title": N_("What is stopped")})
    reason_code = fields.String()
    ends_at = Moment(allow_none=True)
    appealed_at = Moment(allow_none=True, metadata={"title": N_("Appealed")})
