"""The second factor: codes of an authenticator app (RFC 6238), recovery codes, and who has to have one."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Set as AbstractSet
from typing import Final

import pyotp
import sqlalchemy as sa
from flask import current_app

from app.accounts import vault
from app.accounts.models import Passkey, RecoveryCode, TotpSecret
from app.accounts.people import hashed
from app.kernel.actors import STAFF_KINDS, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, refusal
from app.kernel.values import N_, now

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
"""How far the telephone's clock may be off (RFC 6238, 5.2 and 6)."""
RECOVERY_CODES: Final = 10
CODE_GROUPS: Final = 4
CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
"""Crockford's alphabet: no I, L, O or U to be misread; 32 letters, so that 16 of them hold 80 bits."""
ISSUER: Final = "LabPark"

SENSITIVE_ROLES: Final = frozenset({"finance"})
SENSITIVE_KINDS: Final = STAFF_KINDS
"""Who has to have a second factor: whoever moves money, and everybody of operator, owner and auditor (MLPS)."""

WRONG_CODE = refusal("wrong_factor_code", INVALID, N_("This code is wrong, has expired or was used already."))
SECOND_FACTOR_NEEDED = refusal(
    "second_factor_needed", FORBIDDEN, N_("Your role needs a second factor. Set it up, or sign in with it.")
)
HAS_APP = refusal("has_app", CONFLICT, N_("An authenticator app is set up already. Remove it first."))
LAST_FACTOR = refusal("last_factor", CONFLICT, N_("Your role needs a second factor. Set up another one first."))


def demanded(kinds: AbstractSet[str], roles: AbstractSet[str]) -> bool:
    """Whether somebody with these roles in such an organisation has to have a second factor, if the park asks."""
    return bool(SENSITIVE_KINDS & kinds or SENSITIVE_ROLES & roles)


def demanded_of(actor: Actor) -> bool:
    """The same of whoever acts now: roles for a unit count, and so does an emergency, which only the operator has."""
    roles = actor.roles | {role for _, role in actor.unit_roles}
    return actor.emergency is not None or demanded(actor.kinds, roles)


def enough(actor: Actor, proof: str | None) -> bool:
    """Whether what a session has shown is enough for what its actor may do.

    Another organisation's identity provider says nothing to operator, owner and auditor.
    """
    if not demanded_of(actor):
        return True
    return proof is not None and (proof != "sign_on" or not (SENSITIVE_KINDS & actor.kinds or actor.emergency))


def required() -> bool:
    """Whether this park asks for second factors (SECOND_FACTOR)."""
    return bool(current_app.config["SECOND_FACTOR"] == "required")


def has_any(person_id: str) -> bool:
    """Whether the person has a second factor to show at sign-in."""
    app = sa.exists().where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None))
    key = sa.exists().where(Passkey.person_id == person_id)
    return bool(db.session.scalar(sa.select(sa.or_(app, key))))


# The authenticator app ------------------------------------------------------------------------------------------------


def app_of(person_id: str) -> TotpSecret | None:
    """The person's authenticator app, confirmed or not."""
    return db.session.get(TotpSecret, person_id)


def begin_app(person_id: str) -> None:
    """Make a secret to be scanned; a former one that was never confirmed goes. Refusal `has_app` for a second one."""
    known = app_of(person_id)
    if known is not None and known.confirmed_at is not None:
        raise HAS_APP()
    if known is not None:
        db.session.delete(known)
        db.session.flush()
    sealed = vault.seal(pyotp.random_base32(), purpose=_purpose(person_id))
    db.session.add(TotpSecret(person_id=person_id, secret=sealed))


def secret_of(app: TotpSecret) -> str:
    """The secret in base 32, as people type it into an app that cannot see."""
    return vault.unseal(app.secret, purpose=_purpose(app.person_id))


def _purpose(person_id: str) -> str:
    return f"totp:{person_id}"


def reseal_all() -> int:
    """Bring every secret under the present SECRET_KEY; returns how many there are. Needs a unit of work."""
    apps = db.session.scalars(sa.select(TotpSecret)).all()
    for app in apps:
        app.secret = vault.reseal(app.secret, purpose=_purpose(app.person_id))
    return len(apps)


def uri_of(app: TotpSecret, *, email: str) -> str:
    """What the QR code says (the otpauth scheme that every app reads)."""
    return pyotp.TOTP(secret_of(app), interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


def confirm_app(person_id: str, code: str) -> list[str]:
    """The first code shows that the app has the secret: from now on it counts. Returns fresh recovery codes."""
    known = app_of(person_id)
    if known is None or known.confirmed_at is not None or not _use(known, code):
        raise WRONG_CODE(fields={"code": [WRONG_CODE.words]})
    known.confirmed_at = now()
    return new_recovery_codes(person_id)


def _use(app: TotpSecret, code: str) -> bool:
    """Whether the code is right and newer than the last one that was used; then it is the last one (RFC 6238, 5.2).

    Of two racing uses of one code the conditional update lets one through.
    """
    typed = "".join(code.split())
    here = int(now().timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret_of(app), interval=STEP_SECONDS)
    steps = [here + drift for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1)]
    right = [step for step in steps if hmac.compare_digest(generator.at(step * STEP_SECONDS).encode(), typed.encode())]
    if not right:
        return False
    newer = sa.update(TotpSecret).where(TotpSecret.person_id == app.person_id, TotpSecret.last_step < max(right))
    used = db.session.execute(newer.values(last_step=max(right)).returning(TotpSecret.person_id))
    return used.scalar_one_or_none() is not None


def remove_app(person_id: str) -> None:
    """The app's codes count no more."""
    db.session.execute(sa.delete(TotpSecret).where(TotpSecret.person_id == person_id))


# Recovery codes -------------------------------------------------------------------------------------------------------


def new_recovery_codes(person_id: str) -> list[str]:
    """Ten codes for the day on which the telephone is gone; shown once, and those before them count no more."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [
        "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(CODE_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]
    db.session.add_all(RecoveryCode(person_id=person_id, code_hash=_code_hash(person_id, code)) for code in codes)
    return codes


def _code_hash(person_id: str, code: str) -> str:
    plain = code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return hashed(f"{person_id}:{''.join(char for char in plain if char.isalnum())}")


def recovery_codes_left(person_id: str) -> int:
    """How many of them are unused."""
    unused = sa.select(sa.func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def _use_recovery_code(person_id: str, code: str) -> bool:
    own = sa.and_(
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_hash == _code_hash(person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    used = db.session.execute(
        sa.update(RecoveryCode).where(own).values(used_at=now()).returning(RecoveryCode.person_id)
    )
    return used.scalar_one_or_none() is not None


def forget_codes_of_nothing(person_id: str) -> None:
    """Recovery codes stand in for a factor; without one they would be a factor of their own."""
    if not has_any(person_id):
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


# Showing it -----------------------------------------------------------------------------------------------------------


def prove(person_id: str, code: str) -> str:
    """Take a code of the app or a recovery code, once, and say which it was; refusal `wrong_factor_code`."""
    known = app_of(person_id)
    if known is not None and known.confirmed_at is not None and _use(known, code):
        return "app"
    if has_any(person_id) and _use_recovery_code(person_id, code):
        return "recovery"
    raise WRONG_CODE(fields={"code": [WRONG_CODE.words]})


def remove_all(person_id: str) -> None:
    """The person has lost what they had: every factor goes."""
    for model in (TotpSecret, RecoveryCode, Passkey):
        db.session.execute(sa.delete(model).where(model.person_id == person_id))
