"""The files of deploy/ name what there is: metrics that are told, settings that are known, folders that are made."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask

from app.kernel.db import db
from app.kernel.events import Delivery, owe
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work

ROOT: Final = Path(__file__).parent.parent.parent
DEPLOY: Final = ROOT / "deploy"
RUNBOOK: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TOLD_BY_THE_MONITOR: Final = {"up"}


def told(app: Flask) -> dict[str, float]:
    """Name with labels -> value, as a monitor reads them."""
    text = app.test_client().get("/metrics").text
    return {name: float(value) for name, _, value in
            (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))}  # fmt: skip


def test_every_alert_asks_for_a_metric_that_there_is(app: Flask) -> None:
    app.test_client().get("/healthz")
    rules = (DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\b(labpark_[a-z_]+)", "\n".join(re.findall(r"expr: (.*)", rules))))
    known = set(re.findall(r"^# TYPE (\S+)", app.test_client().get("/metrics").text, re.MULTILINE))
    assert len(asked) >= 8
    assert asked - known == set()


def test_what_waits_and_what_is_parked_is_told_and_so_is_that_nothing_is(app: Flask) -> None:
    with unit_of_work():
        one = owe(db.session(), "mail", {})
        one.state = "parked"
        owe(db.session(), "mail", {})
    with clock_at(timedelta(minutes=20)):
        assert told(app)['labpark_deliveries{state="parked"}'] == 1
        assert 1190 <= told(app)["labpark_delivery_overdue_seconds"] <= 1260
    with unit_of_work():
        db.session.query(Delivery).update({"state": "done"})
    assert told(app)['labpark_deliveries{state="parked"}'] == 0
    assert told(app)["labpark_delivery_overdue_seconds"] == 0


def test_every_setting_of_the_environment_file_is_documented() -> None:
    named = re.findall(r"^([A-Z_]+)=", (DEPLOY / "labpark.env.example").read_text(encoding="utf-8"), re.MULTILINE)
    documented = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert named
    assert [name for name in named if f"`{name}`" not in documented] == []


def test_the_runbook_makes_every_folder_that_a_unit_may_write_to() -> None:
    for unit in (DEPLOY / "systemd").glob("*.service"):
        for line in re.findall(r"^ReadWritePaths=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE):
            for place in line.split():
                assert re.search(rf"^(install -d|useradd).*{place}\b", RUNBOOK, re.MULTILINE), (unit.name, place)


def test_an_image_takes_nothing_of_this_machine_along() -> None:
    left_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())
    assert {".git", ".venv", ".env", "instance"} <= left_out
