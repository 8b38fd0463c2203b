"""Second factors, lost ones, and single sign-on in the small park."""

from __future__ import annotations

from typing import Any

import pyotp
import sqlalchemy as sa

from app.accounts import second_factors
from app.accounts.actions import factor_resets, sign_ons
from app.accounts.models import FactorReset, Membership, SignOn
from app.accounts.second_factors import STEP_SECONDS
from app.kernel.db import db
from app.kernel.values import now
from app.kernel.work import unit_of_work
from tests.world import World
from tests.worlds.ordering import do

ISSUER = "https://login.campus.example"


def app_of(world: World, name: str) -> str:
    """The person sets an authenticator app up; its secret."""
    person_id = world.people[name]
    with unit_of_work():
        second_factors.begin_app(person_id)
        db.session.flush()
        app = second_factors.app_of(person_id)
        assert app is not None
        secret = second_factors.secret_of(app)
        second_factors.confirm_app(person_id, pyotp.TOTP(secret, interval=STEP_SECONDS).at(now()))
    return secret


def place_of(world: World, name: str) -> Membership:
    """The person's membership of their home."""
    org_id = world.organisations[world.homes[name]]
    held = sa.select(Membership).where(Membership.person_id == world.people[name], Membership.org_id == org_id)
    return db.session.scalars(held).one()


def lost(world: World, name: str, *, admin: str = "guan") -> FactorReset:
    """The person had an app and lost the telephone; their admin asks."""
    app_of(world, name)
    made: FactorReset = do(factor_resets.ask_factor_reset, place_of(world, name), world.actor(admin))
    return made


def sign_on(world: World, home: str, admin: str, **more: Any) -> SignOn:
    """Single sign-on of an organisation, switched off as yet."""
    given = {"title": "Campus", "issuer": ISSUER, "client_id": "labpark", "client_secret": "not told to anybody",
             "domains": [f"{home}.example"], "admits_new": False, "two_factors": False} | more  # fmt: skip
    made: SignOn = do(sign_ons.set_up_sign_on, world.org(home), world.actor(admin), **given)
    return made
