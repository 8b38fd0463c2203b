"""The park's rules: who approves transactions, what the platform earns, who signs inside the labs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage, together, yuan
from app.kernel.values import now

ADMIN: Final = "operator.admin"
OWNER: Final = "owner.owner"
REASON: Final = "园区交易审批办法（演示）"


def transactions(stage: Stage) -> Story:
    """The operator approves transactions from 3,000 on, later from 5,000; the owner from 230,000."""
    _propose(stage, "3000", "200000")
    yield 1
    stage.do(OWNER, "transaction_rule.approve", stage.all("transaction_rule")[-1].id)
    yield 58
    _propose(stage, "20000", "500000")
    yield 1
    stage.do(OWNER, "transaction_rule.decline", stage.all("transaction_rule")[-1].id,
             reason="运营方单独审批的上限过高，请按季度数据重新测算。")  # fmt: skip
    yield 12
    _propose(stage, "5000", "230000")
    yield 1
    stage.do(OWNER, "transaction_rule.approve", stage.all("transaction_rule")[-1].id)


def next_transactions(stage: Stage) -> Story:
    """A further change waits for the owner."""
    _propose(stage, "8000", "300000")
    yield 0


def _propose(stage: Stage, operator_from: str, owner_from: str) -> None:
    stage.do(
        ADMIN, "organisation.propose_rule", stage.org("operator"), operator_from=yuan(operator_from),
        owner_from=yuan(owner_from), reason=REASON,
    )  # fmt: skip


def commission(stage: Stage) -> Story:
    """A first rate, a second one that takes its place, and one that the owner declines."""
    _offer(stage, "2.5", days=1)
    stage.do(OWNER, "commission_rate.approve", stage.all("commission_rate")[-1].id)
    yield 70
    _offer(stage, "2", days=5)
    yield 1
    stage.do(OWNER, "commission_rate.approve", stage.all("commission_rate")[-1].id)
    yield 50
    _offer(stage, "3", days=30)
    yield 2
    stage.do(OWNER, "commission_rate.decline", stage.all("commission_rate")[-1].id,
             reason="入驻供应商反馈强烈，本年度不上调费率。")  # fmt: skip


def next_commission(stage: Stage) -> Story:
    """A lower rate for the next quarter waits for the owner."""
    _offer(stage, "1.8", days=30)
    yield 0


def _offer(stage: Stage, percent: str, *, days: int) -> None:
    stage.do(
        ADMIN, "organisation.propose_rate", stage.org("operator"), rate=percent, vat="6", owner_share="40",
        valid_from=(now() + timedelta(days=days)).isoformat(), reason="平台服务费率（演示）",
    )  # fmt: skip


SIGNATURES: Final = (
    ("requisition", "2000", ["approver"]),
    ("requisition", "100000", ["approver", "finance"]),
    ("award", "0", ["approver"]),
    ("award", "300000", ["approver", "finance"]),
)
"""What is approved, from which amount, who signs in turn."""


def signatures(stage: Stage, lab: str) -> Story:
    """A lab's admin says who signs requisitions and awards."""
    with together():
        for subject, least, roles in SIGNATURES:
            _sign_from(stage, lab, subject, least, roles)
    yield 0


def changed_signatures(stage: Stage, lab: str) -> Story:
    """A lab replaces the smallest of its rules."""
    first = min(
        stage.all("approval_rule", org_id=stage.org(lab), subject="requisition"), key=lambda one: one.from_minor
    )
    stage.do(f"{lab}.org_admin", "approval_rule.retire", first.id)
    _sign_from(stage, lab, "requisition", "1000", ["approver"])
    yield 0


def _sign_from(stage: Stage, lab: str, subject: str, least: str, roles: list[str]) -> None:
    stage.do(
        f"{lab}.org_admin", "organisation.set_approval_rule", stage.org(lab), subject=subject,
        from_amount=yuan(least), roles=roles,
    )  # fmt: skip
