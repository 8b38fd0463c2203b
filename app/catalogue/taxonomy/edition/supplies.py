"""Furniture and ventilation, labware, reagents and consumables, safety."""

from __future__ import annotations

from typing import Final

FURNITURE: Final = """
furniture | 家具与通风 | Furniture and ventilation | A05010000 | 39180000-7 | 9402
  + width depth height frame_material mass
  benches | 实验台 | Benches | A05010203 | 39181000-4 |
    + worktop_material table_load sockets
    wall | 边台 | Wall benches | A05010203 | 39181000-4 |
    island | 中央台 | Island benches | A05010203 | 39181000-4 |
    balance_tables | 天平台 | Balance tables | A05010203 | 39181000-4 |
  cabinets | 储存柜与试剂柜 | Cabinets | A05010500 | 39180000-7 |
    + cabinet_use fire_resistance shelves door_lock
    chemical | 化学品安全柜 | Chemical storage cabinets | A02340300 | 39180000-7 |
      + cabinet_volume
    gas_cylinder | 气瓶柜 | Gas cylinder cabinets | A02340300 | 39180000-7 |
      + cylinder_places
    ventilated | 净气型储药柜 | Filtering storage cabinets | A05010599 | 39180000-7 |
      + filter_type
    desiccators | 干燥柜与防潮箱 | Desiccator cabinets | A05010599 | 39180000-7 |
      + humidity
  seating | 实验凳椅 | Laboratory seating | A05010304 | 39180000-7 |
    + seat_height
  fume_hoods | 通风柜 | Fume hoods | A02061807 | 39180000-7 | 841460
    + face_velocity exhaust_volume worktop_material noise sash hood_kind
    ducted | 管道式通风柜 | Ducted fume hoods | A02061807 | 39180000-7 | 841460
    ductless | 无管道通风柜 | Ductless fume hoods | A02061807 | 39180000-7 | 841460
      + filter_type
  extraction | 万向罩与局部排风 | Extraction arms and local exhaust | A02061807 | 39180000-7 | 841460
    + exhaust_volume arm_length
  ventilation | 风机与废气处理 | Fans and exhaust treatment | A02061803 | 39180000-7 | 841459
    + exhaust_volume noise power
  clean_benches | 超净工作台与生物安全柜 | Clean benches and biosafety cabinets | A02322800 | 39180000-7 | 841470
    + face_velocity noise filter_efficiency illuminance uv_lamp
    laminar | 超净工作台 | Laminar flow benches | A02061806 | 39180000-7 | 842139
      + flow_direction
    biosafety | 生物安全柜 | Biosafety cabinets | A02322800 | 39180000-7 | 841470
      + safety_class
  glove_boxes | 手套箱 | Glove boxes | A02052402 | 39180000-7 | 847989
    + glove_ports water_level oxygen_level chamber_volume
  gas_supply | 供气系统 | Gas supply | A02052499 | 39180000-7 |
    + channels pressure_max gas_purity pipe_material flow_max
  sinks | 水槽与龙头 | Sinks and taps | A05020100 | 39180000-7 |
    + sink_material
  clean_rooms | 洁净室设备 | Clean room equipment | A02061806 | 39180000-7 | 842139
    + clean_class exhaust_volume
"""

