"""The blueprint that the modules of this package put their pages on."""

from flask import Blueprint

pages = Blueprint("standing", __name__)
