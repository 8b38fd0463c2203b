"""The category tree: reference data, written by hand from what laboratories buy. A code is its path, dots between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

OTHER: Final = "other"
SERVICES: Final = "services"


@dataclass(frozen=True, slots=True)
class Category:
    """One node: its code and its names."""

    code: str
    zh: str
    en: str

    @property
    def parent(self) -> str | None:
        """The code one level up, or None at the top."""
        return self.code.rpartition(".")[0] or None

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language.startswith("zh") else self.en


_TREE: Final = """
instruments | 分析与科学仪器 | Analytical and scientific instruments
instruments.chromatography | 色谱仪 | Chromatographs
instruments.chromatography.gas | 气相色谱仪 | Gas chromatographs
instruments.chromatography.liquid | 液相色谱仪 | Liquid chromatographs
instruments.mass_spectrometers | 质谱仪 | Mass spectrometers
instruments.spectroscopy | 光谱仪 | Spectrometers
instruments.spectroscopy.uv_vis | 紫外可见分光光度计 | UV-Vis spectrophotometers
instruments.spectroscopy.infrared | 红外与拉曼光谱仪 | Infrared and Raman spectrometers
instruments.spectroscopy.atomic | 原子光谱仪 | Atomic spectrometers
instruments.xray | X 射线仪器 | X-ray instruments
instruments.microscopes | 显微镜 | Microscopes
instruments.microscopes.optical | 光学显微镜 | Optical microscopes
instruments.microscopes.electron | 电子显微镜 | Electron microscopes
instruments.thermal_analysis | 热分析仪 | Thermal analysers
instruments.electrochemistry | 电化学仪器 | Electrochemical instruments
instruments.life_science | 生命科学仪器 | Life science instruments
instruments.life_science.pcr | PCR 仪 | PCR cyclers
instruments.life_science.sequencing | 测序仪 | Sequencers
instruments.life_science.cytometry | 流式细胞仪 | Flow cytometers
instruments.life_science.plate_readers | 酶标仪 | Plate readers
instruments.life_science.electrophoresis | 电泳与凝胶成像 | Electrophoresis and gel imaging
instruments.centrifuges | 离心机 | Centrifuges
instruments.materials_testing | 材料试验机 | Materials testing machines
instruments.particle_analysis | 粒度与表面分析仪 | Particle and surface analysers
instruments.environmental | 环境监测仪器 | Environmental monitors
instruments.automation | 自动化工作站 | Automated workstations
measuring | 计量与测量 | Measuring
measuring.balances | 天平与衡器 | Balances and scales
measuring.ph_meters | 酸度计与电导率仪 | pH and conductivity meters
measuring.temperature | 温湿度测量 | Temperature and humidity
measuring.pressure_flow | 压力与流量测量 | Pressure and flow
measuring.electrical | 电子测量仪器 | Electrical measuring instruments
measuring.dimensional | 尺寸与几何量测量 | Dimensional measuring
measuring.reference_standards | 标准器与砝码 | Reference standards and weights
preparation | 样品前处理 | Sample preparation
preparation.ovens_furnaces | 干燥箱与马弗炉 | Ovens and furnaces
preparation.shakers_stirrers | 摇床与搅拌器 | Shakers and stirrers
preparation.evaporators | 旋转蒸发与浓缩 | Evaporators and concentrators
preparation.freeze_dryers | 冷冻干燥机 | Freeze dryers
preparation.mills | 研磨与粉碎 | Mills and crushers
preparation.digestion_extraction | 消解与萃取 | Digestion and extraction
preparation.baths_chillers | 水浴与低温循环 | Baths and chillers
preparation.ultrasonic | 超声设备 | Ultrasonic devices
preparation.water_purification | 纯水机 | Water purification
preparation.incubators | 培养箱 | Incubators
preparation.sterilisers | 灭菌器 | Sterilisers
preparation.pumps_vacuum | 泵与真空设备 | Pumps and vacuum
cold_storage | 冷藏与低温储存 | Cold storage
cold_storage.refrigerators | 冷藏箱与冷柜 | Refrigerators and freezers
cold_storage.ultra_low | 超低温冰箱 | Ultra-low freezers
cold_storage.liquid_nitrogen | 液氮罐 | Liquid nitrogen vessels
furniture | 家具与通风 | Furniture and ventilation
furniture.benches | 实验台 | Benches
furniture.cabinets | 储存柜与试剂柜 | Cabinets
furniture.fume_hoods | 通风柜 | Fume hoods
furniture.clean_benches | 超净工作台与生物安全柜 | Clean benches and biosafety cabinets
furniture.glove_boxes | 手套箱 | Glove boxes
furniture.gas_supply | 供气系统 | Gas supply
labware | 器皿与小工具 | Labware
labware.pipettes | 移液器 | Pipettes
labware.pipette_tips | 吸头 | Pipette tips
labware.glassware | 玻璃器皿 | Glassware
labware.plasticware | 塑料器皿 | Plasticware
labware.plates | 微孔板 | Microplates
labware.tubes | 离心管与试管 | Tubes
labware.filtration | 过滤器材 | Filtration
labware.columns | 色谱柱与耗材 | Columns and chromatography supplies
labware.carriers | 载架与适配器 | Carriers and adapters
reagents | 试剂与耗材 | Reagents and consumables
reagents.chemicals | 化学试剂 | Chemicals
reagents.solvents | 溶剂 | Solvents
reagents.biochemicals | 生化试剂 | Biochemicals
reagents.kits | 试剂盒 | Kits
reagents.reference_materials | 标准物质 | Reference materials
reagents.culture_media | 培养基 | Culture media
reagents.gases | 气体 | Gases
reagents.general | 通用耗材 | General consumables
safety | 安全防护 | Safety
safety.protective_equipment | 个人防护用品 | Personal protective equipment
safety.emergency | 洗眼器与应急设备 | Eyewash and emergency equipment
safety.detection | 气体检测与报警 | Gas detection and alarms
safety.waste | 危险废物收集 | Hazardous waste collection
software | 软件 | Software
software.lims | 实验室信息管理系统 | Laboratory information management
software.analysis | 数据分析软件 | Data analysis
services | 技术服务 | Services
services.calibration | 校准与检定 | Calibration
services.testing | 检测与分析 | Testing and analysis
services.installation | 安装调试 | Installation
services.maintenance | 维护与维修 | Maintenance and repair
services.training | 培训 | Training
services.lab_design | 实验室设计 | Laboratory design
services.consultation | 咨询 | Consultation
services.validation | 确认与验证 | Qualification and validation
other | 其他 | Other
"""


def _read(tree: str) -> dict[str, Category]:
    rows = (line.split(" | ") for line in tree.strip().splitlines())
    return {code: Category(code, zh, en) for code, zh, en in rows}


CATEGORIES: Final = _read(_TREE)
"""code -> category, parents before their children."""


@cache
def path(code: str) -> tuple[str, ...]:
    """The codes from the root down to this one; of an unknown code, the path of "other"."""
    if code not in CATEGORIES:
        return (OTHER,)
    parts = code.split(".")
    return tuple(".".join(parts[: depth + 1]) for depth in range(len(parts)))


def name(code: str, language: str) -> str:
    """The name of a category in a language; the code itself where it is unknown."""
    category = CATEGORIES.get(code)
    return category.name(language) if category else code


@cache
def children(code: str | None = None) -> tuple[str, ...]:
    """The codes one level below; the roots for None."""
    return tuple(one.code for one in CATEGORIES.values() if one.parent == code)


@cache
def path_names(code: str) -> tuple[str, ...]:
    """The names of the whole path in both languages, for search."""
    return tuple(text for part in path(code) for text in (CATEGORIES[part].zh, CATEGORIES[part].en))


def fits(code: str, kind: str) -> bool:
    """Whether a kind of listing belongs into a category: services have a root of their own, "other" takes both."""
    root = path(code)[0]
    return root == OTHER or (root == SERVICES) == (kind == "service")
