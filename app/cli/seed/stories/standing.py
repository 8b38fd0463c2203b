"""Papers that run out, are renewed, refused and revoked; accounts that change; dealings that are stopped; leaving."""

from __future__ import annotations

from typing import Final

from app.accounts.models import Requirement
from app.cli.seed import papers
from app.cli.seed.calendar import Story
from app.cli.seed.papers import REVIEWER
from app.cli.seed.stage import Stage, in_days, together
from app.standing import score

CHECKER: Final = "operator.settlement2"


def _asked(stage: Stage, code: str) -> Requirement:
    found: Requirement = stage.all("requirement", code=code)[0]
    return found


def authorisations(stage: Stage, key: str) -> Story:
    """A supplier's authorisations by manufacturers: one in every state."""
    asked = _asked(stage, "manufacturer_authorisation")
    admin = f"{key}.org_admin"
    papers.approved(stage, key, asked, days=25, subject="晶源光学（演示）")
    revoked = papers.approved(stage, key, asked, days=300, subject="瑞测（演示）")
    with together():
        papers.approved(stage, key, asked, days=400, subject="华准（演示）")
    yield 20
    stage.do(REVIEWER, "qualification.revoke", revoked, reason="制造商来函：授权已于上月终止。")
    renewed = papers.submitted(stage, key, asked, days=500, subject="华准（演示）")
    yield 1
    stage.do(REVIEWER, "qualification.approve", renewed, remark="新授权书，替代原授权书。")
    refused = papers.submitted(stage, key, asked, days=200, subject="远观（演示）")
    yield 1
    stage.do(REVIEWER, "qualification.reject", refused, reason="授权书未加盖制造商公章，且授权区域不含本省。")
    taken_back = papers.hand_in(stage, key, asked, days=200, subject="北测（演示）")
    stage.do(admin, "qualification.withdraw", taken_back)
    yield 20
    back = papers.submitted(stage, key, asked, days=200, subject="南衡（演示）")
    yield 1
    stage.do(REVIEWER, "qualification.return", back, reason="扫描件第二页不清晰，请重新上传。")
    papers.submitted(stage, key, asked, days=330, subject="东谱（演示）")
    papers.hand_in(stage, key, asked, days=365, subject="西光（演示）")
    papers.approved(stage, key, asked, days=48, subject="中析（演示）")


def requirements_change(stage: Stage) -> Story:
    """One requirement is given up, another announced for next quarter."""
    made = stage.do(
        REVIEWER, "organisation.define_requirement", stage.org("operator"), code="paper_catalogue",
        title_zh="纸质产品样本", title_en="Printed catalogue", kind="supplier", form="review",
    )  # fmt: skip
    yield 30
    stage.do(REVIEWER, "requirement.retire", made, reason="已由线上商品资料替代。")
    stage.do(
        REVIEWER, "organisation.define_requirement", stage.org("operator"), code="carbon_report",
        title_zh="碳足迹报告", title_en="Carbon footprint report", kind="supplier", form="document", expires=True,
        guidance_zh="主要产品的碳足迹声明。", guidance_en="A statement for the main products.", starts_at=in_days(90),
    )  # fmt: skip


def accounts_change(stage: Stage, key: str, other: str) -> Story:
    """A supplier changes its bank; another one's new account is not confirmed."""
    finance = f"{key}.finance"
    new = _name(stage, key, finance, "中原银行焦作科创支行", "6217001234500001")
    yield 1
    stage.do(CHECKER, "bank_account.confirm", new, remark="已回拨合同留存电话核实。")
    slip = _name(stage, other, f"{other}.finance", "某某村镇银行", "6217009999900009")
    stage.do(f"{other}.finance", "bank_account.withdraw", slip)
    yield 1
    strange = _name(stage, other, f"{other}.finance", "某某村镇银行", "6217009999900001")
    yield 1
    stage.do(CHECKER, "bank_account.decline", strange, reason="留存电话接听人表示未申请变更。")
    yield 9
    _name(stage, other, f"{other}.finance", "中国建设银行焦作分行", "1705020009000077777")


def _name(stage: Stage, key: str, who: str, bank: str, number: str) -> str:
    return stage.do(who, "organisation.name_account", stage.org(key), bank_name=bank, account_no=number)


def restrictions(stage: Stage, key: str) -> None:
    """What is stopped alone, before everything is: each ends in its own way."""

    def stop(scope: str, code: str, reason: str, days: int | None) -> str:
        ends = {"ends_at": in_days(days)} if days else {}
        given = {"scope": scope, "reason_code": code, "reason": reason, **ends}
        return stage.do(REVIEWER, "organisation.restrict", stage.org(key), **given)

    stop("quoting", "delivery", "两次逾期交货，暂停报新价十天。", 10)
    lifted = stop("call_off", "complaint", "买方投诉核查期间，暂停新订单。", 60)
    stage.do(REVIEWER, "restriction.lift", lifted, reason="投诉不成立。")
    appealed = stop("listing", "quality", "送检样品不合格，暂停上架。", None)
    stage.do(f"{key}.org_admin", "restriction.appeal", appealed, reason="复检报告合格，请予复核。")
    stop("payout", "debt", "平台服务费逾期未付。", None)


def leaving(stage: Stage, key: str, heir: str) -> Story:
    """Who would take over from a suspended supplier: asked twice in vain, then agreed."""

    def plan() -> str:
        return stage.do(
            REVIEWER, "organisation.plan_handover", stage.org(key), successor=stage.org(heir),
            plan="未到期质保由接手方承接，备件库存按账面价移交，九十日内完成。",
        )  # fmt: skip

    stage.do(f"{heir}.org_admin", "handover.decline", plan(), reason="现有人手不足以承接质保。")
    yield 2
    stage.do(REVIEWER, "handover.withdraw", plan(), reason="方案漏列两台设备，另行拟定。")
    yield 2
    stage.do(f"{heir}.org_admin", "handover.agree", plan())


def asked_to_take_over(stage: Stage, key: str, heir: str) -> Story:
    """A supplier thinks of leaving; whoever should take over has not answered yet."""
    stage.do(
        REVIEWER, "organisation.plan_handover", stage.org(key), successor=stage.org(heir),
        plan="拟于明年退出园区，质保与备件由接手方承接。",
    )  # fmt: skip
    yield 0


def contested(stage: Stage) -> Story:
    """A supplier contests rows of its score."""
    key, rows = next(
        (key, rows)
        for key, one in stage.organisations.items()
        if "supplier" in one.kinds and len(rows := score.points_of(one.id, "response")) > 3
    )

    def contest(row: score.Point, reason: str) -> str:
        return stage.do(
            f"{key}.sales", "organisation.contest", stage.org(key), criterion="response", row=row.object_id,
            reason=reason,
        )  # fmt: skip

    reasons = ("当日平台维护，确认页面无法打开。", "已电话确认，未在系统登记。", "误点。", "节假日应予扣除。")
    first, second, third, _still_open = (contest(row, reason) for row, reason in zip(rows, reasons, strict=False))
    stage.do(f"{key}.sales", "contest.withdraw", third)
    yield 1
    stage.do(REVIEWER, "contest.uphold", first, reason="维护记录属实，剔除该记录。")
    stage.do(REVIEWER, "contest.dismiss", second, reason="以系统确认时间为准。")
