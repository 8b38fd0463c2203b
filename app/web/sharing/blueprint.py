"""The blueprint that the modules of this package put their pages on."""

from flask import Blueprint

pages = Blueprint("sharing", __name__)
