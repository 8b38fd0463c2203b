"""Measuring: balances, meters, electrical and dimensional instruments, standards."""

from __future__ import annotations

from typing import Final

TREE: Final = """
measuring | 计量与测量 | Measuring | A02120000 | 38300000-8 | 9031
  + voltage mass width depth height calibration_certificate display_digits communication
  balances | 天平与衡器 | Balances and scales | A02100601 | 38310000-1 | 901600
    + max_load readability repeatability linearity pan_size adjustment min_load stabilisation_time verification_class
    analytical | 分析天平 | Analytical balances | A02100601 | 38311100-9 | 901600
    micro | 微量与超微量天平 | Micro and ultramicro balances | A02100601 | 38311100-9 | 901600
    precision | 精密天平 | Precision balances | A02100601 | 38311200-0 | 901600
    moisture | 水分测定仪 | Moisture analysers | A02100601 | 38932000-7 | 901600
      + temperature moisture_resolution
    scales | 电子秤与台秤 | Scales | A02120000 | 38311000-8 | 842381
      + max_load readability
  ph_meters | 酸度计与电导率仪 | pH and conductivity meters | A02100401 | 38416000-4 | 902789
    + ph_range ph_accuracy conductivity temperature electrode_channels protection_class
    dissolved_oxygen | 溶解氧测定仪 | Dissolved oxygen meters | A02100401 | 38430000-8 | 902789
      + concentration_range
    ion_meters | 离子计与电极 | Ion meters and electrodes | A02100401 | 38416000-4 | 902789
    turbidity | 浊度计 | Turbidity meters | A02100404 | 38430000-8 | 902750
      + turbidity_range
  temperature | 温湿度测量 | Temperature and humidity | A02100101 | 38412000-6 | 902519
    + temperature temperature_accuracy humidity channels data_storage probe_type
    thermometers | 温度计 | Thermometers | A02100702 | 38412000-6 | 902519
    infrared | 红外测温与热像仪 | Infrared thermometers and thermal imagers | A02100308 | 38413000-3 | 902519
      + thermal_pixels emissivity
    loggers | 数据记录仪 | Data loggers | A02100101 | 38412000-6 | 902580
      + sampling_interval
  pressure_flow | 压力与流量测量 | Pressure and flow | A02100102 | 38420000-5 | 902620
    + pressure_range flow_range accuracy_percent medium
    pressure | 压力计 | Pressure gauges | A02100102 | 38423100-7 | 902620
    flowmeters | 流量计 | Flowmeters | A02100103 | 38421110-6 | 902610
    vacuum_gauges | 真空计 | Vacuum gauges | A02100607 | 38423000-6 | 902620
    level | 物位计 | Level meters | A02100104 | 38422000-9 | 902610
  electrical | 电子测量仪器 | Electrical measuring instruments | A02110000 | 38341300-0 | 9030
    + measuring_bandwidth channels sampling_rate display_digits measured_voltage measured_current
    oscilloscopes | 示波器 | Oscilloscopes | A02111000 | 38342000-4 | 903020
      + memory_depth
    multimeters | 万用表 | Multimeters | A02110100 | 38341300-0 | 903031
    power_supplies | 直流电源与负载 | Power supplies and loads | A02061508 | 38341300-0 | 854370
      + output_voltage output_current output_power
    signal_generators | 信号发生器 | Signal generators | A02119900 | 38341300-0 | 854320
      + signal_frequency
    spectrum_analysers | 频谱与网络分析仪 | Spectrum and network analysers | A02110400 | 38433300-2 | 903089
      + signal_frequency
    lcr | LCR 与源表 | LCR and source meters | A02110200 | 38341300-0 | 903089
      + test_frequency
    insulation | 绝缘与接地电阻测试仪 | Insulation and earth testers | A02100204 | 38341300-0 | 903089
      + resistance_range
    magnetic | 高斯计与磁测量 | Magnetic measurement | A02100206 | 38553000-6 | 903089
      + magnetic_field
  dimensional | 尺寸与几何量测量 | Dimensional measuring | A02100800 | 38330000-7 | 9031
    + length_range resolution length_accuracy
    callipers | 卡尺与千分尺 | Callipers and micrometers | A02120100 | 38330000-7 | 901730
    coordinate | 三坐标测量机 | Coordinate measuring machines | A02100809 | 38300000-8 | 903180
    roughness | 粗糙度与轮廓仪 | Roughness and contour gauges | A02100809 | 38300000-8 | 903180
    thickness | 测厚仪 | Thickness gauges | A02100800 | 38300000-8 | 903180
    laser_distance | 激光测距与干涉仪 | Laser distance meters and interferometers | A02100309 | 38636100-3 | 901510
  optics | 光学与激光测量 | Optics and laser measuring | A02100300 | 38600000-1 | 9013
    + wavelength
    lasers | 激光器 | Lasers | A02100309 | 38636100-3 | 901320
      + laser_power laser_class
    power_meters | 光功率与照度计 | Optical power and illuminance meters | A02100303 | 38600000-1 | 902750
      + illuminance
    spectrometers | 光纤光谱仪 | Fibre spectrometers | A02100307 | 38621000-4 | 902730
      + spectral_resolution
    tables | 光学平台 | Optical tables | A02100399 | 38600000-1 | 901380
      + table_load
  time | 计时与计数 | Timers and counters | A02100903 | 38740000-4 | 902910
    + time_range
  reference_standards | 标准器与砝码 | Reference standards and weights | A02120301 | 38311210-3 | 842390
    + weight_class nominal_mass uncertainty_percent
"""
