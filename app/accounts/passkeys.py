"""Passkeys (WebAuthn Level 3): registering one, and signing in with it.

A passkey counts as both factors, because user verification is demanded: the authenticator is what one has, and it lets
only its owner use it. RP id and origin come from BASE_URL, never from a request; a challenge is stored here, given to
one browser, answered once and soon.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from flask import current_app
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts.models import Ceremony, Passkey, Person
from app.accounts.people import TOKEN_BYTES, hashed
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, UNAUTHENTICATED, refusal
from app.kernel.values import N_, new_id, now

RP_NAME: Final = "LabPark"
CHALLENGE_BYTES: Final = 32
CEREMONY_LIFE: Final = timedelta(minutes=5)
MOST_PASSKEYS: Final = 10
NAME_MOST: Final = 80
ANSWER_MOST_CHARS: Final = 20_000

PASSKEY_FAILED = refusal(
    "passkey_failed", UNAUTHENTICATED, N_("The passkey was not accepted. Try again, or sign in another way.")
)
PASSKEY_REFUSED = refusal("passkey_refused", INVALID, N_("This passkey cannot be registered. Try another device."))
TOO_MANY_PASSKEYS = refusal("too_many_passkeys", CONFLICT, N_("You have ten passkeys. Remove one first."))


def possible() -> bool:
    """Whether browsers allow passkeys here: at a name with https, or localhost, never at a number (WebAuthn, 5.1.2)."""
    parts = urlsplit(current_app.config["BASE_URL"])
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return bool(parts.scheme == "https" or parts.hostname == "localhost")
    else:
        return False  # a number


def _rp_id() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or ""


def _origin() -> str:
    parts = urlsplit(current_app.config["BASE_URL"])
    return f"{parts.scheme}://{parts.netloc}"


def of(person_id: str) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    return list(db.session.scalars(sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)))


# Challenges -----------------------------------------------------------------------------------------------------------


def _begin(purpose: str, person_id: str | None) -> tuple[str, bytes]:
    token, challenge = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(CHALLENGE_BYTES)
    db.session.add(
        Ceremony(
            token_hash=hashed(token),
            purpose=purpose,
            person_id=person_id,
            given={"challenge": bytes_to_base64url(challenge)},
            expires_at=now() + CEREMONY_LIFE,
        )
    )
    return token, challenge


def _take(purpose: str, token: str, person_id: str | None) -> bytes | None:
    """The challenge of a token, once: it is deleted whatever comes of it."""
    own = Ceremony.person_id == person_id if person_id is not None else Ceremony.person_id.is_(None)
    gone = db.session.execute(
        sa.delete(Ceremony)
        .where(Ceremony.token_hash == hashed(token), Ceremony.purpose == purpose, Ceremony.expires_at > now(), own)
        .returning(Ceremony.given)
    ).scalar_one_or_none()
    return base64url_to_bytes(gone["challenge"]) if gone is not None else None


# Registering ----------------------------------------------------------------------------------------------------------


def begin_registration(person: Person) -> tuple[str, dict[str, Any]]:
    """(token for the browser, options for its authenticator)."""
    known = of(person.id)
    if len(known) >= MOST_PASSKEYS:
        raise TOO_MANY_PASSKEYS()
    token, challenge = _begin("register", person.id)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name=RP_NAME,
        user_id=person.id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known],
    )
    return token, json.loads(webauthn.options_to_json(options))


def register(person: Person, token: str, answer: str, *, name: str) -> Passkey | None:
    """Keep the public key that the authenticator made; None when its answer does not fit (the challenge is spent)."""
    challenge = _take("register", token, person.id)
    given = _read(answer)
    if challenge is None or given is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, LookupError, TypeError):
        return None
    passkey = Passkey(
        id=new_id("pky"),
        person_id=person.id,
        name=name.strip()[:NAME_MOST],
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
    )
    db.session.add(passkey)
    return passkey


def remove(person_id: str, passkey_id: str) -> bool:
    """Forget one of the person's own passkeys; False when there is none."""
    own = sa.and_(Passkey.person_id == person_id, Passkey.id == passkey_id)
    gone = db.session.execute(sa.delete(Passkey).where(own).returning(Passkey.id))
    return gone.scalar_one_or_none() is not None


# Signing in -----------------------------------------------------------------------------------------------------------


def begin_sign_in() -> tuple[str, dict[str, Any]]:
    """(token for the browser, options): no account is named, so nothing is said of any."""
    token, challenge = _begin("sign_in", None)
    options = webauthn.generate_authentication_options(
        rp_id=_rp_id(), challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return token, json.loads(webauthn.options_to_json(options))


def sign_in(token: str, answer: str) -> Person | None:
    """The person whose passkey has answered; None when it does not fit (the challenge is spent in any case)."""
    challenge = _take("sign_in", token, None)
    given = _read(answer)
    if challenge is None or given is None:
        return None
    passkey = db.session.scalar(
        sa.select(Passkey)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == str(given.get("id", ""))[:1_400].replace("\0", ""), Person.active)
    )
    if passkey is None:
        return None
    try:
        shown = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, LookupError, TypeError):
        return None
    # A counter that stands still though it counts is a copy of the authenticator (WebAuthn, 6.1.1); of two racing
    # answers the conditional update lets one through.
    newer = sa.and_(Passkey.id == passkey.id, Passkey.sign_count <= shown.new_sign_count)
    if shown.new_sign_count:
        newer = sa.and_(Passkey.id == passkey.id, Passkey.sign_count < shown.new_sign_count)
    used = db.session.execute(
        sa.update(Passkey)
        .where(newer)
        .values(sign_count=shown.new_sign_count, used_at=now())
        .returning(Passkey.person_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return db.session.get(Person, used) if used is not None else None


def _read(answer: str) -> dict[str, Any] | None:
    """What the browser's script put into the form; None for what is no such thing."""
    if len(answer) > ANSWER_MOST_CHARS:
        return None
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None
