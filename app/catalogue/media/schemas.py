"""What comes in with a document or picture."""

from __future__ import annotations

from app.catalogue.media.looking import MediumFile
from app.catalogue.media.models import KIND_TITLES, PREFIX, TITLE_CHARS
from app.kernel.shapes import Choice, Id, Input, Text
from app.kernel.values import N_


class MediumInput(Input):
    """A document or picture, new or in place of one that is shown."""

    kind = Choice(KIND_TITLES, required=True, metadata={"title": N_("Kind of document"), "kind": "select"})
    file = MediumFile(
        required=True,
        metadata={"title": N_("File"), "kind": "file",
                  "hint": N_("PDF, PNG or JPEG, 10 MB at most. Pictures are drawn anew without their metadata.")},
    )  # fmt: skip
    title = Text(
        load_default="", most=TITLE_CHARS,
        metadata={"title": N_("Title"), "hint": N_("What a picture shows, or the number of a certificate.")},
    )  # fmt: skip
    replaces = Id(
        PREFIX, load_default=None, allow_none=True,
        metadata={"title": N_("New version of"), "hint": N_("The old one is kept for those who ordered.")},
    )  # fmt: skip


class ShownMediumInput(Input):
    """One of the documents and pictures that a listing shows."""

    medium = Id(PREFIX, required=True, metadata={"title": N_("Document or picture")})
