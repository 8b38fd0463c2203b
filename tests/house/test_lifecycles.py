"""Every lifecycle of the program: its graph is sound, its clocks stop at the end, its words are in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import pytest

from app import domains, i18n
from app.kernel.actors import Who
from app.kernel.db import UtcDateTime
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle, graph_problems, validate

domains.load()

ALL: Final = tuple(sorted(LIFECYCLES.values(), key=lambda lifecycle: lifecycle.name))
VERBS: Final = tuple(verb for lifecycle in ALL for verb in lifecycle.actions.values())
CLOCKS: Final = tuple(verb for verb in VERBS if verb.after is not None)
TONES: Final = {"draft", "waiting", "active", "good", "stop", "held"}
MOST_SENTENCE_CHARS: Final = 120
ELSEWHERE: Final = {
    ("claim", "agreed"): "order.pack", ("instalment", "due"): "order.record_transfer",
    ("order", "delivered"): "acceptance.accept",
}  # fmt: skip
"""States whose people act on another record: what was agreed is packed, what is due paid, what arrived accepted."""
HAN: Final = re.compile(r"[\u4e00-\u9fff]")

every_lifecycle = pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.name)


def routes(start: Iterable[str], moves: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """State -> a shortest way there from any of the starts."""
    moves = sorted(set(moves))
    found: dict[str, tuple[str, ...]] = {state: (state,) for state in start}
    edge = list(found)
    while edge:
        state = edge.pop(0)
        for came, went in moves:
            if came == state and went not in found:
                found[went] = (*found[state], went)
                edge.append(went)
    return found


def moves_of(lifecycle: Lifecycle[Any]) -> set[tuple[str, str]]:
    """(from, to) of every action that moves the record."""
    return {(came, verb.target) for verb in lifecycle.actions.values() if verb.target for came in verb.sources}


def finals_of(lifecycle: Lifecycle[Any]) -> set[str]:
    return {state.name for state in lifecycle.states.values() if state.final}


def untranslated(texts: Iterable[str]) -> list[str]:
    """The source texts that Chinese readers would get in English."""
    chinese = i18n.catalogue("zh")
    return sorted({text for text in texts if text and not HAN.search(chinese.gettext(text))})


def test_the_graphs_are_the_ones_that_the_program_starts_with() -> None:
    validate(ALL)
    assert {lifecycle.name: problems for lifecycle in ALL if (problems := graph_problems(lifecycle))} == {}


@every_lifecycle
def test_every_state_is_reached_from_a_birth(lifecycle: Lifecycle[Any]) -> None:
    born = {birth.born or lifecycle.initial for birth in lifecycle.births} or {lifecycle.initial}
    assert set(lifecycle.states) - set(routes(born, moves_of(lifecycle))) == set()


@every_lifecycle
def test_every_state_can_come_to_an_end(lifecycle: Lifecycle[Any]) -> None:
    backwards = {(went, came) for came, went in moves_of(lifecycle)}
    assert set(lifecycle.states) - set(routes(finals_of(lifecycle), backwards)) == set()


@every_lifecycle
def test_every_record_is_born_somewhere(lifecycle: Lifecycle[Any]) -> None:
    """Two have no parent's action: an organisation signs itself up too, and a plan makes its own steps."""
    assert lifecycle.births or lifecycle.name == "approval_step"


@every_lifecycle
def test_the_main_path_can_be_walked(lifecycle: Lifecycle[Any]) -> None:
    path = lifecycle.main_path
    assert path
    assert set(path) <= set(lifecycle.states)
    assert [pair for pair in pairwise(path) if pair[1] not in routes(pair[:1], moves_of(lifecycle))] == []


@pytest.mark.parametrize("verb", CLOCKS, ids=lambda one: one.full_name)
def test_a_clock_never_moves_what_has_ended(verb: Action[Any, Any, Any]) -> None:
    assert verb.sources & finals_of(verb.lifecycle) == set()
    assert any(one.system for one in verb.by.each())
    assert isinstance(getattr(verb.lifecycle.model, str(verb.after)).type, UtcDateTime)


@every_lifecycle
def test_whoever_is_waited_for_is_told_what_comes_next_and_can_do_something(lifecycle: Lifecycle[Any]) -> None:
    for state in lifecycle.states.values():
        if state.waits is None:
            continue
        assert state.next, f"{state.name} waits and does not say for what"
        assert not state.final, f"{state.name} is the end and waits"
        elsewhere = ELSEWHERE.get((lifecycle.name, state.name))
        verbs = [verb for verb in lifecycle.actions.values() if state.name in verb.sources]
        verbs += [verb for verb in VERBS if verb.full_name == elsewhere]
        assert any(shared(state.waits, verb.by) for verb in verbs), (
            f"{state.name} waits for somebody who can do nothing"
        )


def shared(waited: Who, doers: Who) -> bool:
    """Whether somebody waited for is among the doers. Whose turn it is ("answering") is one of the two sides."""
    return any(
        (one.platform, one.grant) == (other.platform, other.grant)
        and (one.party == other.party or (one.party == "answering" and other.party in ("buyer", "supplier")))
        and one.roles & other.roles
        for one in waited.each()
        for other in doers.each()
    )


@every_lifecycle
def test_states_look_and_sound_right(lifecycle: Lifecycle[Any]) -> None:
    for state in lifecycle.states.values():
        assert state.tone in TONES, state.name
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", state.name)
        assert not state.next or state.next.endswith("."), state.next


@every_lifecycle
def test_every_action_is_a_verb_with_a_title_and_one_sentence(lifecycle: Lifecycle[Any]) -> None:
    for verb in lifecycle.actions.values():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", verb.name)
        assert verb.title, verb.full_name
        assert not verb.title.endswith("."), verb.full_name
        assert verb.sentence.endswith("."), f"{verb.full_name}: {verb.sentence!r} is no sentence on one line"
        assert len(verb.sentence) <= MOST_SENTENCE_CHARS, verb.full_name


@every_lifecycle
def test_the_words_of_a_lifecycle_are_there_in_chinese(lifecycle: Lifecycle[Any]) -> None:
    texts = [lifecycle.title, *(verb.title for verb in lifecycle.actions.values())]
    texts += [words for state in lifecycle.states.values() for words in (state.title, state.next)]
    assert untranslated(texts) == []


def test_the_sentences_of_the_actions_that_people_perform_are_there_in_chinese() -> None:
    people = [verb for verb in VERBS if any(not one.system for one in verb.by.each())]
    assert untranslated(verb.sentence for verb in people) == []
