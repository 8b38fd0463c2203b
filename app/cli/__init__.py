"""The command line: running, backups, doctor, documents, imports, and the demo park."""

from __future__ import annotations

from flask import Flask

from app.cli import backups, doctor, documents, imports, persons, running, seeding


def init_app(app: Flask) -> None:
    """Register every command."""
    for module in (running, backups, doctor, documents, imports, persons, seeding):
        module.register(app)
