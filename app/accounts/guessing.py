"""Trying to be somebody: every attempt is counted by account, by network and in the whole park, and noticed.

The person whose account is tried is not locked out: their signed-in browsers go on, a browser in which they have signed
in before has a counter of its own, and the link in the mail is always open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from flask import current_app

from app.accounts import throttle
from app.accounts.models import Membership, Organisation, Person, TryCount
from app.accounts.throttle import ACCOUNT, ADDRESS, ADDRESS_IN_ALARM, DEVICE, PARK, PARK_ALARM, Limit
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import owe
from app.kernel.security import SecurityNote
from app.kernel.values import new_id, now
from app.kernel.work import unit_of_work

ALARM: Final = "guessing"
"""Kind of the line in the security log that says: somebody is trying."""

EVERYWHERE: Final = "all"
MAILS: Final = Limit("alarm_mail", 3, throttle.TOO_MANY_TRIES)
"""However many accounts are tried at once, those who watch get a few mails, and the rest on the page."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was counted for one attempt, to be given back if it succeeds."""

    counted: tuple[tuple[Limit, str], ...]

    def succeeded(self) -> None:
        """It was the person themselves. Needs a unit of work."""
        for limit, subject in self.counted:
            throttle.give_back(limit, subject)


def begin(email: str, address: str, *, device: str | None) -> Attempt:
    """Count an attempt at an account, before the password is looked at; a refusal with `retry_after` when it rests.

    device: what the cookie of a browser says in which this very account has signed in before. Outside units of work.
    """
    account, here = throttle.mark(email), throttle.site(address)
    try:
        with unit_of_work():
            if device is not None:
                throttle.take(DEVICE, device)
                return Attempt(((DEVICE, device),))
            alarm = _in_alarm()
            by_network = ADDRESS_IN_ALARM if alarm else ADDRESS
            throttle.take(ACCOUNT, account)
            throttle.take(by_network, here)
            if throttle.take(PARK, EVERYWHERE) == PARK_ALARM:
                _alarm("park", EVERYWHERE, address)
            return Attempt(((ACCOUNT, account), (by_network, here), (PARK, EVERYWHERE)))
    except Refusal as refused:
        _notice(refused, account, here, address)
        raise


def guess_code(person_id: str) -> Attempt:
    """Count an attempt at a second factor. Outside units of work."""
    try:
        with unit_of_work():
            throttle.take(throttle.CODE, person_id)
            return Attempt(((throttle.CODE, person_id),))
    except Refusal:
        with unit_of_work():
            _alarm("code", person_id, "")
        raise


def _in_alarm() -> bool:
    known = db.session.get(TryCount, (PARK.kind, EVERYWHERE))
    return known is not None and known.tries >= PARK_ALARM and known.since > now() - throttle.WINDOW


def _notice(refused: Refusal, account: str, here: str, address: str) -> None:
    kind, subject = ("address", here) if refused.code == throttle.TOO_MANY_FROM_HERE.code else ("account", account)
    with unit_of_work():
        _alarm(kind, subject, address)


def _alarm(kind: str, subject: str, address: str) -> None:
    """Once per window: a line in the security log, and a mail to those who watch."""
    if not throttle.tell_once(kind, subject):
        return
    note = SecurityNote(id=new_id("sec"), kind=ALARM, address=address[:45], detail={"at": kind, "account": subject})
    db.session.add(note)
    try:
        throttle.take(MAILS, EVERYWHERE)
    except Refusal:
        return
    link = f"{current_app.config['BASE_URL']}/security"
    for email in watchers():
        owe(db.session(), "mail", {"to": email, "template": "guessing", "link": link})


def watchers() -> list[str]:
    """Addresses of the operator's security administrators."""
    held = db.session.execute(
        sa.select(Person.email, Membership.roles)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.org_id)
        .where(Organisation.platform == "operator", Membership.state == "active", Person.active)
        .order_by(Person.id)
    )
    return [email for email, roles in held if "security_admin" in roles]
