"""Secrets that have to be read again, such as that of an authenticator app: encrypted in the database.

AES-256-GCM under a key derived from SECRET_KEY (HKDF, RFC 5869), bound to what the secret is for, so that a row copied
to another person opens nothing. SECRET_KEY_FALLBACKS open what an earlier key has sealed; `flask secrets reseal` brings
everything under the present one.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.kernel.errors import UNAVAILABLE, refusal
from app.kernel.values import N_

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
INFO: Final = b"labpark stored secrets 1"
VERSION: Final = "1."

SEALED_SHUT = refusal(
    "sealed_shut", UNAVAILABLE, N_("A stored secret cannot be opened any more. The operator has to set it up anew.")
)


@cache
def _cipher(secret_key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=INFO).derive(secret_key.encode()))


def _keys() -> list[str]:
    return [current_app.config["SECRET_KEY"], *(current_app.config.get("SECRET_KEY_FALLBACKS") or [])]


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted under the present key; purpose is whose it is, and has to be given again to open it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + urlsafe_b64encode(
        nonce + _cipher(_keys()[0]).encrypt(nonce, text.encode(), purpose.encode())
    ).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """The text, under the present or an earlier key; refusal `sealed_shut` when none of them fits."""
    raw = urlsafe_b64decode(sealed.removeprefix(VERSION))
    for key in _keys():
        try:
            return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
        except InvalidTag:
            continue
    raise SEALED_SHUT()


def reseal(sealed: str, *, purpose: str) -> str:
    """The same secret under the present key."""
    return seal(unseal(sealed, purpose=purpose), purpose=purpose)
