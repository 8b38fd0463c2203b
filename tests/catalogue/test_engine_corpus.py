"""A small bilingual catalogue written for these tests: every way to ask for something has its listing here."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from app.catalogue.engine import Card

CATEGORIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "centrifuge": (("A02", "A0210", "CENT"), ("仪器", "Instruments", "离心机", "Centrifuges")),
    "pipette": (("A02", "A0210", "PIPE"), ("仪器", "Instruments", "移液设备", "Liquid handling")),
    "cold": (("A02", "A0220", "COLD"), ("设备", "Equipment", "冷藏冷冻", "Cold storage")),
    "analysis": (("A02", "A0210", "ANAL"), ("仪器", "Instruments", "分析仪器", "Analytical instruments")),
    "supply": (("B01", "SUPP"), ("耗材", "Consumables", "实验耗材", "Labware")),
    "safety": (("A02", "A0220", "SAFE"), ("设备", "Equipment", "安全防护", "Safety")),
    "service": (("S01", "CALI"), ("服务", "Services", "校准维修", "Calibration and repair")),
}
SUPPLIERS = {"sup-a": "焦作恒科仪器有限公司", "sup-b": "Tengyun Lab Supply", "sup-c": "河南精测技术服务有限公司"}


def card(id_: str, zh: str, en: str, group: str, **more: Any) -> Card:
    path, names = CATEGORIES[group]
    supplier = more.pop("supplier_id", "sup-a")
    values: dict[str, Any] = {
        "version": 1,
        "kind": "service" if group == "service" else "goods",
        "brand": "",
        "model": "",
        "part_no": "",
        "brand_aliases": (),
        "summary": {},
        "currency": "CNY",
        "price_minor": None,
        "lead_time_days": None,
        "attributes": {},
        "stored": {"title": zh, "nested": {"n": [1, 2.5, None, True]}},
    }
    return Card(
        id=id_,
        names={"zh": zh, "en": en},
        category=path,
        category_names=names,
        supplier_id=supplier,
        supplier_name=SUPPLIERS[supplier],
        **(values | more),
    )


THERMO = {"brand": "Thermo Fisher", "brand_aliases": ("Thermo", "赛默飞", "赛默飞世尔")}
EPPENDORF = {"brand": "Eppendorf", "brand_aliases": ("艾本德",)}
HITACHI = {"brand": "Hitachi", "brand_aliases": ("日立", "himac")}
SARTORIUS = {"brand": "Sartorius", "brand_aliases": ("赛多利斯",)}
HAIER = {"brand": "Haier", "brand_aliases": ("海尔",)}
AGILENT = {"brand": "Agilent", "brand_aliases": ("安捷伦",)}

CARDS: tuple[Card, ...] = (
    card("cen-1", "高速冷冻离心机", "High-speed refrigerated centrifuge", "centrifuge", **HITACHI, model="CR-22N",
         price_minor=18_500_000, lead_time_days=60, attributes={"max_speed_rpm": 22_000.0, "refrigerated": True}),
    card("cen-2", "台式高速离心机", "Benchtop centrifuge", "centrifuge", **EPPENDORF, model="5810 R",
         part_no="5811000010", price_minor=9_800_000, lead_time_days=30,
         attributes={"max_speed_rpm": 14_000.0, "refrigerated": True}),
    card("cen-3", "掌上离心机", "Mini centrifuge", "centrifuge", **THERMO, model="mySPIN 6", price_minor=290_000,
         lead_time_days=3, attributes={"max_speed_rpm": 6_000.0, "refrigerated": False}, supplier_id="sup-b"),
    card("cen-4", "大容量冷冻离心机", "Large capacity centrifuge", "centrifuge", brand="Xiangyi",
         brand_aliases=("湘仪",), model="DL-6M", price_minor=6_500_000, lead_time_days=15,
         attributes={"max_speed_rpm": 6_000.0}),
    card("cen-5", "离心机转子", "Angle rotor", "centrifuge", **HITACHI, model="R22A4",
         summary={"en": "Fits the CR22N centrifuge. Max 22 000 rpm."}, attributes={"max_speed_rpm": 22_000.0}),
    card("pip-1", "单道可调移液器", "Single-channel adjustable pipette", "pipette", **EPPENDORF,
         model="Research plus", part_no="3123000020", price_minor=219_000, lead_time_days=5,
         attributes={"volume_max_m3": 1e-8, "channels": 1.0}),
    card("pip-2", "八道移液器", "8-channel pipette", "pipette", **THERMO, model="Finnpipette F2",
         part_no="4662000", price_minor=680_000, lead_time_days=5,
         attributes={"volume_max_m3": 3e-7, "channels": 8.0}, supplier_id="sup-b"),
    card("pip-3", "电动移液器", "Electronic pipette", "pipette", **SARTORIUS, model="Picus 2",
         price_minor=560_000, lead_time_days=14, attributes={"volume_max_m3": 1e-6, "channels": 1.0}),
    card("tip-1", "盒装吸头 0.5-10 µL", "Pipette tips 0.5-10 µL, racked", "supply", **EPPENDORF, model="epT.I.P.S.",
         part_no="0030 089.421", price_minor=32_000, lead_time_days=2, supplier_id="sup-b"),
    card("col-1", "超低温冰箱", "Ultra-low temperature freezer", "cold", **HAIER, model="DW-86L578J",
         price_minor=4_980_000, lead_time_days=20, attributes={"temperature_min_k": 187.15, "volume_m3": 0.578},
         summary={"zh": "-86℃ 生物样本保存", "en": "Keeps samples at -86 °C."}),
    card("col-2", "药品冷藏箱", "Pharmacy refrigerator", "cold", **HAIER, model="HYC-198S", price_minor=880_000,
         lead_time_days=10, attributes={"temperature_min_k": 275.15, "volume_m3": 0.198}),
    card("col-3", "液氮罐", "Liquid nitrogen dewar", "cold", brand="MVE", model="XC 47/11",
         price_minor=1_250_000, currency="USD", lead_time_days=45),
    card("ana-1", "高效液相色谱仪", "High performance liquid chromatograph", "analysis", **AGILENT,
         model="1260 Infinity III", lead_time_days=90, summary={"en": "HPLC with quaternary pump."}),
    card("ana-2", "气相色谱质谱联用仪", "GC-MS system", "analysis", **AGILENT, model="8890/5977C", currency="USD",
         price_minor=9_500_000, lead_time_days=90),
    card("ana-3", "电子分析天平", "Analytical balance", "analysis", **SARTORIUS, model="BSA224S-CW",
         price_minor=1_380_000, lead_time_days=7, attributes={"readability_kg": 1e-7, "capacity_kg": 0.22}),
    card("ana-4", "酶标仪", "Microplate reader", "analysis", **THERMO, model="Varioskan LUX",
         price_minor=26_000_000, lead_time_days=60),
    card("ana-5", "紫外可见分光光度计", "UV-Vis spectrophotometer", "analysis", **THERMO, model="NanoDrop One",
         price_minor=11_000_000, lead_time_days=25, supplier_id="sup-b"),
    card("ana-6", "台式pH计", "Bench pH meter", "analysis", brand="Mettler Toledo",
         brand_aliases=("梅特勒", "梅特勒托利多"), model="FE28", price_minor=320_000, lead_time_days=4),
    card("ana-7", "旋转蒸发仪", "Rotary evaporator", "analysis", brand="Büchi", brand_aliases=("步琦",),
         model="R-300", price_minor=5_600_000, currency="CHF", lead_time_days=40),
    card("ana-8", "基因扩增仪", "Thermal cycler", "analysis", **THERMO, model="ProFlex", part_no="4484075",
         lead_time_days=30),
    card("saf-1", "生物安全柜", "Biological safety cabinet", "safety", **HAIER, model="HR1200-IIA2",
         price_minor=2_300_000, lead_time_days=18),
    card("saf-2", "通风柜", "Fume hood", "safety", brand="Labconco", model="Protector", lead_time_days=50),
    card("sup-1", "离心管 50 mL", "Conical centrifuge tube 50 mL", "supply", brand="Corning",
         brand_aliases=("康宁", "Falcon"), model="352070", price_minor=45_000, lead_time_days=2),
    card("sup-2", "一次性培养皿", "Petri dish", "supply", brand="Corning", brand_aliases=("康宁", "Falcon"),
         part_no="351029", price_minor=28_000, lead_time_days=2, supplier_id="sup-b"),
    card("sup-3", "丁腈手套", "Nitrile gloves", "supply", brand="Ansell", brand_aliases=("安思尔",),
         model="92-600", price_minor=9_900, lead_time_days=1),
    card("ser-1", "离心机校准服务", "Centrifuge calibration", "service", supplier_id="sup-c", price_minor=80_000,
         lead_time_days=7, summary={"zh": "转速、温度、计时校准,出具证书。"}),
    card("ser-2", "移液器检定", "Pipette calibration", "service", supplier_id="sup-c", price_minor=12_000,
         lead_time_days=3),
    card("ser-3", "超低温冰箱维修", "Freezer repair on site", "service", supplier_id="sup-c", lead_time_days=2),
    card("ser-4", "重庆样品检测", "Sample testing in Chongqing", "service", supplier_id="sup-c", price_minor=150_000),
    card("box-1", "离心管冻存盒", "Freezing box for tubes", "supply", model="81 wells", price_minor=1_500,
         lead_time_days=2, supplier_id="sup-b"),
)  # fmt: skip


def many(count: int, seed: int = 7) -> list[Card]:
    """Cards made from the ones above, with other ids, models, prices and times."""
    chance = random.Random(seed)
    out: list[Card] = []
    for number in range(count):
        base = chance.choice(CARDS)
        speed = float(chance.randrange(1_000, 30_000))
        out.append(
            dataclasses.replace(
                base,
                id=f"many-{number:06d}",
                model=f"{base.model or 'X'}-{chance.randrange(100, 9_999)}",
                part_no=f"{chance.randrange(10**7, 10**8)}",
                price_minor=chance.choice((None, chance.randrange(1_000, 50_000_000), 100_000)),
                lead_time_days=chance.choice((None, 7, chance.randrange(120))),
                supplier_id=f"sup-{chance.randrange(40)}",
                attributes={**base.attributes, "max_speed_rpm": speed},
            )
        )
    return out


def test_every_card_has_both_names_and_an_id_of_its_own() -> None:
    assert len({c.id for c in CARDS}) == len(CARDS) == 30
    assert all(c.names["zh"] and c.names["en"] for c in CARDS)
