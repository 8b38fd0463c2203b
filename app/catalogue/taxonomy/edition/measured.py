"""Attributes that are measured: one meaning of a code for the whole tree."""

from __future__ import annotations

from typing import Final

ATTRIBUTES: Final = """
voltage | r voltage 1 | 供电电压 | Supply voltage | 电压, 电源, 额定电压, rated voltage, power supply | site | c
power | n power 0 | 功率 | Power consumption | 额定功率, 耗电功率, rated power, power | site | c
mass | n mass=kg 3 | 重量 | Weight | 净重, 整机重量, net weight | site | c
width | n length 1 | 宽度 | Width | 外形宽度 | site | fc
depth | n length 1 | 深度 | Depth | 进深 | site | fc
height | n length 1 | 高度 | Height | 外形高度 | site | fc
noise | n noise 1 | 噪声 | Noise | 噪音, 噪声级, sound level | site | fc
floor_load | n pressure=kPa 1 | 地面承重 | Floor load | 承重要求, 楼板承重, 地面荷载, floor loading | site | c
gas_pressure | r pressure=MPa 3 | 供气压力 | Gas supply pressure | 气源压力, 进气压力 | site | c
gas_consumption | n flow=L/min 1 | 用气量 | Gas consumption | 耗气量 | site | c
water_consumption | n flow=L/min 1 | 用水量 | Water consumption | 耗水量, 冷却水流量 | site | c
ventilation | n flow=m³/h 0 | 排风要求 | Ventilation needed | 所需排风量, 通风要求 | site | c
energy_use | n energy=kWh 2 | 日耗电量 | Energy use per day | 能耗, energy consumption | site | c
max_speed | n rotation 0 | 最高转速 | Maximum speed | 转速, 最大转速, speed, max speed, max_speed_rpm | performance | fc
max_rcf | n centrifugal 0 | 最大相对离心力 | Maximum RCF | 最大离心力, 离心力, rcf, max rcf | performance | fc
capacity | n volume 4 | 最大容量 | Capacity | 容量, 最大处理量, max capacity, nominal volume | range | fc
acceleration_steps | n count 0 | 升降速档位 | Acceleration steps | 加速档 | performance | c
tube_places | n count 0 | 离心管位 | Tube places | 管位 | range | fc
run_time | r time 2 | 运行时间 | Run time | 定时范围, timer range | range | c
temperature | r temperature 2 | 温度范围 | Temperature range | 控温范围, 使用温度, 工作温度, 测温范围, temperature, <最低温度, <min temperature, >最高温度, >max temperature, >最高工作温度 | range | fc
temperature_uniformity | n temperature_difference 2 | 温度均匀性 | Temperature uniformity | 温度均匀度, 均匀性 | accuracy | c
temperature_stability | n temperature_difference 3 | 温度稳定性 | Temperature stability | 温度波动度, 控温精度 | accuracy | c
temperature_accuracy | n temperature_difference 3 | 温度准确度 | Temperature accuracy | 测温精度 | accuracy | fc
ramp_rate | n ramp 2 | 升温速率 | Heating rate | 升降温速率, 升温速率 / Ramp rate, ramp rate | performance | fc
oven_temperature | r temperature 1 | 柱温箱温度 | Oven temperature | 柱箱温度, <最低温度, >最高温度 | range | fc
column_temperature | r temperature 1 | 柱温范围 | Column temperature | 柱温, >最高柱温 | range | c
max_column_temperature | n temperature 0 | 最高使用温度 | Maximum temperature | 最高温度, max temperature | range | fc
incubation_temperature | r temperature 1 | 孵育温度 | Incubation temperature | 温育温度 | range | c
condenser_temperature | n temperature 0 | 冷阱温度 | Condenser temperature | 最低温度, 捕水温度, min temperature | performance | fc
sealing_temperature | r temperature 0 | 封膜温度 | Sealing temperature | | range | c
cooling_time | n time 1 | 降温时间 | Cooling time | | performance | c
heating_time | n time 1 | 升温时间 | Heating time | | performance | c
pull_down_time | n time 0 | 降温至设定用时 | Pull-down time | 降温时间 | performance | c
measuring_time | n time=s 2 | 测量时间 | Measuring time | 检测时间, 分析时间 | performance | c
scan_time | n time=s 1 | 扫描时间 | Scan time | | performance | c
reading_time | n time=s 1 | 读板时间 | Reading time | | performance | c
counting_time | n time=s 1 | 计数时间 | Counting time | | performance | c
stabilisation_time | n time=s 1 | 稳定时间 | Stabilisation time | 响应时间 | performance | c
response_time | n time=s 1 | 响应时间 | Response time | T90 | performance | fc
extraction_time | n time 0 | 提取时间 | Extraction time | | performance | c
pulse_time | r time=ms 4 | 脉冲时间 | Pulse time | 脉宽 | range | c
sampling_interval | n time=s 5 | 采样间隔 | Sampling interval | 记录间隔, logging interval | performance | fc
time_range | r time=s 4 | 计时范围 | Timing range | | range | fc
sterilising_time | r time 0 | 灭菌时间 | Sterilising time | | range | c
holding_time | n time=h 1 | 保温时间 | Holding time | 保温时长 | performance | fc
static_holding | n time=d 0 | 静态保存期 | Static holding time | 静态保存天数 | performance | fc
shelf_life | n time=d 0 | 保质期 | Shelf life | 有效期, expiry | packing | c
flow_max | n flow 4 | 最大流量 | Maximum flow | 最大流速, 流速, 流量, 流速范围上限, flow rate, max flow | performance | fc
flow_range | r flow 4 | 流量范围 | Flow range | >最大流量, 流量 | range | fc
flow_accuracy | n fraction 4 | 流量准确度 | Flow accuracy | 流速精度 | accuracy | c
pump_flow | n flow 3 | 抽速或流量 | Pump flow | 最大流量, 抽气速率, 泵流量, max flow, pumping speed | performance | fc
exhaust_volume | n flow=m³/h 1 | 排风量 | Exhaust volume | 风量, air volume | performance | fc
water_output | n flow=L/h 2 | 产水量 | Water output | 产水, 产水 / Output, 取水流速 | performance | fc
treatment_rate | n flow=L/d 1 | 处理量 | Treatment rate | 处理量 / Capacity, 日处理量 | performance | fc
evaporation_rate | n flow 2 | 蒸发速率 | Evaporation rate | 蒸发量 | performance | fc
evaporation_loss | n flow=L/d 3 | 日蒸发量 | Evaporation loss per day | 静态蒸发率 | performance | fc
pressure_max | n pressure 5 | 最高压力 | Maximum pressure | 耐压, 最大压力, 工作压力, max pressure | performance | fc
pressure_range | r pressure=kPa 4 | 压力范围 | Pressure range | 量程, >最高压力 | range | fc
vacuum_level | n pressure=Pa 8 | 极限真空 | Ultimate vacuum | 真空度, 极限压力, vacuum | performance | fc
mass_range | r mass_range 1 | 质量范围 | Mass range | 质量范围 / Mass range, 质量数范围 | range | fc
resolving_power | n number 0 | 分辨率 | Resolving power | 分辨本领, FWHM | performance | fc
scan_speed | n number 0 | 扫描速度（u/s） | Scan speed (u/s) | | performance | c
mass_accuracy | n fraction=ppm 3 | 质量准确度 | Mass accuracy | 质量精度 | accuracy | fc
detection_limit | n concentration=ng/L 5 | 检出限 | Detection limit | 检出限 / Detection limit, 最低检出限, LOD | performance | fc
concentration_range | r concentration 6 | 浓度范围 | Concentration range | 测定范围 | range | fc
certified_value | t | 认定值 | Certified value | 标准值 | accuracy | c
plasma_power | n power 0 | 等离子体功率 | Plasma power | 射频功率, RF power | performance | c
microwave_power | n power 0 | 微波功率 | Microwave power | 功率 | performance | fc
ultrasonic_power | n power 0 | 超声功率 | Ultrasonic power | 功率 | performance | fc
cooling_power | n power 0 | 制冷量 | Cooling power | 制冷功率 | performance | fc
generator_power | n power 0 | 发生器功率 | Generator power | 功率, X 射线功率 | performance | fc
lamp_power | n power 1 | 光源功率 | Lamp power | | performance | c
laser_power | n power=mW 4 | 激光功率 | Laser power | 输出功率 | performance | fc
output_power | n power 2 | 输出功率 | Output power | 功率 | performance | fc
laser_frequency | n frequency 1 | 激光频率 | Laser frequency | | performance | c
proton_frequency | n frequency=MHz 1 | 质子共振频率 | Proton frequency | 氢谱频率 | performance | fc
microwave_frequency | n frequency=GHz 3 | 微波频率 | Microwave frequency | | performance | c
impedance_frequency | r frequency 7 | 阻抗频率范围 | Impedance frequency range | 交流阻抗频率 | range | fc
test_frequency | r frequency 5 | 测试频率 | Test frequency | 频率范围 | range | fc
signal_frequency | r frequency 3 | 频率范围 | Frequency range | >最高频率 | range | fc
ultrasonic_frequency | n frequency=kHz 2 | 超声频率 | Ultrasonic frequency | 频率 | performance | fc
measuring_bandwidth | n frequency=MHz 5 | 带宽 | Bandwidth | 带宽 / Bandwidth, 模拟带宽 | performance | fc
sampling_rate | n sampling 5 | 采样率 | Sampling rate | 实时采样率 | performance | fc
wavelength | r length=nm 2 | 波长范围 | Wavelength range | 波长, <最短波长, <波长下限, >最长波长, >波长上限 | range | fc
emission_wavelength | r length=nm 1 | 发射波长 | Emission wavelength | | range | fc
excitation_wavelength | n length=nm 2 | 激发波长 | Excitation wavelength | 激发波长 / Excitation | range | fc
bandwidth | n length=nm 3 | 光谱带宽 | Spectral bandwidth | 带宽, bandwidth | performance | fc
wavelength_accuracy | n length=nm 3 | 波长准确度 | Wavelength accuracy | 波长精度 | accuracy | fc
stray_light | n fraction 5 | 杂散光 | Stray light | | accuracy | c
optical_path | n length 2 | 光程 | Optical path | path length | range | fc
photometric_range | r absorbance 3 | 光度范围 | Photometric range | 吸光度范围 | range | c
absorbance_range | r absorbance 3 | 吸光度范围 | Absorbance range | | range | c
wavenumber | r wavenumber 2 | 波数范围 | Wavenumber range | 波数范围 / Range, 光谱范围 | range | fc
spectral_resolution | n wavenumber 3 | 光谱分辨率 | Spectral resolution | 分辨率, 分辨率 / Resolution | performance | fc
signal_noise | n number 0 | 信噪比 | Signal-to-noise ratio | 信噪比 S/N | performance | c
tube_voltage | n voltage=kV 2 | 管电压 | Tube voltage | 最大管电压 | performance | c
acceleration_voltage | r voltage=kV 3 | 加速电压 | Acceleration voltage | | range | fc
output_voltage | r voltage 4 | 输出电压 | Output voltage | 电压, >最高输出电压 | range | fc
output_current | r current=A 7 | 输出电流 | Output current | 电流, 电流 / Current | range | fc
measured_voltage | r voltage 7 | 电压量程 | Voltage range | 电压, 测量电压 | range | c
measured_current | r current 9 | 电流量程 | Current range | 测量电流 | range | c
potential_range | r voltage 5 | 电位范围 | Potential range | 电压, 电位, 槽压 | range | fc
current_range | r current 12 | 电流范围 | Current range (cell) | 电流, 电流 / Current, >最大电流 | range | fc
current_resolution | n current=pA 6 | 电流分辨率 | Current resolution | | accuracy | c
resistance_range | r resistance 4 | 电阻范围 | Resistance range | | range | fc
control_accuracy | n fraction 4 | 控制精度 | Control accuracy | | accuracy | fc
angle_repeatability | n angle 6 | 角度重现性 | Angle repeatability | 角度重现性 / Repeatability | accuracy | c
goniometer_range | r angle 3 | 测角范围 | Goniometer range | 2θ 范围 | range | c
angle_range | r angle 3 | 角度范围 | Angle range | 接触角范围 | range | c
rotation_range | r angle 4 | 旋光度范围 | Optical rotation range | | range | fc
refractive_index | r number 6 | 折射率范围 | Refractive index range | 折光率 | range | fc
sugar_range | r sugar 3 | 糖度范围 | Sugar range | | range | c
energy_resolution | n energy=eV 4 | 能量分辨率 | Energy resolution | | performance | fc
energy_range | r energy=keV 4 | 能量范围 | Energy range | | range | c
energy_repeatability | n fraction 4 | 热值重复性 | Energy repeatability | | accuracy | c
impact_energy | n energy 3 | 冲击能量 | Impact energy | 冲击能量 / Energy | performance | fc
image_resolution | n length=nm 3 | 图像分辨率 | Image resolution | 分辨率, 分辨率 / Resolution | performance | fc
noise_floor | n length=nm 4 | 噪声水平 | Noise floor | | performance | c
scan_range | n length=µm 3 | 扫描范围 | Scan range | | range | fc
magnification | r magnification 2 | 放大倍数 | Magnification | 总放大倍数, >最大放大倍数 | range | fc
zoom_ratio | n number 2 | 变倍比 | Zoom ratio | | range | c
working_distance | n length 2 | 工作距离 | Working distance | | range | fc
camera_pixels | n pixels 2 | 相机像素 | Camera pixels | 像素, 像素 / Pixels | performance | fc
thermal_pixels | n pixels=px 0 | 红外像素 | Thermal pixels | | performance | fc
camera_cooling | n temperature 0 | 相机制冷温度 | Camera cooling | | performance | c
measuring_aperture | n length 2 | 测量口径 | Measuring aperture | | range | fc
scan_rate | n number 1 | 扫描速率（帧/秒） | Scan rate (frames/s) | | performance | c
magnetic_field | r magnetic 6 | 磁场强度 | Magnetic field | 磁感应强度 | range | fc
bore_diameter | n length 1 | 腔体直径 | Bore diameter | | range | c
mass_resolution | n mass=µg 4 | 天平分辨率 | Mass resolution | 可读性, 天平灵敏度 | accuracy | fc
sample_mass | n mass=mg 3 | 样品量 | Sample mass | 最大样品量 | range | c
heat_flow_noise | n power=µW 4 | 热流噪声 | Heat flow noise | | accuracy | c
heat_conduction | r heat_conduction 5 | 导热系数范围 | Thermal conductivity range | 测量范围 / Range | range | fc
burette_volume | n volume 3 | 滴定管体积 | Burette volume | 滴定管, 滴定管 / Burette | range | fc
dosing_resolution | n number 0 | 滴定分辨率（步） | Dosing resolution (steps) | | accuracy | c
water_range | r fraction=ppm 3 | 水分范围 | Water range | | range | fc
moisture_resolution | n fraction 4 | 水分分辨率 | Moisture resolution | | accuracy | fc
injection_volume | r volume=µL 3 | 进样体积 | Injection volume | | range | c
vial_volume | n volume 2 | 样品瓶体积 | Vial volume | | range | c
sample_volume | r volume=µL 3 | 样品体积 | Sample volume | 样品量 | range | c
reaction_volume | r volume=µL 2 | 反应体积 | Reaction volume | | range | c
extraction_volume | r volume=µL 0 | 提取体积 | Extraction volume | 处理体积 | range | c
residual_volume | n volume=µL 2 | 残液量 | Residual volume | | accuracy | fc
volume | r volume=µL 4 | 量程 | Volume range | 体积范围, 移液范围, 规格, <最小量程, <最小体积, >最大量程, >最大体积 | range | fc
volume_error | n fraction 3 | 容量允许误差 | Volume error | 误差 | accuracy | c
dispensing_accuracy | n fraction 3 | 分液准确度 | Dispensing accuracy | | accuracy | c
chamber_volume | n volume=L 3 | 容积 | Chamber volume | 内容积, 有效容积, 箱体容积, chamber | range | fc
bath_volume | n volume=L 2 | 浴槽容积 | Bath volume | 容积, 槽容积 | range | fc
tank_volume | n volume=L 2 | 水槽容积 | Tank volume | 容积, 水箱容积 | range | fc
flask_volume | n volume 0 | 烧瓶容积 | Flask volume | 容量, 最大烧瓶 | range | fc
grinding_volume | n volume 1 | 研磨容积 | Grinding volume | 容积, 研磨罐容积 | range | fc
vessel_volume | n volume 1 | 消解罐容积 | Vessel volume | | range | c
working_volume | n volume=L 3 | 工作容积 | Working volume | 容积, 有效容积 | range | fc
capacity_stirred | n volume=L 3 | 最大搅拌量 | Stirring capacity | 搅拌量, 容量 | range | fc
container_volume | n volume=L 2 | 容器容积 | Container volume | 容积, 容量 | range | fc
cylinder_volume | n volume=L 1 | 气瓶容积 | Cylinder volume | 容积, 水容积 | packing | fc
absorbent_capacity | n volume=L 1 | 吸附量 | Absorbent capacity | | performance | fc
cabinet_volume | n volume=L 0 | 柜体容积 | Cabinet volume | 容积, 容量 | range | fc
pack_volume | n volume 3 | 包装体积 | Pack volume | 容量, 规格体积, 装量 | packing | fc
well_volume | n volume=µL 1 | 孔容积 | Well volume | | range | fc
pack_mass | n mass 4 | 包装质量 | Pack mass | 净含量, 包装规格 | packing | fc
sorbent_mass | n mass=mg 1 | 填料量 | Sorbent mass | | range | fc
max_load | n mass 6 | 最大称量 | Maximum load | 称量范围, 量程, max weighing, max capacity | range | fc
min_load | n mass=mg 6 | 最小称量 | Minimum load | 最小称样量 | range | c
readability | n mass 9 | 可读性 | Readability | 分度值, 实际分度值, 精度 | accuracy | fc
repeatability | n mass=mg 6 | 重复性 | Repeatability | | accuracy | c
linearity | n mass=mg 6 | 线性误差 | Linearity | | accuracy | c
nominal_mass | r mass=g 6 | 标称质量 | Nominal mass | 砝码质量 | range | fc
load_max | n mass=kg 3 | 最大承载 | Maximum load on platform | 承重 | range | c
payload | n mass=kg 3 | 有效负载 | Payload | 负载 | performance | fc
table_load | n mass=kg 0 | 承重 | Load | 台面承重, 最大承载 | performance | fc
ice_capacity | n mass=kg 2 | 捕水量 | Ice capacity | 捕水, 捕水 / Ice capacity | performance | fc
ice_output | n mass=kg 1 | 日产冰量 | Ice output per day | 制冰量 | performance | fc
ph_range | r ph 3 | pH 范围 | pH range | pH 范围 / Range, 测量范围 | range | fc
ph_accuracy | n ph 4 | pH 准确度 | pH accuracy | pH 精度 | accuracy | fc
ph_value | n ph 2 | pH 值 | pH value | pH | general | c
conductivity | r conductivity 4 | 电导率范围 | Conductivity range | 测量范围 / Range | range | fc
resistivity | n resistivity 3 | 电阻率 | Resistivity | 电阻率 / Resistivity, 产水电阻率 | performance | fc
toc_level | n concentration=µg/L 2 | 总有机碳 | Total organic carbon | TOC | performance | fc
turbidity_range | r turbidity 3 | 浊度范围 | Turbidity range | | range | fc
humidity | r fraction 1 | 湿度范围 | Humidity range | 相对湿度 | range | fc
accuracy_percent | n fraction 4 | 准确度 | Accuracy | 准确度 / Accuracy, 精度 | accuracy | fc
uncertainty_percent | n fraction 4 | 扩展不确定度 | Expanded uncertainty | 不确定度, 不确定度 / Uncertainty | accuracy | fc
tolerance | n volume 5 | 容量允差 | Tolerance | 允差 | accuracy | c
emissivity | r number 3 | 发射率 | Emissivity | | accuracy | c
length_range | r length 4 | 测量范围 | Measuring range | 测量范围 / Range, 量程, 行程 | range | fc
resolution | n length 6 | 分辨力 | Resolution | 分辨率, 分辨率 / Resolution, 分度值 | accuracy | fc
length_accuracy | n length 6 | 示值误差 | Maximum permissible error | 精度, 精度 / Accuracy | accuracy | fc
illuminance | r illuminance 1 | 照度 | Illuminance | 光照强度 | range | c
sound_range | r noise 1 | 声级范围 | Sound level range | | range | fc
particle_range | r length=µm 6 | 粒径范围 | Particle size range | 测量范围 / Range, 粒度范围 | range | fc
pore_range | r length=nm 4 | 孔径范围 | Pore size range | | range | fc
surface_area_range | r specific_area 5 | 比表面积范围 | Specific surface area range | | range | fc
zeta_range | r voltage=mV 1 | 电位范围（Zeta） | Zeta potential range | | range | c
surface_tension | r surface_tension 2 | 表面张力范围 | Surface tension range | | range | c
density_range | r density 6 | 密度范围 | Density range | | range | fc
viscosity | r viscosity 3 | 黏度范围 | Viscosity range | 粘度范围, >最大黏度 | range | fc
torque | n torque=N·cm 4 | 扭矩 | Torque | 最大扭矩 | performance | fc
rotational_speed | r rotation 1 | 转速范围 | Speed range | 转速, >最高转速, >最大转速, >max speed, <最低转速 | range | fc
test_force | n force=kN 6 | 最大试验力 | Maximum test force | 最大力, 试验力, 最大力 / Force | performance | fc
press_force | n force=kN 1 | 压力 | Press force | 最大压力 | performance | fc
crosshead_speed | r speed=mm/min 4 | 试验速度 | Crosshead speed | | range | c
face_velocity | n speed 3 | 面风速 | Face velocity | 风速 | performance | fc
test_space | n length 0 | 有效试验空间 | Test space | | range | c
penetration_depth | n length 2 | 探测深度 | Penetration depth | | range | c
reach | n length 0 | 臂展 | Reach | | range | fc
orbit | n length 1 | 振幅 | Orbit | 回旋直径 | performance | c
tube_diameter | n length 2 | 管径 | Tube diameter | 管内径 | range | fc
probe_diameter | n length 1 | 变幅杆直径 | Probe diameter | | range | c
sieve_diameter | n length 0 | 筛框直径 | Sieve diameter | | range | fc
disc_diameter | n length 0 | 磨盘直径 | Disc diameter | | range | fc
dish_diameter | n length 1 | 皿径 | Dish diameter | 直径 | range | fc
filter_diameter | n length 1 | 滤膜直径 | Filter diameter | 直径 | range | fc
neck_diameter | n length 0 | 颈口直径 | Neck diameter | | range | fc
feed_size | n length 2 | 最大进料粒度 | Feed size | | range | fc
final_fineness | n length=µm 3 | 出料粒度 | Final fineness | | performance | fc
section_thickness | r length=µm 2 | 切片厚度 | Section thickness | | range | fc
cutting_range | r length=µm 1 | 修片厚度 | Trimming range | | range | c
cell_diameter | r length=µm 1 | 细胞直径 | Cell diameter | | range | c
pore_size | n length=µm 4 | 孔径 | Pore size | 滤膜孔径 | performance | fc
particle_size | n length=µm 3 | 填料粒径 | Particle size | 粒径, 粒径 / Particle | performance | fc
film_thickness | n length=µm 3 | 膜厚 | Film thickness | | performance | fc
column_length | n length 0 | 柱长 | Column length | | range | fc
inner_diameter | n length 4 | 内径 | Inner diameter | | range | fc
seat_height | r length 0 | 座高 | Seat height | | range | c
arm_length | n length 0 | 臂长 | Arm length | | range | fc
wafer_size | n length 1 | 基片尺寸 | Wafer size | | range | fc
glove_thickness | n length 4 | 手套厚度 | Glove thickness | 厚度 | general | c
lead_equivalent | n length 3 | 铅当量 | Lead equivalent | | performance | fc
growth_area | n area 2 | 培养面积 | Growth area | | range | fc
drying_area | n area=m² 4 | 冻干面积 | Drying area | | range | fc
floor_area | n area=m² 2 | 面积 | Floor area | | general | fc
mesh_size | n mesh 0 | 目数 | Mesh size | | performance | fc
purity | n fraction 7 | 纯度 | Purity | 含量, assay | material | fc
gas_purity | n fraction 7 | 气体纯度 | Gas purity | 纯度 | performance | fc
water_content | n fraction 5 | 水分 | Water content | | material | c
water_level | n fraction=ppm 3 | 水含量 | Water level | | performance | fc
oxygen_level | n fraction=ppm 3 | 氧含量 | Oxygen level | | performance | fc
co2_range | r fraction 2 | CO2 浓度范围 | CO2 range | | range | c
gas_range | r fraction=ppm 3 | 气体量程 | Gas range | 量程 | range | fc
filter_efficiency | n fraction 6 | 过滤效率 | Filter efficiency | | performance | fc
uv_cutoff | n length=nm 1 | 紫外截止波长 | UV cut-off | | material | c
molarity | n molarity 5 | 摩尔浓度 | Molarity | 浓度 | material | fc
molar_mass | n number 4 | 相对分子质量 | Relative molecular mass | 分子量, molecular weight | material | c
molar_mass_kda | n number 3 | 相对分子质量（kDa） | Relative molecular mass (kDa) | | material | c
molar_mass_range | r number 0 | 分子量范围 | Molar mass range | | range | fc
activity | n activity 2 | 酶活单位 | Activity | 酶活 | packing | c
read_length | n read_length 0 | 读长 | Read length | 读长 / Read length | performance | fc
data_output | n read_length=Gb 3 | 数据产出 | Data output | 通量, 通量 / Output | performance | fc
wells | n count 0 | 孔数 | Wells | 孔, number of wells, 板孔数 | range | fc
channels | n count 0 | 通道数 | Channels | 道数, number of channels | range | fc
places | n count 0 | 孔位数 | Places | 孔数, 位数 | range | fc
pack_size | n count 0 | 包装数量 | Pack size | 每包数量, 装箱数量 | packing | fc
sample_positions | n count 0 | 样品位 | Sample positions | 样品位 / Positions, 孔 / Wells, 位数 | range | fc
autosampler_positions | n count 0 | 自动进样器样品位 | Autosampler positions | 样品位 / Positions | configuration | c
fraction_positions | n count 0 | 收集位 | Fraction positions | | configuration | c
column_capacity | n mass 1 | 柱容量 | Column capacity | | range | fc
gradient_channels | n count 0 | 梯度元数 | Gradient channels | | configuration | c
detector_channels | n count 0 | 检测通道 | Detector channels | | configuration | fc
injectors | n count 0 | 进样口数 | Injectors | | configuration | c
lamp_positions | n count 0 | 灯位 | Lamp positions | 灯位 / Lamps | configuration | c
cuvette_positions | n count 0 | 比色皿位 | Cuvette positions | | configuration | c
probe_channels | n count 0 | 探头通道 | Probe channels | | configuration | c
slide_capacity | n count 0 | 切片容量 | Slide capacity | | range | fc
analysis_stations | n count 0 | 分析站 | Analysis stations | 分析站 / Stations | range | fc
electrode_channels | n count 0 | 电极通道 | Electrode channels | | configuration | c
partitions | n count 0 | 微反应数 | Partitions | | performance | fc
lasers | n count 0 | 激光器数 | Lasers | 激光 / Lasers | configuration | fc
events_per_second | n count 0 | 每秒检测事件 | Events per second | | performance | fc
sample_throughput | n count 0 | 样品通量 | Sample throughput | | performance | fc
sample_capacity | n count 0 | 样品容量 | Sample capacity | | range | fc
tests_per_hour | n count 0 | 每小时测试数 | Tests per hour | 测试速度 | performance | fc
reagent_positions | n count 0 | 试剂位 | Reagent positions | | configuration | c
parameters | n count 0 | 测量参数 | Parameters | 参数 / Parameters | configuration | fc
fields_of_view | n count 0 | 视场数 | Fields of view | | performance | c
deck_positions | n count 0 | 板位 | Deck positions | 板位 / Deck positions | configuration | fc
display_digits | n number 1 | 显示位数 | Display digits | 位数 / Digits | accuracy | fc
memory_depth | n count 0 | 存储深度（点） | Memory depth (points) | | performance | c
data_storage | n count 0 | 数据存储（组） | Data storage (records) | | configuration | c
heating_zones | n count 0 | 温区 | Heating zones | 温区 / Zones | configuration | fc
shelves | n count 0 | 搁板数 | Shelves | 层数 | configuration | c
layers | n count 0 | 清洗层数 | Washing levels | | configuration | c
platform_places | n count 0 | 摇瓶位 | Flask places | | range | c
bath_places | n count 0 | 浴孔数 | Bath places | 孔 / Places | range | fc
blood_bags | n count 0 | 血袋容量 | Blood bag capacity | | range | c
rack_capacity | n count 0 | 冻存盒容量 | Box capacity | | range | fc
vial_capacity | n count 0 | 冻存管容量 | Vial capacity | 样品位 / Positions | range | fc
cylinder_places | n count 0 | 气瓶位 | Cylinder places | | range | fc
glove_ports | n count 0 | 手套口 | Glove ports | 手套口 / Ports | configuration | fc
sockets | n count 0 | 插座数 | Sockets | | configuration | c
reactions | n count 0 | 反应次数 | Reactions | 人份, 测试数 | packing | fc
seats | n count 0 | 授权用户数 | Seats | 授权 / Seats | terms | fc
instruments_connected | n count 0 | 可接仪器数 | Instruments connected | | configuration | c
support_years | n time=a 1 | 支持年限 | Years of support | | terms | c
response_hours | n time=h 1 | 响应时间 | Response time (service) | 响应 / Response | terms | fc
turnaround_days | n time=d 1 | 完成周期 | Turnaround | 检测周期 | terms | fc
instruments_covered | n count 0 | 覆盖台数 | Instruments covered | 台数 / Instruments | terms | c
engineers | n count 0 | 工程师人数 | Engineers | 人数 / Engineers | terms | c
contract_months | n number 1 | 合同期（月） | Contract term (months) | | terms | fc
visits_per_year | n count 0 | 每年巡检次数 | Visits per year | | terms | c
training_days | n time=d 1 | 培训天数 | Training days | 天数 / Days | terms | fc
participants | n count 0 | 参训人数 | Participants | | terms | c
consulting_hours | n time=h 1 | 咨询时长 | Consulting hours | | terms | fc
rental_months | n number 1 | 租期（月） | Rental (months) | | terms | c
"""
