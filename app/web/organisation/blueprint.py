"""The blueprint that the modules of this folder put their pages on."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("organisation", __name__)
