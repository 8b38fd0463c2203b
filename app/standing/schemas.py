"""Shapes of standing: requirements, hand-over plans, contested rows."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from app.accounts.models.requirements import ASKED_KINDS, CATEGORY_CHARS, CODE_CHARS, FORMS, TITLE_CHARS
from app.accounts.schemas import KIND_TITLES
from app.catalogue.taxonomy.tree import tree
from app.kernel.shapes import LONG_TEXT, Choice, Id, Input, Moment, RecordOut, Text
from app.kernel.values import N_
from app.standing.models import CRITERIA

FORM_TITLES: Final = dict(
    zip(
        FORMS,
        (N_("a document"), N_("a statement to affirm"), N_("an answer in words"), N_("the operator looks itself")),
        strict=True,
    )
)
CRITERION_TITLES: Final = dict(
    zip(
        CRITERIA,
        (N_("delivered by the agreed day"), N_("accepted at once"), N_("days to confirm an order"),
         N_("disputes not lost")),
        strict=True,
    )
)  # fmt: skip
CODE_SHAPE: Final = re.compile(r"[a-z][a-z0-9_]*")
BAD_CODE: Final = N_("Small letters, digits and underscores, beginning with a letter.")
NO_SUCH_CATEGORY: Final = N_("There is no such category.")
LABS_OFFER_NOTHING: Final = N_("A laboratory offers nothing, so what is asked of it has no category.")


class RequirementWordsInput(Input):
    """What a requirement is called and what is to be handed in, in both languages; whether it is mandatory."""

    title_zh = Text(required=True, most=TITLE_CHARS, metadata={"title": N_("Title in Chinese")})
    title_en = Text(load_default="", most=TITLE_CHARS, metadata={"title": N_("Title in English")})
    guidance_zh = Text(
        load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("What to hand in, in Chinese")}
    )
    guidance_en = Text(
        load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("What to hand in, in English")}
    )
    mandatory = fields.Boolean(load_default=False, metadata={"title": N_("Mandatory")})


class RequirementInput(RequirementWordsInput):
    """A new requirement."""

    class Meta(Input.Meta):
        """In the order of the form."""

        fields = (
            "code", "title_zh", "title_en", "guidance_zh", "guidance_en", "kind", "category", "form", "expires",
            "mandatory", "starts_at",
        )  # fmt: skip

    code = Text(required=True, most=CODE_CHARS, metadata={"title": N_("Code of the requirement")})
    kind = Choice({kind: KIND_TITLES[kind] for kind in ASKED_KINDS}, required=True, metadata={"title": N_("Asked of")})
    category = Text(
        load_default="", most=CATEGORY_CHARS,
        metadata={"title": N_("Category"), "hint": N_("Empty: of every organisation of this kind."), "kind": "select"},
    )  # fmt: skip
    form = Choice(FORM_TITLES, required=True, metadata={"title": N_("How it is met")})
    expires = fields.Boolean(load_default=False, metadata={"title": N_("It has a validity")})
    starts_at = Moment(
        allow_none=True, load_default=None,
        metadata={"title": N_("In force from"),
                  "hint": N_("Empty: at once. Who is here already needs time to hand it in.")},
    )  # fmt: skip

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if not CODE_SHAPE.fullmatch(data["code"]):
            raise ValidationError(BAD_CODE, "code")
        category = data["category"]
        if category and tree().path(category)[-1] != category:
            raise ValidationError(NO_SUCH_CATEGORY, "category")
        if category and data["kind"] == "lab":
            raise ValidationError(LABS_OFFER_NOTHING, "category")


class RequirementOut(RecordOut):
    """A requirement as everybody reads it."""

    code = fields.String()
    name_zh = fields.String(attribute="title_zh", metadata={"title": N_("Title in Chinese")})
    name_en = fields.String(attribute="title_en", metadata={"title": N_("Title in English")})
    kind = fields.String(metadata={"title": N_("Asked of"), "words": KIND_TITLES})
    category = fields.String()
    form = fields.String()
    expires = fields.Boolean()
    mandatory = fields.Boolean()
    starts_at = Moment()
    guidance_zh = fields.String()
    guidance_en = fields.String()


class HandoverInput(Input):
    """Who takes over, and how."""

    successor = Id("org", required=True, metadata={"title": N_("Who takes over")})
    plan = Text(
        required=True, most=LONG_TEXT, multiline=True,
        metadata={"title": N_("Plan"), "hint": N_("Open orders, warranties and money: who does what, until when.")},
    )  # fmt: skip


class HandoverOut(RecordOut):
    """A hand-over plan as its two sides and the platform's staff see it."""

    org = fields.String(attribute="org_id")
    successor = fields.String(attribute="successor_id", metadata={"title": N_("Who takes over")})
    plan = fields.String(metadata={"title": N_("Plan")})
    agreed_at = Moment(allow_none=True, metadata={"title": N_("Agreed")})


class ContestInput(Input):
    """Which row of the score is held to be wrong, and why."""

    criterion = Choice(CRITERION_TITLES, required=True, metadata={"title": N_("Counted as"), "kind": "select"})
    row = Text(required=True, most=30, metadata={"title": N_("Row")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class ContestOut(RecordOut):
    """A contested row as its supplier and the platform's staff see it."""

    supplier = fields.String(attribute="supplier_id")
    criterion = fields.String()
    row = fields.String(attribute="object_id", metadata={"title": N_("Row")})
