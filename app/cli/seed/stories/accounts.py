"""Organisations that apply, are suspended or leave, and people who come and go."""

from __future__ import annotations

from app.accounts.actions import keys
from app.accounts.models import Membership
from app.cli.seed import park
from app.cli.seed.calendar import Story
from app.cli.seed.facts import OrganisationFacts, PersonFacts
from app.cli.seed.stage import Stage, together
from app.cli.seed.stories import standing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find

REVIEWER = "operator.reviewer"


def applied(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> Story:
    """An application waits for the operator."""
    park.apply(stage, one, admin)
    yield 0


def correcting(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> Story:
    """An application goes back to the applicant."""
    park.apply(stage, one, admin)
    yield 1
    stage.do(REVIEWER, "organisation.return", stage.org(one.key), reason="请补充实验室资质证明与园区入驻协议编号。")


def rejected(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> Story:
    """An application is corrected once, and rejected all the same."""
    park.apply(stage, one, admin)
    yield 2
    stage.do(REVIEWER, "organisation.return", stage.org(one.key), reason="经营范围与申请类目不符，请说明。")
    yield 3
    stage.do(f"{one.key}.org_admin", "organisation.resubmit", stage.org(one.key))
    yield 2
    stage.do(REVIEWER, "organisation.reject", stage.org(one.key), reason="经核查不具备所申请类目的经营资质。")
    stage.leaves(f"{one.key}.{admin.local}")


def suspended(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> Story:
    """A supplier whose licence has run out; it was suspended once before and reinstated."""
    yield from park.admission(stage, one, [admin])
    yield 40
    _suspend(stage, one, "营业执照地址变更未备案，暂停报价与上架。")
    yield 4
    stage.do(REVIEWER, "organisation.reinstate", stage.org(one.key), reason="备案材料已补齐。")
    yield 16
    standing.restrictions(stage, one.key)
    yield 32
    _suspend(stage, one, "危险化学品经营许可证到期，补证前暂停交易。")
    yield standing.leaving(stage, one.key, "hengxin")


def terminated(stage: Stage, one: OrganisationFacts, admin: PersonFacts) -> Story:
    """A supplier that leaves the park for good."""
    yield from park.admission(stage, one, [admin])
    yield 60
    _suspend(stage, one, "连续两次未按约交货，暂停交易并核查。")
    yield 6
    agreed = stage.do(
        REVIEWER, "organisation.plan_handover", stage.org(one.key), successor=stage.org("huayi"),
        plan="在保设备的维修由接手方承接，三十日内完成交接。",
    )  # fmt: skip
    yield 2
    stage.do("huayi.org_admin", "handover.agree", agreed)
    yield 4
    stage.do(REVIEWER, "organisation.terminate", stage.org(one.key), reason="核查属实，按入驻协议终止合作。")
    stage.leaves(f"{one.key}.{admin.local}")


def _suspend(stage: Stage, one: OrganisationFacts, reason: str) -> None:
    stage.do(REVIEWER, "organisation.suspend", stage.org(one.key), reason=reason)
    stage.forget_rights()


COURSES = {
    "applied": applied,
    "correcting": correcting,
    "rejected": rejected,
    "suspended": suspended,
    "terminated": terminated,
}  # fmt: skip


def somebody_leaves(stage: Stage, lab: str) -> Story:
    """A colleague joins, gets a further role, and leaves when the project ends."""
    with together():
        park.join(stage, lab, stage.actor(f"{lab}.org_admin"), PersonFacts("visiting", "纪远舟", ["member"]))
    place = _place(stage, f"{lab}.visiting")
    yield 20
    stage.do(f"{lab}.org_admin", "membership.change_roles", place, roles=["member", "receiver"])
    stage.forget_rights()
    yield 40
    stage.do(f"{lab}.org_admin", "membership.end", place)
    stage.leaves(f"{lab}.visiting")


def somebody_is_invited(stage: Stage, lab: str) -> Story:
    """A colleague has not followed the link yet."""
    stage.do(
        f"{lab}.org_admin", "organisation.invite", stage.org(lab), email=f"newcomer@{lab}.example", roles=["member"]
    )
    yield 0


def key_is_changed(stage: Stage, name: str) -> Story:
    """A key that stood in a script is revoked, because the script moved to another machine."""
    with together():
        place = find(Membership, _place(stage, name), SYSTEM_ACTOR)
        made = keys.issue_key(place, stage.actor(name), title="库存同步脚本", scope="read").id
    yield 30
    stage.do(name, "api_key.revoke", made)


def _place(stage: Stage, name: str) -> str:
    """The membership of somebody."""
    person = stage.who(name)
    place: str = stage.all("membership", person_id=person.person_id, org_id=stage.org(person.org))[0].id
    return place
