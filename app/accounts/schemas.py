"""Shapes of the accounts domain."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields
from stdnum.cn import uscc

from app.accounts.models import KIND_ROLES, LANGUAGES
from app.kernel.actors import ROLE_TITLES
from app.kernel.shapes import Choice, EmailAddress, Input, Moment, RecordOut, Text
from app.kernel.values import N_

LANGUAGE_TITLES = dict(zip(LANGUAGES, (N_("Chinese"), N_("English")), strict=True))
KIND_TITLES = {"lab": N_("Laboratory"), "supplier": N_("Supplier"), "service": N_("Service organisation")}


class CreditCode(fields.String):
    """Unified social credit code, 18 characters with a check character (GB 32100-2015)."""

    default_error_messages = {"code": N_("Not a unified social credit code: 18 characters with a check character.")}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs) or "").strip().upper()
        if not uscc.is_valid(text):
            raise self.make_error("code")
        return text


def roles_field() -> fields.List[str]:
    """A non-empty list of roles; whether the organisation gives them is the action's to say."""
    every = {role: ROLE_TITLES[role] for roles in KIND_ROLES.values() for role in roles}
    return fields.List(Choice(every), required=True, validate=_some, metadata={"title": N_("Roles")})


def _some(values: list[str]) -> None:
    if not values:
        raise ValidationError(N_("Choose at least one."))


class OrganisationInput(Input):
    """A new organisation as the operator enters it."""

    name_zh = Text(required=True, most=120, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=120, metadata={"title": N_("Name in English")})
    kinds = fields.List(Choice(KIND_TITLES), required=True, validate=_some, metadata={"title": N_("Kinds")})
    credit_code = CreditCode(required=True, metadata={"title": N_("Unified social credit code")})
    address = Text(load_default="", metadata={"title": N_("Address")})


class ProfileInput(Input):
    """What an organisation may change of itself."""

    name_en = Text(load_default="", most=120, metadata={"title": N_("Name in English")})
    address = Text(load_default="", metadata={"title": N_("Address")})


class FormerNameOut(Schema):
    """A name that the organisation had, and until when."""

    zh = fields.String(metadata={"title": N_("Name in Chinese")})
    en = fields.String(metadata={"title": N_("Name in English")})
    until = fields.String(metadata={"title": N_("Until")})


class OrganisationOut(RecordOut):
    """An organisation as everybody sees it."""

    name_zh = fields.String()
    name_en = fields.String()
    kinds = fields.Function(lambda org: sorted(org.kinds), metadata={"type": "array"})
    address = fields.String(metadata={"title": N_("Address")})
    former_names = fields.List(fields.Nested(FormerNameOut), metadata={"title": N_("Former names")})
    suspended_until = Moment(allow_none=True, metadata={"title": N_("Suspended until")})


class InviteInput(Input):
    """Whom to invite, and as what."""

    email = EmailAddress(required=True, metadata={"title": N_("E-mail"), "kind": "email"})
    roles = roles_field()


class RolesInput(Input):
    """New roles."""

    roles = roles_field()


class JoinInput(Input):
    """What the invited person adds."""

    name = Text(required=True, most=80, metadata={"title": N_("Your name")})
    language = Choice(LANGUAGE_TITLES, load_default="zh", metadata={"title": N_("Language")})


class UnitRoleOut(Schema):
    """A role that counts for one unit and all inside it."""

    unit = fields.String(attribute="unit_id", metadata={"title": N_("Unit")})
    role = fields.String(metadata={"title": N_("Role")})


class MembershipOut(RecordOut):
    """A membership as the organisation's own people see it."""

    org = fields.String(attribute="org_id")
    person = fields.String(attribute="person_id", allow_none=True, metadata={"title": N_("Person")})
    email = fields.String()
    roles = fields.List(fields.String())
    unit_roles = fields.List(fields.Nested(UnitRoleOut), metadata={"title": N_("Roles for units")})
