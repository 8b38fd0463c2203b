"""Refusals and HTTP errors as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, g, json, make_response
from werkzeug.exceptions import HTTPException

from app import i18n
from app.http import flat_errors
from app.kernel.errors import Refusal

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 1


def of_refusal(refused: Refusal) -> Response:
    """The answer to a refused request: stable code, words in the reader's language, the fields concerned."""
    body: dict[str, Any] = {
        "type": f"/problems/{refused.code}",
        "title": i18n.say(refused.kind.title),
        "status": refused.kind.status,
        "code": refused.code,
        "detail": i18n.say(refused.words, refused.params),
        "request_id": g.get("request_id", ""),
    }
    if refused.fields:
        body["errors"] = [
            {"field": path, "message": field_words(words, refused)} for path, words in flat_errors(refused.fields)
        ]
    response = make_response(json.dumps(body), refused.kind.status)
    response.headers["Content-Type"] = MEDIA_TYPE
    if refused.kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="labpark"'
    if refused.kind.status in (429, 503):
        response.headers["Retry-After"] = str(refused.params.get("retry_after", RETRY_SECONDS))
    return response


def field_words(words: object, refused: Refusal) -> str:
    """A field's words; those that repeat the refusal's own take its parameters."""
    return i18n.say(refused.words, refused.params) if words == refused.words else i18n.speak(words)


def of_http_error(error: HTTPException) -> Response:
    """Errors of the HTTP layer (no such path, wrong method, too large) in the same form, their headers kept."""
    status = error.code or 500
    body = {
        "type": "about:blank",
        "title": error.name,
        "status": status,
        "code": error.name.lower().replace(" ", "_"),
        "detail": error.description or error.name,
        "request_id": g.get("request_id", ""),
    }
    response = make_response(json.dumps(body), status)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    response.headers["Content-Type"] = MEDIA_TYPE
    return response
