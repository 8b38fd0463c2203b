"""The local gateway and the pages of card payments: the whole way without keys, and it says that no money moves."""

from __future__ import annotations

import pytest
from flask import Flask, current_app

from app.kernel.values import Money, now
from app.payments.actions import cards
from app.payments.gateway import chosen, gateway_named
from app.payments.gateway.port import Asked, Declined, Mismatch, NotDone, RefundAsked
from tests.web.visitor import Visitor
from tests.world import Api, World
from tests.worlds.cards import asked, opened, to_card
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bought, cny, deliver, faults, paid, parts, run, stands

WORDS = {"en": ("no money moves", "Go to the payment page", "No money moves here."),
         "zh": ("不发生资金往来", "前往支付页面", "此处不发生任何资金往来")}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_finance_pays_on_the_stand_ins_page_and_has_a_receipt(app: Flask, world: World, language: str) -> None:
    moves, go, here = WORDS[language]
    order = bought(world)
    finance = Visitor(app, world, "cai", language=language)
    page = finance.get("/payments")
    path = f"/instalments/{parts(order)[0].id}/pay_by_card"
    assert path in page.links.values()
    done = finance.do(path)
    assert done.status == 303, done.text
    where = str(done.location)
    waiting = finance.get(where)
    assert 'http-equiv="refresh"' in waiting.html, "it opens by itself, without script"
    run()
    page = finance.get(where)
    assert moves in page.text
    hosted = page.links[go]
    assert hosted.startswith("/stand-in/lgw_")
    stand_in = finance.get(hosted)
    assert here in stand_in.text
    assert "30,000.00" in stand_in.text
    back = finance.send(hosted, on=stand_in, choice="paid")
    assert (back.status, back.location) == (303, f"{where}?back=paid")
    assert 'http-equiv="refresh"' in finance.get(str(back.location)).html
    run()
    page = finance.get(where)
    assert 'http-equiv="refresh"' not in page.html
    assert go not in page.links
    receipt = finance.get(f"{where}/receipt")
    assert receipt.status == 200
    assert "30,000.00" in receipt.text
    assert str(order.number) in receipt.text
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"
    assert faults() == []


