"""The command line: flask work | prepare | doctor | actions | docs | park | demo | import | search | events."""

from __future__ import annotations

from flask import Flask

from app.cli import demo, doctor, documents, imports, running


def init_app(app: Flask) -> None:
    """Register every command."""
    for module in (running, doctor, documents, imports, demo):
        module.register(app)
