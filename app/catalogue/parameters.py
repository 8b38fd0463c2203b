"""Properties that can be compared and filtered by: one code, one base unit, however a supplier writes them.

"最高转速 21000 r/min" and "max speed: 21 krpm" are both max_speed = 21000.0. What is not known here stays text: it is
shown and found by words, and keeps its number under its own key where that is plain ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

MAX_KEY_CHARS: Final = 64
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One comparable property: its code, names, and the unit it is kept in."""

    code: str
    zh: str
    en: str
    unit: str
    spellings: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language.startswith("zh") else self.en


_PARAMETERS: Final = """
max_speed | 最高转速 | Maximum speed | rpm | 转速, 最大转速, speed, max_speed_rpm
max_rcf | 最大相对离心力 | Maximum RCF | ×g | 最大离心力, 离心力, rcf
capacity | 最大容量 | Capacity | mL | 容量, volume, max capacity
chamber_volume | 容积 | Chamber volume | L | 内容积, 有效容积, chamber
temperature_min | 最低温度 | Lowest temperature | °C | min temperature
temperature_max | 最高温度 | Highest temperature | °C | 最高工作温度, max temperature
noise | 噪声 | Noise | dB | 噪音
power | 功率 | Power | W | 额定功率, rated power
voltage | 电压 | Voltage | V | 额定电压, rated voltage
mass | 重量 | Weight | kg | 质量, 净重, weight, net weight
width | 宽度 | Width | mm |
depth | 深度 | Depth | mm |
height | 高度 | Height | mm |
readability | 可读性 | Readability | g | 分度值, 实际分度值
max_load | 最大称量 | Maximum load | g | 称量范围, max weighing
wavelength_min | 最短波长 | Shortest wavelength | nm | 波长下限
wavelength_max | 最长波长 | Longest wavelength | nm | 波长上限
bandwidth | 光谱带宽 | Spectral bandwidth | nm | 带宽
magnification | 放大倍数 | Magnification | × | 总放大倍数
flow_max | 最大流速 | Maximum flow | mL/min | 流速范围上限, 最大流量
pressure_max | 最高压力 | Maximum pressure | MPa | 耐压, 最大压力
wells | 孔数 | Wells | | 孔, number of wells
channels | 通道数 | Channels | | 道数, number of channels
volume_min | 最小量程 | Smallest volume | µL | 最小体积
volume_max | 最大量程 | Largest volume | µL | 最大体积
pore_size | 孔径 | Pore size | µm | 滤膜孔径
purity | 纯度 | Purity | % | 含量
pack_size | 包装数量 | Pack size | | 每包数量
face_velocity | 面风速 | Face velocity | m/s | 风速
"""

FOR_CATEGORY: Final[dict[str, tuple[str, ...]]] = {
    "instruments.centrifuges": ("max_rcf", "max_speed", "capacity", "noise"),
    "instruments.chromatography": ("pressure_max", "flow_max"),
    "instruments.spectroscopy": ("wavelength_min", "wavelength_max", "bandwidth"),
    "instruments.microscopes": ("magnification",),
    "instruments.life_science.pcr": ("wells", "channels"),
    "measuring.balances": ("readability", "max_load"),
    "preparation.ovens_furnaces": ("temperature_max", "chamber_volume"),
    "preparation.incubators": ("temperature_max", "chamber_volume"),
    "preparation.baths_chillers": ("temperature_min", "temperature_max"),
    "preparation.sterilisers": ("chamber_volume", "temperature_max"),
    "preparation.pumps_vacuum": ("flow_max", "pressure_max"),
    "cold_storage": ("temperature_min", "chamber_volume", "noise"),
    "furniture": ("width", "depth", "height"),
    "furniture.fume_hoods": ("width", "face_velocity"),
    "labware.pipettes": ("volume_min", "volume_max", "channels"),
    "labware.plates": ("wells",),
    "labware.filtration": ("pore_size",),
    "reagents": ("purity", "pack_size"),
}
"""What buyers of a category ask first; the nearest category up the path counts."""

