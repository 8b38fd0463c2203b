"""Sample preparation, and cold storage: what heats, shakes, mills, dries, cleans, grows and keeps."""

from __future__ import annotations

from typing import Final

TREE: Final = """
preparation | 样品前处理 | Sample preparation | A02100419 | 38970000-5 | 8419
  + voltage power mass width depth height floor_load gas_supply water_supply water_consumption ventilation noise timer ce_marked
  ovens_furnaces | 干燥箱与马弗炉 | Ovens and furnaces | A02062001 | 42942000-1 | 851419
    + temperature chamber_volume temperature_uniformity temperature_stability heating_zones shelves convection
    drying | 鼓风干燥箱 | Drying ovens | A02052500 | 42942000-1 | 841939
    vacuum | 真空干燥箱 | Vacuum ovens | A02052500 | 42942200-3 | 841939
      + vacuum_level
    muffle | 马弗炉 | Muffle furnaces | A02062001 | 42940000-7 | 851419
      + ramp_rate
    tube | 管式炉 | Tube furnaces | A02062001 | 42940000-7 | 851419
      + tube_diameter atmosphere
  shakers_stirrers | 摇床与搅拌器 | Shakers and stirrers | A02100419 | 38436000-0 | 847982
    + rotational_speed temperature orbit load_max capacity_stirred platform_places
    shakers | 摇床 | Shakers | A02100419 | 38436100-1 | 847982
    incubator_shakers | 恒温培养摇床 | Incubator shakers | A02100419 | 38436300-3 | 847982
      + chamber_volume
    magnetic | 磁力搅拌器与加热板 | Magnetic stirrers and hotplates | A02100419 | 38436400-4 | 847982
      + plate_material
    overhead | 顶置搅拌器 | Overhead stirrers | A02100419 | 38436500-5 | 847982
      + torque viscosity
    vortex | 涡旋混匀仪 | Vortex mixers | A02100419 | 38436000-0 | 847982
    rollers | 滚轴与旋转混匀仪 | Rollers and rotators | A02100419 | 38436000-0 | 847982
    thermomixers | 恒温混匀仪 | Thermomixers | A02100419 | 38436000-0 | 847982
      + heating_time
  homogenisers | 匀浆与分散 | Homogenisers and dispersers | A02100604 | 38436600-6 | 847982
    + rotational_speed sample_volume
    dispersers | 高速分散机 | High-speed dispersers | A02100419 | 38436800-8 | 847982
    bead_mills | 珠磨匀浆仪 | Bead beaters | A02100604 | 38436600-6 | 847982
      + sample_positions
    high_pressure | 高压均质机 | High-pressure homogenisers | A02100419 | 38436600-6 | 847982
      + pressure_max flow_max
    paddle | 拍打式均质器 | Paddle blenders | A02100604 | 38436600-6 | 847982
  evaporators | 旋转蒸发与浓缩 | Evaporators and concentrators | A02100411 | 38436200-2 | 841940
    + flask_volume rotational_speed temperature evaporation_rate lift
    rotary | 旋转蒸发仪 | Rotary evaporators | A02100411 | 38436200-2 | 841940
    nitrogen | 氮吹仪 | Nitrogen evaporators | A02100419 | 38436200-2 | 841989
      + sample_positions
    centrifugal | 离心浓缩仪 | Centrifugal concentrators | A02100419 | 38436200-2 | 841989
    distillation | 蒸馏装置 | Distillation units | A02100411 | 42910000-8 | 841940
  freeze_dryers | 冷冻干燥机 | Freeze dryers | A02052500 | 42940000-7 | 841933
    + condenser_temperature ice_capacity drying_area vacuum_level
  mills | 研磨与粉碎 | Mills and crushers | A02053200 | 42990000-2 | 847982
    + rotational_speed grinding_volume feed_size final_fineness grinding_material
    ball_mills | 球磨机 | Ball mills | A02053200 | 42990000-2 | 847982
    cutting_mills | 切割与旋风磨 | Cutting and rotor mills | A02053200 | 42990000-2 | 847982
    crushers | 颚式破碎机 | Jaw crushers | A02053200 | 42990000-2 | 847982
    cryogenic | 冷冻研磨仪 | Cryogenic grinders | A02053200 | 42990000-2 | 847982
    sieve_shakers | 筛分仪与试验筛 | Sieve shakers and test sieves | A02053204 | 38436000-0 | 847982
      + sieve_diameter mesh_size
    presses | 压片机与制样 | Pellet presses | A02100419 | 42990000-2 | 847989
      + press_force
  digestion_extraction | 消解与萃取 | Digestion and extraction | A02100419 | 38970000-5 | 841989
    + sample_positions temperature pressure_max vessel_volume
    microwave | 微波消解仪 | Microwave digesters | A02100419 | 38970000-5 | 851420
      + microwave_power
    blocks | 石墨消解仪 | Digestion blocks | A02100419 | 38970000-5 | 841989
    soxhlet | 索氏与脂肪抽提 | Soxhlet and fat extraction | A02100419 | 38970000-5 | 841989
    solid_phase | 固相萃取装置 | Solid-phase extraction | A02100419 | 38970000-5 | 841989
      + channels
    accelerated | 快速溶剂萃取仪 | Accelerated solvent extraction | A02100419 | 38970000-5 | 841989
  baths_chillers | 水浴与低温循环 | Baths and chillers | A02100419 | 42943000-8 | 841989
    + temperature temperature_stability bath_volume pump_flow cooling_power
    water_baths | 水浴锅 | Water baths | A02100419 | 42943000-8 | 841989
      + bath_places
    oil_baths | 油浴与金属浴 | Oil baths and dry blocks | A02100419 | 42943000-8 | 841989
      + bath_places
    circulators | 加热制冷循环器 | Heating and cooling circulators | A02100419 | 42943400-2 | 841869
    chillers | 冷水机 | Recirculating chillers | A02052300 | 42943500-3 | 841869
  ultrasonic | 超声设备 | Ultrasonic devices | A02100419 | 42943200-0 | 847989
    + ultrasonic_frequency ultrasonic_power tank_volume heating
    cleaners | 超声波清洗器 | Ultrasonic cleaners | A02100419 | 42943200-0 | 847989
    disruptors | 超声破碎仪 | Ultrasonic disruptors | A02100604 | 38436700-7 | 847982
      + sample_volume probe_diameter
  washers | 器皿清洗机 | Glassware washers | A02053109 | 42995000-7 | 847989
    + chamber_volume temperature layers
  water_purification | 纯水机 | Water purification | A02100419 | 42912330-4 | 842121
    + resistivity water_output toc_level water_grade tank_volume conductivity
  incubators | 培养箱 | Incubators | A02100603 | 33192350-0 | 841989
    + temperature chamber_volume temperature_uniformity temperature_stability shelves humidity
    bacteriological | 生化与霉菌培养箱 | Bacteriological incubators | A02100603 | 33192350-0 | 841989
    co2 | 二氧化碳培养箱 | CO2 incubators | A02100603 | 33192350-0 | 841989
      + co2_range co2_sensor decontamination
    anaerobic | 厌氧培养箱 | Anaerobic chambers | A02100603 | 33192350-0 | 841989
      + oxygen_level
    plant_growth | 光照与人工气候箱 | Plant growth chambers | A02100603 | 33192350-0 | 841989
      + illuminance
    bioreactors | 生物反应器 | Bioreactors and fermenters | A02100417 | 42993000-3 | 847989
      + working_volume rotational_speed reactor_sensors
  reactors | 反应釜与合成设备 | Reactors and synthesis | A02100609 | 42993000-3 | 841989
    + working_volume temperature pressure_max rotational_speed vessel_material
    autoclave_reactors | 高压反应釜 | Pressure reactors | A02100609 | 42993000-3 | 841989
    glass_reactors | 玻璃反应釜 | Glass reactors | A02100419 | 42993000-3 | 841989
    photochemical | 光化学反应仪 | Photochemical reactors | A02100419 | 42993000-3 | 841989
      + lamp_power
    microwave_synthesis | 微波合成仪 | Microwave synthesisers | A02100419 | 42993000-3 | 851420
      + microwave_power
  sterilisers | 灭菌器 | Sterilisers | A02322800 | 33191110-9 | 841920
    + chamber_volume temperature pressure_max sterilising_time drying_function loading
  pumps_vacuum | 泵与真空设备 | Pumps and vacuum | A02051900 | 42990000-2 | 841410
    + pump_flow vacuum_level pressure_max channels wetted_material
    vacuum_pumps | 真空泵 | Vacuum pumps | A02051907 | 42990000-2 | 841410
      + oil_free
    peristaltic | 蠕动泵 | Peristaltic pumps | A02051905 | 42990000-2 | 841360
      + rotational_speed
    syringe | 注射泵 | Syringe pumps | A02051904 | 42990000-2 | 841350
    compressors | 空气压缩机 | Air compressors | A02052100 | 42990000-2 | 841480
      + tank_volume
  thin_film | 镀膜与匀胶 | Coating and thin film | A02052402 | 42990000-2 | 847989
    + rotational_speed vacuum_level wafer_size film_sources
    plasma | 等离子清洗机 | Plasma cleaners | A02052402 | 42990000-2 | 854370
      + plasma_power chamber_volume
  metallography | 金相制样 | Metallographic preparation | A02100419 | 42990000-2 | 847989
    + rotational_speed disc_diameter
"""

