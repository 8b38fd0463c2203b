"""Applying from outside: a form, a mail, and an organisation only once the link in the mail was opened.

Until then there is no record, nobody's credit code is taken and the operator sees nothing. Whether an address is
known, whether mail went to it lately, and whether a mail goes out at all, the answer is the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import current_app

from app.accounts import consents, people, throttle
from app.accounts.actions import memberships, organisations
from app.accounts.models import Application, Membership
from app.accounts.people import LINK_DEAD, hashed
from app.kernel.actors import Actor
from app.kernel.chores import chore, sweep
from app.kernel.db import db
from app.kernel.events import owe
from app.kernel.values import new_id, now

LINK_LIFE: Final = timedelta(days=3)
MOST_TO_ONE_ADDRESS: Final = 3
"""Mails to one address within the life of a link; further ones are taken in silence."""
SWEEP_EVERY: Final = timedelta(hours=6)
FIRST_ROLES: Final = ["org_admin"]


def apply(given: Mapping[str, Any], *, network_address: str) -> None:
    """Keep an application and mail its link, in a unit of work.

    Refusals: `credit_code_taken`, `too_many_applications`.
    """
    network_address = network_address[:45]
    throttle.take(throttle.SIGN_UP, throttle.site(network_address))
    organisations.free_code(given["credit_code"])
    email, token = str(given["email"]), secrets.token_urlsafe(people.TOKEN_BYTES)
    silent = _mails_to(email) >= MOST_TO_ONE_ADDRESS
    moment, kept = now(), {name: given[name] for name in given if name not in ("email", "agree")}
    db.session.add(
        Application(
            id=new_id("app"), token_hash=hashed(token), email=email, network_address=network_address,
            given=kept | {"agreed": consents.EDITIONS}, created_at=moment, expires_at=moment + LINK_LIFE,
        )
    )  # fmt: skip
    if not silent:
        owe(db.session(), "mail", {
            "to": email, "template": "application",
            "organisation": [given["name_zh"], given["name_en"] or given["name_zh"]],
            "link": f"{current_app.config['BASE_URL']}/applications/{token}",
        })  # fmt: skip


def _mails_to(email: str) -> int:
    sent = sa.select(sa.func.count()).where(Application.email == email, Application.created_at > now() - LINK_LIFE)
    return db.session.scalar(sent) or 0


def peek(token: str) -> Application:
    """The live application of a link; refusal `link_dead` else."""
    found = db.session.scalar(sa.select(Application).where(Application.token_hash == hashed(token)))
    if found is None or found.used_at is not None or found.expires_at <= now():
        raise LINK_DEAD()
    return found


def confirm(token: str, *, person_id: str | None, request_id: str | None) -> str:
    """The address is proved: the organisation applies, its first admin is invited; returns the invitation's token.

    In a unit of work. Of two racing uses one wins; a code that was taken meanwhile is refused (`credit_code_taken`).
    """
    application = peek(token)
    _use(application)
    given = dict(application.given)
    given.pop("agreed", None)  # it is the person's, who joins by the invitation that follows
    organisations.free_code(given["credit_code"])
    held = {f"is_{kind}": True for kind in given.pop("kinds")}
    applicant = Actor(person_id=person_id or new_id("per"), request_id=request_id)
    made = organisations.found(applicant, state="applied", **given, **held)
    # Nobody is there yet who could invite: the applicant does, for the one address that was proved.
    founder = Actor(person_id=applicant.person_id, org_id=made.id, roles=frozenset(FIRST_ROLES))
    membership: Membership = memberships.invite(made, founder, email=application.email, roles=FIRST_ROLES)
    return people.make_link("invite", membership_id=membership.id)


def _use(application: Application) -> None:
    moment: datetime = now()
    used = db.session.execute(
        sa.update(Application)
        .where(Application.id == application.id, Application.used_at.is_(None))
        .values(used_at=moment)
        .returning(Application.id)
    ).scalar_one_or_none()
    if used is None:
        raise LINK_DEAD()


@chore("accounts.applications", SWEEP_EVERY)
def forget() -> int:
    """Applications that nobody confirmed in time, and those that became organisations: what was typed is not kept."""
    return sweep(Application, Application.expires_at < now())
