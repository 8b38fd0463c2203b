"""Every event is told in words or silent on purpose, and the texts name parties, roles and states that there are."""

from __future__ import annotations

from typing import Any, Final

import pytest

from app import domains, i18n
from app.kernel.actors import ROLE_TITLES
from app.kernel.chores import CHORES
from app.kernel.events import COURIERS, REACTIONS
from app.kernel.lifecycle import LIFECYCLES, Lifecycle
from app.notices.texts import REMINDERS, SILENT, TEXTS
from app.notices.topics import TOPICS

domains.load()

MOST_TITLE_CHARS: Final = 50
"""Of a title, so that a subject shows it whole together with a number."""

VERBS: Final = [verb for one in LIFECYCLES.values() for verb in one.actions.values()]
EVENTS: Final = (
    {"organisation.create"}
    | {verb.event_name for verb in VERBS}
    | {verb.birth_name for verb in VERBS if verb.makes is not None}
)

every_text = pytest.mark.parametrize("name", sorted(TEXTS))


def subject(name: str) -> Lifecycle[Any]:
    """The lifecycle of which an event tells."""
    return LIFECYCLES[name.partition(".")[0]]


def test_every_event_is_told_or_silent_on_purpose() -> None:
    """An event named here needs a text in app/notices/texts, or a place in its module's SILENT."""
    assert len(EVENTS) > 150
    assert sorted(EVENTS - TEXTS.keys() - SILENT) == []


def test_no_text_stands_for_an_event_that_there_is_not() -> None:
    assert sorted((TEXTS.keys() | SILENT) - EVENTS) == []


def test_nothing_is_both_told_and_silent() -> None:
    assert sorted(TEXTS.keys() & SILENT) == []


@every_text
def test_what_is_told_has_a_page_to_lead_to(name: str) -> None:
    assert subject(name).shape is not None


@every_text
def test_a_text_names_parties_roles_and_states_of_its_record(name: str) -> None:
    text, lifecycle = TEXTS[name], subject(name)
    grants = {one.grant for verb in lifecycle.actions.values() for one in verb.by.each() if one.grant}
    assert set(text.to.split()) <= lifecycle.model.__parties__.keys() | grants
    assert set((text.roles or "").split()) <= ROLE_TITLES.keys()
    assert set(text.at.split()) <= lifecycle.states.keys()
    assert text.topic in TOPICS


@every_text
def test_a_text_without_parties_is_for_whoever_the_record_waits_for(name: str) -> None:
    text = TEXTS[name]
    waiting = {state.name for state in subject(name).states.values() if state.waits is not None}
    assert text.to or waiting & set(text.at.split() or waiting)


@pytest.mark.parametrize("name", sorted(TEXTS.keys() | REMINDERS.keys()))
def test_a_text_is_short_calm_and_names_nothing(name: str) -> None:
    text = (TEXTS | REMINDERS)[name]
    chinese = i18n.catalogue("zh")
    for words in (text.title, text.sentence, chinese.gettext(text.title), chinese.gettext(text.sentence)):
        assert "%" not in words, "a subject or sentence with parameters could carry a name or a price"
        assert "!" not in words
    assert len(text.title) <= MOST_TITLE_CHARS
    assert not text.title.endswith(".")
    assert text.sentence.endswith(".")


def test_the_reader_the_courier_and_the_chores_are_there() -> None:
    assert REACTIONS["notices"].keys() == TEXTS.keys()
    assert "notice" in COURIERS
    assert {"notices.digests", "notices.reminders", "notices.sweep"} <= CHORES.keys()
