"""The 24 indicators of the park that a purchasing platform can compute by itself; a park begins with them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.indicators.actions.indicators import define_indicator
from app.indicators.models import Indicator
from app.indicators.questions import QUESTIONS
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.values import micro


class Seed(NamedTuple):
    """Code, question, target in the question's unit, both titles, both definitions, and what differs from usual."""

    code: str
    source: str
    target: str | None
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    parameters: tuple[tuple[str, int], ...] = ()


SEEDS: Final[tuple[Seed, ...]] = (
    Seed("I01", "active_labs", "5", "活跃采购单位数", "Active laboratories",
         "当期有订单经供应商确认的采购单位数。", "Laboratories with an order that its supplier confirmed in the period."),
    Seed("I02", "active_suppliers", "5", "活跃供应商数", "Active suppliers",
         "当期确认过订单的供应商与服务机构数。", "Suppliers and service organisations that confirmed an order in the period."),
    Seed("I03", "admitted_organisations", "2", "新入驻机构数", "Organisations admitted",
         "当期通过准入审核的机构数。", "Organisations that were admitted in the period."),
    Seed("I04", "volume", "1000000", "平台成交额", "Value of orders",
         "当期经供应商确认、未取消的人民币订单含税金额。", "Gross value of the orders in CNY confirmed in the period and not cancelled."),
    Seed("I05", "released", "800000", "放款金额", "Money released",
         "当期按付款节点放款的人民币金额，含佣金。", "Money in CNY released to suppliers in the period, commission included."),
    Seed("I06", "online_share", "80", "线上订单占比", "Online share of orders",
         "当期送达供应商的订单中，由采购人在线提交的占比；其余由运营方代录。",
         "Of the orders sent in the period, those that buyers placed online; the others were entered by the operator."),
    Seed("I07", "service_share", "15", "服务采购占比", "Share of services",
         "当期已确认人民币订单中，服务行金额占订单金额之比。", "Value of service lines in the value of the orders in CNY confirmed."),
    Seed("I08", "published_listings", "20", "上架商品与服务数", "Listings published",
         "当期经审核上架的商品与服务数。", "Listings that were published in the period."),
    Seed("I09", "listing_review", "2", "上架审核用时", "Time to review a listing",
         "从首次提交到上架的平均天数。", "Mean days from first submission to publication."),
    Seed("I10", "requisition_to_order", "10", "申请到订单用时", "From requisition to order",
         "从采购申请首次提交到全部下单的平均天数。", "Mean days from the first submission of a requisition to its order."),
    Seed("I11", "lab_approval", "3", "单位内部审批用时", "Approval in the laboratory",
         "从送审到最后一位审批人同意的平均天数。", "Mean days from the request for signatures to the last one."),
    Seed("I12", "quotes_per_rfq", "3", "每份询价的报价数", "Quotes per request",
         "当期截止的询价单收到并开启的有效报价平均数。", "Mean number of opened quotes of the requests that closed in the period."),
    Seed("I13", "rfqs_with_quotes", "90", "三家比价达成率", "Requests with three quotes",
         "当期截止的询价单中，开启报价不少于三份的占比。", "Of the requests that closed, those with three opened quotes or more.",
         (("least", 3),)),
    Seed("I14", "rfq_response", "70", "受邀供应商响应率", "Response of invited suppliers",
         "当期截止的询价单中，开启的报价数与受邀供应商数之比。", "Opened quotes in the number of invitations of the requests that closed."),
    Seed("I15", "competitive_value", "60", "竞争性采购金额占比", "Value awarded in competition",
         "当期已确认人民币订单中，来自三份及以上报价的询价单的金额占比。",
         "Of the value of the orders in CNY confirmed, that from requests with three opened quotes or more.",
         (("least", 3),)),
    Seed("I16", "savings", "5", "较平均报价节约率", "Saving against the mean quote",
         "当期批准的定标中，平均报价减成交价之和与平均报价之和的比；仅一份报价的行不计。",
         "Mean quotes less prices awarded, in the mean quotes; lines with one quote only are left out."),
    Seed("I17", "rfq_to_award", "15", "询价到定标用时", "From request to award",
         "从询价单发布到定标批准的平均天数。", "Mean days from the publication of a request to its approved award."),
    Seed("I18", "transaction_approval", "95", "交易审批及时率", "Transactions approved in time",
         "当期送达供应商的订单中，自生成起两天内完成平台审批的占比。",
         "Of the orders sent in the period, those that the platform approved within two days.", (("days", 2),)),
    Seed("I19", "supplier_confirmation", "3", "供应商确认用时", "Confirmation by suppliers",
         "从订单送达供应商到确认的平均天数。", "Mean days from sending an order to its confirmation."),
    Seed("I20", "on_time_delivery", "90", "准时交付率", "Delivery in time",
         "当期全部到货的订单中，不晚于约定日期（未约定的按确认后最长货期）的占比。",
         "Of the orders delivered whole, those by the agreed day, or else within the longest lead time."),
    Seed("I21", "first_time_acceptance", "95", "一次验收合格率", "Accepted at once",
         "当期作出结论的验收中，从未索赔即通过的占比。", "Of the acceptances decided, those that passed without a claim ever."),
    Seed("I22", "claims_per_order", "5", "订单索赔率", "Orders with a claim",
         "当期全部到货的订单中，有未撤回索赔的占比。", "Of the orders delivered whole, those with a claim not withdrawn."),
    Seed("I23", "claim_settlement", "10", "索赔处理用时", "Settlement of claims",
         "从提出索赔到办结的平均天数。", "Mean days from the opening of a claim to its end."),
    Seed("I24", "payment_days", "14", "付款用时", "Time to pay",
         "付款节点从到期到付清的平均天数；提前支付的不计。", "Mean days from the day an instalment fell due until it was paid; prepaid ones are left out."),
)  # fmt: skip


def seed_indicators(organisation: Organisation) -> int:
    """Define those that the park does not have yet, as SYSTEM, at its owner; how many were. In a unit of work."""
    there = set(db.session.scalars(sa.select(Indicator.code)))
    missing = [seed for seed in SEEDS if seed.code not in there]
    for seed in missing:
        assert seed.source in QUESTIONS
        define_indicator(organisation, SYSTEM_ACTOR, **_given(seed))
    return len(missing)


def _given(seed: Seed) -> dict[str, Any]:
    return {
        "code": seed.code, "title_zh": seed.zh, "title_en": seed.en, "definition_zh": seed.definition_zh,
        "definition_en": seed.definition_en, "source": seed.source,
        "parameters": [{"name": name, "value": value} for name, value in seed.parameters],
        "target": micro(seed.target) if seed.target is not None else None,
    }  # fmt: skip
