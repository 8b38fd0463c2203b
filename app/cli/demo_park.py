"""The facts of the demo park: invented organisations (marked as such), people, and listings of realistic kinds."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class DemoOrganisation(NamedTuple):
    """An organisation: names, what it is, the first 17 characters of its credit code, and its people."""

    zh: str
    en: str
    kinds: dict[str, Any]
    code: str
    people: dict[str, tuple[str, str]]
    """local part of the address -> (name, roles)"""


ORGANISATIONS: Final[dict[str, DemoOrganisation]] = {
    "operator": DemoOrganisation("园区运营公司（演示）", "Park Operations (demo)", {"platform": "operator"},
        "91410800MA9DEMA01", {
            "reviewer": ("周睿", "reviewer"),
            "approver": ("陈静", "transaction_approver"),
            "settlement": ("何舒", "settlement"),
            "settlement2": ("沈宁", "settlement"),
            "support": ("苏平", "support"),
            "admin": ("程远", "system_admin org_admin"),
        }),
    "owner": DemoOrganisation("园区国有资产公司（演示）", "Park Holdings (demo)", {"platform": "owner"},
        "91410800MA9DEMA02", {"owner": ("王建国", "owner org_admin")}),
    "auditor": DemoOrganisation("审计处（演示）", "Audit Office (demo)", {"platform": "auditor"},
        "91410800MA9DEMA03", {"auditor": ("申慎", "auditor org_admin")}),
    "lab": DemoOrganisation("材料学院（演示）", "Materials College (demo)", {"is_lab": True},
        "91410800MA9DEMB01", {
            "member": ("梅雨", "member"),
            "purchaser": ("李敏", "member purchaser"),
            "approver": ("张磊", "approver"),
            "receiver": ("荣光", "receiver"),
            "finance": ("蔡文", "finance"),
            "admin": ("关山", "org_admin"),
        }),
    "chem": DemoOrganisation("化学中心（演示）", "Chemistry Centre (demo)", {"is_lab": True},
        "91410800MA9DEMB02", {
            "purchaser": ("邱实", "member purchaser receiver"),
            "approver": ("安然", "approver finance"),
            "admin": ("卫东", "org_admin"),
        }),
    "huayi": DemoOrganisation("华仪科学仪器（演示）", "Huayi Instruments (demo)", {"is_supplier": True},
        "91410800MA9DEMC01", {
            "catalogue": ("穆青", "catalogue"),
            "sales": ("王强", "sales"),
            "fulfilment": ("方圆", "fulfilment"),
            "finance": ("金融", "finance"),
            "admin": ("宗正", "org_admin"),
        }),
    "zhongyuan": DemoOrganisation("中原生科（演示）", "Zhongyuan Bioscience (demo)", {"is_supplier": True},
        "91410800MA9DEMC02", {
            "catalogue": ("毛竹", "catalogue"),
            "sales": ("肖扬", "sales fulfilment"),
            "finance": ("钱进", "finance org_admin"),
        }),
    "hengxin": DemoOrganisation("焦作恒信（演示）", "Hengxin Labware (demo)", {"is_supplier": True},
        "91410800MA9DEMC03", {
            "sales": ("恒远", "catalogue sales fulfilment"),
            "finance": ("信达", "finance org_admin"),
        }),
    "jiliang": DemoOrganisation("恒准计量服务（演示）", "Hengzhun Metrology (demo)", {"is_service": True},
        "91410800MA9DEMD01", {
            "service": ("付平", "catalogue sales fulfilment finance org_admin"),
            "expert": ("詹工", "expert"),
        }),
}  # fmt: skip


class DemoListing(NamedTuple):
    """A listing: who offers it, where, what, at what price in yuan (None = on request), how fast, how long guaranteed."""

    supplier: str
    category: str
    zh: str
    en: str
    brand: str
    model: str
    unit: str
    price: str | None
    days: int
    months: int
    specs: str


LISTINGS: Final[tuple[DemoListing, ...]] = (
    DemoListing("huayi", "instruments.centrifuges", "高速冷冻离心机", "High-speed refrigerated centrifuge", "衡高", "HG-22R",
                "台", "172000.00", 15, 24, "最高转速=22000 r/min; 最大离心力=50300 ×g; 噪声=56 dB"),
    DemoListing("zhongyuan", "instruments.centrifuges", "台式高速离心机", "Benchtop high-speed centrifuge", "湘泰", "XT-16K",
                "台", "52800.00", 7, 12, "最高转速=16000 r/min; 最大离心力=24000 ×g; 噪声=60 dB"),
    DemoListing("huayi", "instruments.centrifuges", "角转子 6×50 mL", "Angle rotor 6×50 mL", "衡高", "HG-R20A", "只",
                "9500.00", 15, 12, "容量=6×50 mL; 最高转速=20000 r/min"),
    DemoListing("huayi", "instruments.spectroscopy.uv_vis", "紫外可见分光光度计", "UV-Vis spectrophotometer", "谱研", "PY-1900",
                "台", "68500.00", 20, 24, "波长范围=190–1100 nm; 光谱带宽=1.8 nm"),
    DemoListing("huayi", "instruments.chromatography.liquid", "高效液相色谱仪", "High-performance liquid chromatograph", "谱研",
                "PY-LC20", "套", None, 45, 24, "最大压力=60 MPa; 流量范围=0.001–10 mL/min"),
    DemoListing("zhongyuan", "instruments.chromatography.gas", "气相色谱仪", "Gas chromatograph", "岚谱", "LP-9790", "台",
                "138000.00", 30, 12, "柱温箱=室温+4–450 °C"),
    DemoListing("zhongyuan", "instruments.microscopes.optical", "倒置荧光显微镜", "Inverted fluorescence microscope", "明视",
                "MS-IX53", "台", "96000.00", 25, 24, "物镜=4×/10×/20×/40×; 激发=3 波段"),
    DemoListing("zhongyuan", "instruments.life_science.pcr", "实时荧光定量 PCR 仪", "Real-time PCR system", "启因", "QY-96", "台",
                "215000.00", 30, 24, "孔数=96; 升温速率=6 °C/s"),
    DemoListing("hengxin", "measuring.balances", "分析天平 0.1 mg", "Analytical balance 0.1 mg", "恒衡", "HH-224", "台",
                "12800.00", 5, 12, "量程=220 g; 可读性=0.1 mg"),
    DemoListing("hengxin", "measuring.ph_meters", "台式酸度计", "Benchtop pH meter", "恒衡", "HH-P3", "台", "3980.00", 3, 12,
                "pH 范围=0–14; 精度=0.01"),
    DemoListing("hengxin", "preparation.shakers_stirrers", "磁力加热搅拌器", "Heating magnetic stirrer", "恒衡", "HH-MS7", "台",
                "1680.00", 3, 12, "转速=100–1500 r/min; 最高温度=340 °C"),
    DemoListing("zhongyuan", "cold_storage.ultra_low", "超低温冰箱 −86 °C", "Ultra-low freezer −86 °C", "冰谷", "BG-86L588",
                "台", "58600.00", 12, 36, "有效容积=588 L; 温度=−86 °C"),
    DemoListing("hengxin", "labware.pipettes", "单道可调移液器 100–1000 µL", "Adjustable pipette 100–1000 µL", "微准",
                "WZ-1000", "支", "620.00", 2, 12, "量程=100–1000 µL; 误差=±0.6 %"),
    DemoListing("hengxin", "labware.pipette_tips", "滤芯吸头 1000 µL", "Filter tips 1000 µL", "微准", "WZ-T1000F", "盒", "58.00", 2, 0,
                "每盒=96 支; 无菌=是"),
    DemoListing("hengxin", "labware.tubes", "离心管 50 mL", "Centrifuge tubes 50 mL", "微准", "WZ-CT50", "包", "36.00", 2, 0,
                "每包=25 支; 最高离心力=12000 ×g"),
    DemoListing("hengxin", "safety.protective_equipment", "丁腈手套 M", "Nitrile gloves M", "安手", "AS-NM", "盒", "45.00", 2, 0,
                "每盒=100 只"),
    DemoListing("huayi", "furniture.fume_hoods", "通风柜 1500 mm", "Fume hood 1500 mm", "净台", "JT-1500", "台", "18600.00",
                20, 24, "面风速=0.5 m/s; 宽度=1500 mm"),
    DemoListing("huayi", "furniture.clean_benches", "生物安全柜 A2", "Biosafety cabinet class II A2", "净台", "JT-A2-1300",
                "台", "32800.00", 15, 24, "类型=II 级 A2; 宽度=1300 mm"),
    DemoListing("jiliang", "services.calibration", "电子天平校准", "Balance calibration", "", "", "台次", "280.00", 5, 0, ""),
    DemoListing("jiliang", "services.calibration", "离心机转速校准", "Centrifuge speed calibration", "", "", "台次", "460.00",
                7, 0, ""),
    DemoListing("jiliang", "services.maintenance", "超低温冰箱年度保养", "Annual ultra-low freezer maintenance", "", "", "次",
                "1500.00", 7, 0, ""),
    DemoListing("jiliang", "services.installation", "仪器安装与 IQ/OQ 验证", "Installation with IQ/OQ", "", "", "次", None, 10, 0, ""),
)  # fmt: skip
