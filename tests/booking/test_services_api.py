"""Services at the JSON face: the whole way of a calibration from the request to the money, by whose turn it is."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find
from app.kernel.values import clock_at, now
from app.ordering.models import Order
from tests.world import Api, World
from tests.worlds.booking import FIGURES, PLACE, agreed, reach_report, service, service_order, then
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, reach_order
from tests.worlds.payments import faults, paid, run, stands

pytestmark = pytest.mark.database_matters


def api(app: Flask, world: World, name: str) -> Api:
    return Api(app, world.key(name))


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def names_of(body: Any) -> set[str]:
    """The actions that a representation offers and would do now."""
    return {action["name"] for action in body["actions"] if action["enabled"]}


def stamp(moment: datetime) -> str:
    return moment.isoformat()


def test_a_calibration_goes_its_whole_way_over_the_api(app: Flask, world: World) -> None:
    one = service(world)
    mei, pu, rong, qiu, tao, fuwu, zhuan = (
        api(app, world, name) for name in ("mei", "pu", "rong", "qiu", "tao", "fuwu", "zhuan")
    )
    demand = done(pu.post("requisitions", {"lines": [{"listing": one.id, "quantity": "2"}]}), 201)
    done(pu.do(f"requisitions/{demand['id']}", "submit"))
    done(pu.do(f"requisitions/{demand['id']}", "order"))
    order = done(pu.get("orders"))["items"][0]
    path = f"orders/{order['id']}"
    done(tao.do(path, "approve", {"reason": "同意"}))
    done(fuwu.do(path, "confirm"))
    begins = now() + timedelta(hours=2)
    time = {"starts_at": stamp(begins), "ends_at": stamp(begins + timedelta(hours=1)), "place": PLACE}
    line = order["lines"][0]["id"]
    work = done(mei.post(f"{path}/propose_appointment", {"order_line": line, **time}), 201)
    assert (work["state"], work["quantity"], work["made_for"]) == ("proposed", "2", order["id"])
    at = f"work-orders/{work['id']}"
    assert names_of(done(mei.get(at))) == {"move", "cancel", "message"}
    assert names_of(done(fuwu.get(at))) == {"agree", "move", "assign", "cancel", "message"}
    done(fuwu.do(at, "assign", {"expert": world.people["zhuan"]}))
    done(fuwu.do(at, "agree"))
    done(zhuan.post(f"{at}/message", {"text": "请提前一小时开机"}))
    assert done(mei.get(f"{at}/history"))["items"][0]["words"] == "请提前一小时开机"
    assert done(zhuan.do(at, "check_in", {"place": PLACE}))["state"] == "started"
    done(zhuan.do(at, "check_out", {"place": PLACE, "remark": "已贴标签"}))
    assert done(rong.do(at, "finish", {"name": "荣晓"}))["state"] == "done"
    report = done(zhuan.get("work-reports"))["items"][0]
    about = f"work-reports/{report['id']}"
    assert done(qiu.get("work-reports"))["items"] == []
    assert qiu.get(about).status_code == 404
    next_due = (begins + timedelta(days=365)).date().isoformat()
    done(zhuan.do(about, "write", FIGURES | {"next_due": next_due}))
    version = done(zhuan.get(about))["version"]
    sent = zhuan.client.post(
        f"/api/v1/{about}/attach", data={"file": (io.BytesIO(b"%PDF-1.7"), "证书.pdf")},
        headers={**zhuan.headers, "If-Match": f'"{version}"'},
    )  # fmt: skip
    assert sent.status_code == 200, sent.get_data(as_text=True)
    done(zhuan.do(about, "submit"))
    shown = done(qiu.get(about))
    assert (shown["as_found"], shown["next_due"]) == (FIGURES["as_found"], next_due)
    with qiu.client.get(shown["files"][0]["href"], headers=qiu.headers) as got:
        assert got.data == b"%PDF-1.7"
    refused = rong.do(about, "accept")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_the_signer")
    assert done(qiu.do(about, "accept"))["state"] == "accepted"
    body = done(pu.get(path))
    assert (body["state"], body["lines"][0]["accepted"]) == ("accepted", "2")
    acceptance = next(one for one in done(pu.get("acceptances"))["items"])
    assert (acceptance["work_report"], acceptance["receipt_line"]) == (report["id"], None)
    run()
    paid(world, find(Order, order["id"], SYSTEM_ACTOR), "2400.00")
    assert done(pu.get(path))["state"] == "closed"
    assert stands(f"payable:{world.organisations['service']}") == "-2352.00"
    assert stands(f"held:{order['id']}") == "0.00"
    assert faults() == []


def test_a_service_is_ordered_together_with_goods(app: Flask, world: World) -> None:
    mixed = [(listing(world), 1), (service(world, supplier="supplier"), 1)]
    order = reach_order(world, "confirmed", mixed)
    assert [line.kind for line in order.lines] == ["goods", "service"]
    offered = names_of(done(api(app, world, "fa").get(f"orders/{order.id}")))
    assert {"pack", "propose_appointment"} <= offered


def test_an_order_without_services_says_why_nothing_can_be_proposed(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    shown = done(api(app, world, "mei").get(f"orders/{order.id}"))["actions"]
    assert [(one["name"], one["code"]) for one in shown if not one["enabled"]] == [
        ("propose_appointment", "no_service")
    ]


@pytest.mark.parametrize(
    "body, field",
    [
        ({"order_line": "orl_x"}, "order_line"),
        ({"starts_at": "2026-11-23T10:00:00"}, "starts_at"),
        ({"ends_at": "yesterday"}, "ends_at"),
        ({"quantity": "-1"}, "quantity"),
        ({"mode": "by_post"}, "mode"),
        ({"place": "x" * 201}, "place"),
        ({"place": " "}, "place"),
        ({"unknown": "x"}, "unknown"),
    ],
)
def test_input_errors_name_the_field(app: Flask, world: World, body: dict[str, str], field: str) -> None:
    order = service_order(world)
    begins = now() + timedelta(days=1)
    sound = {"order_line": order.lines[0].id, "starts_at": stamp(begins), "ends_at": stamp(begins + timedelta(hours=1)),
             "place": PLACE}  # fmt: skip
    answer = api(app, world, "mei").post(f"orders/{order.id}/propose_appointment", sound | body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert field in str(answer.get_json()["errors"])


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_said(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    mei = api(app, world, "mei")
    answer = mei.client.post(
        f"/api/v1/work-orders/{work.id}/message", headers=mei.headers,
        data={"text": "附件", "file": (io.BytesIO(b"MZ"), "a.pdf")},
    )  # fmt: skip
    assert (answer.status_code, answer.get_json()["code"]) == (422, "file_type")
    assert "附件" not in str(done(mei.get(f"work-orders/{work.id}/history")))


def test_messages_need_no_version_and_arrive_once(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    mei = api(app, world, "mei")
    path = f"work-orders/{work.id}"
    before = done(mei.get(path))["version"]
    for _ in range(2):
        done(mei.post(f"{path}/message", {"text": "几点到？"}, key="said-once"))
    told = [one for one in done(mei.get(f"{path}/history"))["items"] if one["name"] == "work_order.message"]
    assert len(told) == 1
    assert done(mei.get(path))["version"] == before


def test_strangers_learn_nothing(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    for name in ("lab2pu", "fa", "xiao2"):
        stranger = api(app, world, name)
        assert stranger.get(f"work-orders/{work.id}").status_code == 404
        assert stranger.post(f"work-orders/{work.id}/message", {"text": "?"}).status_code == 404
        assert done(stranger.get("work-orders"))["items"] == []


def test_the_expert_checks_in_at_the_time_and_is_told_why_not_before(app: Flask, world: World) -> None:
    work = agreed(world, service_order(world))
    zhuan = api(app, world, "zhuan")
    refused = zhuan.do(f"work-orders/{work.id}", "check_in", {"place": PLACE})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "check_in_early")
    with then(work):
        assert done(zhuan.do(f"work-orders/{work.id}", "check_in", {"place": PLACE}))["checked_in_place"] == PLACE


def test_the_operator_finds_the_dispute_in_its_worklist_and_rules(app: Flask, world: World) -> None:
    report = reach_report(world, "disputed", service_order(world), None)
    sup = api(app, world, "sup")
    assert report.id in {row["id"] for row in done(sup.get("worklist"))["items"]}
    ruled = done(sup.do(f"work-reports/{report.id}", "rule_for_buyer", {"outcome": "give_up", "reason": "证书无效"}))
    assert (ruled["state"], ruled["outcome"]) == ("refused", "give_up")
    with clock_at(timedelta(minutes=1)):
        run()
    assert again(report).state == "refused"