def test_the_page_of_a_card_payment_offers_what_can_be_done_and_nothing_else(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    finance = Visitor(app, world, "cai").get(f"/payments/{payment.id}")
    for words in ("Go to the payment page", "Ask the gateway now", "Give the card payment up"):
        assert words in finance.links
    for words in ("Confirm that it arrived", "Withdraw the record"):
        assert words not in finance.text
    settlement = Visitor(app, world, "shu").get(f"/payments/{payment.id}")
    assert "Ask the gateway now" in settlement.links
    assert "Go to the payment page" not in settlement.links, "it is the payer's to pay"
    assert "Confirm that it arrived" not in settlement.text
    left = Visitor(app, world, "cai").get(f"/payments/{payment.id}", back="left")
    assert "You left the payment page." in left.text


def test_a_transfer_shows_nothing_of_gateways(app: Flask, world: World) -> None:
    payment = paid(world, bought(world, "250.00", 2), "500.00")
    page = Visitor(app, world, "cai").get(f"/payments/{payment.id}")
    assert "gateway" not in page.text.lower()
    assert "Payment receipt" in page.links


def test_only_the_payer_chooses_on_the_stand_ins_page(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    path = str(payment.pay_at)
    for name, status in (("pu", 403), ("shu", 403), ("jin", 404), ("lab2pu", 404)):
        visitor = Visitor(app, world, name)
        assert visitor.get(path).status == status
        assert visitor.send(path, on="/account", choice="paid").status == status
    stranger = Visitor(app)
    assert stranger.get(path).status == 303
    run()
    assert again(payment).state == "submitted"


def test_the_stand_in_refuses_forged_forms_and_choices_that_are_none(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    finance, path = Visitor(app, world, "cai"), str(payment.pay_at)
    assert finance.client.post(path, data={"choice": "paid"}).status_code == 400
    for choice in ("", "reversed", "open", "nonsense"):
        assert finance.send(path, on=path, choice=choice).status == 409
    assert finance.get("/stand-in/lgw_" + "0" * 26).status == 404
    assert finance.send(path, on=path, choice="failed").status == 303
    run()
    assert again(payment).state == "failed"
    assert finance.send(path, on="/account", choice="paid").status == 409


def test_once_keys_are_set_the_stand_in_is_gone(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    finance = Visitor(app, world, "cai")
    current_app.config["STRIPE_SECRET_KEY"] = "sk_test_" + "k" * 32
    assert finance.get(str(payment.pay_at)).status == 404
    assert finance.send(str(payment.pay_at), on="/account", choice="paid").status == 404


def test_what_is_paid_at_the_stand_in_can_be_taken_back_and_refunded(app: Flask, world: World) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00")
    finance, path = Visitor(app, world, "cai"), str(payment.pay_at)
    finance.send(path, on=path, choice="paid")
    run()
    refund = to_card(world, order, "120.00")
    assert refund.state == "succeeded"
    assert stands("gateway") == "380.00"
    other = bought(world, "250.00", 2, model="B")
    second = opened(world, other, "500.00")
    path = str(second.pay_at)
    finance.send(path, on=path, choice="paid")
    deliver(world, other, 1)
    finance.send(path, on=path, choice="reversed")
    run()
    assert again(second).state == "reversed"
    assert stands(f"due_from:{other.id}") == "250.00"


def test_without_a_gateway_cards_are_not_taken(app: Flask, world: World) -> None:
    order = bought(world, "250.00", 2)
    current_app.config["PAYMENT_GATEWAY"] = "off"
    with refuses("no_cards"):
        asked(world, order, "500.00")
    assert "Pay by card" not in Visitor(app, world, "cai").get("/payments").text


@pytest.mark.parametrize(
    "config, name",
    [
        ({}, "local"),
        ({"BASE_URL": "https://park.example"}, None),
        ({"BASE_URL": "https://park.example", "PAYMENT_GATEWAY": "local"}, "local"),
        ({"PAYMENT_GATEWAY": "off"}, None),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "stripe"),
        ({"STRIPE_SECRET_KEY": "sk_test_x", "PAYMENT_GATEWAY": "off"}, None),
    ],
)
def test_pretended_money_is_never_taken_by_accident(app: Flask, config: dict[str, str], name: str | None) -> None:
    app.config.update(config)
    assert chosen() == name


def test_the_stand_in_keeps_to_the_manners_of_a_gateway(world: World) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00")
    gateway = gateway_named("local")
    request = Asked(payment.id, str(order.number), cny("500.00"), "page", "http://localhost/x")
    assert gateway.begin(request).reference == payment.gateway_reference, "one payment per key"
    with pytest.raises(Mismatch):
        gateway.begin(Asked(payment.id, str(order.number), cny("1.00"), "page", "http://localhost/x"))
    reference = str(payment.gateway_reference)
    with pytest.raises(Declined):
        gateway.refund(RefundAsked("rfd_" + "0" * 26, 1, reference, cny("1.00")))
    with pytest.raises(NotDone):
        gateway.word("lgw_" + "0" * 26)
    with pytest.raises(NotDone):
        gateway.refund_word("lgr_" + "0" * 26)
    assert gateway.call_off(reference).status == "failed"


def test_a_program_pays_through_the_api(app: Flask, world: World) -> None:
    order = bought(world, "250.00", 2)
    finance = Api(app, world.key("cai"))
    money = {"amount": "200.00", "currency": "CNY"}
    made = finance.do(f"orders/{order.id}", "pay_by_card", {"amount": money, "mode": "program"})
    assert made.status_code == 201, made.get_data(as_text=True)
    body = made.get_json()
    assert (body["method"], body["state"], body["gateway"], body["pay_at"]) == ("gateway", "created", "local", None)
    run()
    body = finance.get(f"payments/{body['id']}").get_json()
    assert body["client_secret"].startswith("lgw_")
    for name in ("pu", "shu"):
        seen = Api(app, world.key(name)).get(f"payments/{body['id']}").get_json()
        assert "client_secret" not in seen
        assert "pay_at" not in seen
    twice = finance.do(f"orders/{order.id}", "pay_by_card", {"amount": money})
    assert (twice.status_code, twice.get_json()["code"]) == (409, "card_under_way")
    wrong = finance.do(f"orders/{order.id}", "pay_by_card", {"amount": money, "mode": "cash"})
    assert wrong.status_code == 422
    bank = paid(world, bought(world, "250.00", 2, model="B"), "500.00")
    assert finance.get(f"payments/{bank.id}").get_json()["gateway"] is None


def test_refusals_name_amounts_in_words_people_read(app: Flask, world: World) -> None:
    order = bought(world, "200000.00", 10)
    visitor = Visitor(app, world, "cai")
    path = f"/orders/{order.id}/pay_by_card"
    given = {"amount-amount": "1000000.00", "amount-currency": "CNY", "mode": "page"}
    page = visitor.do(path, **given)
    assert page.status == 422
    assert "CNY 999,999.99" in page.text


def test_a_receipt_is_for_what_was_received(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    assert Visitor(app, world, "cai").get(f"/payments/{payment.id}/receipt").status == 409
    assert Visitor(app, world, "lab2pu").get(f"/payments/{payment.id}/receipt").status == 404


def test_asking_the_stand_in_changes_nothing_by_itself(world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    do(cards.look, payment, world.actor("cai"))
    run()
    assert again(payment).state == "submitted"
    assert again(payment).told == Money(50_000, "CNY")


def test_while_a_card_payment_has_an_open_end_nothing_else_is_offered(app: Flask, world: World) -> None:
    order = bought(world)
    advance = parts(order)[0]
    finance = Visitor(app, world, "cai")
    by_card, by_bank = (f"/instalments/{advance.id}/{verb}" for verb in ("pay_by_card", "record_transfer"))
    assert finance.get("/work").links["Record a transfer"] == by_bank
    moving = opened(world, order, "30000.00")
    page = finance.get("/payments")
    assert page.links[str(moving.number)] == f"/payments/{moving.id}"
    assert not {by_card, f"/orders/{order.id}/record_transfer"} & {
        href.partition("?")[0] for href in page.links.values()
    }
    assert finance.get("/work").links["See the payment"] == f"/payments/{moving.id}"
    assert by_bank not in finance.get("/work").links.values()
    refused = finance.get(by_bank)
    assert refused.status == 409
    assert "Do not pay twice." in refused.text


def test_an_instalment_is_transferred_from_its_own_page(app: Flask, world: World) -> None:
    order = bought(world)
    advance = parts(order)[0]
    finance = Visitor(app, world, "cai")
    page = finance.get(f"/instalments/{advance.id}")
    path = f"/instalments/{advance.id}/record_transfer"
    assert page.links["Record a transfer"] == path
    assert str(order.number) in page.links, "the order is called by its number"
    assert "预付款" in Visitor(app, world, "cai", language="zh").get(f"/instalments/{advance.id}").text
    done = finance.do(path, bank_reference="ICBC-78", paid_on=now().date().isoformat())
    assert done.status == 303, done.text
    assert "30,000.00" in finance.get(str(done.location)).text
