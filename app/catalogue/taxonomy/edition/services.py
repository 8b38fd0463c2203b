"""Software, services, and what fits nowhere."""

from __future__ import annotations

from typing import Final

SOFTWARE: Final = """
software | 软件 | Software | A08060300 |  |
  + licence_kind seats platform deployment support_years interface_language
  lims | 实验室信息管理系统 | Laboratory information management | A08060300 |  |
    + modules
  eln | 电子实验记录本 | Electronic lab notebooks | A08060300 |  |
    + electronic_signature
  analysis | 数据分析软件 | Data analysis | A08060300 |  |
  chromatography_data | 色谱数据系统 | Chromatography data systems | A08060300 |  |
    + instruments_connected electronic_signature
  simulation | 模拟与计算软件 | Simulation and computing | A08060300 |  |
  inventory | 试剂与库存管理 | Inventory and chemical management | A08060300 |  |
  image_analysis | 图像分析软件 | Image analysis | A08060300 |  |
"""

SERVICES: Final = """
services = service | 技术服务 | Services | C19000000 | 71600000-4 |
  + response_hours on_site report_language turnaround_days
  calibration | 校准与检定 | Calibration | C19010000 | 50433000-9 |
    + method accreditation instruments_covered
    balances | 天平与砝码校准 | Calibration of balances and weights | C19010000 | 50433000-9 |
    temperature | 温湿度校准 | Calibration of temperature and humidity | C19010000 | 50433000-9 |
    volumetric | 移液器与容量校准 | Calibration of pipettes and volumes | C19010000 | 50433000-9 |
    pressure | 压力与流量校准 | Calibration of pressure and flow | C19010000 | 50433000-9 |
    electrical | 电学校准 | Electrical calibration | C19010000 | 50433000-9 |
  testing | 检测与分析 | Testing and analysis | C19010000 | 71620000-0 |
    + method accreditation sample_mass
    chemical | 成分分析 | Chemical composition | C19010000 | 71610000-7 |
      + detection_limit
    physical | 物理性能测试 | Physical properties | C19010000 | 71632000-7 |
    microscopy | 电镜与表征 | Microscopy and characterisation | C19010000 | 71621000-7 |
    biological | 生物与微生物检测 | Biological and microbial testing | C19010000 | 71620000-0 |
    environmental | 环境检测 | Environmental testing | C19010000 | 71620000-0 |
    sequencing | 测序服务 | Sequencing services | C19010000 | 71620000-0 |
      + data_output
    synthesis | 定制合成 | Custom synthesis | C01020300 | 73110000-6 |
      + purity
    instrument_time | 共享仪器机时 | Instrument time | C19010000 | 71621000-7 |
  installation | 安装调试 | Installation | C23129900 | 50410000-2 |
    + engineers
    relocation | 仪器搬迁 | Relocation of instruments | C23129900 | 50410000-2 |
  maintenance | 维护与维修 | Maintenance and repair | C23129900 | 50410000-2 |
    + contract_months visits_per_year parts_included
    repair | 维修 | Repair | C23129900 | 50412000-6 |
    contracts | 维保合同 | Service contracts | C23129900 | 50410000-2 |
  training | 培训 | Training | C02060000 | 71600000-4 |
    + training_days participants certificate
    safety | 实验室安全培训 | Laboratory safety training | C02060000 | 71600000-4 |
    instrument | 仪器操作培训 | Instrument training | C02060000 | 71600000-4 |
  lab_design | 实验室设计 | Laboratory design | C11020000 | 71600000-4 |
    + floor_area design_stage
    ventilation | 通风与洁净设计 | Ventilation and clean room design | C11020000 | 71600000-4 |
  consultation | 咨询 | Consultation | C20030000 | 71621000-7 |
    + consulting_hours
    quality | 质量体系与认可咨询 | Quality systems and accreditation | C20030000 | 71621000-7 |
  validation | 确认与验证 | Qualification and validation | C19010000 | 71631000-0 |
    + qualification_scope documents
    biosafety | 生物安全柜与洁净室检测 | Biosafety cabinet and clean room certification | C19010000 | 71631000-0 |
  waste | 危废处置 | Hazardous waste disposal | C07000000 | 71600000-4 |
    + waste_kind
  rental | 仪器租赁 | Rental of instruments | C23110000 | 38970000-5 |
    + rental_months
other = any | 其他 | Other | A02109900 | 38900000-4 | 9033
"""
