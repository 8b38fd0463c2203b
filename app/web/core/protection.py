"""What guards the HTML face against forged requests and borrowed links: CSRF token, origin, local redirects."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts import second_factors
from app.accounts.second_factors import SECOND_FACTOR_NEEDED
from app.http import csrf, lacks_factor

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PATH_MOST_CHARS: Final = 500


def for_people() -> bool:
    """Whether this request is answered by the HTML face: not the API, not a file, not a wrong address."""
    programs = request.path.startswith(("/api/", "/webhooks/"))
    return request.routing_exception is None and request.endpoint != "static" and not programs


def guard() -> None:
    """Before each request of the face: whoever sends a form shows its token, and the form was ours."""
    if not for_people():
        return
    if request.method not in SAFE_METHODS:
        origin = request.headers.get("Origin")
        if origin is not None and origin not in _own_origins():
            raise CSRFError("sent from another site")
        csrf.protect()
    _ = current_user.is_authenticated  # loads the person, whose language the page speaks, before the first word


OPEN_WITHOUT_FACTOR: Final = frozenset({"auth", "own_security", "legal", "probes"})
"""Blueprints whose pages a session sees that lacks the second factor its role needs."""


def second_factor_first() -> Response | None:
    """Before each request of the face: who needs a second factor and has not shown one can do nothing but that."""
    if not for_people() or request.blueprint in OPEN_WITHOUT_FACTOR or not lacks_factor():
        return None
    if request.method not in SAFE_METHODS:
        raise SECOND_FACTOR_NEEDED()
    where = local_path(request.full_path.rstrip("?")) or "/"
    page = "own_security.confirm" if second_factors.has_any(current_user.person_id) else "own_security.home"
    return redirect(url_for(page, next=where), 303)


def _own_origins() -> set[str]:
    """As the browser sees us: the address of this request, or the one in the configuration (behind a proxy)."""
    return {_origin(request.host_url), _origin(current_app.config["BASE_URL"])}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def csrf_field() -> Markup:
    """The hidden token of a form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def local_path(text: str | None) -> str | None:
    """A path of this site, or None: a link may not send people elsewhere after they signed in or sent a form."""
    if not text or len(text) > PATH_MOST_CHARS or not text.startswith("/") or text[1:2] in ("/", "\\"):
        return None
    if any(ord(char) <= 32 or ord(char) == 127 for char in text) or "\\" in text:  # browsers drop tabs and line breaks
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
