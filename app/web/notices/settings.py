"""What a person hears, by which channel, and how soon; and where they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.kernel.errors import SIGN_IN, Refusal
from app.kernel.work import unit_of_work
from app.notices import preferences
from app.notices.kinds import BY_TOPIC, KINDS, TITLES
from app.notices.schemas import PreferencesInput
from app.notices.topics import ALWAYS, CHANNELS, PACES, TOPICS
from app.web.core import forms
from app.web.notices.blueprint import pages

WORD_MOST_CHARS: Final = 100
AS_TOPIC: Final = ""
"""What the choice of an event says that follows its topic."""

Chosen = Mapping[preferences.Choice, str]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the form shows: paces of topics, of kinds of events apart from them, and where the person is reached."""

    topics: Chosen
    apart: Chosen
    telephone: str
    wechat: str


@pages.before_request
def _somebody() -> None:
    if not current_user.is_authenticated:
        raise SIGN_IN()


@pages.get("/inbox/preferences")
def show() -> BaseResponse:
    """The form as it stands."""
    return _page(_stored(str(current_user.person_id)))


@pages.post("/inbox/preferences")
def save() -> BaseResponse:
    """Store what was chosen."""
    person_id = str(current_user.person_id)
    typed = {name: request.form.get(name, "").replace("\0", "")[:WORD_MOST_CHARS] for name in ("telephone", "wechat")}
    topics = _picked(TOPICS)
    apart = {key: pace for key, pace in _picked(KINDS).items() if pace != AS_TOPIC}
    try:
        given: dict[str, Any] = forms.load(
            PreferencesInput, {**typed, "paces": _rows("topic", topics), "events": _rows("event", apart)}
        )
        with unit_of_work():
            preferences.replace(
                person_id, telephone=given["telephone"], wechat=given["wechat"], chosen=topics, apart=apart
            )  # fmt: skip
    except Refusal as refused:
        known = {key: pace for key, pace in topics.items() if pace in PACES}
        return _page(Wishes({**preferences.paces(person_id), **known}, apart, **typed), refused)
    flash(_("Your choices are saved."), "good")
    return redirect("/inbox/preferences", 303)


def _picked(names: Iterable[str]) -> dict[preferences.Choice, str]:
    """What the form says of these names, by channel."""
    return {
        (name, channel): request.form[field][:WORD_MOST_CHARS]
        for name in names
        for channel in CHANNELS
        if (field := f"{name}-{channel}") in request.form
    }


def _rows(what: str, picked: Chosen) -> list[dict[str, str]]:
    return [{what: name, "channel": channel, "pace": pace} for (name, channel), pace in picked.items()]


def _stored(person_id: str) -> Wishes:
    contact = preferences.contact(person_id)
    return Wishes(preferences.paces(person_id), preferences.apart(person_id), contact.telephone, contact.wechat)


def _page(wishes: Wishes, refused: Refusal | None = None) -> BaseResponse:
    errors = forms.error_list(refused) if refused is not None else []
    page = render_template(
        "notices/preferences.html",
        topics=[_topic(topic, title, wishes) for topic, title in TOPICS.items()],
        channels=[i18n.say(title) for title in CHANNELS.values()],
        controls=forms.form_fields(_Contact, {"telephone": wishes.telephone, "wechat": wishes.wechat}, errors),
        errors=errors,
    )
    return make_response(page, refused.kind.status if refused is not None else 200)


class _Contact(PreferencesInput):
    """The two fields of the form that are typed; the paces are tables."""

    class Meta(PreferencesInput.Meta):
        """Without the tables."""

        exclude = ("paces", "events")


def _topic(topic: str, title: str, wishes: Wishes) -> dict[str, Any]:
    """A topic with its own choices, and the events below it, unfolded where one of them is chosen apart."""
    kinds = BY_TOPIC[topic]
    return _row(topic, i18n.say(title), topic, wishes.topics) | {
        "events": [_row(kind, i18n.say(TITLES[kind]), topic, wishes.apart, follows=True) for kind in kinds],
        "apart": sum(1 for kind, _channel in wishes.apart if kind in kinds),
    }


def _row(name: str, title: str, topic: str, chosen: Chosen, *, follows: bool = False) -> dict[str, Any]:
    first = [(AS_TOPIC, _("As the topic"))] if follows else []
    cells = []
    for channel, channel_title in CHANNELS.items():
        said = i18n.say(channel_title)
        silent = (topic, channel) != ALWAYS
        choices = [(pace, i18n.say(words)) for pace, words in PACES.items() if silent or pace != "off"]
        cells.append({
            "name": f"{name}-{channel}", "channel": said, "chosen": chosen.get((name, channel), AS_TOPIC),
            "label": _("%(topic)s, %(channel)s", topic=title, channel=said), "options": [*first, *choices],
        })  # fmt: skip
    return {"title": title, "cells": cells}
