"""Shapes of notices: what the API says of one, and what a person chooses."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import Schema, fields, validate

from app.kernel.shapes import Choice, Input, Moment, Text
from app.kernel.values import N_
from app.notices.kinds import TITLES
from app.notices.models import WECHAT_MOST_CHARS
from app.notices.topics import CHANNELS, PACES, TOPICS

TELEPHONE: Final = re.compile(r"\+?[0-9]{5,15}", re.ASCII)
"""ITU-T E.164: at most 15 digits, the country code included."""

TOO_MANY: Final = N_("Each topic and channel is named once.")
TOO_MANY_KINDS: Final = N_("Each kind of event and channel is named once.")


class Telephone(fields.String):
    """A telephone number; blanks, brackets and hyphens between the digits are left out. May be empty."""

    default_error_messages = {
        "telephone": N_("Expected a telephone number of 5 to 15 digits, such as +86 391 356 0000.")
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = re.sub(r"[ ()-]", "", str(super()._deserialize(value, attr, data, **kwargs) or ""))
        if text and not TELEPHONE.fullmatch(text):
            raise self.make_error("telephone")
        return text


class PaceInput(Input):
    """How soon one topic is wanted by one channel."""

    topic = Choice(TOPICS, required=True)
    channel = Choice(CHANNELS, required=True)
    pace = Choice(PACES, required=True)


class KindPaceInput(Input):
    """How soon one kind of event is wanted by one channel, apart from its topic."""

    event = Choice(TITLES, required=True)
    channel = Choice(CHANNELS, required=True)
    pace = Choice(PACES, required=True)


class PreferencesInput(Input):
    """What a person wants to hear and how; topics that are not named are as usual, events as their topics."""

    telephone = Telephone(
        load_default="",
        metadata={"title": N_("Mobile number"), "hint": N_("Only for text messages of this platform."), "kind": "tel"},
    )
    wechat = Text(
        load_default="", most=WECHAT_MOST_CHARS,
        metadata={"title": N_("WeChat id"), "hint": N_("Only for WeChat messages of this platform.")},
    )  # fmt: skip
    paces = fields.List(
        fields.Nested(PaceInput), load_default=list, validate=validate.Length(max=len(TOPICS) * len(CHANNELS))
    )
    events = fields.List(
        fields.Nested(KindPaceInput), load_default=list, validate=validate.Length(max=len(TITLES) * len(CHANNELS))
    )


class PaceOut(Schema):
    """How soon one topic comes by one channel."""

    topic = fields.String()
    channel = fields.String()
    pace = fields.String()


class KindPaceOut(Schema):
    """How soon one kind of event comes by one channel, apart from its topic."""

    event = fields.String()
    channel = fields.String()
    pace = fields.String()


class PreferencesOut(Schema):
    """Every topic by every channel, the events chosen apart from them, and where the person is reached."""

    telephone = fields.String()
    wechat = fields.String()
    paces = fields.List(fields.Nested(PaceOut))
    events = fields.List(fields.Nested(KindPaceOut))


class NoticeOut(Schema):
    """One notice of the caller."""

    id = fields.String()
    created_at = Moment()
    name = fields.String(metadata={"description": "The event, or reminder.soon and reminder.passed"})
    title = fields.String()
    sentence = fields.String()
    words = fields.String(allow_none=True)
    kind = fields.String()
    record = fields.String()
    number = fields.String(allow_none=True)
    href = fields.String()
    turn = fields.Boolean(metadata={"description": "It waited for the caller"})
    until = Moment(allow_none=True)
    read_at = Moment(allow_none=True)
