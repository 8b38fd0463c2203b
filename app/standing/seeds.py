"""What parks usually ask of who takes part: the first requirements of an installation, to be edited and retired."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.accounts.models import Organisation, Requirement
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.standing.actions.requirements import define_requirement


class Seed(NamedTuple):
    """One usual requirement."""

    code: str
    kind: str
    category: str
    form: str
    expires: bool
    mandatory: bool
    zh: str
    en: str
    guidance_zh: str
    guidance_en: str


SEEDS: Final = (
    Seed("business_licence", "supplier", "", "document", True, True, "营业执照", "Business licence",
         "现行有效的营业执照副本扫描件；长期有效的，有效期填写下次年报截止日。",
         "A scan of the current licence; where it has no end, the day of the next annual report."),
    Seed("service_licence", "service", "", "document", True, True, "营业执照（服务机构）", "Business licence (services)",
         "现行有效的营业执照或事业单位法人证书扫描件。", "A scan of the current business or institution licence."),
    Seed("lab_registration", "lab", "", "document", False, True, "入驻协议", "Park tenancy agreement",
         "与园区签订的入驻协议首页与签章页。", "First page and signature page of the agreement with the park."),
    Seed("bank_proof", "supplier", "", "document", False, False, "开户证明", "Proof of the bank account",
         "银行出具的基本存款账户信息或开户许可证。", "The bank's confirmation of the account."),
    Seed("integrity", "supplier", "", "attestation", False, True, "廉洁诚信承诺", "Integrity undertaking",
         "承诺不围标串标、不行贿，所供材料真实。", "No collusion, no bribery, and what is handed in is true."),
    Seed("tax_class", "supplier", "", "field", False, False, "纳税人类型", "Taxpayer class",
         "一般纳税人或小规模纳税人。", "General or small-scale VAT taxpayer."),
    Seed("measuring_licence", "supplier", "measuring", "document", True, True, "计量器具型式批准（CPA）",
         "Pattern approval of measuring instruments (CPA)",
         "列入强制管理目录的计量器具须提供型式批准证书。", "The certificate for instruments in the compulsory catalogue."),
    Seed("medical_device", "supplier", "instruments.life_science", "document", True, False, "医疗器械经营许可或备案",
         "Medical-device trading licence", "经营第二、三类医疗器械的备案凭证或许可证。",
         "The licence or filing for class II and III devices."),
    Seed("hazardous_chemicals", "supplier", "reagents.chemicals", "document", True, True, "危险化学品经营许可证",
         "Hazardous chemicals trading licence", "经营危险化学品的许可证，经营范围须覆盖所供品种。",
         "The licence, whose scope covers what is offered."),
    Seed("manufacturer_authorisation", "supplier", "instruments", "document", True, False, "制造商授权书",
         "Authorisation by the manufacturer", "代理进口或品牌仪器的，按品牌分别提交授权书。",
         "One per brand, where you sell another maker's instruments."),
    Seed("cnas", "service", "services.calibration", "document", True, True, "CNAS 认可或计量授权证书",
         "CNAS accreditation or metrological authorisation",
         "CNAS-CL01（ISO/IEC 17025）认可证书及附表，或法定计量检定机构授权证书。",
         "CNAS-CL01 (ISO/IEC 17025) certificate with its schedule, or a statutory authorisation."),
    Seed("cma", "service", "services.testing", "document", True, True, "检验检测机构资质认定（CMA）",
         "Inspection body approval (CMA)", "资质认定证书及能力附表。", "The certificate with its schedule of tests."),
    Seed("site_visit", "service", "", "review", True, False, "现场核查", "Visit on site",
         "运营方现场核查人员、设备与环境条件。", "The operator looks at people, equipment and premises."),
)  # fmt: skip


def seed_requirements(operator: Organisation) -> int:
    """Define those that the park does not have yet, as SYSTEM, at its operator; how many were. In a unit of work."""
    there = set(db.session.scalars(sa.select(Requirement.code)))
    missing = [seed for seed in SEEDS if seed.code not in there]
    for seed in missing:
        define_requirement(operator, SYSTEM_ACTOR, **_given(seed))
    return len(missing)


def _given(seed: Seed) -> dict[str, Any]:
    return {
        "code": seed.code, "kind": seed.kind, "category": seed.category, "form": seed.form, "expires": seed.expires,
        "mandatory": seed.mandatory, "title_zh": seed.zh, "title_en": seed.en, "guidance_zh": seed.guidance_zh,
        "guidance_en": seed.guidance_en,
    }  # fmt: skip