LABWARE: Final = """
labware | 器皿与小工具 | Labware | A07090000 | 38000000-5 | 3926
  + pack_size autoclavable
  pipettes | 移液器 | Pipettes | A02100419 | 38437100-8 | 902789
    + volume channels volume_error pipette_drive adjustable
    single | 单道移液器 | Single-channel pipettes | A02100419 | 38437100-8 | 902789
    multi | 多道移液器 | Multichannel pipettes | A02100419 | 38437100-8 | 902789
    electronic | 电动移液器 | Electronic pipettes | A02100419 | 38437100-8 | 902789
    dispensers | 瓶口分液器 | Bottle-top dispensers | A02100419 | 38437000-7 | 902789
    controllers | 移液管助吸器 | Pipette controllers | A02100419 | 38437000-7 | 902789
    accessories | 移液器支架与附件 | Pipette accessories | A02103200 | 38437120-4 | 902790
  pipette_tips | 吸头 | Pipette tips | A07090201 | 38437110-1 | 392690
    + volume filter_tip sterile low_retention packing_form
  glassware | 玻璃器皿 | Glassware | A07090303 | 38000000-5 | 701790
    + capacity glass_type tolerance volumetric_class neck_joint
    beakers_flasks | 烧杯与烧瓶 | Beakers and flasks | A07090303 | 38000000-5 | 701790
    volumetric | 量器 | Volumetric glassware | A07090303 | 38000000-5 | 701790
    bottles | 试剂瓶 | Reagent bottles | A07090303 | 38000000-5 | 701790
      + closure
    funnels_condensers | 漏斗与冷凝管 | Funnels and condensers | A07090303 | 38000000-5 | 701790
    quartz | 石英器皿与比色皿 | Quartz ware and cuvettes | A07090303 | 38000000-5 | 701710
      + optical_path
    slides | 载玻片与盖玻片 | Slides and cover glasses | A07090303 | 38519600-2 | 701790
  plasticware | 塑料器皿 | Plasticware | A07090201 | 38000000-5 | 392690
    + capacity plastic sterile
    culture_dishes | 培养皿 | Petri and culture dishes | A07090201 | 38000000-5 | 392690
      + dish_diameter surface_treatment
    culture_flasks | 细胞培养瓶 | Culture flasks | A07090201 | 38000000-5 | 392690
      + growth_area surface_treatment
    serological | 血清移液管 | Serological pipettes | A07090201 | 38437100-8 | 392690
    carboys | 桶与洗瓶 | Carboys and wash bottles | A07090201 | 38000000-5 | 392690
  plates | 微孔板 | Microplates | A07090201 | 38000000-5 | 392690
    + wells! well_volume well_bottom plate_colour surface_treatment sterile skirt
  tubes | 离心管与试管 | Tubes | A07090201 | 33192500-7 | 392690
    + capacity max_rcf plastic sterile tube_bottom closure dnase_free
    centrifuge | 离心管 | Centrifuge tubes | A07090201 | 33192500-7 | 392690
    cryo | 冻存管 | Cryovials | A07090201 | 33192500-7 | 392690
    pcr | PCR 管与八连排 | PCR tubes and strips | A07090201 | 33192500-7 | 392690
    test | 试管 | Test tubes | A07090303 | 33192500-7 | 701790
    vials | 样品瓶 | Sample vials | A07090303 | 33192500-7 | 701790
  filtration | 过滤器材 | Filtration | A07090201 | 42912100-3 | 842129
    + pore_size membrane_material filter_diameter sterile
    syringe_filters | 针式滤器 | Syringe filters | A07090201 | 42912100-3 | 842129
    membranes | 滤膜 | Membranes | A07090201 | 42912100-3 | 392690
    papers | 滤纸 | Filter papers | A07100300 | 42912100-3 |
    vacuum_filters | 抽滤装置 | Vacuum filtration | A07090303 | 42912100-3 | 842129
  columns | 色谱柱与耗材 | Columns and chromatography supplies | A02103200 | 38432200-4 | 902790
    + stationary_phase column_length inner_diameter particle_size film_thickness max_column_temperature
    lc_columns | 液相色谱柱 | LC columns | A02103200 | 38432200-4 | 902790
    gc_columns | 气相色谱柱 | GC columns | A02103200 | 38432210-7 | 902790
    spe | 固相萃取小柱 | SPE cartridges | A02103200 | 38432200-4 | 902790
      + sorbent_mass
  carriers | 载架与适配器 | Carriers and adapters | A02103200 | 38436160-9 | 902790
    + places tube_diameter
    racks | 试管架与冻存盒 | Racks and cryo boxes | A07090201 | 38436160-9 | 392690
  tools | 小工具 | Small tools | A02103200 | 38000000-5 |
    + tool_material
  electrodes | 电极 | Electrodes | A02103200 | 38416000-4 | 902790
    + electrode_kind ph_range temperature
"""