_UNITS: Final[dict[str, dict[str, str]]] = {
    "rpm": {"rpm": "1", "r/min": "1", "转/分": "1", "krpm": "1000", "min-1": "1"},
    "×g": {"×g": "1", "xg": "1", "x g": "1", "g": "1", "rcf": "1"},
    "mL": {"ml": "1", "l": "1000", "µl": "0.001", "ul": "0.001", "毫升": "1", "升": "1000"},
    "L": {"l": "1", "ml": "0.001", "m3": "1000", "m³": "1000", "升": "1"},
    "°C": {"°c": "1", "℃": "1", "c": "1"},
    "dB": {"db": "1", "db(a)": "1", "dba": "1"},
    "W": {"w": "1", "kw": "1000", "mw": "0.001", "va": "1", "瓦": "1", "千瓦": "1000"},
    "V": {"v": "1", "kv": "1000", "mv": "0.001", "伏": "1"},
    "kg": {"kg": "1", "g": "0.001", "t": "1000", "公斤": "1", "千克": "1"},
    "mm": {"mm": "1", "cm": "10", "m": "1000", "µm": "0.001", "毫米": "1", "厘米": "10", "米": "1000"},
    "g": {"g": "1", "mg": "0.001", "µg": "0.000001", "ug": "0.000001", "kg": "1000", "克": "1", "毫克": "0.001"},
    "nm": {"nm": "1", "µm": "1000", "um": "1000", "纳米": "1"},
    "×": {"×": "1", "x": "1", "倍": "1"},
    "mL/min": {"ml/min": "1", "l/min": "1000", "µl/min": "0.001", "ul/min": "0.001", "l/h": "16.666666666667"},
    "MPa": {"mpa": "1", "kpa": "0.001", "pa": "0.000001", "bar": "0.1", "psi": "0.00689476"},
    "µL": {"µl": "1", "ul": "1", "ml": "1000", "微升": "1", "毫升": "1000"},
    "µm": {"µm": "1", "um": "1", "nm": "0.001", "mm": "1000", "微米": "1"},
    "%": {"%": "1", "percent": "1"},
    "m/s": {"m/s": "1", "cm/s": "0.01"},
    "": {"": "1", "孔": "1", "道": "1", "个": "1", "支": "1", "pcs": "1", "wells": "1", "channels": "1"},
}
"""Base unit -> spelling in lower case -> factor."""


def _read(table: str) -> dict[str, Parameter]:
    found = {}
    for line in table.strip().splitlines():
        code, zh, en, unit, spellings = (part.strip() for part in line.split("|"))
        found[code] = Parameter(code, zh, en, unit, tuple(filter(None, spellings.split(", "))))
    return found


PARAMETERS: Final = _read(_PARAMETERS)


@cache
def _by_spelling() -> dict[str, Parameter]:
    return {
        _key(spelling): parameter
        for parameter in PARAMETERS.values()
        for spelling in (parameter.code, parameter.zh, parameter.en, *parameter.spellings)
    }


def _key(text: str) -> str:
    return re.sub(r"[\s_\-]+", " ", text).strip().casefold()


def find(key: str) -> Parameter | None:
    """The parameter that a supplier's property means, if it is one of ours."""
    return _by_spelling().get(_key(key))


def for_category(code: str | None) -> tuple[Parameter, ...]:
    """The parameters asked first in a category: its own, else those of the nearest category above."""
    while code:
        if code in FOR_CATEGORY:
            return tuple(PARAMETERS[name] for name in FOR_CATEGORY[code])
        code = code.rpartition(".")[0]
    return ()


def in_base_unit(number: Decimal, unit: str, base: str) -> float | None:
    """The number in the base unit; None for a unit that does not measure this."""
    spelled = unit.strip().casefold().replace("μ", "µ")
    factor = "1" if not spelled else _UNITS.get(base, {}).get(spelled)
    return None if factor is None else float(number * Decimal(factor))


def typed(specs: Iterable[Mapping[str, str | None]]) -> dict[str, float | str | bool]:
    """The properties that the search engine filters by."""
    found: dict[str, float | str | bool] = {}
    for spec in specs:
        key, number = str(spec["key"]), spec["number"]
        known = find(key)
        if known is not None and number is not None:
            value = in_base_unit(Decimal(number), str(spec["unit"] or ""), known.unit)
            if value is not None:
                found.setdefault(known.code, value)
                continue
        plain = _key(key).replace(" ", "_")[:MAX_KEY_CHARS]
        if known is None and _PLAIN.fullmatch(plain):
            found.setdefault(plain, str(spec["value"]) if number is None else float(number))
    return found
