"""Names that one brand goes by in both languages, facts of the trade: what `flask prepare` puts into the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

EDITION: Final = "2026.12"
"""Raised whenever the lines below change."""

_SPELLINGS: Final = """
Agilent, 安捷伦, Agilent Technologies
Beckman Coulter, 贝克曼库尔特, 贝克曼, Beckman
Becton Dickinson, 碧迪, BD
Bio-Rad, 伯乐, BioRad
Bruker, 布鲁克
Corning, 康宁
Dragon Lab, 大龙, DLAB
Eppendorf, 艾本德
Gilson, 吉尔森
Greiner Bio-One, 葛莱娜, Greiner
Haier Biomedical, 海尔生物, 海尔
Hamilton, 哈美顿
Hettich, 海蒂诗
Hitachi, 日立, 日立工机
IKA, 艾卡
Illumina, 因美纳
JEOL, 日本电子
Julabo, 优莱博
Keysight, 是德, 是德科技
Leica, 徕卡
Merck, 默克, MilliporeSigma, Sigma-Aldrich, 西格玛
Mettler Toledo, 梅特勒托利多, 梅特勒-托利多, 梅特勒
Molecular Devices, 美谷分子
Nikon, 尼康
Olympus, 奥林巴斯, Evident
PerkinElmer, 珀金埃尔默
Qiagen, 凯杰
Roche, 罗氏
Sartorius, 赛多利斯
Shimadzu, 岛津
Tecan, 帝肯
Thermo Fisher, 赛默飞, 赛默飞世尔, Thermo Scientific, Thermo Fisher Scientific, Thermo
Waters, 沃特世
Xiangyi, 湘仪
Zeiss, 蔡司, Carl Zeiss
"""


def entries() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(English name, Chinese name, other spellings) of each brand."""
    for line in _SPELLINGS.strip().splitlines():
        en, zh, *others = line.split(", ")
        yield en, zh, tuple(others)


def other_names(brand: str) -> tuple[str, ...]:
    """The other names of a brand of this edition; nothing for one that is not in it."""
    for en, zh, others in entries():
        names = (en, zh, *others)
        if brand.casefold() in {name.casefold() for name in names}:
            return tuple(name for name in names if name.casefold() != brand.casefold())
    return ()
