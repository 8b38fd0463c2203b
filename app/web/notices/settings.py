"""What a person hears, by which channel, and how soon; and where they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.kernel.errors import SIGN_IN, Refusal
from app.kernel.work import unit_of_work
from app.notices import preferences
from app.notices.schemas import PreferencesInput
from app.notices.topics import ALWAYS, CHANNELS, PACES, TOPICS
from app.web.core import forms
from app.web.notices.blueprint import pages

WORD_MOST_CHARS: Final = 100
Chosen = Mapping[tuple[str, str], str]


@pages.before_request
def _somebody() -> None:
    if not current_user.is_authenticated:
        raise SIGN_IN()


@pages.get("/inbox/preferences")
def show() -> BaseResponse:
    """The form as it stands."""
    person_id = str(current_user.person_id)
    contact = preferences.contact(person_id)
    return _page(preferences.paces(person_id), contact.telephone, contact.wechat)


@pages.post("/inbox/preferences")
def save() -> BaseResponse:
    """Store what was chosen."""
    person_id = str(current_user.person_id)
    typed = {name: request.form.get(name, "").replace("\0", "")[:WORD_MOST_CHARS] for name in ("telephone", "wechat")}
    picked = {
        (topic, channel): request.form[name][:WORD_MOST_CHARS]
        for topic in TOPICS
        for channel in CHANNELS
        if (name := f"{topic}-{channel}") in request.form
    }
    try:
        paces = [{"topic": topic, "channel": channel, "pace": pace} for (topic, channel), pace in picked.items()]
        given: dict[str, Any] = forms.load(PreferencesInput, {**typed, "paces": paces})
        with unit_of_work():
            preferences.replace(person_id, telephone=given["telephone"], wechat=given["wechat"], chosen=picked)
    except Refusal as refused:
        shown = {**preferences.paces(person_id), **{key: pace for key, pace in picked.items() if pace in PACES}}
        return _page(shown, typed["telephone"], typed["wechat"], refused)
    flash(_("Your choices are saved."), "good")
    return redirect("/inbox/preferences", 303)


def _page(paces: Chosen, telephone: str, wechat: str, refused: Refusal | None = None) -> BaseResponse:
    errors = forms.error_list(refused) if refused is not None else []
    page = render_template(
        "notices/preferences.html",
        rows=[_row(topic, title, paces) for topic, title in TOPICS.items()],
        channels=[i18n.say(title) for title in CHANNELS.values()],
        controls=forms.form_fields(_Contact, {"telephone": telephone, "wechat": wechat}, errors),
        errors=errors,
    )
    return make_response(page, refused.kind.status if refused is not None else 200)


class _Contact(PreferencesInput):
    """The two fields of the form that are typed; the paces are a table."""

    class Meta(PreferencesInput.Meta):
        """Without the table."""

        exclude = ("paces",)


def _row(topic: str, title: str, paces: Chosen) -> dict[str, Any]:
    return {
        "title": i18n.say(title),
        "cells": [
            {
                "name": f"{topic}-{channel}",
                "label": _("%(topic)s, %(channel)s", topic=i18n.say(title), channel=i18n.say(CHANNELS[channel])),
                "channel": i18n.say(CHANNELS[channel]),
                "options": [
                    (pace, i18n.say(words), paces[topic, channel] == pace)
                    for pace, words in PACES.items()
                    if (topic, channel) != ALWAYS or pace != "off"
                ],
            }
            for channel in CHANNELS
        ],
    }
