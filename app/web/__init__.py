"""The HTML face: server-rendered pages in Chinese and English; works without script."""

from __future__ import annotations

import importlib
from typing import Any, Final

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError

from app import i18n
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.web import account, auth, joining, legal, links, own_security, personal, second_step, sign_on, watch, work
from app.web.core import actions, layout, pages, protection
from app.web.core.directory import IdConverter
from app.web.core.forms import error_list

DOMAIN_PAGES: Final[tuple[str, ...]] = (
    "audit", "booking", "catalogue", "finding", "indicators", "notices", "ordering", "organisation", "papers",
    "payments", "sharing", "sourcing", "standing",
)  # fmt: skip
"""Modules of this package with pages of their own, each with a blueprint named `pages`; a domain appends its name."""

RETRY_SECONDS: Final = 1
_NO_DATABASE: Final = frozenset({500, 503})


def init_app(app: Flask) -> None:
    """Register the pages; the generic ones last, though a more specific address wins anyway."""
    app.url_map.converters["id"] = IdConverter
    app.before_request(protection.guard)
    app.before_request(protection.second_factor_first)
    layout.init_app(app)
    for module in (links, second_step, sign_on):  # they add their pages to those of signing in
        assert module.pages is auth.pages
    app.register_blueprint(auth.pages)
    app.register_blueprint(own_security.pages)
    app.register_blueprint(watch.pages)
    app.register_blueprint(account.pages)
    app.register_blueprint(personal.pages)
    app.register_blueprint(joining.pages)
    app.register_blueprint(legal.pages)
    app.register_blueprint(work.pages)
    for name in DOMAIN_PAGES:
        app.register_blueprint(importlib.import_module(f"app.web.{name}").pages)
    app.register_blueprint(actions.actions)
    app.register_blueprint(pages.pages)


def refusal_page(refused: Refusal) -> Response:
    """A refusal as a page: what, why, what now. Whoever only has to sign in is led there and back."""
    status = refused.kind.status
    if status == 401 and request.method in ("GET", "HEAD"):
        where = protection.local_path(request.full_path.rstrip("?")) or "/"
        return make_response(redirect(url_for("auth.login", next=where), 303))
    retry = refused.params.get("retry_after", RETRY_SECONDS) if status in (429, 503) else None
    response = _page(
        status,
        title=i18n.say(refused.kind.title),
        detail=i18n.say(refused.words, refused.params),
        errors=error_list(refused) if refused.fields else None,
        retry_after=retry,
    )
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    return response


def http_error_page(error: HTTPException) -> Response:
    """An HTTP error (no such path, wrong method, too large, our own defect) as a page, its headers kept."""
    response = _page(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def internal_error() -> HTTPException:
    """What a defect looks like from outside."""
    return InternalServerError()


def _page(status: int, **words: Any) -> Response:
    g.bare_page = status in _NO_DATABASE
    given = {"status": status, "request_id": g.get("request_id", ""), **words}
    try:
        db.session.rollback()  # whatever failed, the page that says so begins a transaction of its own
        html = render_template("errors.html", **given)
    except SQLAlchemyError:
        g.bare_page = True
        html = render_template("errors.html", **given)
    return make_response(html, status)
