"""A signed-in browser at the API: the cookie that the sign-in page would set, and the token of its forms."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app.accounts import people
from app.accounts.models import Person
from app.kernel.db import db
from app.kernel.work import unit_of_work
from tests.world import World


class Browser:
    """A person's browser: sends its cookie by itself, and its form token only when told to."""

    def __init__(self, app: Flask, world: World, name: str) -> None:
        with unit_of_work():
            self.token = people.open_session(db.session.get_one(Person, world.people[name]))
        self.client: FlaskClient = app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = self.token, True
            session["csrf_token"] = "0" * 40
        self.form_token = str(URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("0" * 40))

    def get(self, path: str) -> Any:
        """GET /api/v1/<path>."""
        return self.client.get(f"/api/v1/{path}")

    def post(self, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
        """POST /api/v1/<path> with the form token where given."""
        given = {"X-CSRFToken": token} if token is not None else {}
        return self.client.post(f"/api/v1/{path}", json=body or {}, headers=given | headers)
