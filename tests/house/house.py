"""The park in every state with everybody in it, and how to knock at its API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from app.kernel.lifecycle import Action, Lifecycle
from tests.house.everybody import ITSELF
from tests.house.kept import State
from tests.world import World

PROBE: Final = {"__probe__": 1}


@dataclass
class House:
    """The park in every state, everybody's keys, and a way to knock."""

    app: Flask
    world: World
    records: dict[State, str]
    keys: dict[str, str | None]
    reader: str
    versions: dict[str, int]

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.app.test_client()

    @property
    def people(self) -> list[str]:
        """The labels of everybody."""
        return sorted({*self.keys, ITSELF})

    def callers(self, record_id: str) -> dict[str, str | None]:
        """Everybody's keys at a record; an organisation that has somebody of its own is asked by them too."""
        own = self.world.things.get(record_id)
        return {**self.keys, ITSELF: own} if own else self.keys

    def get(self, path: str, key: str | None) -> Any:
        """GET as the owner of a key."""
        return self.client.get(f"/api/v1/{path}", headers=_headers(key))

    def post(self, path: str, key: str | None, *, version: int | None = None) -> int:
        """The status of a POST whose body no action takes, on the current version."""
        headers = _headers(key) | ({"If-Match": f'"{version}"'} if version is not None else {})
        return int(self.client.post(f"/api/v1/{path}", json=PROBE, headers=headers).status_code)

    def try_action(self, verb: Action[Any, Any, Any], state: str, key: str | None) -> int:
        """The status of an attempt at an action on the record in a state."""
        record_id = self.records[verb.lifecycle.name, state]
        path = f"{verb.lifecycle.collection}/{record_id}/{verb.name}"
        return self.post(path, key, version=self.versions.get(record_id, 1))

    def states(self, lifecycle: Lifecycle[Any]) -> list[str]:
        """The states of a lifecycle in which there is a record, in their declared order."""
        place = {state: at for at, state in enumerate(lifecycle.states)}
        found = [state for name, state in self.records if name == lifecycle.name]
        return sorted(found, key=lambda state: (place[state.split()[0]], state))


def _headers(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
