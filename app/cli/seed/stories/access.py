"""How people sign in at the demo: an identity provider that is tried, telephones that are lost.

What was set up for a story is taken away again: whoever looks around signs in with the common password.
"""

from __future__ import annotations

import secrets
from typing import Final

import pyotp

from app.accounts import second_factors
from app.accounts.second_factors import STEP_SECONDS
from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage, together
from app.kernel.db import db
from app.kernel.values import now

SECURITY: Final = "operator.security_admin"
CALLED_BACK: Final = "手机已找回，无需清除。"


def sign_on(stage: Stage, org: str, *, ends: str) -> Story:
    """An organisation sets single sign-on up; it stays as `ends` says."""
    admin = f"{org}.org_admin"
    made = stage.do(
        admin, "organisation.set_up_sign_on", stage.org(org), title="统一身份认证", issuer=f"https://login.{org}.example",
        client_id="labpark", client_secret=secrets.token_urlsafe(), domains=[f"{org}.example"],
    )  # fmt: skip
    yield 2
    if ends == "on":
        stage.do(admin, "sign_on.switch_on", made)
    if ends == "retired":
        stage.do(admin, "sign_on.retire", made)


def lost_telephone(stage: Stage, name: str, *, ends: str) -> Story:
    """Somebody has lost the telephone with the authenticator app; their admin asks, and it ends as `ends` says."""
    person = stage.who(name)
    with together():
        _set_up(person.person_id)
    place = stage.all("membership", person_id=person.person_id, org_id=stage.org(person.org))[0].id
    asked = stage.do(f"{person.org}.org_admin", "membership.ask_factor_reset", place)
    yield 1
    if ends == "done":
        stage.do(SECURITY, "factor_reset.take_away", asked)
    if ends == "declined":
        stage.do(SECURITY, "factor_reset.decline", asked, reason=CALLED_BACK)
    with together():
        second_factors.remove_all(person.person_id)


def _set_up(person_id: str) -> None:
    second_factors.begin_app(person_id)
    db.session.flush()
    app = second_factors.app_of(person_id)
    assert app is not None
    code = pyotp.TOTP(second_factors.secret_of(app), interval=STEP_SECONDS).at(now())
    second_factors.confirm_app(person_id, code)
