"""The blueprint on which the pages of notices hang; apart from them, so that none has to import the others."""

from flask import Blueprint

pages = Blueprint("notices", __name__)
