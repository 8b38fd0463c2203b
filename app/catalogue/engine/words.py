"""Words that mean the same in a laboratory, and words the segmenter should keep whole.

A listing that uses one word of a group is found by the others too (in its own, lower-ranked field). The groups are
short on purpose: each one is a promise that a buyer who types one word wants to see the other.
"""

from __future__ import annotations

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("移液器", "移液枪", "微量加样器", "pipette", "pipettor"),
    ("冰箱", "冷柜", "冷藏箱", "冰柜", "refrigerator", "fridge"),
    ("超低温冰箱", "超低温冷柜", "ult freezer", "ultra low temperature freezer"),
    ("离心机", "离心分离机", "centrifuge"),
    ("酶标仪", "微孔板读板机", "多功能读板机", "microplate reader", "plate reader"),
    ("生物安全柜", "安全柜", "biosafety cabinet", "biological safety cabinet"),
    ("超净工作台", "洁净工作台", "超净台", "clean bench", "laminar flow cabinet"),
    ("通风柜", "通风橱", "排毒柜", "fume hood", "fume cupboard"),
    ("高压灭菌器", "高压灭菌锅", "灭菌锅", "灭菌器", "autoclave", "steam sterilizer"),
    ("天平", "电子秤", "balance", "scale"),
    ("烘箱", "干燥箱", "烤箱", "oven", "drying oven"),
    ("马弗炉", "箱式电阻炉", "muffle furnace"),
    ("水浴锅", "水浴槽", "恒温水浴", "water bath"),
    ("摇床", "振荡器", "shaker"),
    ("涡旋仪", "涡旋混合器", "旋涡混匀仪", "vortex mixer"),
    ("磁力搅拌器", "磁力搅拌机", "magnetic stirrer"),
    ("旋转蒸发仪", "旋蒸", "旋转蒸发器", "rotary evaporator", "rotavapor"),
    ("液相色谱", "液相色谱仪", "液相色谱系统", "液相", "hplc", "liquid chromatograph"),
    ("气相色谱", "气相色谱仪", "gas chromatograph"),
    ("质谱仪", "质谱", "mass spectrometer"),
    ("基因扩增仪", "pcr仪", "热循环仪", "thermal cycler", "pcr machine"),
    ("分光光度计", "紫外可见分光光度计", "spectrophotometer"),
    ("酸度计", "ph计", "ph meter"),
    ("纯水机", "超纯水机", "超纯水系统", "纯水系统", "water purification system"),
    ("培养皿", "平皿", "petri dish"),
    ("枪头", "吸头", "移液器吸头", "pipette tip"),
    ("手套", "丁腈手套", "nitrile glove"),
    ("培养箱", "孵箱", "孵育箱", "incubator"),
    ("校准", "检定", "计量", "calibration"),
    ("维修", "修理", "repair"),
    ("气质联用仪", "气质联用", "气相色谱-质谱联用仪", "气相色谱质谱联用仪", "gc-ms", "gcms"),
    (
        "液质联用仪",
        "液质联用",
        "液相色谱-三重四极杆质谱联用仪",
        "液相色谱-质谱联用仪",
        "液相色谱质谱联用仪",
        "lc-ms",
        "lcms",
    ),
    ("冻干机", "冷冻干燥机", "freeze dryer", "lyophilizer", "lyophiliser"),
    ("扫描电镜", "扫描电子显微镜", "scanning electron microscope", "sem"),
    ("透射电镜", "透射电子显微镜", "transmission electron microscope", "tem"),
    ("共聚焦显微镜", "共聚焦", "激光共聚焦显微镜", "confocal microscope", "confocal"),
    ("移液工作站", "液体工作站", "自动化移液工作站", "liquid handling workstation", "liquid handler"),
    ("红外光谱仪", "傅里叶变换红外光谱仪", "ftir"),
    ("等离子体质谱仪", "电感耦合等离子体质谱仪", "icp-ms", "icpms"),
    ("等离子体发射光谱仪", "电感耦合等离子体发射光谱仪", "icp-oes", "icp-aes"),
    ("原子吸收", "原子吸收分光光度计", "atomic absorption spectrometer", "aas"),
    ("荧光定量pcr仪", "实时荧光定量 pcr 仪", "荧光定量pcr", "real-time pcr", "qpcr"),
    ("测序仪", "基因测序仪", "sequencer"),
    ("二甲基亚砜", "dmso", "dimethyl sulfoxide", "dimethyl sulphoxide"),
    ("乙醇", "酒精", "ethanol"),
    ("异丙醇", "isopropanol", "2-propanol", "ipa"),
)

# Brands and devices that the segmenter's own dictionary tears apart.
# fmt: off
WHOLE_WORDS: tuple[str, ...] = (
    "赛默飞", "默克", "艾本德", "赛多利斯", "梅特勒", "安捷伦", "岛津", "珀金埃尔默", "沃特世", "日立", "湘仪",
    "力康", "移液枪", "移液管", "酶标仪", "超纯水机", "纯水机", "生物安全柜", "超净工作台", "通风柜", "培养箱",
    "培养皿", "灭菌锅", "旋转蒸发仪", "水浴锅", "马弗炉", "涡旋仪", "摇床", "枪头", "吸头", "质谱仪", "色谱仪",
    "分光光度计", "离心机", "转子",
)
# fmt: on
