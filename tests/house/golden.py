"""The golden file of permissions: how it is written for a person to review, and how the expected answers are read back.

    order: affirm, approve, ...                       every action with a route
      by the system alone: accept, close, ...         no route: 404 for all
      born at their own organisation by: ...          POST on the collection
      keeps commission from: lab.*                    fields that some readers do not get

    order awaiting_operator
      seen by: auditor.* lab.* operator.* owner.*
      approve: operator.transaction_approver; not now (own_dealing): operator.dealing

States of a lifecycle stand in their declared order, actions and people in that of the alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

HEAD: Final = """\
# Who sees and who may do what, in every state of every record, as observed over HTTP by everybody in everybody.py.
# Somebody who sees a record and is not named beside an action is refused it (403), somebody who does not see it learns
# nothing (404). "not now" names the reason that the record itself gives. An action that is not listed in a state is
# refused there to those who may do it elsewhere, too (409, or 422 for input that is wrong).
# After a change: UPDATE_GOLDEN=1, and read the difference.
"""
NOBODY: Final = "nobody"
EVERYBODY: Final = "everybody"
_LINE: Final = re.compile(r"^  ([a-z_ ]+): (.*)$")
_KEEPS: Final = re.compile(r"keeps (\w+) from")


@dataclass
class Section:
    """What was observed of one record: who sees it, who was turned away (401), and action -> refusal code -> people."""

    seen_by: set[str] = field(default_factory=set)
    turned_away: set[str] = field(default_factory=set)
    actions: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def may(self, action: str) -> set[str]:
        """Whoever may try the action here, now or later."""
        return set().union(*self.actions.get(action, {}).values())

    def told(self, who: str) -> tuple[bool, bool, frozenset[tuple[str, str]]]:
        """All that is said of one person: whether they see it, are turned away, and the actions with their codes."""
        verbs = {(name, code) for name, groups in self.actions.items() for code, some in groups.items() if who in some}
        return who in self.seen_by, who in self.turned_away, frozenset(verbs)

    def only(self, people: Collection[str]) -> Section:
        """What is said of these people."""
        some = set(people)
        left = {name: {code: who & some for code, who in groups.items() if who & some}
                for name, groups in self.actions.items()}  # fmt: skip
        return Section(
            self.seen_by & some, self.turned_away & some, {name: groups for name, groups in left.items() if groups}
        )


@dataclass
class Heading:
    """What holds for a lifecycle in all its states."""

    routes: list[str]
    alone: list[str]
    born_by: set[str] | None = None
    keeps: dict[str, set[str]] = field(default_factory=dict)


Headings = dict[str, Heading]
Sections = dict[tuple[str, str], Section]


def written(
    headings: Mapping[str, Heading], sections: Mapping[tuple[str, str], Section], people: Collection[str]
) -> str:
    """The whole file."""
    parts = [HEAD]
    for name, heading in sorted(headings.items()):
        parts.append(
            "\n".join([f"{name}: {', '.join(sorted(heading.routes))}".strip(), *_heading(heading, people)]) + "\n"
        )
        for (lifecycle, state), section in sections.items():
            if lifecycle == name:
                parts.append("\n".join([f"{name} {state}", *_section(section, people)]) + "\n")
    return "\n".join(parts)


def _heading(heading: Heading, people: Collection[str]) -> Iterable[str]:
    if heading.alone:
        yield f"  by the system alone: {', '.join(sorted(heading.alone))}"
    if heading.born_by is not None:
        yield f"  born at their own organisation by: {names(heading.born_by, people)}"
    for name, strangers in sorted(heading.keeps.items()):
        yield f"  keeps {name} from: {names(strangers, people)}"


def _section(section: Section, people: Collection[str]) -> Iterable[str]:
    yield f"  seen by: {names(section.seen_by, people)}"
    if section.turned_away:
        yield f"  turned away: {names(section.turned_away, people)}"
    for action, groups in sorted(section.actions.items()):
        told = [
            names(who, people) if not code else f"not now ({code}): {names(who, people)}"
            for code, who in sorted(groups.items())
        ]
        yield f"  {action}: {'; '.join(told)}"


def names(who: Collection[str], people: Collection[str]) -> str:
    """A set of people, shortened: `lab.*` is everybody of the lab."""
    if not who:
        return NOBODY
    if set(people) <= set(who):
        return EVERYBODY
    short = set()
    for one in who:
        whole = _house(one, people)
        short.add(f"{one.partition('.')[0]}.*" if len(whole) > 1 and whole <= set(who) else one)
    return " ".join(sorted(short))


def _house(label: str, people: Collection[str]) -> set[str]:
    return {one for one in people if one.partition(".")[0] == label.partition(".")[0]}


def people_of(text: str, people: Collection[str]) -> set[str]:
    """The people that a shortened list names."""
    if text == NOBODY:
        return set()
    if text == EVERYBODY:
        return set(people)
    return {one for word in text.split() for one in (_house(word, people) if word.endswith(".*") else {word})}


def read(text: str, people: Collection[str]) -> tuple[Headings, Sections]:
    """The expected answers, from the file alone."""
    headings: Headings = {}
    sections: Sections = {}
    for block in re.split(r"\n\s*\n", text):
        first, *lines = [line for line in block.splitlines() if not line.startswith("#")] or [""]
        found = {match[1]: match[2] for line in lines if (match := _LINE.match(line))}
        name, colon, rest = first.partition(":")
        if colon:
            born = found.get("born at their own organisation by")
            headings[name] = Heading(
                _listed(rest), _listed(found.get("by the system alone", "")),
                people_of(born, people) if born is not None else None,
                {match[1]: people_of(told, people) for key, told in found.items() if (match := _KEEPS.match(key))},
            )  # fmt: skip
        elif first:
            lifecycle, _, state = first.partition(" ")
            sections[lifecycle, state] = _read_section(found, people)
    return headings, sections


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _read_section(found: Mapping[str, str], people: Collection[str]) -> Section:
    section = Section(people_of(found["seen by"], people), people_of(found.get("turned away", NOBODY), people))
    for action, told in found.items():
        if action in ("seen by", "turned away"):
            continue
        for group in told.split("; "):
            match = re.fullmatch(r"not now \(([a-z_]+)\): (.*)", group)
            code, who = match.groups() if match else ("", group)
            section.actions.setdefault(action, {})[code] = people_of(who, people)
    return section
