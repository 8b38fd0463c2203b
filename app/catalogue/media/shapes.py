"""How a document or picture is shown."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.catalogue.media.models import KIND_TITLES
from app.kernel.values import N_


class MediumOut(Schema):
    """A document or picture that a listing shows; a picture has its sizes as addresses by their longest side."""

    id = fields.String()
    kind = fields.String(metadata={"words": KIND_TITLES})
    title = fields.String()
    number = fields.Integer(metadata={"title": N_("Version")})
    name = fields.String(metadata={"title": N_("File")})
    media_type = fields.String(metadata={"title": N_("File type")})
    size_bytes = fields.Integer(metadata={"title": N_("Bytes")})
    sha256 = fields.String(metadata={"title": N_("Checksum")})
    width = fields.Integer(allow_none=True, metadata={"title": N_("Width in pixels")})
    height = fields.Integer(allow_none=True, metadata={"title": N_("Height in pixels")})