COLD: Final = """
cold_storage | 冷藏与低温储存 | Cold storage | A02052300 | 39180000-7 | 8418
  + temperature chamber_volume noise voltage power mass width depth height alarms refrigerant energy_use
  refrigerators | 冷藏箱与冷柜 | Refrigerators and freezers | A02052303 | 39180000-7 | 841850
    + shelves door_type temperature_uniformity
    pharmacy | 医用冷藏箱 | Pharmacy refrigerators | A02322900 | 39180000-7 | 841850
    freezers | 低温冷柜 | Laboratory freezers | A02322900 | 39180000-7 | 841840
    explosion_proof | 防爆冰箱 | Explosion-proof refrigerators | A02052303 | 39180000-7 | 841850
      + explosion_class
    blood | 血液冷藏箱 | Blood bank refrigerators | A02322900 | 39180000-7 | 841850
      + blood_bags
  ultra_low | 超低温冰箱 | Ultra-low freezers | A02322900 | 39180000-7 | 841840
    + rack_capacity pull_down_time
  liquid_nitrogen | 液氮罐 | Liquid nitrogen vessels | A02322900 | 39180000-7 | 841989
    + static_holding vial_capacity neck_diameter evaporation_loss
  cold_rooms | 步入式冷库 | Walk-in cold rooms | A02052302 | 39180000-7 | 841869
    + floor_area
  ice_makers | 制冰机 | Ice makers | A02052304 | 39180000-7 | 841869
    + ice_output ice_type
  transport | 冷链运输箱 | Cold transport boxes | A02052303 | 39180000-7 | 841869
    + holding_time
  monitoring | 冷链监测 | Cold chain monitoring | A02100101 | 38412000-6 | 902580
    + channels
"""
