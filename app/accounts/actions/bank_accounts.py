"""Bank account: named by the organisation, checked by the operator's settlement, held back for some days on a change.

The second person is settlement's, not a second person of the organisation: whoever has taken over an admin's mailbox
can invite a colleague of their own, but cannot answer when settlement rings the number it has known for years
(ADR 0007). The contact who named the account that is to be replaced is written to, wherever they work by now.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.admission_schemas import OWN_MONEY, BankAccountInput, BankAccountOut
from app.accounts.models import BankAccount, Organisation, Person
from app.accounts.standing import apart, bank_account_of
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, platform
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.shapes import ReasonInput, RemarkInput
from app.kernel.values import N_, now
from app.kernel.work import current, note

CHECKERS = platform("settlement", "operator")

ACCOUNT_PROPOSED = refusal(
    "account_proposed", CONFLICT, N_("An account is being checked already. Withdraw that one first.")
)
SAME_ACCOUNT = refusal("same_account", CONFLICT, N_("This is the account in force."))
ANOTHER_CHECKS = refusal(
    "another_checks", CONFLICT, N_("Whoever named the account does not check it: somebody else does.")
)

BANK_ACCOUNT = Lifecycle(
    "bank_account",
    BankAccount,
    [
        State("proposed", N_("being checked"), "waiting",
              N_("Settlement rings the organisation back at the number it knows, and confirms or declines."), CHECKERS),
        State("confirmed", N_("in use"), "good", N_("Payouts go to this account.")),
        State("replaced", N_("replaced"), "draft", final=True),
        State("declined", N_("declined"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Bank account"),
    collection="bank-accounts",
    main_path="proposed confirmed",
    shape=BankAccountOut,
)  # fmt: skip


def by_another(account: BankAccount, actor: Actor) -> None:
    """Guard: whoever named it does not check it."""
    if account.proposer_id == actor.person_id:
        raise ANOTHER_CHECKS()


@ORGANISATION.action(
    "applied|correcting|admitted -> =", by=OWN_MONEY, takes=BankAccountInput, makes=BANK_ACCOUNT,
    title=N_("Name a bank account"),
)  # fmt: skip
def name_account(organisation: Organisation, actor: Actor, *, bank_name: str, account_no: str) -> BankAccount:
    """The organisation says which account payouts shall go to; the one in force stays until it is checked."""
    proposed = sa.select(BankAccount.id).where(BankAccount.org_id == organisation.id, BankAccount.state == "proposed")
    if db.session.scalar(proposed) is not None:
        raise ACCOUNT_PROPOSED()
    former = bank_account_of(organisation.id)
    if former is not None and (former.bank_name, former.account_no) == (bank_name, account_no):
        raise SAME_ACCOUNT(fields={"account_no": [SAME_ACCOUNT.words]})
    made = fresh(
        BankAccount, org_id=organisation.id, bank_name=bank_name, account_no=account_no, proposer_id=actor.person_id
    )
    if former is not None:
        _warn(former, made, organisation)
    return made


@BANK_ACCOUNT.action(
    "proposed -> confirmed", by=CHECKERS, needs=[apart, by_another], takes=RemarkInput, title=N_("Confirm the account"),
    primary=True,
)  # fmt: skip
def confirm(account: BankAccount, actor: Actor, *, remark: str = "") -> None:
    """Settlement has asked back at a number it knew: payouts go here, after some days if it replaces another one."""
    say(remark)
    current().lock(db.session.get_one(Organisation, account.org_id))
    former = bank_account_of(account.org_id)
    if former is not None:
        replace(former, SYSTEM_ACTOR)
        db.session.flush()
        account.held_until = now() + timedelta(days=int(current_app.config["BANK_HOLD_DAYS"]))
        note(held_until=account.held_until.isoformat())
    account.checker_id = actor.person_id


@BANK_ACCOUNT.action(
    "proposed -> declined", by=CHECKERS, needs=[apart], takes=ReasonInput, title=N_("Decline the account"),
    dangerous=True,
)  # fmt: skip
def decline(account: BankAccount, actor: Actor, *, reason: str) -> None:
    """Settlement could not find it confirmed; the account in force stays."""
    say(reason)
    account.checker_id = actor.person_id if actor.person_id != account.proposer_id else None


@BANK_ACCOUNT.action("proposed -> withdrawn", by=OWN_MONEY, title=N_("Withdraw"), dangerous=True)
def withdraw(account: BankAccount, actor: Actor) -> None:
    """The organisation takes it back: the account in force stays."""
    del account, actor


@BANK_ACCOUNT.action("confirmed -> replaced", by=SYSTEM, title=N_("Let another account count"))
def replace(account: BankAccount, actor: Actor) -> None:
    """Another account was confirmed."""
    del account, actor


def _warn(former: BankAccount, new: BankAccount, organisation: Organisation) -> None:
    """A mail to whoever named the account that is to be replaced."""
    contact = db.session.get(Person, former.proposer_id) if former.proposer_id else None
    if contact is None:
        return
    payload: dict[str, Any] = {
        "to": contact.email, "template": "bank_change",
        "organisation": [organisation.name("zh"), organisation.name("en")],
        "link": f"{current_app.config['BASE_URL']}/{BANK_ACCOUNT.collection}/{new.id}",
    }  # fmt: skip
    owe(db.session(), "mail", payload)
