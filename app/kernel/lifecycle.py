"""Lifecycles declared as data, and Actions: the only way a record is written.

The decorator replaces a verb's function by the guarded action. Whoever calls it, a face, another domain, a test, the
worker or a shell, meets the same checks in the same order: it exists for you (404) -> it is yours to do (403) -> it
is well formed (422) -> it is possible now (409).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar

import sqlalchemy as sa
from marshmallow import Schema

from app.kernel.actors import SYSTEM_ACTOR, Actor, Who
from app.kernel.db import Record, UtcDateTime, db
from app.kernel.errors import NOT_THERE, NOT_YOURS, WRONG_STATE, Refusal
from app.kernel.events import Pending
from app.kernel.reading import readable
from app.kernel.values import new_id, now
from app.kernel.work import current

R = TypeVar("R", bound=Record)
P = ParamSpec("P")
T = TypeVar("T")

Guard = Callable[[Any, Actor], None]
"""Raises a Refusal when the action is not possible now; must not write."""

G = TypeVar("G", bound=Guard)
_AT_SIGHT: Final = "at_sight"

Due = str | timedelta | Callable[[Any], datetime | None]
"""A column of the record, a time from now, or a function of the record."""

_ARROW: Final = re.compile(r"^([a-z_|*]+) -> ([a-z_]+|=)$")


@dataclass(frozen=True, slots=True)
class State:
    """A participle: its title, whom it waits for and until when, and what happens next, in one sentence."""

    name: str
    title: str
    tone: str = "active"  # draft | waiting | active | good | stop | held: the colour and icon of its badge
    next: str = ""
    waits: Who | None = None
    due: Due | None = None
    final: bool = False
    step: str = ""
    """What the step is called once it lies behind: "awaiting the operator" is then "operator's approval"."""


class Lifecycle(Generic[R]):
    """The states of one record and the actions between them."""

    def __init__(
        self,
        name: str,
        model: type[R],
        states: Sequence[State],
        *,
        title: str,
        collection: str,
        main_path: str = "",
        shape: type[Schema] | None = None,
    ) -> None:
        self.name, self.model, self.title, self.collection = name, model, title, collection
        self.states = {state.name: state for state in states}
        self.main_path = tuple(main_path.split())
        self.shape = shape
        self.actions: dict[str, Action[Any, Any, Any]] = {}
        self.births: list[Action[Any, Any, Any]] = []
        if list(self.states) != model.__states__.split():
            raise RuntimeError(f"{name}: the model's states differ from the lifecycle's")
        if name in LIFECYCLES:
            raise RuntimeError(f"lifecycle {name!r} is declared twice")
        LIFECYCLES[name] = self
        BY_MODEL[model] = self

    def __repr__(self) -> str:
        return f"<Lifecycle {self.name}>"

    @property
    def initial(self) -> str:
        """The first state listed is where a record is born, unless its birth says otherwise."""
        return next(iter(self.states))

    def action(
        self,
        arrow: str,
        *,
        by: Who,
        title: str,
        needs: Sequence[Guard] = (),
        takes: type[Schema] | None = None,
        makes: Lifecycle[Any] | None = None,
        born: str | None = None,
        touches: bool | None = None,
        after: str | None = None,
        name: str | None = None,
        primary: bool = False,
        dangerous: bool = False,
    ) -> Callable[[Callable[Concatenate[R, Actor, P], T]], Action[R, P, T]]:
        """Declare a verb: `"a|b -> c"` moves, `"a -> ="` stays, `"* -> ="` stays in any state.

        by: who may; needs: guards in order; takes: input schema; makes: the lifecycle of the record it returns
        (a birth, which does not touch the parent's version unless it moves the parent or says `touches`); born: the
        state of that record;
        after: the column whose passing lets the worker perform it as SYSTEM; primary: the solid button.
        """

        def declare(effect: Callable[Concatenate[R, Actor, P], T]) -> Action[R, P, T]:
            verb: Action[R, P, T] = Action(
                lifecycle=self, name=name or effect.__name__, effect=effect, arrow=arrow, by=by, title=title,
                needs=tuple(needs), takes=takes, makes=makes, born=born,
                touches=(makes is None or not arrow.endswith("=")) if touches is None else touches, after=after,
                primary=primary, dangerous=dangerous,
            )  # fmt: skip
            if verb.name in self.actions:
                raise RuntimeError(f"{self.name}.{verb.name} is declared twice")
            self.actions[verb.name] = verb
            if makes is not None:
                makes.births.append(verb)
            return verb

        return declare

    def enter(self, record: R, state: str) -> None:
        """Put a record into a state and write down whom that state waits for; only Action calls this."""
        record.state = state
        self.wait(record)

    def wait(self, record: R) -> None:
        """Store whom the record's state waits for, and until when."""
        state = self.states[record.state]
        record.waits_org = record.waits_role = record.waits_until = None
        if state.waits is None or not record.attended():
            return
        one = state.waits.each()[0]
        record.waits_org = record.party(one.party) if one.party else (one.platform or one.grant or "system")
        record.waits_role = ",".join(sorted(one.roles)) or None
        record.waits_until = _moment(state.due, record)


def _moment(due: Due | None, record: Record) -> datetime | None:
    if due is None:
        return None
    if isinstance(due, str):
        value: datetime | None = getattr(record, due)
        return value
    return now() + due if isinstance(due, timedelta) else due(record)


LIFECYCLES: Final[dict[str, Lifecycle[Any]]] = {}
BY_MODEL: Final[dict[type[Record], Lifecycle[Any]]] = {}


def lifecycle_of(record: Record) -> Lifecycle[Any]:
    """The lifecycle that moves this record."""
    return BY_MODEL[type(record)]


@dataclass(frozen=True, slots=True)
class Offer:
    """An action on a record's page: offered, or refused now with the reason."""

    action: Action[Any, Any, Any]
    refusal: Refusal | None

    @property
    def enabled(self) -> bool:
        """Whether it would be done now."""
        return self.refusal is None


@dataclass(frozen=True, eq=False)
class Action(Generic[R, P, T]):
    """A guarded verb. Calling it checks, does, moves the state, raises the version and appends the event."""

    lifecycle: Lifecycle[R]
    name: str
    effect: Callable[Concatenate[R, Actor, P], T] = field(repr=False)
    arrow: str
    by: Who = field(repr=False)
    title: str
    needs: tuple[Guard, ...] = field(repr=False)
    takes: type[Schema] | None
    makes: Lifecycle[Any] | None
    born: str | None
    touches: bool
    after: str | None
    primary: bool
    dangerous: bool

    def __post_init__(self) -> None:
        match = _ARROW.match(self.arrow)
        if not match:
            raise RuntimeError(f"{self.full_name}: cannot read the arrow {self.arrow!r}")
        sources = tuple(self.lifecycle.states) if match[1] == "*" else tuple(match[1].split("|"))
        unknown = {*sources, *([] if match[2] == "=" else [match[2]])} - set(self.lifecycle.states)
        if unknown:
            raise RuntimeError(f"{self.full_name}: unknown states {sorted(unknown)}")
        object.__setattr__(self, "sources", frozenset(sources))
        object.__setattr__(self, "target", None if match[2] == "=" else match[2])

    sources: frozenset[str] = field(init=False)
    target: str | None = field(init=False)

    @property
    def full_name(self) -> str:
        """`quote.withdraw`; the name of the event, unless the action is a birth."""
        return f"{self.lifecycle.name}.{self.name}"

    @property
    def event_name(self) -> str:
        """`quote.withdraw`, or `quote.create` for a birth that leaves its parent where it is."""
        return self.birth_name if self.makes and self.target is None else self.full_name

    @property
    def birth_name(self) -> str:
        """The event that the record which a birth makes begins with: `quote.create`."""
        assert self.makes is not None
        return f"{self.makes.name}.create"

    @property
    def sentence(self) -> str:
        """The first line of the docstring: what a procurement officer reads."""
        return (self.effect.__doc__ or "").strip().partition("\n")[0]

    def admit(self, record: R, actor: Actor) -> None:
        """Refuse whoever this is not for (403); called before the input is read."""
        if not self.by.admits(actor, record):
            raise NOT_YOURS(who=[*self.by.titles()])

    def possible(self, record: R, actor: Actor) -> None:
        """Refuse what is not possible now (409): the state, then the guards in order."""
        if record.state not in self.sources:
            raise WRONG_STATE(state=self.lifecycle.states[record.state].title)
        for guard in self.needs:
            guard(record, actor)

    def __call__(self, record: R, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> T:
        work = current()
        work.lock(record)
        self.admit(record, actor)
        self.possible(record, actor)
        event = Pending(
            name=self.event_name,
            object_id=record.id,
            actor=actor.reference() | _inherited(work.doing),
            cause=work.doing[-1].id if work.doing else None,
            came_from=record.state,
        )
        work.pending.append(event)
        work.doing.append(event)
        try:
            made = self.effect(record, actor, *args, **kwargs)
        except BaseException:
            work.half_done = self.full_name
            raise
        finally:
            work.doing.pop()
        if self.makes is not None and isinstance(made, Record):
            if self.target is not None:
                self._move(record, event)
                event = Pending(
                    name=self.birth_name, object_id=made.id, actor=event.actor, cause=event.id,
                    private=event.private,
                )  # fmt: skip
                work.pending.append(event)
            self._bear(record, made, event)
            work.locked.add(made.id)
        else:
            self._move(record, event)
        if self.touches:
            record.updated_at = now()
        return made

    def _move(self, record: R, event: Pending) -> None:
        if self.target is not None:
            self.lifecycle.enter(record, self.target)
        event.went_to = record.state
        event.audience = [] if event.private else sorted({*event.audience, *record.audience()})

    def _bear(self, parent: R, made: Record, event: Pending) -> None:
        """The child's first event: it is about the child and names the parent."""
        assert self.makes is not None
        if not made.id:
            raise RuntimeError(f"{self.full_name}: made a record without an id")
        if not made.state:
            self.makes.enter(made, self.born or self.makes.initial)
        db.session.add(made)
        event.object_id, event.came_from, event.went_to = made.id, None, made.state
        event.facts["parent"] = parent.id
        event.audience = [] if event.private else sorted({*event.audience, *made.audience()})


def at_sight(guard: G) -> G:
    """Mark a guard that reads the record and the actor alone: a list may ask it for each of its rows."""
    setattr(guard, _AT_SIGHT, True)
    return guard


def plainly_refused(verb: Action[Any, Any, Any], record: Record, actor: Actor) -> bool:
    """Whether a guard that needs no query refuses; what the others say is told on the page of the action."""
    for guard in verb.needs:
        if getattr(guard, _AT_SIGHT, False):
            try:
                guard(record, actor)
            except Refusal:
                return True
    return False


def _inherited(doing: Sequence[Pending]) -> dict[str, str | None]:
    """What is done because of something done for somebody else is done for them too."""
    behalf = doing[-1].actor.get("behalf") if doing else None
    return {"behalf": behalf} if behalf is not None else {}


def say(words: str | None) -> None:
    """Put the words a person wrote (a reason, a remark) beside the event of the running action, outside the chain."""
    if words and words.strip():
        current().doing[-1].words = words.strip()


def hush() -> None:
    """Let only staff hear of the running action, whatever the record's audience is (a commission, for instance)."""
    current().doing[-1].private = True


def fresh(model: type[R], lifecycle_prefix: str | None = None, /, **columns: Any) -> R:
    """A new record with its id; its birth action gives it a state."""
    prefix = lifecycle_prefix or model.__prefix__
    return model(id=new_id(prefix), **columns)


def visible(model: type[R], actor: Actor) -> Any:
    """The select that every read of a record starts from: rows that exist for this actor."""
    return db.select(model).where(readable(model, actor))


def find(model: type[R], record_id: str, actor: Actor, *, lock: bool = False) -> R:
    """The record, if it exists for the actor; else the one refusal for "not there" and "not yours" (404)."""
    statement = _one(model, lock) if actor.system else _one_of(visible(model, actor), model, lock)
    record: R | None = db.session.scalars(statement, {"record_id": record_id}).unique().one_or_none()
    if record is None:
        raise NOT_THERE()
    if lock:
        current().locked.add(record.id)
    return record


@cache
def _one(model: type[Record], lock: bool) -> Any:
    """For the system, to whom every record exists: built once, because the worker asks all the time."""
    return _one_of(visible(model, SYSTEM_ACTOR), model, lock)


def _one_of(rows: Any, model: type[Record], lock: bool) -> Any:
    one = rows.where(model.id == sa.bindparam("record_id"))
    if not lock:
        return one
    return one.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)


def offers(record: Record, actor: Actor) -> list[Offer]:
    """What this actor may do to the record from its state: each with the reason where it is refused now."""
    lifecycle = lifecycle_of(record)
    offered = []
    for verb in lifecycle.actions.values():
        if record.state not in verb.sources or not verb.by.admits(actor, record):
            continue
        try:
            verb.possible(record, actor)
        except Refusal as refused:
            offered.append(Offer(verb, refused))
        else:
            offered.append(Offer(verb, None))
    return offered


def validate(lifecycles: Iterable[Lifecycle[Any]] | None = None) -> None:
    """Stop the program at start when a graph has unknown, unreachable or dead-end states."""
    for lifecycle in LIFECYCLES.values() if lifecycles is None else lifecycles:
        problems = graph_problems(lifecycle)
        if problems:
            raise RuntimeError(f"{lifecycle.name}: {'; '.join(problems)}")


def graph_problems(lifecycle: Lifecycle[Any]) -> list[str]:
    """What is wrong with a lifecycle's graph, in words; empty when it is sound."""
    moves = {(s, a.target) for a in lifecycle.actions.values() if a.target for s in a.sources}
    born = {birth.born or lifecycle.initial for birth in lifecycle.births} or {lifecycle.initial}
    reached = _closure(born, moves)
    finals = {state.name for state in lifecycle.states.values() if state.final}
    saved = _closure(finals, {(b, a) for a, b in moves})
    problems = [f"{state} is never reached" for state in lifecycle.states if state not in reached]
    problems += [f"{state} never reaches a final state" for state in lifecycle.states if state not in saved]
    problems += [f"{a.name} has no sentence" for a in lifecycle.actions.values() if not a.sentence]
    for clock in (a for a in lifecycle.actions.values() if a.after is not None):
        if not any(one.system for one in clock.by.each()):
            problems.append(f"{clock.name} is a clock that SYSTEM may not ring")
        if not isinstance(getattr(getattr(lifecycle.model, str(clock.after), None), "type", None), UtcDateTime):
            problems.append(f"{clock.name} waits for {clock.after}, which is no moment of the record")
        problems += [f"{clock.name} would move the final state {state}" for state in sorted(clock.sources & finals)]
    return problems


def _closure(start: set[str], moves: set[tuple[str, Any]]) -> set[str]:
    reached = set(start)
    while more := {b for a, b in moves if a in reached} - reached:
        reached |= more
    return reached
