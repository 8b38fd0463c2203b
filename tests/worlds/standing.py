"""Requirements, qualifications, bank accounts, restrictions, hand-overs and contested rows, by performing actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from app.accounts import files
from app.accounts.actions import bank_accounts, qualifications, restrictions
from app.accounts.models import BankAccount, Qualification, Requirement, Restriction
from app.kernel.numbers import PARK_OFFSET
from app.kernel.shapes import Upload
from app.kernel.values import now
from app.standing.actions import contests, handovers, requirements
from app.standing.models import Contest, Handover
from tests.world import World
from tests.worlds.ordering import again, do

REVIEWER: Final = "rui"
CHECKER: Final = "sen"
ADMINS: Final = {"supplier": "zong", "supplier2": "zong2", "service": "fuwu", "lab": "guan", "lab2": "lab2admin"}
REASON: Final = "核实"
PDF: Final = b"%PDF-1.4\n%%EOF\n"


def scan(name: str = "licence.pdf") -> Upload:
    """A received file."""
    return files.stored(PDF, name, "application/pdf")


def in_days(days: int) -> date:
    """A day on the park's wall."""
    return (now() + PARK_OFFSET).date() + timedelta(days=days)


def requirement(world: World, code: str = "licence", **given: Any) -> Requirement:
    """Something that the operator asks of suppliers; a mandatory document with a validity unless said otherwise."""
    usual = {"title_zh": "营业执照", "title_en": "Licence", "kind": "supplier", "form": "document", "expires": True,
             "mandatory": True}  # fmt: skip
    made: Requirement = do(
        requirements.define_requirement, world.org("operator"), world.actor(REVIEWER), code=code, **usual | given
    )
    return made


def qualification(
    world: World, asked: Requirement, state: str = "approved", *, org: str = "supplier", days: int = 300,
    **given: Any,
) -> Qualification:  # fmt: skip
    """An organisation's answer to a requirement, valid for so many days from today, in a state."""
    admin, reviewer = world.actor(ADMINS[org]), world.actor(REVIEWER)
    evidence = {
        "document": {"file": scan()}, "attestation": {"attested": True}, "field": {"statement": "一般纳税人"}
    }[asked.form]  # fmt: skip
    if asked.expires:
        evidence["valid_until"] = in_days(days)
    made: Qualification = do(qualifications.hand_in, world.org(org), admin, requirement=asked.id, **evidence | given)
    if state == "withdrawn":
        do(qualifications.withdraw, made, admin)
    if state not in ("draft", "withdrawn"):
        do(qualifications.submit, made, admin)
    if state in ("approved", "revoked"):
        do(qualifications.approve, made, reviewer)
    if state == "returned":
        do(qualifications.return_, made, reviewer, reason=REASON)
    if state == "rejected":
        do(qualifications.reject, made, reviewer, reason=REASON)
    if state == "revoked":
        do(qualifications.revoke, made, reviewer, reason=REASON)
    found: Qualification = again(made)
    return found


def restriction(
    world: World, scope: str = "quoting", *, org: str = "supplier", days: int | None = None, code: str = "quality"
) -> Restriction:
    """Something that the operator stops, perhaps for so many days."""
    ends = now() + timedelta(days=days) if days else None
    made: Restriction = do(
        restrictions.restrict, world.org(org), world.actor(REVIEWER), scope=scope, reason_code=code, reason=REASON,
        ends_at=ends,
    )  # fmt: skip
    return made


def account(world: World, number: str, *, org: str = "supplier", state: str = "confirmed") -> BankAccount:
    """Another bank account, named and checked."""
    made: BankAccount = do(
        bank_accounts.name_account, world.org(org), world.actor(ADMINS[org]), bank_name="中原银行", account_no=number
    )
    if state == "confirmed":
        do(bank_accounts.confirm, made, world.actor(CHECKER))
    if state == "declined":
        do(bank_accounts.decline, made, world.actor(CHECKER), reason=REASON)
    if state == "withdrawn":
        do(bank_accounts.withdraw, made, world.actor(ADMINS[org]))
    found: BankAccount = again(made)
    return found


def handover(world: World, state: str = "agreed", *, org: str = "supplier", heir: str = "supplier2") -> Handover:
    """Who would take over from an organisation."""
    made: Handover = do(
        handovers.plan_handover, world.org(org), world.actor(REVIEWER), successor=world.organisations[heir],
        plan="备件与质保由接手方承接。",
    )  # fmt: skip
    if state == "agreed":
        do(handovers.agree, made, world.actor(ADMINS[heir]))
    if state == "declined":
        do(handovers.decline, made, world.actor(ADMINS[heir]), reason=REASON)
    if state == "withdrawn":
        do(handovers.withdraw, made, world.actor(REVIEWER), reason=REASON)
    found: Handover = again(made)
    return found


def contest(world: World, row: str, criterion: str = "response", state: str = "open") -> Contest:
    """A row of the supplier's score that it holds to be wrong."""
    made: Contest = do(
        contests.contest, world.org("supplier"), world.actor("zong"), criterion=criterion, row=row, reason=REASON
    )
    if state == "withdrawn":
        do(contests.withdraw, made, world.actor("zong"))
    if state == "upheld":
        do(contests.uphold, made, world.actor(REVIEWER), reason=REASON)
    if state == "dismissed":
        do(contests.dismiss, made, world.actor(REVIEWER), reason=REASON)
    found: Contest = again(made)
    return found