REAGENTS: Final = """
reagents | 试剂与耗材 | Reagents and consumables | A07080114 | 33696500-0 | 3822
  + purity pack_size cas_number grade storage_condition hazard_class shelf_life
  chemicals | 化学试剂 | Chemicals | A07080114 | 33696300-8 | 382290
    + pack_mass pack_volume molar_mass physical_form
    acids_bases | 酸与碱 | Acids and bases | A07080114 | 33696300-8 | 382290
      + molarity
    salts | 无机盐 | Inorganic salts | A07080114 | 33696300-8 | 382290
    organic | 有机试剂 | Organic reagents | A07080114 | 33696300-8 | 382290
    indicators | 指示剂与染料 | Indicators and dyes | A07080114 | 33696300-8 | 382290
    catalysts | 催化剂 | Catalysts | A07080114 | 33696300-8 | 382290
  solvents | 溶剂 | Solvents | A07080114 | 33696500-0 | 382290
    + pack_volume water_content uv_cutoff
    hplc_grade | 色谱级溶剂 | HPLC-grade solvents | A07080114 | 33696500-0 | 382290
  biochemicals | 生化试剂 | Biochemicals | A07026602 | 33696500-0 | 382290
    + pack_mass activity molar_mass_kda
    enzymes | 酶 | Enzymes | A07021800 | 33696500-0 | 382290
    antibodies | 抗体 | Antibodies | A07026600 | 33696500-0 | 382290
      + host_species target_species conjugate
    proteins | 蛋白与多肽 | Proteins and peptides | A07026600 | 33696500-0 | 382290
    buffers | 缓冲液 | Buffers | A07026800 | 33696500-0 | 382290
      + ph_value pack_volume
    nucleic_acids | 引物与核酸 | Primers and nucleic acids | A07026602 | 33696500-0 | 382290
      + read_length
  kits | 试剂盒 | Kits | A07026602 | 33141625-7 | 382219
    + reactions assay_method detection_range
    extraction | 核酸提取试剂盒 | Nucleic acid extraction kits | A07026602 | 33696500-0 | 382219
    pcr | PCR 试剂盒 | PCR kits | A07026602 | 33696500-0 | 382219
    elisa | 酶联免疫试剂盒 | ELISA kits | A07026602 | 33127000-6 | 382219
      + target_species
    test_strips | 快速检测试纸 | Rapid test strips | A07026801 | 33124131-2 | 382219
  reference_materials | 标准物质 | Reference materials | A07026800 | 33696500-0 | 382290
    + certified_value uncertainty_percent pack_volume matrix
  culture_media | 培养基 | Culture media | A07026603 | 33696500-0 | 382290
    + pack_mass medium_form ph_value
    cell_culture | 细胞培养基与血清 | Cell culture media and sera | A07026603 | 33696500-0 | 382290
      + pack_volume
    microbiological | 微生物培养基 | Microbiological media | A07026603 | 33696500-0 | 382290
  gases | 气体 | Gases | A07080100 |  |
    + gas_kind cylinder_volume pressure_max
    mixtures | 标准气体 | Calibration gas mixtures | A07080100 |  | 382290
      + certified_value
  cells | 细胞与菌种 | Cells and strains | A07026601 | 33696500-0 |
    + target_species biosafety_level
  general | 通用耗材 | General consumables | A07090201 | 33140000-3 | 392690
    + material size
    wipes | 擦拭纸与封口膜 | Wipes and sealing films | A07100300 | 33141118-0 | 392690
    tubing | 软管与接头 | Tubing and connectors | A07090201 | 38000000-5 | 392690
      + tube_diameter
    syringes | 注射器与针头 | Syringes and needles | A02320100 | 33141310-6 | 901831
      + capacity
    labels | 标签与记录 | Labels and records | A05040100 | 38000000-5 |
    lamps | 光源灯与电池 | Lamps and batteries | A02103200 | 38519500-1 | 854370
"""

SAFETY: Final = """
safety | 安全防护 | Safety | A02340000 |  | 3926
  + standard
  protective_equipment | 个人防护用品 | Personal protective equipment | A02323000 |  | 392620
    + material size pack_size protection_level
    gloves | 手套 | Gloves | A07090100 | 33141420-0 | 392620
      + powder_free glove_thickness
    eyewear | 护目镜与面屏 | Goggles and face shields | A02323000 |  | 392690
    masks | 口罩与呼吸器 | Masks and respirators | A02323000 | 33141000-0 | 902000
      + filter_efficiency
    clothing | 防护服与实验服 | Protective clothing and lab coats | A02323000 | 33199000-1 | 392620
  emergency | 洗眼器与应急设备 | Eyewash and emergency equipment | A02340800 | 39180000-7 |
    + flow_max mounting
    eyewash | 洗眼器与喷淋 | Eyewashes and showers | A02340800 | 39180000-7 |
    first_aid | 急救箱 | First aid kits | A02322500 | 33141623-3 |
    spill_kits | 泄漏处理 | Spill kits | A02340300 | 39180000-7 |
      + absorbent_capacity
    fire | 消防器材 | Fire fighting | A02340800 | 39180000-7 |
  detection | 气体检测与报警 | Gas detection and alarms | A02101300 | 38431100-6 | 902710
    + channels detected_gas gas_range response_time explosion_class portable
    fixed | 固定式气体报警 | Fixed gas alarms | A02101300 | 38431100-6 | 902710
    portable | 便携式气体检测仪 | Portable gas detectors | A02101300 | 38543000-3 | 902710
  radiation | 辐射防护 | Radiation protection | A02360800 | 38341500-2 | 903010
    + lead_equivalent
  waste | 危险废物收集 | Hazardous waste collection | A02360300 | 39180000-7 |
    + container_volume waste_kind treatment_rate
    containers | 废液桶与利器盒 | Waste containers and sharps boxes | A07090201 | 33141123-8 | 392690
    treatment | 废水废液处理设备 | Waste water treatment | A02360200 | 42996000-4 | 842121
  signs | 标识与警示 | Signs | A02340900 | 39180000-7 | 392690
"""
