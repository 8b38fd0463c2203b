"""Instruments: what analyses, observes and tests. Facts of the trade; the form of the table is told in reading.py."""

from __future__ import annotations

from typing import Final

TREE: Final = """
instruments | 分析与科学仪器 | Analytical and scientific instruments | A02100000 | 38000000-5 | 9027
  + voltage power mass width depth height floor_load gas_supply gas_pressure gas_consumption water_supply water_consumption ventilation ce_marked communication
  chromatography | 色谱仪 | Chromatographs | A02100408 | 38432200-4 | 902720
    + autosampler_positions detection_limit software_included
    gas | 气相色谱仪 | Gas chromatographs | A02100408 | 38432210-7 | 902720
      + oven_temperature ramp_rate injectors gc_detectors detector_channels carrier_control cooling_time
    liquid | 液相色谱仪 | Liquid chromatographs | A02100408 | 38432200-4 | 902720
      + flow_max pressure_max pump_type lc_detectors column_temperature flow_accuracy injection_volume degasser
    ion | 离子色谱仪 | Ion chromatographs | A02100408 | 38432200-4 | 902720
      + flow_max pressure_max suppressor ic_detectors eluent_generator
    thin_layer | 薄层色谱系统 | Thin-layer chromatography systems | A02100408 | 38522000-0 | 902720
      + plate_size wavelength
    preparative | 制备色谱系统 | Preparative chromatography systems | A02100408 | 38432200-4 | 902720
      + flow_max pressure_max fraction_positions gradient_channels
    flash | 快速纯化系统 | Flash purification systems | A02100417 | 38432200-4 | 902720
      + flow_max pressure_max column_capacity
    gel_permeation | 凝胶渗透色谱仪 | Gel permeation chromatographs | A02100408 | 38432200-4 | 902720
      + flow_max molar_mass_range column_temperature
    headspace | 顶空与进样器 | Headspace and other samplers | A02100420 | 38432200-4 | 902720
      + sample_positions temperature vial_volume
    gas_generators | 气体发生器 | Gas generators | A02100420 | 38432000-2 | 847989
      + generated_gas flow_max purity pressure_max
  mass_spectrometers | 质谱仪 | Mass spectrometers | A02100407 | 38433100-0 | 902781
    + mass_range resolving_power scan_speed ion_source mass_analyser detection_limit mass_accuracy
    gc_ms | 气相色谱质谱联用仪 | GC-MS systems | A02100407 | 38433100-0 | 902781
      + oven_temperature
    lc_ms | 液相色谱质谱联用仪 | LC-MS systems | A02100407 | 38433100-0 | 902781
      + flow_max polarity_switching
    icp_ms | 电感耦合等离子体质谱仪 | ICP mass spectrometers | A02100407 | 38433100-0 | 902781
      + collision_cell plasma_power
    maldi | 基质辅助激光解吸质谱仪 | MALDI mass spectrometers | A02100407 | 38433100-0 | 902781
      + laser_frequency
    isotope_ratio | 同位素比质谱仪 | Isotope ratio mass spectrometers | A02100407 | 38433100-0 | 902781
  spectroscopy | 光谱仪 | Spectrometers | A02100404 | 38433000-9 | 902730
    + wavelength bandwidth wavelength_accuracy stray_light
    uv_vis | 紫外可见分光光度计 | UV-Vis spectrophotometers | A02100404 | 38433000-9 | 902730
      + optical_path beam_system cuvette_positions photometric_range
    infrared | 红外与拉曼光谱仪 | Infrared and Raman spectrometers | A02100404 | 38433000-9 | 902730
      + wavenumber spectral_resolution signal_noise excitation_wavelength sampling_accessory
    atomic | 原子光谱仪 | Atomic spectrometers | A02100404 | 38433210-4 | 902730
      + lamp_positions atomiser detection_limit channels plasma_power
    fluorescence | 荧光分光光度计 | Fluorescence spectrophotometers | A02100404 | 38433000-9 | 902730
      + emission_wavelength signal_noise
    micro_volume | 超微量分光光度计 | Microvolume spectrophotometers | A02100404 | 38433000-9 | 902730
      + sample_volume concentration_range
    near_infrared | 近红外分析仪 | Near-infrared analysers | A02100404 | 38433000-9 | 902750
      + measuring_time
    nmr | 核磁共振波谱仪 | NMR spectrometers | A02100406 | 38433000-9 | 902789
      + magnetic_field proton_frequency bore_diameter probe_channels
    epr | 电子顺磁共振波谱仪 | EPR spectrometers | A02100406 | 38433000-9 | 902789
      + magnetic_field microwave_frequency
    colorimeters | 色差仪与比色计 | Colorimeters | A02100404 | 38433000-9 | 902750
      + measuring_aperture
    polarimeters | 旋光仪与折光仪 | Polarimeters and refractometers | A02100303 | 38600000-1 | 902750
      + rotation_range refractive_index sugar_range
  xray | X 射线仪器 | X-ray instruments | A02100405 | 38530000-9 | 902219
    + tube_voltage tube_target radiation_exempt
    diffractometers | X 射线衍射仪 | X-ray diffractometers | A02100405 | 38530000-9 | 901210
      + goniometer_range angle_repeatability generator_power
    fluorescence | X 射线荧光光谱仪 | X-ray fluorescence spectrometers | A02100405 | 38582000-8 | 902219
      + element_range measuring_time generator_power
    photoelectron | 光电子能谱仪 | Photoelectron spectrometers | A02100305 | 38433000-9 | 902219
      + energy_resolution
    imaging | X 射线显微成像 | X-ray imaging and computed tomography | A02100405 | 38582000-8 | 902219
      + image_resolution
  microscopes | 显微镜 | Microscopes | A02100301 | 38510000-3 | 9011
    + magnification camera_pixels
    optical | 光学显微镜 | Optical microscopes | A02100301 | 38634000-8 | 901180
      + illumination contrast_methods objectives observation_tube
    fluorescence | 荧光显微镜 | Fluorescence microscopes | A02100301 | 38515200-0 | 901180
      + excitation_bands objectives
    confocal | 激光共聚焦显微镜 | Confocal microscopes | A02100301 | 38515200-0 | 901180
      + laser_lines detector_channels scan_rate
    stereo | 体视显微镜 | Stereo microscopes | A02100301 | 38518200-1 | 901110
      + working_distance zoom_ratio
    inverted | 倒置显微镜 | Inverted microscopes | A02100301 | 38513100-5 | 901180
      + contrast_methods objectives
    metallurgical | 金相与偏光显微镜 | Metallurgical and polarising microscopes | A02100301 | 38513200-6 | 901180
      + contrast_methods
    electron | 电子显微镜 | Electron microscopes | A02100305 | 38511000-0 | 901210
      + image_resolution acceleration_voltage electron_source vacuum_modes microscope_detectors
    scanning_probe | 扫描探针显微镜 | Scanning probe microscopes | A02100305 | 38514200-3 | 901210
      + scan_range noise_floor
    slide_scanners | 切片扫描仪 | Slide scanners | A02100301 | 38520000-6 | 901180
      + slide_capacity scan_time
    accessories | 显微镜附件 | Microscope accessories | A02103200 | 38519000-6 | 901190
  thermal_analysis | 热分析仪 | Thermal analysers | A02100416 | 38418000-8 | 902789
    + temperature ramp_rate atmosphere
    tga | 热重分析仪 | Thermogravimetric analysers | A02100416 | 38418000-8 | 902789
      + mass_resolution sample_mass
    dsc | 差示扫描量热仪 | Differential scanning calorimeters | A02100416 | 38418000-8 | 902789
      + heat_flow_noise temperature_accuracy
    calorimeters | 量热仪 | Calorimeters | A02120202 | 38418000-8 | 902789
      + energy_repeatability
    conductivity | 导热系数仪 | Thermal conductivity meters | A02100416 | 38418000-8 | 902789
      + heat_conduction
  electrochemistry | 电化学仪器 | Electrochemical instruments | A02100401 | 38430000-8 | 902789
    + channels current_range potential_range
    workstations | 电化学工作站 | Electrochemical workstations | A02100401 | 38430000-8 | 902789
      + impedance_frequency current_resolution
    battery_testers | 电池测试系统 | Battery testers | A02100401 | 38430000-8 | 903089
      + control_accuracy sampling_interval
    titrators | 滴定仪 | Titrators | A02100401 | 38430000-8 | 902789
      + burette_volume titration_kind dosing_resolution
    moisture_titrators | 卡尔费休水分仪 | Karl Fischer titrators | A02100401 | 38932000-7 | 902789
      + water_range
  life_science | 生命科学仪器 | Life science instruments | A02100417 | 38434540-3 | 902789
    + sample_throughput software_included
    pcr | PCR 仪 | PCR cyclers | A02100417 | 38950000-9 | 841989
      + wells channels ramp_rate temperature temperature_uniformity gradient_function reaction_volume
    real_time_pcr | 实时荧光定量 PCR 仪 | Real-time PCR cyclers | A02100417 | 38951000-6 | 902750
      + wells channels ramp_rate reaction_volume
    digital_pcr | 数字 PCR 仪 | Digital PCR systems | A02100417 | 38950000-9 | 902750
      + partitions channels
    sequencing | 测序仪 | Sequencers | A02100417 | 38434540-3 | 902789
      + data_output read_length run_time
    cytometry | 流式细胞仪 | Flow cytometers | A02100417 | 38434510-4 | 902750
      + lasers channels events_per_second cell_sorting
    cell_counters | 细胞计数仪 | Cell counters | A02100417 | 38434550-6 | 902750
      + cell_diameter sample_volume counting_time
    plate_readers | 酶标仪 | Plate readers | A02100417 | 38434580-5 | 902750
      + wells wavelength reading_modes incubation_temperature reading_time absorbance_range
    plate_washers | 洗板机 | Plate washers | A02100417 | 38434580-5 | 847989
      + wells residual_volume
    electrophoresis | 电泳与凝胶成像 | Electrophoresis and gel imaging | A02100417 | 38430000-8 | 902720
      + output_voltage output_current gel_size camera_pixels
    western | 印迹与化学发光成像 | Blotting and chemiluminescence imaging | A02100417 | 38434540-3 | 902750
      + camera_cooling camera_pixels
    nucleic_extractors | 核酸提取仪 | Nucleic acid extractors | A02100417 | 38434540-3 | 847989
      + sample_positions extraction_volume extraction_time uv_disinfection
    electroporators | 电穿孔仪 | Electroporators | A02100417 | 38434540-3 | 854370
      + output_voltage pulse_time
    hybridisation | 杂交仪与孵育器 | Hybridisation ovens and incubators | A02100417 | 38434540-3 | 841989
      + temperature
    biochemistry | 生化分析仪 | Biochemistry analysers | A02321900 | 38434500-1 | 902750
      + tests_per_hour reagent_positions
    haematology | 血液分析仪 | Haematology analysers | A02321900 | 38434570-2 | 902789
      + tests_per_hour parameters
    microbiology | 微生物鉴定与检测 | Microbial identification and detection | A02321900 | 38434540-3 | 902789
      + sample_positions
    histology | 病理组织设备 | Histology equipment | A02100604 | 38434540-3 | 902790
      + section_thickness cutting_range
    patch_clamp | 膜片钳与神经电生理 | Electrophysiology | A02103100 | 38434540-3 | 901819
      + channels
    imaging_systems | 活体与高内涵成像 | In vivo and high-content imaging | A02100417 | 38434540-3 | 902750
      + camera_cooling fields_of_view
  centrifuges | 离心机 | Centrifuges | A02052500 | 42931100-2 | 842119
    + max_speed! max_rcf capacity rotor_type temperature run_time noise acceleration_steps
    mini | 微型与掌上离心机 | Mini centrifuges | A02052500 | 42931120-8 | 842119
    micro | 微量离心机 | Microcentrifuges | A02052500 | 42931120-8 | 842119
      + tube_places
    benchtop | 台式离心机 | Benchtop centrifuges | A02052500 | 42931120-8 | 842119
    high_speed | 高速冷冻离心机 | High-speed refrigerated centrifuges | A02052500 | 42931100-2 | 842119
    floor | 落地式离心机 | Floor-standing centrifuges | A02052500 | 42931110-5 | 842119
    ultra | 超速离心机 | Ultracentrifuges | A02052500 | 42931100-2 | 842119
      + vacuum_level
    rotors | 转子与离心附件 | Rotors and accessories | A02103200 | 42931140-4 | 842191
  materials_testing | 材料试验机 | Materials testing machines | A02100500 | 38540000-2 | 902480
    + test_force accuracy_class crosshead_speed
    universal | 万能试验机 | Universal testing machines | A02100501 | 38540000-2 | 902410
      + test_space
    hardness | 硬度计 | Hardness testers | A02100501 | 38540000-2 | 902410
      + hardness_scales magnification
    impact | 冲击试验机 | Impact testers | A02100501 | 38540000-2 | 902410
      + impact_energy
    fatigue | 疲劳与蠕变试验机 | Fatigue and creep testers | A02100501 | 38542000-6 | 902410
      + test_frequency
    climatic | 气候环境试验箱 | Climatic test chambers | A02100603 | 38540000-2 | 841989
      + temperature humidity chamber_volume ramp_rate temperature_uniformity
    nondestructive | 无损检测仪 | Non-destructive testing | A02100508 | 38431300-8 | 903180
      + test_frequency penetration_depth
    rheology | 流变仪与黏度计 | Rheometers and viscometers | A02100402 | 38428000-1 | 902789
      + viscosity torque temperature rotational_speed
  particle_analysis | 粒度与表面分析仪 | Particle and surface analysers | A02100805 | 38430000-8 | 902750
    + particle_range measuring_time
    laser_diffraction | 激光粒度仪 | Laser diffraction analysers | A02100805 | 38430000-8 | 902750
      + dispersion
    light_scattering | 纳米粒度与电位仪 | Light scattering and zeta potential | A02100805 | 38430000-8 | 902750
      + zeta_range
    surface_area | 比表面与孔径分析仪 | Surface area and pore analysers | A02100402 | 38430000-8 | 902789
      + surface_area_range pore_range analysis_stations
    contact_angle | 接触角与表面张力仪 | Contact angle and surface tension | A02100402 | 38425700-7 | 903149
      + angle_range surface_tension
    density | 密度计 | Density meters | A02100402 | 38425800-8 | 902580
      + density_range
  elemental | 元素分析仪 | Elemental analysers | A02100414 | 38434000-6 | 902789
    + element_range sample_mass measuring_time
    carbon | 总有机碳分析仪 | Total organic carbon analysers | A02100418 | 38434000-6 | 902789
      + concentration_range
    nitrogen | 定氮仪 | Nitrogen analysers | A02100414 | 38434000-6 | 902789
      + sample_positions
    mercury | 测汞仪 | Mercury analysers | A02100414 | 38434000-6 | 902789
      + detection_limit
  environmental | 环境监测仪器 | Environmental monitors | A02100415 | 38344000-8 | 902789
    + parameters channels data_storage
    water_quality | 水质分析仪 | Water quality analysers | A02100418 | 38344000-8 | 902789
      + concentration_range
    air | 空气与烟气监测 | Air and flue gas monitors | A02100415 | 38432100-3 | 902710
      + flow_max detected_gas
    samplers | 环境采样器 | Environmental samplers | A02100415 | 38344000-8 | 847989
      + flow_max
    particles | 颗粒物与尘埃粒子计数器 | Particle counters | A02100415 | 38344000-8 | 902750
      + flow_max channels particle_range
    radiation | 辐射监测仪 | Radiation monitors | A02102200 | 38341600-3 | 903010
      + energy_range
    noise_vibration | 声级与振动计 | Sound and vibration meters | A02111500 | 38434300-9 | 903180
      + sound_range
  automation | 自动化工作站 | Automated workstations | A02100419 | 38970000-5 | 847989
    + channels deck_positions volume sample_throughput
    liquid_handlers | 液体处理工作站 | Liquid handling workstations | A02100419 | 38970000-5 | 847989
      + dispensing_accuracy
    plate_handlers | 板处理与贴膜机 | Plate handlers and sealers | A02100419 | 38970000-5 | 847989
      + wells sealing_temperature
    storage | 自动化样品库 | Automated sample stores | A02051600 | 38970000-5 | 847989
      + temperature sample_capacity
    robots | 协作机器人 | Laboratory robots | A02050906 | 42997300-4 | 847950
      + payload reach
"""
