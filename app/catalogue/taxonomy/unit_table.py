"""The units that the catalogue understands, and how the trade writes them in both languages."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
[rotation] 转速 | Rotational speed
rpm | revolution/minute | =转/分 | r/min, rev/min, rpm/min, min-1, 1/min, 转/分钟, 转每分, 转每分钟, 转
krpm | kilorevolution/minute | =千转/分 | kr/min, 千转
rps | revolution/second | =转/秒 | r/s, rev/s, 转每秒

[centrifugal] 相对离心力 | Relative centrifugal force
×g | rcf |  | xg, x g, g, rcf, gn

[volume] 体积 | Volume
mL | milliliter | 毫升 | ml, cc, cm3, cm³, 立方厘米
µL | microliter | 微升 | ul, uL, μl, mm3
nL | nanoliter | 纳升 | nl
L | liter | 升 | l, ltr, litre, liter, liters, dm3, 公升
m³ | meter**3 | 立方米 | m3, cbm, 方

[mass] 质量 | Mass
g | gram | 克 | gram, grams
mg | milligram | 毫克 |
µg | microgram | 微克 | ug
ng | nanogram | 纳克 |
kg | kilogram | 千克 | 公斤, kgs
t | tonne | 吨 | ton
lb | pound | 磅 | lbs

[length] 长度 | Length
mm | millimeter | 毫米 |
cm | centimeter | 厘米 |
m | meter | 米 | 公尺
µm | micrometer | 微米 | um, micron
nm | nanometer | 纳米 |
Å | angstrom | 埃 | angstrom, A
in | inch | 英寸 | inch, inches, ″, "
km | kilometer | 千米 | 公里

[area] 面积 | Area
cm² | centimeter**2 | 平方厘米 | cm2, sqcm
mm² | millimeter**2 | 平方毫米 | mm2
m² | meter**2 | 平方米 | m2, sqm, ㎡, 平米

[specific_area] 比表面积 | Specific surface area
m²/g | meter**2/gram | 平方米/克 | m2/g

[temperature] 温度 | Temperature
°C | degC | =℃ | C, oC, degC, ºC, 摄氏度, 度
K | kelvin | 开 | 开尔文
°F | degF | =℉ | F, degF, 华氏度

[temperature_difference] 温差 | Temperature difference
K | kelvin | =℃ | °C, ℃, C, ±

[ramp] 升降温速率 | Heating rate
°C/min | kelvin/minute | =℃/min | C/min, K/min, ℃/分, degC/min, ℃/分钟
°C/s | kelvin/second | =℃/s | C/s, K/s, ℃/秒, degC/s

[time] 时间 | Time
min | minute | =分钟 | mins, minute, minutes, 分
s | second | =秒 | sec, seconds, 秒钟
ms | millisecond | 毫秒 |
µs | microsecond | 微秒 | us
h | hour | =小时 | hr, hrs, hour, hours, 时
d | day | =天 | day, days, 日
wk | week | =周 | week, weeks
a | year | =年 | year, years, yr

[flow] 流量 | Flow
mL/min | milliliter/minute | 毫升/分 | ml/min, cc/min, sccm, 毫升/分钟
µL/min | microliter/minute | 微升/分 | ul/min
nL/min | nanoliter/minute | 纳升/分 |
L/min | liter/minute | 升/分 | l/min, lpm, slpm, 升/分钟
L/h | liter/hour | 升/时 | l/h, lph, 升/小时
m³/h | meter**3/hour | 立方米/时 | m3/h, 立方米/小时, 方/时
L/s | liter/second | 升/秒 | l/s
L/d | liter/day | 升/天 | l/d, 升/日

[pressure] 压力 | Pressure
MPa | megapascal | 兆帕 | mpa
kPa | kilopascal | 千帕 | kN/m2, kN/m²
Pa | pascal | 帕 |
hPa | hectopascal | 百帕 |
GPa | gigapascal | 吉帕 |
bar | bar | 巴 |
mbar | millibar | 毫巴 |
psi | psi |  |
atm | atmosphere | 大气压 |
torr | torr | 托 | mmHg, 毫米汞柱

[power] 功率 | Power
W | watt | 瓦 | VA, 伏安
kW | kilowatt | 千瓦 | kVA
mW | milliwatt | 毫瓦 |
MW | megawatt | 兆瓦 |
µW | microwatt | 微瓦 | uW

[energy] 能量 | Energy
J | joule | 焦 | 焦耳
kJ | kilojoule | 千焦 |
mJ | millijoule | 毫焦 |
eV | electronvolt | 电子伏 |
keV | kiloelectronvolt | 千电子伏 |
kWh | kilowatt*hour | 千瓦时 | 度电
cal | calorie | 卡 |

[voltage] 电压 | Voltage
V | volt | 伏 | Volt, Volts, VAC, VDC, 伏特
kV | kilovolt | 千伏 |
mV | millivolt | 毫伏 |
µV | microvolt | 微伏 | uV

[current] 电流 | Current
A | ampere | 安 | Amp, 安培
mA | milliampere | 毫安 |
µA | microampere | 微安 | uA
nA | nanoampere | 纳安 |
pA | picoampere | 皮安 |

[frequency] 频率 | Frequency
Hz | hertz | 赫 | 赫兹
kHz | kilohertz | 千赫 |
MHz | megahertz | 兆赫 |
GHz | gigahertz | 吉赫 |

[sampling] 采样率 | Sampling rate
MS/s | megasample/second | 兆次/秒 | MSa/s, Msps
GS/s | gigasample/second | 吉次/秒 | GSa/s, Gsps
kS/s | kilosample/second | 千次/秒 | kSa/s, ksps
S/s | sample/second | 次/秒 | Sa/s, sps

[resistance] 电阻 | Resistance
Ω | ohm | 欧 | ohm, 欧姆
kΩ | kiloohm | 千欧 | kohm
MΩ | megaohm | 兆欧 | Mohm
GΩ | gigaohm | 吉欧 | Gohm

[resistivity] 电阻率 | Resistivity
MΩ·cm | megaohm*centimeter | 兆欧·厘米 | MΩ-cm, Mohm.cm, MΩ/cm, 兆欧厘米
kΩ·cm | kiloohm*centimeter | 千欧·厘米 | kΩ-cm

[conductivity] 电导率 | Conductivity
µS/cm | microsiemens/centimeter | 微西/厘米 | uS/cm
mS/cm | millisiemens/centimeter | 毫西/厘米 |
S/m | siemens/meter | 西/米 |

[magnetic] 磁感应强度 | Magnetic flux density
T | tesla | 特 | tesla, 特斯拉
mT | millitesla | 毫特 |
G | gauss | 高斯 | gauss, Gs

[force] 力 | Force
N | newton | 牛 | 牛顿
kN | kilonewton | 千牛 |
mN | millinewton | 毫牛 |
gf | gram_force | 克力 |
kgf | kilogram_force | 千克力 | 公斤力

[torque] 扭矩 | Torque
N·m | newton*meter | 牛·米 | Nm, N-m, 牛米
N·cm | newton*centimeter | 牛·厘米 | Ncm, N-cm
mN·m | millinewton*meter | 毫牛·米 | mNm

[speed] 速度 | Speed
m/s | meter/second | 米/秒 | mps
cm/s | centimeter/second | 厘米/秒 |
mm/s | millimeter/second | 毫米/秒 |
mm/min | millimeter/minute | 毫米/分 |
m/min | meter/minute | 米/分 |

[noise] 噪声 | Noise
dB | decibel | 分贝 | dB(A), dBA

[fraction] 比例 | Fraction
% | percent |  | percent, 百分之, pct, %RH, RH
ppm | ppm |  |
ppb | ppb |  |

[concentration] 浓度 | Concentration
mg/L | milligram/liter | 毫克/升 | mg/l, µg/mL, ug/ml
g/L | gram/liter | 克/升 | g/l, mg/mL
µg/L | microgram/liter | 微克/升 | ug/L, ng/mL
ng/L | nanogram/liter | 纳克/升 | pg/mL

[molarity] 摩尔浓度 | Amount concentration
mol/L | molar | 摩尔/升 | M, mol/l
mmol/L | millimolar | 毫摩尔/升 | mM

[wavenumber] 波数 | Wavenumber
cm⁻¹ | 1/centimeter |  | cm-1, 1/cm, 波数

[viscosity] 黏度 | Viscosity
mPa·s | millipascal*second | 毫帕·秒 | mPa-s, cP, 毫帕秒
Pa·s | pascal*second | 帕·秒 | Pa-s

[density] 密度 | Density
g/cm³ | gram/centimeter**3 | 克/立方厘米 | g/cm3, g/mL, g/cc
kg/m³ | kilogram/meter**3 | 千克/立方米 | kg/m3

[surface_tension] 表面张力 | Surface tension
mN/m | millinewton/meter | 毫牛/米 | dyn/cm

[heat_conduction] 导热系数 | Thermal conductivity
W/(m·K) | watt/meter/kelvin |  | W/mK, W/m·K

[illuminance] 照度 | Illuminance
lx | lux | 勒 | lux, 勒克斯

[irradiance] 辐照度 | Irradiance
W/m² | watt/meter**2 | 瓦/平方米 | W/m2

[angle] 角度 | Angle
° | angle_degree | 度 | deg, degree, degrees

[mass_range] 质量数 | Mass-to-charge ratio
m/z | dalton |  | amu, u, Da, Th

[turbidity] 浊度 | Turbidity
NTU | ntu_unit |  | FNU

[absorbance] 吸光度 | Absorbance
Abs | absorbance_unit |  | AU, OD, A

[ph] 酸度 | pH
pH | ph_unit |  |

[sugar] 糖度 | Sugar content
°Bx | brix_unit |  | Brix, %Brix

[read_length] 碱基数 | Bases
bp | base | 碱基对 | nt
kb | kilobase | 千碱基 | kbp
Mb | megabase | 兆碱基 | Mbp
Gb | gigabase | 吉碱基 | Gbp

[pixels] 像素 | Pixels
MP | megapixel | =百万像素 | megapixel, megapixels, Mpx
px | pixel | =像素 | pixels
万像素 | ten_thousand_pixels | =万像素 |

[mesh] 目数 | Mesh
mesh | mesh_number | =目 | #

[activity] 酶活 | Enzyme activity
U | unit_of_activity | 单位 | IU, units
kU | kilounit_of_activity | 千单位 |

[magnification] 倍数 | Magnification
× | fraction | 倍 | x, X, times, fold

[number] 数 | Number
1 | fraction |  |

[count] 数量 | Count
pcs | piece | 个 | pc, piece, pieces, ea, 支, 只, 孔, 道, 台, 片, 张, 盒, 包, 瓶, 套, 位, 头, 路, 人, 份, 次, 枚, 块, 根, 条, 对, 双, 层, 管, 段, wells, well, channels, channel, positions, position, tests, test, rxns, users, user, ports, shelves, places, 测试, 反应, 用户, 通道, 样品位, 工位
"""
"""The first unit of a dimension is the one that values are kept in, unless an attribute names another.

A Chinese name after "=" is shown to Chinese readers; the others are understood, and the symbol is shown (GB 3100-93).
"""
