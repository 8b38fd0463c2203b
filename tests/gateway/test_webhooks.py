"""Messages of the gateway: a genuine one makes LabPark look, once; whatever else arrives has no effect at all."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.kernel.db import db
from app.kernel.events import ChainHead, Delivery
from app.kernel.values import clock_at, now
from app.payments.actions import cards
from app.payments.models import GatewayEvent
from tests.kernel.crowd import together
from tests.payments.stand_in import Faults, StandIn, signature
from tests.world import World
from tests.worlds.cards import opened, paid_by_card
from tests.worlds.ordering import again, do
from tests.worlds.payments import bought, faults, run, stands

PATH = "/webhooks/stripe"


def message(about: dict[str, Any], *, kind: str = "checkout.session.completed", **changed: Any) -> bytes:
    """The bytes of an event."""
    event = {"id": "evt_0001", "object": "event", "type": kind, "created": int(now().timestamp()), "livemode": False,
             "data": {"object": about}}  # fmt: skip
    return json.dumps(event | changed).encode()


def sent(client: FlaskClient, body: bytes, header: str | None) -> int:
    """The status with which a message is answered."""
    headers = {"Stripe-Signature": header} if header is not None else {}
    return client.post(PATH, data=body, headers=headers).status_code


def traces() -> tuple[int, int, int]:
    """Everything that a message could leave behind: events of the chain, deliveries, messages kept."""
    db.session.rollback()
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in (Delivery, GatewayEvent)]
    return (db.session.scalar(sa.select(ChainHead.seq)) or 0, counts[0], counts[1])


def test_a_genuine_message_makes_labpark_look_at_once(world: World, stripe: StandIn, address: str) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.pay(str(payment.gateway_reference))
    stripe.post_all(address)
    assert again(payment).state == "submitted", "nothing is booked in the request itself"
    run()
    assert again(payment).state == "succeeded"
    assert faults() == []


def test_what_a_message_says_is_never_booked(world: World, stripe: StandIn, client: FlaskClient) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    said = {"id": payment.gateway_reference, "status": "complete", "payment_status": "paid", "amount_total": 50000,
            "client_reference_id": payment.id, "currency": "cny"}  # fmt: skip
    body = message(said)
    assert sent(client, body, signature(body)) == 200
    run()
    assert again(payment).state == "submitted"
    assert stands("gateway") == "0.00"


def test_the_same_message_again_is_answered_and_changes_nothing(
    world: World, stripe: StandIn, client: FlaskClient
) -> None:
    payment = paid_by_card(world, stripe, bought(world, "250.00", 2), "500.00")
    body = message({"id": payment.gateway_reference})
    assert sent(client, body, signature(body)) == 200
    run()
    before, asked = traces(), sum(stripe.requests.values())
    for _ in range(3):
        assert sent(client, body, signature(body)) == 200
    run()
    assert traces() == before
    assert sum(stripe.requests.values()) == asked


def forgeries(body: bytes) -> dict[str, str | None]:
    """Headers that Stripe has not made for these bytes, or not now."""
    good, moment = signature(body), int(now().timestamp())
    return {
        "no header": None,
        "an empty header": "",
        "no signature": f"t={moment}",
        "another secret": signature(body, secret="whsec_" + "x" * 32),
        "an empty secret": signature(body, secret=""),
        "other bytes": signature(body + b" "),
        "another moment": good.replace(f"t={moment}", f"t={moment - 1}"),
        "an old scheme": good.replace("v1=", "v0="),
        "a moment that is none": good.replace(f"t={moment}", "t=x"),
        "a recording": signature(body, at=moment - 301),
        "the future": signature(body, at=moment + 400),  # not 301: a second may pass until it is sent
        "two moments": f"t={moment}," + signature(body, at=moment - 900),
        "nonsense": "=,=,,",
        "letters from elsewhere": "t=1,v1=é",
    }


@pytest.mark.parametrize("what", sorted(forgeries(b"")))
def test_a_forged_or_stale_message_is_refused_and_leaves_nothing(
    world: World, stripe: StandIn, client: FlaskClient, what: str
) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.pay(str(payment.gateway_reference))  # even the truth is not taken from a stranger
    run()
    before = traces()
    body = message({"id": payment.gateway_reference})
    header = forgeries(body)[what]
    assert sent(client, body, header) == 400
    run()
    assert traces() == before
    assert again(payment).state == "submitted"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b'"x"', b"\xff\xfe", b'{"id": "evt_1"}', message({}, id="x"), message({}, id=7),
        message({}, type=None), message({}, created="yesterday"), message({}, created=10**20),
        message({}, livemode=True), message({}, data=None), message({}, data={"object": []}), b"[" * 100_000,
    ],
)  # fmt: skip
def test_signed_nonsense_is_refused_and_leaves_nothing(app: Flask, client: FlaskClient, body: bytes) -> None:
    del app
    before = traces()
    try:
        header = signature(body)
    except UnicodeDecodeError:
        header = "t=1,v1=0"
    assert sent(client, body, header) == 400
    assert traces() == before


def test_a_message_about_what_is_not_ours_is_kept_and_leads_nowhere(
    world: World, stripe: StandIn, client: FlaskClient
) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    foreign = {
        "id": "cs_test_somebody_elses",
        "payment_intent": "pi_theirs",
        "metadata": {"payment": "pay_" + "0" * 26},
    }
    body = message(foreign)
    before, asked = traces(), sum(stripe.requests.values())
    assert sent(client, body, signature(body)) == 200
    run()
    after = traces()
    assert (after[0], after[2]) == (before[0], before[2] + 1)
    assert sum(stripe.requests.values()) == asked
    assert again(payment).state == "submitted"


def test_a_valid_payment_of_another_order_settles_nothing_here(world: World, stripe: StandIn) -> None:
    """A session of the same account that names our payment but is not the one that we opened, or of another amount."""
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    session = stripe.sessions[str(payment.gateway_reference)]
    session["amount_total"] = 100
    stripe.pay(str(payment.gateway_reference))
    do(cards.look, payment, world.actor("cai"))
    run()
    assert again(payment).state == "unknown"
    assert stands("gateway") == "0.00"
    session["client_reference_id"] = "pay_" + "0" * 26
    do(cards.look, payment, world.actor("cai"))
    run()
    assert stands("gateway") == "0.00"


def test_messages_in_any_order_come_to_the_same_end(world: World, stripe: StandIn, address: str) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "500.00")
    stripe.fail_late(str(payment.gateway_reference))
    for event in reversed(stripe.events):  # the failure before the success that it followed
        assert stripe.post(address, event).status_code == 200
    run()
    assert again(payment).state == "reversed"
    assert stands("gateway") == "0.00"
    for event in stripe.events:
        assert stripe.post(address, event).status_code == 200
    run()
    assert again(payment).state == "reversed"
    assert faults() == []


def test_a_message_that_overtakes_our_own_note_of_the_page_is_understood_by_our_id(
    world: World, stripe: StandIn, client: FlaskClient
) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    body = message({"id": "cs_test_not_noted_yet", "client_reference_id": payment.id})
    assert sent(client, body, signature(body)) == 200
    asked = sum(stripe.requests.values())
    run()
    assert sum(stripe.requests.values()) == asked + 1


def test_a_message_too_large_is_not_read(app: Flask, client: FlaskClient) -> None:
    del app
    body = message({"id": "cs_1", "x": "x" * 300_000})
    assert sent(client, body, signature(body)) == 413


def test_the_address_answers_posts_alone_and_in_the_words_of_the_api(app: Flask, client: FlaskClient) -> None:
    del app
    assert client.get(PATH).status_code == 405
    answer = client.post(PATH, data=b"{}")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["code"] == "webhook_not_genuine"
    assert "Set-Cookie" not in answer.headers


def test_the_clock_of_the_program_decides_what_is_stale(app: Flask, client: FlaskClient) -> None:
    del app
    body = message({})
    header = signature(body)
    with clock_at(timedelta(minutes=6)):
        assert sent(client, body, header) == 400
    with clock_at(timedelta(minutes=4)):
        assert sent(client, body, header) == 200


def test_only_one_of_many_at_once_is_kept(app: Flask, world: World, stripe: StandIn, address: str) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    event = stripe.tell("payment_intent.processing", {"id": payment.gateway_reference})
    before = traces()
    outcomes = together(app, *[partial(stripe.post, address, event) for _ in range(6)])
    assert [one.status_code for one in outcomes if not isinstance(one, BaseException)] == [200] * 6
    assert traces()[1:] == (before[1] + 1, before[2] + 1)


def test_a_message_that_never_arrived_is_found_in_the_gateways_own_list(world: World, stripe: StandIn) -> None:
    payment = paid_by_card(world, stripe, bought(world, "250.00", 2), "500.00")
    stripe.fail_late(str(payment.gateway_reference))
    stripe.unsent.clear()
    with clock_at(timedelta(hours=7)):
        run()
    assert again(payment).state == "reversed"
    assert len({one["id"] for one in stripe.events}) == traces()[2]


def test_the_list_is_asked_for_again_and_again_and_read_over_all_its_pages(world: World, stripe: StandIn) -> None:
    opened(world, bought(world, "250.00", 2), "500.00")
    for place in range(230):
        stripe.tell("charge.updated", {"id": f"ch_{place:06d}"})
    with clock_at(timedelta(hours=7)):
        run()
        assert traces()[2] == 230
    stripe.faults = Faults(broken=100, only="GET events")
    with clock_at(timedelta(hours=14)):
        stripe.tell("charge.updated", {"id": "ch_late"})
        run()
        assert traces()[2] == 230
    stripe.faults = Faults()
    with clock_at(timedelta(hours=21)):
        run()
    assert traces()[2] == 231
