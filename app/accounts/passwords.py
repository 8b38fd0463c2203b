"""Passwords: how strong one has to be, how it is stored, and whether a given one is somebody's.

Judged by how hard they are to guess (zxcvbn), not by kinds of characters, as NIST SP 800-63B section 5.1.1.2 asks:
everything may be typed and pasted, nothing is cut off, and the same text from another keyboard is the same password.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from typing import Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from zxcvbn import zxcvbn

from app.accounts.models import Person
from app.kernel.db import db
from app.kernel.errors import INVALID, UNAUTHENTICATED, refusal
from app.kernel.values import N_

PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 200
SCORE_LEAST: Final = 3
"""Of zxcvbn's 0 to 4: safe against guessing at a leaked hash of this cost (more than 10^8 guesses)."""
JUDGED_CHARS: Final = 72
"""zxcvbn's work grows with the square of the length; what is strong so far stays strong."""

SIGN_IN_FAILED = refusal("sign_in_failed", UNAUTHENTICATED, N_("E-mail or password is wrong."))
WEAK_PASSWORD = refusal("weak_password", INVALID, N_("This password is too easy to guess."))

TOO_SHORT: Final = N_("Use at least 10 characters. A few words that do not belong together are good.")
TOO_LONG: Final = N_("Use at most 200 characters.")
ABOUT_YOU: Final = N_("This password is made from your name, your address or your organisation. Take something else.")
WHY: Final = {
    "dictionary": N_("This password is too common or too short a phrase. Add a few words that do not belong together."),
    "repeat": N_("This password repeats itself. Add a few words that do not belong together."),
    "sequence": N_("This password follows the alphabet or the numbers. Add a few words that do not belong together."),
    "spatial": N_("This password is a row of keys. Add a few words that do not belong together."),
    "date": N_("This password is a date. Add a few words that do not belong together."),
}
"""Pattern that makes a password weak (zxcvbn's word for it) -> what to do about it."""


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


def hasher() -> PasswordHasher:
    """argon2id at library strength; tests set CHEAP_PASSWORDS, which production refuses."""
    return _hasher(bool(current_app.config["CHEAP_PASSWORDS"]))


@cache
def _nobody_hash(cheap: bool) -> str:
    return _hasher(cheap).hash(secrets.token_hex(16))


def normal(password: str) -> str:
    """The one form of a password that may be typed as different characters (NFKC): full width, composed, ligatures."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str, *, email: str, about: tuple[str, ...] = ()) -> str:
    """argon2id of an acceptable password; refusal `weak_password` else. Slow on purpose: call outside transactions.

    about: name and organisation of the person, which a guesser knows too.
    """
    plain = normal(password)
    why = weakness(plain, _known(email, *about))
    if why is not None:
        raise WEAK_PASSWORD(fields={"password": [why]})
    return hasher().hash(plain)


def _known(*about: str) -> list[str]:
    """What a guesser tries first: whole texts and their parts."""
    return [part for text in about for part in (text, *re.split(r"[\W_]+", text)) if len(part) > 1]


def weakness(password: str, known: list[str]) -> str | None:
    """What is wrong with a normalised password, as a source text; None for a good one."""
    if len(password) < PASSWORD_LEAST:
        return TOO_SHORT
    if len(password) > PASSWORD_MOST:
        return TOO_LONG
    judged = zxcvbn(password[:JUDGED_CHARS], user_inputs=[part.lower() for part in known])
    if judged["score"] >= SCORE_LEAST:
        return None
    found = judged["sequence"]
    if any(one.get("dictionary_name") == "user_inputs" for one in found):
        return ABOUT_YOU
    worst = max(found, key=lambda one: one["j"] - one["i"])
    return WHY.get(worst["pattern"], WHY["dictionary"])


def check_password(email: str, password: str) -> Person:
    """The person with this address and password. Unknown addresses cost the same work and get the same answer."""
    address = email.strip().lower()
    # PostgreSQL takes no NUL, not even in a question: it is asked for an address that nobody can have.
    asked = "" if "\0" in address else address
    person = db.session.scalar(sa.select(Person).where(Person.email == asked))
    stored = person.password_hash if person and person.password_hash and person.active else None
    try:
        hasher().verify(
            stored or _nobody_hash(bool(current_app.config["CHEAP_PASSWORDS"])),
            normal(password[: PASSWORD_MOST + 1])[: PASSWORD_MOST + 1],
        )
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        raise SIGN_IN_FAILED() from None
    if person is None or stored is None:
        raise SIGN_IN_FAILED()
    return person
