"""The command line: flask prepare | work | doctor | backup | restore | park | demo | import | search | events."""

from __future__ import annotations

from flask import Flask

from app.cli import backups, demo, doctor, documents, imports, running


def init_app(app: Flask) -> None:
    """Register every command."""
    for module in (running, backups, doctor, documents, imports, demo):
        module.register(app)
