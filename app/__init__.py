"""LabPark: `create_app` puts the layers together; the only file that knows all the others."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import config as configuration
from app import cli, domains, http, i18n, limits, logs, probes, web
from app.api import pages as api_pages
from app.api.joining import joining as api_joining
from app.api.problems import of_http_error, of_refusal
from app.api.resources import CSRF_FAILED
from app.api.resources import api as api_blueprint
from app.api.webhooks import webhooks
from app.kernel import lifecycle
from app.kernel.db import db, tune
from app.kernel.errors import BUSY, Refusal
from app.kernel.work import is_busy

migrate = Migrate(render_as_batch=True, compare_type=True)


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application from the environment, or from the environment with `overrides` (tests, other installations)."""
    settings = configuration.settings() | (overrides or {})
    app = Flask(__name__, instance_path=settings["INSTANCE_PATH"], static_folder="web/static",
                template_folder="web/templates")  # fmt: skip
    app.config.from_mapping(configuration.DEFAULTS | settings)
    refused = configuration.problems(app.config)
    if refused:
        raise SystemExit("LabPark does not start: " + " ".join(refused))
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    domains.load()
    lifecycle.validate()
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    migrate.init_app(app, db)
    i18n.init_app(app)
    http.init_app(app)
    logs.init_app(app)
    limits.init_app(app)
    app.register_blueprint(api_blueprint)
    app.register_blueprint(api_joining)
    app.register_blueprint(webhooks)
    app.register_blueprint(api_pages.docs)
    app.register_blueprint(probes.probes)
    web.init_app(app)
    cli.init_app(app)
    _errors(app)
    return app


def _for_programs() -> bool:
    return request.path.startswith(("/api/", "/webhooks/"))


def _errors(app: Flask) -> None:
    """One handler per kind of failure; the path decides whether a program or a person reads the answer."""

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        http.log_denial(error)
        return of_refusal(error) if _for_programs() else web.refusal_page(error)

    @app.errorhandler(CSRFError)
    def forged(_: CSRFError) -> Response:
        return of_refusal(CSRF_FAILED()) if _for_programs() else web.refusal_page(CSRF_FAILED())

    @app.errorhandler(OperationalError)
    def busy(error: OperationalError) -> Response:
        if not is_busy(error):
            return failed(error)
        return of_refusal(BUSY()) if _for_programs() else web.refusal_page(BUSY())

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        return of_http_error(error) if _for_programs() else web.http_error_page(error)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        structlog.get_logger(__name__).exception("failed", path=logs.place(), error=type(error).__name__)
        if app.testing and not app.config.get("SHOW_FAILURES_AS_PAGES"):
            raise error
        broken = web.internal_error()
        return of_http_error(broken) if _for_programs() else web.http_error_page(broken)
