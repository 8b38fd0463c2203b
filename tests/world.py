"""A small park with named people, made by performing actions. Domains add theirs in tests/worlds/<domain>.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import people
from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import Membership, Organisation, Person
from app.catalogue.actions import brands, editions
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests import parks

PASSWORD = "correct horse battery"

# organisation -> (Chinese name, kinds, people: name -> roles). Every person is <name>@<organisation>.example.
ORGANISATIONS: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "operator": ("园区运营公司", {"platform": "operator"},
                 {"rui": "reviewer", "tao": "transaction_approver", "shu": "settlement", "sen": "settlement",
                  "sup": "support", "ops": "system_admin org_admin"}),
    "owner": ("园区国有公司", {"platform": "owner"}, {"wang": "owner org_admin", "wen": "owner"}),
    "auditor": ("审计处", {"platform": "auditor"}, {"shen": "auditor org_admin"}),
    "lab": ("材料学院", {"is_lab": True},
            {"mei": "member", "pu": "purchaser member", "an": "approver", "rong": "receiver", "cai": "finance",
             "guan": "org_admin", "qiu": "purchaser receiver"}),
    "lab2": ("化学学院", {"is_lab": True},
             {"lab2pu": "purchaser member receiver finance", "lab2an": "approver", "lab2admin": "org_admin"}),
    "supplier": ("华仪科学仪器", {"is_supplier": True},
                 {"mu": "catalogue", "xiao": "sales", "fa": "fulfilment", "jin": "finance", "zong": "org_admin"}),
    "supplier2": ("中原生科", {"is_supplier": True},
                  {"mu2": "catalogue", "xiao2": "sales", "fa2": "fulfilment", "jin2": "finance", "zong2": "org_admin"}),
    "service": ("恒准计量服务", {"is_service": True},
                {"fuwu": "catalogue sales fulfilment finance org_admin", "zhuan": "expert"}),
}  # fmt: skip


@dataclass
class World:
    """The organisations, people and actors of a test, by name."""

    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str, *, channel: str = "web") -> Actor:
        """The named person acting for their organisation, with the rights they hold now."""
        return people.actor_for(self.people[name], self.organisations[self.homes[name]], channel=channel)

    def org(self, name: str) -> Organisation:
        """The named organisation."""
        return find(Organisation, self.organisations[name], SYSTEM_ACTOR)

    def email(self, name: str) -> str:
        """The person's address."""
        return f"{name}@{self.homes[name]}.example"

    def key(self, name: str, *, scope: str = "write") -> str:
        """A fresh API key of the named person."""
        with unit_of_work():
            statement = db.select(Membership).where(Membership.person_id == self.people[name])
            membership = db.session.scalars(statement).one()
            made = keys.issue_key(membership, self.actor(name), title="test", scope=scope)
            return str(made.secret)  # type: ignore[attr-defined]


def build() -> World:
    """The whole small park, inside an application context."""
    world: World = parks.same_as_before(build_afresh)
    return world


def build_afresh() -> World:
    """As `build`, of whatever ORGANISATIONS says now."""
    world = World()
    with unit_of_work():
        password = people.hash_password(PASSWORD, email="")
        for org, (title, kinds, staff) in ORGANISATIONS.items():
            made = organisations.found(SYSTEM_ACTOR, state="admitted", name_zh=title, name_en=org.title(), **kinds)
            world.organisations[org] = made.id
            for name, roles in staff.items():
                _member(world, made, org, name, roles.split(), password)
        editions.load_where_newer()
        brands.load_where_newer()
    return world


def _member(world: World, org: Organisation, home: str, name: str, roles: list[str], password: str) -> None:
    email = f"{name}@{home}.example"
    inviter = Actor(person_id="per_" + "0" * 26, org_id=org.id, roles=frozenset({"org_admin"}), kinds=org.kinds)
    membership = memberships.invite(org, inviter, email=email, roles=roles)
    memberships.join(membership, SYSTEM_ACTOR, name=name.title(), language="zh", password_hash=password)
    world.people[name], world.homes[name] = str(membership.person_id), home


class Api:
    """A person at the API: keeps the key, sends versions, and hands back the parsed answer."""

    def __init__(self, app: Flask, key: str | None, *, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": language}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        """GET /api/v1/<path>."""
        return self.client.get(f"/api/v1/{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        """POST /api/v1/<path> with If-Match and Idempotency-Key where given."""
        headers = dict(self.headers)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.post(f"/api/v1/{path}", json=body if body is not None else {}, headers=headers)

    def do(self, path: str, name: str, body: Any = None) -> Any:
        """Read the record, then perform an action on the version just read."""
        seen = self.get(path)
        assert seen.status_code == 200, seen.get_data(as_text=True)
        return self.post(f"{path}/{name}", body, version=seen.get_json()["version"])


def person(world: World, name: str) -> Person:
    """The person's row."""
    return db.session.get_one(Person, world.people[name])
