"""The programme of the demo park: which story begins how many days before today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.cli.seed import catalogue, facts, park
from app.cli.seed.calendar import Story
from app.cli.seed.facts import wanted
from app.cli.seed.stage import Stage, together
from app.cli.seed.stories import (
    access,
    accounts,
    brands,
    cards,
    deliveries,
    demands,
    documents,
    finding,
    imports,
    media,
    moderation,
    money,
    offers,
    ordering,
    people,
    requests,
    rules,
    services,
    sharing,
    sourcing,
    standing,
    taxonomy,
)
from app.indicators.seeds import seed_indicators
from app.standing.seeds import seed_requirements

FOUNDED: Final = 200
LABS_FROM: Final = 197
SELLERS_FROM: Final = 194
AFTER_ADMISSION: Final = 4
"""Days from an application until whoever applied is at work."""

APPLIED: Final = {"applied": 2, "correcting": 6, "rejected": 35, "suspended": 150, "terminated": 145}

OWN_PRICES: Final = (
    ("HG-20R", "lab", "92000", "agreed"), ("WZ-T1000F", "lab", "46", "agreed"), ("HH-224", "chem", "12100", "ended"),
    ("MS-M500", "lab", "35000", "declined"), ("HH-225S", "lab", "37000", "withdrawn"),
    ("HG-16R", "lab", "55000", "proposed"),
)  # fmt: skip
"""Listing, to whom its supplier proposes a price of its own, at which price, and what comes of it."""

Begins = Iterator[tuple[int, Story]]


def programme(stage: Stage) -> Begins:
    """Every story with the day on which it begins."""
    yield FOUNDED, _founded(stage)
    for part in (
        _people,
        _rules,
        _shelves,
        _moderation,
        _purchases,
        _requests,
        _demands,
        _deliveries,
        _money,
        _services,
        _standing,
        _sharing,
        _documents,
        _first_people,
    ):
        yield from part(stage)


def _founded(stage: Stage) -> Story:
    park.found_platform(stage)
    with together():
        seed_indicators(stage.see("organisation", stage.org("owner")))
        seed_requirements(stage.see("organisation", stage.org("operator")))
    yield 0


def _people(stage: Stage) -> Begins:
    staff, offered = facts.people(), facts.offers()
    for place, lab in enumerate(one for one in facts.organisations() if one.kind == "lab"):
        yield LABS_FROM - place, park.admission(stage, lab, staff[lab.key])
        yield LABS_FROM - place - AFTER_ADMISSION, rules.signatures(stage, lab.key)
    for place, seller in enumerate(one for one in facts.organisations() if one.kind in ("supplier", "service")):
        began = SELLERS_FROM - place * 3 // 4
        yield began, park.admission(stage, seller, staff[seller.key])
        own = [offer for offer in offered if offer.supplier == seller.key]
        yield began - AFTER_ADMISSION, catalogue.shelves(stage, seller.key, own)
    for one, admin, fate in facts.applicants():
        yield APPLIED[fate], accounts.COURSES[fate](stage, one, admin)
    yield 120, accounts.somebody_leaves(stage, "battery")
    yield 3, accounts.somebody_is_invited(stage, "lab")
    yield 70, accounts.key_is_changed(stage, "smart.purchaser")
    yield 100, people.institute(stage, "lab")
    yield 20, people.machines(stage, "smart")
    yield 40, people.away(stage, "chem")
    yield 25, people.emergencies(stage)
    for org, ends in (("huayi", "off"), ("chem", "on"), ("lab", "retired")):
        yield 25, access.sign_on(stage, org, ends=ends)
    for name, began, ends in (
        ("lab.receiver2", 40, "done"), ("lab.receiver", 30, "declined"), ("chem.member", 20, "lapsed"),
        ("lab.member", 1, "asked"),
    ):  # fmt: skip
        yield began, access.lost_telephone(stage, name, ends=ends)


def _rules(stage: Stage) -> Begins:
    yield FOUNDED - 1, rules.transactions(stage)
    yield FOUNDED - 1, rules.commission(stage)
    yield 60, rules.changed_signatures(stage, "chem")
    yield 3, rules.next_transactions(stage)
    yield 2, rules.next_commission(stage)


def _shelves(stage: Stage) -> Begins:
    yield 60, taxonomy.kept(stage)
    later = facts.later_offers()
    yield 90, brands.kept(stage, later["PY-3600"])
    yield 9, finding.kept(stage, later["MS-D40"])
    yield 58, offers.offered_again(stage, facts.second_offers())
    yield 30, offers.thought_better_of(stage, "HX-D140")
    for place, (code, lab, amount, ends) in enumerate(OWN_PRICES):
        yield 20 - place, offers.own_price(stage, code, lab, amount, ends)
    yield 5, catalogue.correcting(stage, later["MS-P600"])
    yield 4, catalogue.returned(stage, later["AS-K4"])
    yield 2, catalogue.drafted(stage, later["XP-V12"])
    yield 2, catalogue.drafted(stage, later["LM-CP22"])
    yield 1, catalogue.submitted(stage, later["HH-M6"])
    yield 25, catalogue.withdrawn(stage, "tanqi", "TA-W50")
    yield 12, catalogue.suspended(stage, "SJ-G03", "安全技术说明书已过期，更新后恢复销售。")


def _moderation(stage: Stage) -> Begins:
    """Prices move by percent within and beyond the rule; changes end in every way."""
    yield FOUNDED - 1, moderation.price_rules(stage)
    for days, code, percent, ends, remark in (
        (50, "HG-20R", 4, "at_once", "原材料上涨。"), (9, "HX-C160W", -6, "at_once", "促销。"),
        (4, "MS-IX73", 18, "submitted", "汇率变动，厂家调价函已寄出。"), (20, "PY-721", 12, "applied", "新一代型号。"),
    ):  # fmt: skip
        yield days, moderation.dearer(stage, code, percent, ends, remark)
    yield 2, moderation.changed(stage, "QY-M5", "submitted", "新版说明书。", warranty_months=36,
                                summary_zh="四光栅单色仪，支持全波长扫描，新增自动注液模块。")  # fmt: skip
    yield 8, moderation.changed(stage, "XY-M8", "declined", "延长质保。", warranty_months=60)
    yield 6, moderation.changed(stage, "XP-P4", "withdrawn", "更换包装。", unit="套")
    yield 1, moderation.changed(stage, "QJ-G6", "draft", "补充英文说明。",
                                summary_en="Measures six gases at once; heated line and probe included.")  # fmt: skip
    yield 2, media.renewed(stage, "HG-16R")
    yield 15, moderation.corrected(stage, "SJ-G03", "单位写法不统一，按计量单位规范更正。", lead_time_days=4)


def _purchases(stage: Stage) -> Begins:
    for purchase in facts.purchases():
        yield purchase.days_ago, ordering.purchase(stage, purchase)
    for number, request in enumerate(facts.requests()):
        yield request.days_ago, sourcing.competition(stage, request, number)


def _requests(stage: Stage) -> Begins:
    def undecided(lab: str, title: str, line: str, offers: requests.Offers, until: str) -> Story:
        return requests.undecided(stage, lab, title, wanted(line)[0], offers, until)

    yield 44, requests.centrifuges(stage)
    yield 12, undecided("smart", "高带宽示波器", "CY-O1G*2", {"ceyuan": ("46800",), "huayi": ("49900",)}, "closed")
    yield 13, undecided("env", "烟气分析仪", "QJ-G9U*1", {"qingjing": ("121000",), "tanqi": ("128500",)}, "draft")
    yield 11, undecided("bio", "二氧化碳培养箱", "HX-C80*3", {"hengwen": ("27900",), "bingu": ("30200",)},
                        "awaiting_approval")  # fmt: skip
    yield 12, undecided("pharma", "三重四极杆液质联用仪", "ZY-TQ50*1", {"zhipu": ("1680000",), "oulu": ("1890000",)},
                        "awaiting_approval")  # fmt: skip
    yield 14, undecided("med", "生物安全柜 B2", "JT-B2-1300*2", {"jingtai": ("45200",), "anshou": ("47900",)},
                        "approved")  # fmt: skip
    yield 30, undecided("food", "微波消解仪 40 位", "XY-M40*1", {"xiaojie": ("196000",), "yuanpu": ("209000",)},
                        "rejected")  # fmt: skip
    yield 40, undecided("agri", "双层摇床", "YH-S600R*1", {"yaodong": ("56800",), "hengwen": ("61500",)}, "cancelled")
    yield 13, requests.half_signed(stage, "lab", "X 射线衍射仪（3 kW）", wanted("JX-D3*1")[0],
                                   {"jingxian": ("668000",), "zhipu": ("715000",)})  # fmt: skip
    yield 60, requests.refused_by_supplier(stage, "coating", "全量程硬度计", wanted("LH-HV10*1")[0],
                                           {"liheng": ("44000",), "weijing": ("47500",)})  # fmt: skip
    yield 50, requests.failed(stage)
    yield 33, requests.cancelled(stage)
    yield 1, requests.never_published(stage)
    yield 3, requests.sealed(stage)
    yield 5, requests.amended(stage)


def _demands(stage: Stage) -> Begins:
    yield 2, demands.written(stage, "chem", "手套与口罩", wanted("AS-NM*20, AS-LM*10"))
    yield 1, demands.submitted(stage, "food", "凯氏定氮仪", wanted("XY-K1*1"))
    yield 2, demands.submitted(stage, "battery", "大电流电池测试系统", wanted("DH-B16H*1"))
    yield 25, demands.approved(stage, "env", "便携式水质仪", wanted("QJ-W4*1"))
    yield 4, demands.approved(stage, "med", "核酸提取试剂", wanted("PY-K01*30"))
    yield 9, demands.refused(stage, "autoparts", "影像测量仪二期", wanted("CY-VM4A*1"), "return")
    yield 20, demands.refused(stage, "agri", "组织研磨仪", wanted("YW-T48*1"), "reject")
    yield 15, demands.cancelled(stage, "bio", "凝胶成像系统", wanted("QY-I9C*1"))
    yield 6, demands.sourced(stage, "autoparts", "300 kN 万能试验机", wanted("LH-W300*1"), ["liheng", "weijing"])
    yield 3, demands.ordered(stage, "lab", "金相制样设备", wanted("MS-M1000*1"), "awaiting_operator")
    yield 2, demands.ordered(stage, "chem", "旋转蒸发仪再购", wanted("XP-R2*2"), "awaiting_operator")
    yield 2, demands.ordered(stage, "autoparts", "温度记录仪补充", wanted("CY-T80*2"), "awaiting_operator")
    yield 2, demands.ordered(stage, "pharma", "高速粉碎机", wanted("YW-C500*1"), "awaiting_operator")
    yield 6, demands.ordered(stage, "bio", "样品库扩容", wanted("BG-86L588*5"), "awaiting_owner")
    yield 7, demands.ordered(stage, "food", "前处理间通风柜", wanted("JT-1800*2"), "returned")
    yield 35, demands.ordered(stage, "smart", "直流电源重复申请", wanted("CY-D8010*3"), "rejected")
    yield 28, demands.ordered(stage, "coating", "超声清洗机加购", wanted("YW-U30D*2"), "refused")
    yield 31, demands.ordered(stage, "pharma", "粉碎机", wanted("YW-C500*4"), "cancelled")
    yield 4, demands.ordered(stage, "env", "离子色谱仪", wanted("LP-IC6*1"), "sent")
    yield 30, demands.ordered(stage, "agri", "近红外谷物分析仪", wanted("HP-N17*1"), "sent")
    yield 66, demands.corrected(stage, "autoparts", "红外与温度记录", wanted("CY-T80*3"))
    yield 2, demands.by_phone(stage, "chem", "电话订购：溶剂", wanted("SJ-A01*40"), affirmed=False)
    yield 75, demands.by_phone(stage, "food", "电话订购：培养基", wanted("PY-M01*32"), affirmed=True)
    yield 80, demands.passed_on(stage, "med", "冷藏箱更新", wanted("BG-5L968*1"))


def _deliveries(stage: Stage) -> Begins:
    yield 20, deliveries.in_parcels(stage, "chem", "旋转蒸发仪五台", wanted("XP-R2*5")[0])
    yield 16, deliveries.miscounted(stage, "lab", "移液器补充", wanted("WZ-200*4"))
    yield 18, deliveries.conditionally(stage, "food", "水分测定仪", wanted("HH-MA50*2"), met=False)
    yield 62, deliveries.conditionally(stage, "env", "采样器加购", wanted("QJ-A2*2"), met=True)
    yield 17, deliveries.arrived(stage, "coating", "台式万用表", wanted("CY-M55*3"))
    for days_ago, lab, title, line, outcome in (
        (17, "smart", "温度记录仪加购", "CY-T20W*6", "open"), (21, "bio", "移液控制器", "WZ-EF*3", "agreed"),
        (20, "med", "酶标仪加购", "QY-A2W*2", "disputed"), (70, "lab", "磁力搅拌器一批", "YH-MS7*8", "replaced"),
        (82, "chem", "防溢试剂柜", "YJ-F30*3", "for_buyer"), (92, "battery", "测温仪", "CY-I1600*4", "for_supplier"),
        (55, "agri", "数显水浴锅", "YH-W8*5", "withdrawn"),
    ):  # fmt: skip
        yield days_ago, deliveries.rejected(stage, lab, title, wanted(line), outcome)
    yield 48, deliveries.rejected(stage, "pharma", "旋涡混匀器", wanted("YH-V3*1"), "agreed", remedy="refund")
    yield 38, deliveries.rejected(stage, "autoparts", "显微硬度计", wanted("LH-HV1*1"), "agreed", remedy="refund")


def _money(stage: Stage) -> Begins:
    yield 13, money.prepaid(stage, "pharma", "电位滴定仪加购", wanted("DH-T8K*1"))
    yield 22, money.not_found(stage, "coating", "冲击试验机", wanted("LH-C50P*1"))
    yield 26, money.taken_back(stage, "env", "顶空进样器", wanted("LP-HS12*1"))
    yield 14, money.without_answer(stage, "agri", "冻干机", wanted("XP-F10*1"))
    yield 42, money.refunded(stage, "lab", "三温区管式炉二期", wanted("HX-T12C*1"))
    yield 130, money.bank_lines(stage)
    yield 48, money.misdirected(stage, "food", "高压灭菌器二期", wanted("XY-A100D*1"))
    yield 5, money.unexplained(stage)
    for days_ago, lab, line, outcome in (
        (43, "smart", "SY-A1*2", "paid"), (36, "chem", "LP-VL*20", "paid"), (27, "bio", "WZ-EF*2", "failed"),
        (15, "lab", "BYG-V1000*12", None),
    ):  # fmt: skip
        yield days_ago, cards.by_card(stage, lab, "刷卡支付的小额采购", wanted(line), outcome)
    for days_ago in (120, 90, 60, 31):
        yield days_ago, money.pay_all_out(stage)
    yield 6, money.begin_to_pay_out(stage)
    for days_ago, supplier, answer in (
        (85, "lanpu", "agreed"), (58, "hengxin", "agreed"), (20, "zhongyuan", "answered"), (10, "hengxin", "disputed"),
        (4, "hengwen", "issued"), (2, "bingu", "open"), (62, "huayi", "agreed"), (3, "huayi", "issued"),
        (33, "jiliang", "agreed"),
    ):  # fmt: skip
        yield days_ago, money.stated(stage, supplier, answer)


def _services(stage: Stage) -> Begins:
    for days_ago, lab, title, line, until in (
        (5, "lab", "离心机转速校准", "CAL-02*2", "proposed"), (6, "chem", "酸度计校准", "CAL-08*4", "agreed"),
        (9, "bio", "温度场校准", "CAL-04*3", "cancelled"), (12, "env", "气相色谱校准", "CAL-07*2", "missed"),
        (6, "med", "超低温冰箱年检", "MNT-01*2", "started"), (8, "pharma", "性能确认", "VAL-02*1", "done"),
    ):  # fmt: skip
        yield days_ago, services.stands(stage, lab, title, wanted(line), until)
    for days_ago, lab, title, line, ruling in (
        (9, "food", "培养箱校准", "CAL-04*2", "submitted"), (11, "battery", "天平校准", "CAL-01*3", "disputed"),
        (30, "autoparts", "量具校准", "CAL-01*2", "again"), (46, "coating", "热重分析检测", "TST-07*6", "stands"),
    ):  # fmt: skip
        yield days_ago, services.disputed(stage, lab, title, wanted(line), ruling)


def _standing(stage: Stage) -> Begins:
    yield 44, standing.authorisations(stage, "zhipu")
    yield 50, standing.requirements_change(stage)
    yield 15, standing.accounts_change(stage, "shijing", "lvmo")
    yield 3, standing.asked_to_take_over(stage, "boyu", "sujing")
    yield 4, standing.contested(stage)


def _sharing(stage: Stage) -> Begins:
    """Late, so that nothing of the other stories is bought where something of its kind can be booked."""
    yield 2, sharing.offered_and_not(stage, "lab")
    yield 2, sharing.by_a_service(stage, "TST-07")
    yield 2, sharing.bought_nevertheless(stage, "chem", "agri", "荧光分光光度计自购", wanted("PY-F46*1"))


def _documents(stage: Stage) -> Begins:
    yield 8, documents.ready(stage, "lab")
    yield 4, documents.not_made(stage, "chem")
    yield 100, documents.tried_indicator(stage)
    yield 14, imports.sent_in(stage, "huayi")


def _first_people(stage: Stage) -> Begins:
    """Something to do for everybody whom the README introduces: the Materials College, and Huayi that sells to it."""
    yield 1, demands.written(stage, "lab", "角转子备件", wanted("HG-R20A*1"))
    yield 1, demands.submitted(stage, "lab", "荧光分光光度计", wanted("PY-F46*1"))
    yield 12, requests.undecided(stage, "lab", "台式低速离心机", wanted("HG-6LR*1")[0],
                                 {"huayi": ("26100",), "zhongyuan": ("27400",)}, "closed")  # fmt: skip
    yield 8, deliveries.bought(stage, "lab", "可见分光光度计", wanted("PY-722N*2"))
    yield 4, catalogue.returned(stage, facts.later_offers()["PY-3600"])
