"""Shapes of signing in: single sign-on, lost second factors."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from marshmallow import ValidationError, fields

from app.kernel.shapes import Input, Moment, RecordOut, Text
from app.kernel.values import N_

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 20


class Issuer(Text):
    """The address by which an identity provider names itself: https, and nothing after the path."""

    default_error_messages = {"issuer": N_("Expected the provider's https address, such as https://login.example.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        schemes = ("https", "http") if current_app.config["OUTGOING_LOOPBACK"] else ("https",)
        try:
            parts = urlsplit(text)
            fine = parts.scheme in schemes and bool(parts.hostname) and not (parts.query or parts.fragment)
            fine = fine and not parts.username and (parts.port is None or parts.port > 0)
        except ValueError:
            fine = False
        if not fine or any(char.isspace() for char in text):
            raise self.make_error("issuer")
        return text


class Domain(Text):
    """The part of a mail address after the @, in small letters."""

    default_error_messages = {"domain": N_("Expected a mail domain, such as institute.example.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).lower().removeprefix("@")
        if not DOMAIN.fullmatch(text):
            raise self.make_error("domain")
        return text


def _some(values: list[str]) -> None:
    if not 1 <= len(values) <= MOST_DOMAINS:
        raise ValidationError(N_("Name 1 to 20 domains."))


class SignOnInput(Input):
    """The identity provider of an organisation."""

    title = Text(required=True, most=80, metadata={"title": N_("Name that people know it by")})
    issuer = Issuer(required=True, most=300, metadata={
        "title": N_("Address of the identity provider (issuer)"),
        "hint": N_("Its description is read from /.well-known/openid-configuration there."),
    })  # fmt: skip
    client_id = Text(required=True, most=200, metadata={"title": N_("Client ID")})
    client_secret = Text(required=True, most=200, metadata={"title": N_("Client secret"), "kind": "password"})
    domains = fields.List(Domain(), required=True, validate=_some, metadata={
        "title": N_("Mail domains of your people"),
    })  # fmt: skip
    admits_new = fields.Boolean(load_default=False, metadata={
        "title": N_("Whoever it vouches for joins as a member, without an invitation")})  # fmt: skip
    two_factors = fields.Boolean(load_default=False, metadata={
        "title": N_("It asks for a second factor itself, so none of ours is needed")})  # fmt: skip


class SignOnChange(SignOnInput):
    """The same, where the secret may stay what it is."""

    client_secret = Text(load_default="", most=200, metadata={
        "title": N_("Client secret"), "kind": "password", "hint": N_("Empty: it stays what it is."),
    })  # fmt: skip


class SignOnOut(RecordOut):
    """Single sign-on without its secret, which nobody reads again."""

    org = fields.String(attribute="org_id")
    title = fields.String()
    issuer = fields.String()
    client_id = fields.String()
    domains = fields.List(fields.String())
    admits_new = fields.Boolean()
    two_factors = fields.Boolean()


class FactorResetOut(RecordOut):
    """A lost second factor."""

    org = fields.String(attribute="org_id")
    membership = fields.String(attribute="membership_id")
    person = fields.String(attribute="person_id", metadata={"title": N_("Whose it is")})
    asked_by = fields.String(metadata={"title": N_("Asked for by")})
    decided_by = fields.String(allow_none=True)
    lapses_at = Moment(metadata={"title": N_("Lapses, if nobody answers")})
