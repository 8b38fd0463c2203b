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
    ("高压灭菌器", "高压灭菌锅", "灭菌锅", "autoclave", "steam sterilizer"),
    ("天平", "电子秤", "balance", "scale"),
    ("烘箱", "干燥箱", "烤箱", "oven", "drying oven"),
    ("马弗炉", "箱式电阻炉", "muffle furnace"),
    ("水浴锅", "水浴槽", "恒温水浴", "water bath"),
    ("摇床", "振荡器", "shaker"),
    ("涡旋仪", "涡旋混合器", "旋涡混匀仪", "vortex mixer"),
    ("磁力搅拌器", "磁力搅拌机", "magnetic stirrer"),
    ("旋转蒸发仪", "旋蒸", "旋转蒸发器", "rotary evaporator", "rotavapor"),
    ("液相色谱", "液相色谱仪", "hplc", "liquid chromatograph"),
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
