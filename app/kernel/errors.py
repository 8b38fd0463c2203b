"""Refusals: why not. One kind per HTTP status, one stable code per reason, one registry that the docs are read from.

The faces turn a Refusal into a problem document (RFC 9457) or the same page with the reason on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.kernel.values import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of refusals and the HTTP status that says it."""

    name: str
    status: int
    title: str


MALFORMED: Final = Kind("malformed", 400, N_("The request cannot be read"))
UNAUTHENTICATED: Final = Kind("unauthenticated", 401, N_("Please sign in"))
FORBIDDEN: Final = Kind("forbidden", 403, N_("This is not yours to do"))
MISSING: Final = Kind("missing", 404, N_("Not there, or not visible to you"))
CONFLICT: Final = Kind("conflict", 409, N_("Not possible now"))
STALE: Final = Kind("stale", 412, N_("It has changed since you opened it"))
TOO_LARGE: Final = Kind("too_large", 413, N_("Too large"))
INVALID: Final = Kind("invalid", 422, N_("Some of the input is not accepted"))
UNPINNED: Final = Kind("unpinned", 428, N_("The version is missing"))
TOO_MANY: Final = Kind("too_many", 429, N_("Too many requests"))
UNAVAILABLE: Final = Kind("unavailable", 503, N_("Not available at the moment"))


@dataclass(frozen=True, slots=True)
class Code:
    """A stable, documented reason: `code` for programs, `words` (an English source text) for people."""

    code: str
    kind: Kind
    words: str

    def __call__(self, *, fields: Mapping[str, Any] | None = None, **params: object) -> Refusal:
        return Refusal(self, fields=fields, params=params)


CODES: Final[dict[str, Code]] = {}


def refusal(code: str, kind: Kind, words: str) -> Code:
    """Declare a reason once, at import; codes are unique across the program."""
    if code in CODES:
        raise RuntimeError(f"refusal code {code!r} is declared twice")
    CODES[code] = Code(code, kind, words)
    return CODES[code]


class Refusal(Exception):
    """The program says no. `params` fill the words; `fields` maps a field path to (code, words) or nested maps."""

    def __init__(
        self, code: Code, *, fields: Mapping[str, Any] | None = None, params: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code.code)
        self.code = code.code
        self.kind = code.kind
        self.words = code.words
        self.params: dict[str, object] = dict(params or {})
        self.fields: dict[str, Any] = dict(fields or {})

    def __str__(self) -> str:
        return self.words % self.params if self.params else self.words


NOT_THERE = refusal("not_there", MISSING, N_("Not there, or not visible to you."))
SIGN_IN = refusal("sign_in", UNAUTHENTICATED, N_("Sign in or send an API key."))
NOT_YOURS = refusal("not_yours", FORBIDDEN, N_("This is done by: %(who)s."))
READ_ONLY_KEY = refusal("read_only_key", FORBIDDEN, N_("This API key may only read."))
INVALID_INPUT = refusal("invalid_input", INVALID, N_("Some of the input is not accepted. See the fields."))
WRONG_STATE = refusal("wrong_state", CONFLICT, N_("Not possible while it is: %(state)s."))
STALE_VERSION = refusal("stale_version", STALE, N_("It was changed since you opened it. Look at it again."))
RACE_LOST = refusal("race_lost", CONFLICT, N_("Somebody else was faster. Look at it again."))
VERSION_NEEDED = refusal("version_needed", UNPINNED, N_("Send the version that you have seen as If-Match."))
ALREADY_THERE = refusal("already_there", CONFLICT, N_("This exists already."))
BUSY = refusal("busy", UNAVAILABLE, N_("The system is busy. Try again in a moment."))
OWN_DEALING = refusal("own_dealing", CONFLICT, N_("Nobody decides for an organisation to which they belong."))
