"""`/openapi.json` and the documentation page, served from this host only."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Response, jsonify, render_template, send_from_directory

from app.api.openapi import build

docs = Blueprint("docs", __name__)
_DIST = Path(flask_swagger_ui.__file__).parent / "dist"


@cache
def description() -> dict[str, Any]:
    """Built once per process; lifecycles do not change while it runs."""
    return build()


@docs.get("/openapi.json")
def openapi() -> Response:
    """The description of the API."""
    response = jsonify(description())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@docs.get("/docs")
def page() -> str:
    """Swagger UI over the description."""
    return render_template("docs.html")


@docs.get("/docs/assets/<path:name>")
def assets(name: str) -> Response:
    """Swagger UI's own files, from the installed package."""
    return send_from_directory(_DIST, name, max_age=86_400)
