"""Listings to measure with: kinds of laboratory goods in both languages, put together at random, always the same ones.

The words are facts of the trade; which brand offers what in which version at which price is made up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.exchange.product_rows import DEFAULT_CURRENCY, VAT_PERCENT, ProductRow, Spec

SEED: Final = 20_261_123
ON_REQUEST_SHARE: Final = 0.04
MAX_LEAD_DAYS: Final = 120
"""No generated listing takes longer, so that a filter beyond it leaves nothing out (see tasks.py)."""
FEN: Final = 100

# category | Chinese | English | unit | price from | to (yuan) | property | unit | from | to
_KINDS: Final = """
instruments.centrifuges | 离心机 | centrifuge | 台 | 3000 | 180000 | 最高转速 | rpm | 3000 | 30000
instruments.centrifuges | 冷冻离心机 | refrigerated centrifuge | 台 | 18000 | 260000 | 最高转速 | rpm | 6000 | 30000
instruments.chromatography.liquid | 液相色谱仪 | liquid chromatograph | 台 | 120000 | 900000 | 最高压力 | MPa | 40 | 130
instruments.chromatography.gas | 气相色谱仪 | gas chromatograph | 台 | 60000 | 500000 | 最大流速 | mL/min | 50 | 1000
instruments.mass_spectrometers | 四极杆质谱仪 | mass spectrometer | 台 | 900000 | 4000000 | 功率 | W | 900 | 4000
instruments.spectroscopy.uv_vis | 紫外可见分光光度计 | UV-Vis photometer | 台 | 9000 | 150000 | 光谱带宽 | nm | 1 | 5
instruments.spectroscopy.infrared | 傅里叶红外光谱仪 | FTIR spectrometer | 台 | 90000 | 600000 | 功率 | W | 60 | 400
instruments.microscopes.optical | 荧光显微镜 | fluorescence microscope | 台 | 20000 | 700000 | 放大倍数 | × | 40 | 1500
instruments.microscopes.optical | 体视显微镜 | stereo microscope | 台 | 3000 | 60000 | 放大倍数 | × | 7 | 120
instruments.life_science.pcr | 实时荧光定量 PCR 仪 | real-time PCR cycler | 台 | 60000 | 450000 | 孔数 |  | 16 | 384
instruments.life_science.plate_readers | 多功能酶标仪 | plate reader | 台 | 30000 | 400000 | 孔数 |  | 96 | 1536
instruments.life_science.electrophoresis | 凝胶成像系统 | gel imaging system | 套 | 20000 | 200000 | 功率 | W | 50 | 300
measuring.balances | 分析天平 | analytical balance | 台 | 3000 | 90000 | 最大称量 | g | 60 | 600
measuring.balances | 精密天平 | precision balance | 台 | 1200 | 30000 | 最大称量 | g | 300 | 12000
measuring.ph_meters | 酸度计 | pH meter | 台 | 600 | 20000 | 重量 | kg | 1 | 5
measuring.temperature | 温湿度记录仪 | temperature and humidity logger | 个 | 150 | 4000 | 重量 | g | 80 | 600
preparation.ovens_furnaces | 鼓风干燥箱 | forced-air drying oven | 台 | 1500 | 40000 | 容积 | L | 30 | 1000
preparation.ovens_furnaces | 马弗炉 | muffle furnace | 台 | 3000 | 70000 | 最高温度 | ℃ | 1000 | 1800
preparation.shakers_stirrers | 磁力搅拌器 | magnetic stirrer | 台 | 400 | 12000 | 最高转速 | r/min | 1000 | 2500
preparation.shakers_stirrers | 恒温摇床 | incubator shaker | 台 | 4000 | 90000 | 最高转速 | rpm | 200 | 500
preparation.evaporators | 旋转蒸发仪 | rotary evaporator | 套 | 4000 | 80000 | 最大容量 | L | 1 | 50
preparation.baths_chillers | 低温恒温循环器 | refrigerated circulator | 台 | 4000 | 90000 | 最低温度 | ℃ | -80 | -5
preparation.ultrasonic | 超声波清洗机 | ultrasonic cleaner | 台 | 600 | 30000 | 功率 | W | 60 | 1500
preparation.water_purification | 超纯水机 | ultrapure water system | 台 | 8000 | 120000 | 最大流量 | L/min | 1 | 4
cold_storage | 超低温冰箱 | ultra-low temperature freezer | 台 | 15000 | 150000 | 容积 | L | 80 | 900
cold_storage | 药品冷藏箱 | pharmacy refrigerator | 台 | 3000 | 50000 | 容积 | L | 60 | 1500
furniture.fume_hoods | 通风柜 | fume hood | 台 | 5000 | 60000 | 宽度 | mm | 900 | 2400
furniture.clean_benches | 生物安全柜 | biosafety cabinet | 台 | 12000 | 120000 | 宽度 | mm | 900 | 1900
furniture.benches | 实验台 | laboratory bench | 延米 | 900 | 6000 | 深度 | mm | 600 | 1500
labware.pipettes | 单道移液器 | single-channel pipette | 支 | 150 | 4000 | 最大量程 | µL | 2 | 10000
labware.pipettes | 多道电子移液器 | multichannel electronic pipette | 支 | 1500 | 16000 | 通道数 | 道 | 8 | 16
labware.pipette_tips | 带滤芯吸头 | filter pipette tips | 盒 | 20 | 900 | 最大体积 | µL | 10 | 1000
labware.plates | 细胞培养板 | cell culture plate | 箱 | 80 | 3000 | 孔数 | 孔 | 6 | 384
labware.tubes | 离心管 | centrifuge tubes | 包 | 15 | 800 | 容量 | mL | 1 | 50
labware.filtration | 针式过滤器 | syringe filter | 盒 | 40 | 1500 | 孔径 | µm | 1 | 5
labware.columns | 色谱柱 | HPLC column | 支 | 900 | 12000 | 最高压力 | bar | 200 | 1300
labware.glassware | 容量瓶 | volumetric flask | 个 | 8 | 600 | 容量 | mL | 5 | 2000
reagents.solvents | 色谱级乙腈 | acetonitrile, HPLC grade | 瓶 | 90 | 900 | 纯度 | % | 95 | 99
reagents.biochemicals | 胎牛血清 | fetal bovine serum | 瓶 | 900 | 9000 | 包装数量 |  | 1 | 10
reagents.kits | 核酸提取试剂盒 | nucleic acid extraction kit | 盒 | 300 | 9000 | 包装数量 |  | 24 | 250
reagents.culture_media | 营养琼脂培养基 | nutrient agar | 瓶 | 60 | 900 | 纯度 | % | 90 | 99
safety.protective_equipment | 丁腈手套 | nitrile gloves | 箱 | 150 | 1200 | 包装数量 | 支 | 100 | 2000
services.calibration | 移液器校准 | pipette calibration | 次 | 40 | 900 | 通道数 | 道 | 1 | 12
services.maintenance | 离心机维护保养 | centrifuge maintenance | 次 | 300 | 9000 | 最高转速 | rpm | 3000 | 30000
services.testing | 元素含量检测 | elemental analysis | 样 | 80 | 3000 | 包装数量 | 个 | 1 | 20
"""
_BRANDS: Final = (
    "Agilent", "Beckman Coulter", "Bio-Rad", "康宁", "大龙", "Eppendorf", "Gilson", "海尔生物", "Hettich", "日立",
    "IKA", "Julabo", "徕卡", "Merck", "梅特勒托利多", "Nikon", "奥林巴斯", "PerkinElmer", "Qiagen", "赛多利斯", "岛津",
    "Tecan", "赛默飞", "Waters", "湘仪", "蔡司",
)  # fmt: skip
_VERSIONS: Final = (
    ("台式", "benchtop"), ("立式", "upright"), ("便携式", "portable"), ("智能", "smart"), ("数显", "digital"),
    ("高速", "high-speed"), ("微型", "compact"), ("双通道", "dual-channel"), ("防爆", "explosion-proof"),
    ("节能", "energy-saving"), ("静音", "low-noise"), ("全自动", "fully automatic"), ("无菌", "sterile"),
    ("标准型", "standard"), ("加强型", "heavy-duty"), ("经济型", "economy"),
)  # fmt: skip
_USES: Final = (
    ("高校教学实验室", "teaching laboratories"), ("食品检测", "food testing"), ("环境监测", "environmental monitoring"),
    ("生物制药", "biopharmaceutical work"), ("材料研究", "materials research"), ("临床检验", "clinical testing"),
    ("化工质检", "chemical quality control"), ("细胞培养", "cell culture"),
)  # fmt: skip
_LETTERS: Final = "ABCDEFGHKLMNPRSTVWX"
_LEAD_DAYS: Final = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, MAX_LEAD_DAYS)
_WARRANTY_MONTHS: Final = (0, 6, 12, 24, 36)


@dataclass(frozen=True, slots=True)
class _Kind:
    category: str
    zh: str
    en: str
    unit: str
    cheapest: int
    dearest: int
    key: str
    measure: str
    least: int
    most: int


def _read(table: str) -> tuple[_Kind, ...]:
    rows = ([part.strip() for part in line.split("|")] for line in table.strip().splitlines())
    return tuple(
        _Kind(category, zh, en, unit, int(low), int(high), key, measure, int(least), int(most))
        for category, zh, en, unit, low, high, key, measure, least, most in rows
    )


_KIND_ROWS: Final = _read(_KINDS)
CATEGORIES: Final = tuple(sorted({kind.category for kind in _KIND_ROWS}))


def rows(number: int) -> Iterator[ProductRow]:
    """So many listings; the first hundred of a thousand are the first hundred of ten thousand."""
    chance = random.Random(SEED)
    for place in range(number):
        yield _row(chance, place)


def _row(chance: random.Random, place: int) -> ProductRow:
    made = chance.choice(_KIND_ROWS)
    kind = "service" if made.category.startswith("services.") else "goods"
    version_zh, version_en = chance.choice(_VERSIONS)
    use_zh, use_en = chance.choice(_USES)
    model = f"{''.join(chance.sample(_LETTERS, 2))}-{chance.randrange(100, 10_000)}{chance.choice(('', 'R', 'Plus'))}"
    # Prices of goods spread over orders of magnitude, so their logarithm is what is even.
    price = int(made.cheapest * FEN * (made.dearest / made.cheapest) ** chance.random())
    return ProductRow(
        kind=kind,
        category=made.category,
        name_zh=f"{version_zh}{made.zh}",
        name_en=f"{version_en} {made.en}".capitalize(),
        brand=chance.choice(_BRANDS),
        model=model,
        part_no=f"{chance.randrange(10**6, 10**7)}",
        summary_zh=f"{version_zh}{made.zh}，适用于{use_zh}。",
        summary_en=f"{version_en.capitalize()} {made.en} for {use_en}.",
        price_minor=None if chance.random() < ON_REQUEST_SHARE else price,
        currency=DEFAULT_CURRENCY,
        price_basis=Decimal(1),
        unit=made.unit,
        lead_time_days=chance.choice(_LEAD_DAYS),
        warranty_months=chance.choice(_WARRANTY_MONTHS),
        vat_rate=VAT_PERCENT[kind],
        specs=tuple(_specs(chance, made)),
        supplier_sku=f"B{place:07d}",
    )


def _specs(chance: random.Random, made: _Kind) -> Iterator[Spec]:
    measured = chance.randint(made.least, made.most)
    yield Spec(made.key, str(measured), Decimal(measured), made.measure)
    if made.unit in ("台", "套"):
        noise = chance.randint(35, 70)
        yield Spec("噪声", str(noise), Decimal(noise), "dB")
        yield Spec("电源", chance.choice(("220 V, 50 Hz", "380 V, 50 Hz")), None, "")
