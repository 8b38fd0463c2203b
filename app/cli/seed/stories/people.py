"""An institute with its units, machines that act by key, colleagues who sign for each other, and two emergencies."""

from __future__ import annotations

from app.accounts.actions import keys
from app.accounts.models import ServiceAccount
from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage, in_days, together, yuan
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find

OPERATOR = "operator.system_admin"
OWNER = "owner.owner"


def _place(stage: Stage, name: str) -> str:
    person = stage.who(name)
    place: str = stage.all("membership", person_id=person.person_id, org_id=stage.org(person.org), state="active")[0].id
    return place


def institute(stage: Stage, lab: str) -> Story:
    """A lab of colleges and groups, with places and funds; a group is given up, one college has its own approver."""
    admin, own = f"{lab}.org_admin", stage.org(lab)

    def unit(title: str, parent: str | None = None) -> str:
        return stage.do(admin, "organisation.make_unit", own, title=title, parent=parent)

    def place(title: str, where: str, part: str | None) -> str:
        return stage.do(admin, "organisation.make_address", own, title=title, place=where, unit=part)

    def charge(kind: str, code: str, title: str, part: str | None) -> str:
        return stage.do(admin, "organisation.make_cost_centre", own, kind=kind, code=code, title=title, unit=part)

    with together():
        college = unit("材料学院")
        films = unit("薄膜研究所", college)
        group, old = unit("林课题组", films), unit("粉体课题组", college)
        place("北门库房", "科学大道 100 号北门", None)
        former = place("旧楼 201", "旧实验楼 201 室", college)
        charge("centre", "3020", "材料学院", college)
        charge("fund", "2026-017", "薄膜专项", group)
        ended = charge("fund", "2024-003", "已结题项目", None)
    yield 30
    stage.do(admin, "unit.rename", films, title="功能薄膜研究所")
    stage.do(admin, "unit.close", old)
    stage.do(admin, "delivery_address.close", former)
    stage.do(admin, "cost_centre.close", ended)
    stage.do(admin, "membership.give_unit_role", _place(stage, f"{lab}.receiver"), unit=college, role="approver")
    stage.forget_rights()


def machines(stage: Stage, lab: str) -> Story:
    """The stock program orders by key; an older program was switched off, and its key ran out after a day."""
    admin, own, purchaser = f"{lab}.org_admin", stage.org(lab), f"{lab}.purchaser"
    answers = _place(stage, purchaser)
    with together():
        works, old = (
            stage.do(admin, "organisation.make_service_account", own, title=title, roles=["purchaser"],
                     responsible=answers)
            for title in ("库存系统", "旧库存脚本")
        )  # fmt: skip
        account = find(ServiceAccount, works, SYSTEM_ACTOR)
        keys.issue_machine_key(account, stage.actor(purchaser), title="夜间补货", scope="write",
                               areas=["catalogue", "ordering"], days=180)  # fmt: skip
        keys.issue_machine_key(account, stage.actor(purchaser), title="试运行", scope="read", areas=["catalogue"],
                               days=1)  # fmt: skip
    yield 3
    stage.do(admin, "service_account.end", old)


def away(stage: Stage, lab: str) -> Story:
    """The approver goes on a journey and lends the signature; later once more, now, and for the next month."""
    lender, deputy = f"{lab}.approver", _place(stage, f"{lab}.receiver")

    def lend(starts: int, ends: int) -> str:
        return stage.do(
            lender, "membership.lend", _place(stage, lender), role="approver", deputy=deputy,
            starts_at=in_days(starts), ends_at=in_days(ends), ceiling=yuan("50000.00"),
        )  # fmt: skip

    lend(1, 8)
    yield 12
    stage.do(lender, "delegation.withdraw", lend(1, 5))
    yield 26
    lend(0, 14)
    lend(30, 37)


def emergencies(stage: Stage) -> Story:
    """A lab whose admin lost the phone is helped; a request without need is refused, another withdrawn."""
    let_in(stage, "food", "该机构唯一管理员手机遗失，需立即吊销其密钥。")
    yield 4
    asked = _ask(stage, "bio", "核对通讯录。")
    stage.do(OWNER, "emergency_access.refuse", asked, reason="核对通讯录无需进入机构，请电话联系。")
    yield 2
    stage.do(OPERATOR, "emergency_access.withdraw", _ask(stage, "agri", "管理员失联。"))
    yield 18
    _ask(stage, "med", "离职人员权限未收回。")


def let_in(stage: Stage, lab: str, reason: str) -> None:
    """The operator's system administrator acts inside a lab for some hours, as the owner has allowed."""
    stage.do(OWNER, "emergency_access.allow", _ask(stage, lab, reason))


def _ask(stage: Stage, lab: str, reason: str) -> str:
    return stage.do(
        OPERATOR, "organisation.ask_emergency_access", stage.org("operator"), subject=stage.org(lab),
        roles=["org_admin"], hours=4, reason=reason,
    )  # fmt: skip
