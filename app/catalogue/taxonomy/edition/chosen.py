"""Attributes that are chosen, answered with yes or no, or said in words: one meaning of a code for the whole tree."""

from __future__ import annotations

from typing import Final

ATTRIBUTES: Final = """
ce_marked | f | CE 标志 | CE marked | | compliance | f
calibration_certificate | f | 附校准证书 | Calibration certificate | | compliance | f
software_included | f | 含软件 | Software included | 随机软件 | configuration | c
degasser | f | 在线脱气 | Degasser | 脱气机 | configuration | c
eluent_generator | f | 淋洗液发生器 | Eluent generator | | configuration | c
polarity_switching | f | 正负切换 | Polarity switching | | performance | c
collision_cell | f | 碰撞反应池 | Collision cell | | configuration | c
gradient_function | f | 梯度功能 | Gradient function | | performance | fc
cell_sorting | f | 细胞分选 | Cell sorting | | performance | f
uv_disinfection | f | 紫外消毒 | UV disinfection | | configuration | c
timer | f | 定时 | Timer | | configuration | c
oil_free | f | 无油 | Oil-free | | performance | fc
heating | f | 加热功能 | Heating | | configuration | fc
drying_function | f | 干燥功能 | Drying | | configuration | fc
uv_lamp | f | 紫外灯 | UV lamp | | configuration | c
door_lock | f | 门锁 | Door lock | | configuration | c
alarms | f | 报警 | Alarms | 声光报警 | configuration | c
radiation_exempt | f | 辐射豁免 | Radiation exemption | | compliance | fc
electronic_signature | f | 电子签名 | Electronic signature | 21 CFR Part 11 | compliance | fc
autoclavable | f | 可高压灭菌 | Autoclavable | | material | fc
adjustable | f | 量程可调 | Adjustable | | configuration | fc
filter_tip | f | 带滤芯 | Filter tip | 滤芯 | configuration | fc
sterile | f | 无菌 | Sterile | 灭菌 | material | fc
low_retention | f | 低吸附 | Low retention | | material | fc
dnase_free | f | 无 DNA 酶和 RNA 酶 | DNase and RNase free | 无酶 | material | fc
powder_free | f | 无粉 | Powder-free | | material | fc
portable | f | 便携 | Portable | | configuration | fc
on_site | f | 可上门 | On site | 上门服务 | terms | fc
parts_included | f | 含配件 | Parts included | | terms | fc
certificate | f | 颁发证书 | Certificate | | terms | c
gas_supply | c | 所需气体 | Gases needed | 气源, 用气种类 | site | c | air=压缩空气/Compressed air; nitrogen=氮气/Nitrogen; argon=氩气/Argon; helium=氦气/Helium; hydrogen=氢气/Hydrogen; oxygen=氧气/Oxygen; carbon_dioxide=二氧化碳/Carbon dioxide; acetylene=乙炔/Acetylene; methane=甲烷/Methane
water_supply | c | 供水要求 | Water supply needed | 水源, 供水 | site | c | tap=自来水/Tap water; cooling=循环冷却水/Cooling water; pure=纯水/Pure water
communication | c | 通信接口 | Interfaces | 接口 | configuration | c | usb=USB; ethernet=以太网/Ethernet; rs232=RS-232; rs485=RS-485; wifi=无线网络/Wi-Fi; bluetooth=蓝牙/Bluetooth; gpib=GPIB
gc_detectors | c | 检测器 | Detectors | 检测器 / Detector | configuration | fc | fid=FID; tcd=TCD; ecd=ECD; fpd=FPD; npd=NPD; msd=质谱/MSD; pdhid=PDHID
carrier_control | c | 气路控制 | Gas control | | configuration | c | electronic=电子流量/Electronic; manual=手动/Manual
lc_detectors | c | 检测器 | Detectors | 检测器 / Detector | configuration | fc | uv=紫外/UV; dad=二极管阵列/DAD; fld=荧光/FLD; rid=示差/RID; elsd=蒸发光散射/ELSD; ecd=电化学/ECD; msd=质谱/MSD; vwd=可变波长/VWD
ic_detectors | c | 检测器 | Detectors | | configuration | fc | conductivity=电导/Conductivity; amperometric=安培/Amperometric; uv=紫外/UV
pump_type | c | 泵类型 | Pump type | | configuration | c | isocratic=单元/Isocratic; binary=二元/Binary; quaternary=四元/Quaternary
suppressor | c | 抑制器 | Suppressor | | configuration | c | anion=阴离子/Anion; cation=阳离子/Cation; none=无/None
generated_gas | c | 产生气体 | Gas generated | 气体 | performance | f | nitrogen=氮气/Nitrogen; hydrogen=氢气/Hydrogen; air=零级空气/Zero air; oxygen=氧气/Oxygen
ion_source | c | 离子源 | Ion source | | configuration | fc | ei=EI; ci=CI; esi=ESI; apci=APCI; maldi=MALDI; icp=ICP; dart=DART
mass_analyser | c | 质量分析器 | Mass analyser | | configuration | fc | single_quadrupole=单四极杆/Single quadrupole; triple_quadrupole=三重四极杆/Triple quadrupole; tof=飞行时间/Time of flight; qtof=四极杆飞行时间/Q-TOF; ion_trap=离子阱/Ion trap; orbital_trap=轨道阱/Orbital trap; sector=扇形磁场/Magnetic sector
beam_system | c | 光束系统 | Beam system | | configuration | fc | single=单光束/Single beam; double=双光束/Double beam; split=比例双光束/Split beam
sampling_accessory | c | 采样附件 | Sampling accessory | | configuration | c | atr=ATR; transmission=透射/Transmission; diffuse=漫反射/Diffuse reflectance; microscope=显微/Microscope
atomiser | c | 原子化器 | Atomiser | | configuration | fc | flame=火焰/Flame; graphite=石墨炉/Graphite furnace; hydride=氢化物/Hydride; icp=ICP
illumination | c | 照明 | Illumination | 光源 | configuration | c | led=LED; halogen=卤素灯/Halogen; mercury=汞灯/Mercury; xenon=氙灯/Xenon
contrast_methods | c | 观察方式 | Contrast methods | | configuration | fc | brightfield=明场/Brightfield; darkfield=暗场/Darkfield; phase=相差/Phase contrast; dic=微分干涉/DIC; polarising=偏光/Polarising; fluorescence=荧光/Fluorescence
observation_tube | c | 观察筒 | Observation tube | | configuration | c | monocular=单目/Monocular; binocular=双目/Binocular; trinocular=三目/Trinocular
electron_source | c | 电子枪 | Electron source | | configuration | fc | tungsten=钨灯丝/Tungsten; lab6=六硼化镧/LaB6; schottky=热场发射/Schottky; cold=冷场发射/Cold field emission
vacuum_modes | c | 真空模式 | Vacuum modes | | configuration | c | high=高真空/High; low=低真空/Low; environmental=环境/Environmental
microscope_detectors | c | 探测器 | Microscope detectors | | configuration | fc | se=二次电子/SE; bse=背散射/BSE; eds=能谱/EDS; ebsd=EBSD; stem=STEM; cl=阴极发光/CL
titration_kind | c | 滴定类型 | Kind of titration | | performance | fc | potentiometric=电位/Potentiometric; photometric=光度/Photometric; conductometric=电导/Conductometric; coulometric=库仑/Coulometric; volumetric=容量/Volumetric
reading_modes | c | 检测模式 | Reading modes | | performance | fc | absorbance=吸收光/Absorbance; fluorescence=荧光/Fluorescence; luminescence=化学发光/Luminescence; polarisation=荧光偏振/Polarisation; trf=时间分辨荧光/TRF
rotor_type | c | 转子类型 | Rotor type | 转子, rotor | configuration | fc | fixed_angle=角转子/Fixed angle/角/固定角/fixed-angle; swing_out=水平转子/Swing-out/水平/甩平/swing bucket; vertical=垂直转子/Vertical; continuous=连续流/Continuous flow; plate=酶标板转子/Plate; drum=鼓式/Drum
dispersion | c | 分散方式 | Dispersion | | configuration | fc | wet=湿法/Wet; dry=干法/Dry; both=干湿两用/Wet and dry
adjustment | c | 校准方式 | Adjustment | 校准 | accuracy | fc | internal=内校/Internal; external=外校/External; automatic=自动/Automatic
verification_class | c | 准确度等级（衡器） | Accuracy class (balances) | | compliance | fc | i=Ⅰ级/I; ii=Ⅱ级/II; iii=Ⅲ级/III
weight_class | c | 砝码等级 | Weight class | 等级, 等级 / Class | accuracy | fc | e1=E1; e2=E2; f1=F1; f2=F2; m1=M1; m2=M2
accuracy_class | c | 准确度等级 | Accuracy class | 准确度等级 / Class | accuracy | fc | c05=0.5 级/0.5/0.5; c1=1 级/1/1; c2=2 级/2/2
protection_class | c | 防护等级 | Ingress protection | IP 等级 | compliance | fc | ip54=IP54; ip65=IP65; ip67=IP67; ip68=IP68
probe_type | c | 传感器类型 | Probe type | | configuration | c | pt100=铂电阻/Pt100; thermocouple=热电偶/Thermocouple; thermistor=热敏电阻/Thermistor; infrared=红外/Infrared; capacitive=电容式/Capacitive
medium | c | 测量介质 | Medium | 介质 | range | fc | liquid=液体/Liquid; gas=气体/Gas; steam=蒸汽/Steam
laser_class | c | 激光等级 | Laser class | | compliance | fc | c1=1 类/Class 1; c2=2 类/Class 2; c3r=3R 类/Class 3R; c3b=3B 类/Class 3B; c4=4 类/Class 4
convection | c | 对流方式 | Convection | | configuration | fc | forced=强制对流/Forced; natural=自然对流/Natural
atmosphere | c | 气氛 | Atmosphere | | configuration | fc | air=空气/Air; inert=惰性气体/Inert; vacuum=真空/Vacuum; oxygen=氧气/Oxygen; hydrogen=氢气/Hydrogen
plate_material | c | 盘面材质 | Plate material | | material | c | ceramic=陶瓷/Ceramic; aluminium=铝/Aluminium; steel=不锈钢/Stainless steel
lift | c | 升降 | Lift | 升降方式 | configuration | c | electric=电动/Electric; manual=手动/Manual
grinding_material | c | 研磨材质 | Grinding material | | material | fc | steel=不锈钢/Stainless steel; zirconia=氧化锆/Zirconia; agate=玛瑙/Agate; carbide=碳化钨/Tungsten carbide; alumina=刚玉/Alumina; ptfe=聚四氟乙烯/PTFE
water_grade | c | 水质等级 | Water grade | | performance | fc | one=一级/Grade 1; two=二级/Grade 2; three=三级/Grade 3
co2_sensor | c | CO2 传感器 | CO2 sensor | | configuration | fc | ir=红外/Infrared; tc=热导/Thermal conductivity
decontamination | c | 灭菌方式 | Decontamination | | configuration | c | heat=高温/Heat; h2o2=过氧化氢/Hydrogen peroxide; uv=紫外/UV
loading | c | 装载方式 | Loading | | configuration | fc | top=立式/Top loading; front=卧式/Front loading; portable=手提式/Portable
vessel_material | c | 釜体材质 | Vessel material | | material | fc | glass=玻璃/Glass; steel=不锈钢/Stainless steel; hastelloy=哈氏合金/Hastelloy; ptfe=聚四氟乙烯/PTFE
wetted_material | c | 接液材质 | Wetted material | | material | c | steel=不锈钢/Stainless steel; ptfe=聚四氟乙烯/PTFE; peek=PEEK; ceramic=陶瓷/Ceramic; silicone=硅胶/Silicone
refrigerant | c | 制冷剂 | Refrigerant | | compliance | c | hc=碳氢/Hydrocarbon; r134a=R134a; r404a=R404A; r600a=R600a; r290=R290; r170=R170
door_type | c | 门型 | Door type | | configuration | fc | glass=玻璃门/Glass; solid=实体门/Solid; drawer=抽屉/Drawer; chest=卧式/Chest
explosion_class | c | 防爆等级 | Explosion protection | 防爆 | compliance | fc | iic_t6=Ex IIC T6; iic_t4=Ex IIC T4; iib_t4=Ex IIB T4; none=非防爆/None
ice_type | c | 冰型 | Ice type | | performance | fc | flake=雪花冰/Flakes; cube=方块冰/Cubes; dry=干冰/Dry ice
frame_material | c | 框架材质 | Frame material | 结构 | material | c | steel=钢/Steel/全钢; wood=木/Wood; aluminium_wood=铝木/Aluminium and wood; steel_wood=钢木/Steel and wood; pp=聚丙烯/Polypropylene; stainless=不锈钢/Stainless steel
worktop_material | c | 台面材质 | Worktop | 台面 | material | fc | epoxy=环氧树脂/Epoxy resin/环氧; phenolic=实芯理化板/Solid phenolic/理化板; ceramic=陶瓷/Ceramic; stainless=不锈钢/Stainless steel; granite=花岗岩/Granite/大理石; pp=聚丙烯/Polypropylene/PP; melamine=三聚氰胺/Melamine
cabinet_use | c | 柜体用途 | Cabinet use | 用途 | configuration | fc | flammable=易燃/Flammables; corrosive=腐蚀性/Corrosives; toxic=毒害品/Toxics; general=普通/General; wall=吊柜/Wall cabinet; samples=样品/Samples
hood_kind | c | 通风柜型式 | Kind of hood | | configuration | fc | bench=台式/Bench; walk_in=落地式/Walk-in; vav=变风量/VAV; ductless=无管道/Ductless
flow_direction | c | 气流方向 | Flow direction | | configuration | fc | horizontal=水平/Horizontal; vertical=垂直/Vertical
safety_class | c | 安全柜级别 | Class of safety cabinet | 级别 | compliance | fc | a2=Ⅱ级 A2/Class II A2/A2; b2=Ⅱ级 B2/Class II B2/B2; iii=Ⅲ级/Class III
pipe_material | c | 管道材质 | Pipe material | | material | c | steel_ba=不锈钢 BA/Stainless BA; steel_ep=不锈钢 EP/Stainless EP; copper=铜/Copper; ptfe=聚四氟乙烯/PTFE
sink_material | c | 水槽材质 | Sink material | | material | fc | pp=聚丙烯/Polypropylene; epoxy=环氧树脂/Epoxy resin; ceramic=陶瓷/Ceramic; stainless=不锈钢/Stainless steel
clean_class | c | 洁净级别 | Cleanliness class | | performance | fc | iso5=ISO 5; iso6=ISO 6; iso7=ISO 7; iso8=ISO 8
filter_type | c | 过滤器类型 | Filter type | | configuration | fc | carbon=活性炭/Activated carbon; hepa=高效/HEPA; ulpa=超高效/ULPA; acid=酸性气体/Acid gases
pipette_drive | c | 驱动方式 | Drive | | configuration | fc | manual=手动/Manual; electronic=电动/Electronic
packing_form | c | 包装形式 | Form of packing | | packing | fc | rack=盒装/Rack; bag=袋装/Bag; refill=补充装/Refill
glass_type | c | 玻璃类型 | Type of glass | | material | fc | borosilicate=高硼硅/Borosilicate; soda=钠钙/Soda-lime; quartz=石英/Quartz; amber=棕色/Amber
volumetric_class | c | 量器等级 | Volumetric class | | accuracy | fc | a=A 级/Class A/A; b=B 级/Class B/B
plastic | c | 塑料材质 | Plastic | | material | fc | pp=PP; ps=PS; pe=PE; pc=PC; petg=PETG; pfa=PFA; ptfe=PTFE; ldpe=LDPE; hdpe=HDPE
surface_treatment | c | 表面处理 | Surface treatment | | material | fc | tc=TC 处理/Tissue culture/TC; untreated=未处理/Untreated; collagen=胶原/Collagen; low=超低吸附/Ultra-low attachment; high_bind=高结合/High binding
well_bottom | c | 孔底形状 | Well bottom | | configuration | fc | flat=平底/Flat; round=圆底/Round; v=V 底/V; clear=透明底/Clear
plate_colour | c | 板颜色 | Plate colour | 颜色 | configuration | fc | clear=透明/Clear; white=白/White; black=黑/Black
skirt | c | 裙边 | Skirt | | configuration | c | full=全裙边/Full; half=半裙边/Half; none=无裙边/None
tube_bottom | c | 管底形状 | Tube bottom | | configuration | fc | conical=尖底/Conical; round=圆底/Round; self_standing=可立/Self-standing
membrane_material | c | 膜材质 | Membrane | 材质 | material | fc | pes=PES; pvdf=PVDF; ptfe=PTFE; nylon=尼龙/Nylon; mce=混合纤维素酯/MCE; ca=醋酸纤维素/CA; glass=玻璃纤维/Glass fibre
stationary_phase | c | 固定相 | Stationary phase | | performance | fc | c18=C18; c8=C8; phenyl=苯基/Phenyl; hilic=HILIC; silica=硅胶/Silica; cyano=氰基/Cyano; sax=SAX; scx=SCX; db5=5% 苯基/5% phenyl; wax=聚乙二醇/WAX
grade | c | 试剂级别 | Grade | 级别 | material | fc | gr=优级纯/GR; ar=分析纯/AR; cp=化学纯/CP; hplc=色谱纯/HPLC; lcms=质谱级/LC-MS; electronic=电子级/Electronic; biological=生物级/Biological; pharma=药典级/Pharmacopoeia
storage_condition | c | 储存条件 | Storage | 储存温度 | packing | fc | room=室温/Room temperature; cool=2–8 ℃/2–8 °C; frozen=−20 ℃/−20 °C; deep=−80 ℃/−80 °C; nitrogen=液氮/Liquid nitrogen; dry=干燥/Dry
hazard_class | c | 危险类别 | Hazard class | | compliance | fc | none=非危险品/None; flammable=易燃/Flammable; corrosive=腐蚀/Corrosive; toxic=毒害/Toxic; oxidising=氧化/Oxidising; explosive=爆炸/Explosive; gas=压缩气体/Compressed gas; controlled=易制毒/Drug precursor; explosive_precursor=易制爆/Explosive precursor
physical_form | c | 形态 | Physical form | | material | fc | powder=粉末/Powder; crystal=晶体/Crystals; liquid=液体/Liquid; solution=溶液/Solution; granule=颗粒/Granules
conjugate | c | 标记物 | Conjugate | | material | fc | none=未标记/Unconjugated; hrp=HRP; fitc=FITC; pe=PE; biotin=生物素/Biotin; apc=APC
assay_method | c | 检测方法 | Assay method | 方法 | performance | fc | elisa=ELISA; pcr=PCR; qpcr=qPCR; colorimetric=比色法/Colorimetric; fluorescent=荧光法/Fluorescent; magnetic=磁珠法/Magnetic beads; column=柱式法/Spin column
medium_form | c | 培养基形态 | Form of medium | | packing | fc | powder=干粉/Powder; liquid=液体/Liquid; plate=平板/Plate
gas_kind | c | 气体种类 | Gas | 气体 | general | fc | nitrogen=氮气/Nitrogen; argon=氩气/Argon; helium=氦气/Helium; oxygen=氧气/Oxygen; hydrogen=氢气/Hydrogen; co2=二氧化碳/Carbon dioxide; acetylene=乙炔/Acetylene; air=合成空气/Synthetic air
biosafety_level | c | 生物安全级别 | Biosafety level | | compliance | fc | bsl1=BSL-1; bsl2=BSL-2; bsl3=BSL-3
protection_level | c | 防护级别 | Protection level | | compliance | fc | n95=N95; ffp2=FFP2; ffp3=FFP3; type3=3 型/Type 3; type4=4 型/Type 4; type5=5 型/Type 5
mounting | c | 安装方式 | Mounting | | configuration | fc | wall=壁挂/Wall; floor=立式/Floor; bench=台式/Bench; portable=移动/Portable
detected_gas | c | 检测气体 | Gas detected | 气体 | performance | fc | o2=O2; co=CO; co2=CO2; h2s=H2S; h2=H2; ch4=可燃气/Combustibles; nh3=NH3; cl2=Cl2; so2=SO2; nox=NOx; voc=VOC; o3=O3
waste_kind | c | 废物类别 | Kind of waste | | general | fc | organic=有机废液/Organic liquid; inorganic=无机废液/Inorganic liquid; sharps=利器/Sharps; solid=固体废物/Solid; biological=感染性/Infectious; water=废水/Waste water
licence_kind | c | 授权方式 | Licence | | terms | fc | perpetual=永久/Perpetual; subscription=订阅/Subscription; concurrent=并发/Concurrent
platform | c | 运行平台 | Platform | | configuration | fc | windows=Windows; linux=Linux; web=浏览器/Web; macos=macOS; mobile=移动端/Mobile
deployment | c | 部署方式 | Deployment | | configuration | fc | local=本地/On premises; cloud=云端/Cloud; hybrid=混合/Hybrid
interface_language | c | 界面语言 | Interface language | | configuration | fc | zh=中文/Chinese; en=英文/English
report_language | c | 报告语言 | Report language | | terms | c | zh=中文/Chinese; en=英文/English
accreditation | c | 资质 | Accreditation | | compliance | fc | cnas=CNAS; cma=CMA; cal=法定计量/Legal metrology; gmp=GMP; glp=GLP
design_stage | c | 设计阶段 | Design stage | | terms | fc | concept=方案/Concept; preliminary=初步/Preliminary; detailed=施工图/Detailed
qualification_scope | c | 确认范围 | Qualification scope | | terms | fc | dq=DQ; iq=IQ; oq=OQ; pq=PQ; method=方法验证/Method validation
electrode_kind | c | 电极类型 | Kind of electrode | | configuration | fc | ph=pH; reference=参比/Reference; conductivity=电导/Conductivity; ion=离子选择/Ion-selective; oxygen=溶解氧/Dissolved oxygen; working=工作/Working
tube_target | t | 靶材 | Target | 靶材 / Target | configuration | c
element_range | t | 元素范围 | Element range | 元素范围 / Elements | range | c
excitation_bands | t | 荧光波段 | Excitation bands | 荧光波段 / Bands | configuration | c
laser_lines | t | 激光波长 | Laser lines | | configuration | c
objectives | t | 物镜 | Objectives | | configuration | c
hardness_scales | t | 硬度标尺 | Hardness scales | | range | c
film_sources | t | 蒸发源或靶位 | Film sources | | configuration | c
reactor_sensors | t | 在线传感器 | Sensors | | configuration | c
fire_resistance | t | 耐火时间 | Fire resistance | | compliance | c
sash | t | 视窗 | Sash | | configuration | c
plate_size | t | 板规格 | Plate size | | range | c
gel_size | t | 凝胶规格 | Gel size | | range | c
pan_size | t | 秤盘尺寸 | Pan size | 秤盘 | general | c
neck_joint | t | 磨口 | Ground joint | | configuration | c
closure | t | 瓶盖 | Closure | 盖型 | configuration | c
tool_material | t | 工具材质 | Tool material | 材质 | material | c
material | t | 材质 | Material | 材质 / Material | material | c
size | t | 规格 | Size | 规格 / Size, 尺码 | general | c
cas_number | t | CAS 号 | CAS number | CAS | compliance | c
host_species | t | 宿主 | Host species | | material | c
target_species | t | 种属 | Species | 反应种属 | material | c
matrix | t | 基体 | Matrix | | material | c
detection_range | t | 检测范围 | Detection range | | range | c
standard | t | 执行标准 | Standard | 标准 | compliance | c
modules | t | 功能模块 | Modules | | configuration | c
method | t | 依据 | Method | 依据 / Method, 方法标准 | terms | c
documents | t | 交付文件 | Documents | 文件 / Papers | terms | c
"""
