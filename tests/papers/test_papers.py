"""Documents that people ask for: who may, what stands on them, who reads them, and what the worker does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.accounts import standing
from app.accounts.files import StoredFile
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import Record, db
from app.kernel.events import Delivery, Event
from app.kernel.lifecycle import lifecycle_of, visible
from app.kernel.values import now
from app.ordering.actions import acceptances, orders
from app.papers import actions
from app.papers.making import make
from app.papers.models import Paper
from app.papers.typesetting import typeset
from app.payments.actions import refunds
from tests.world import Api, World, build
from tests.worlds import sourcing
from tests.worlds.ordering import (
    acceptances_of,
    again,
    do,
    reach_order,
    receive_all,
    refuses,
    send_all,
)
from tests.worlds.papers import asked, bytes_of, everything_in, file_of, made, owed, pages_of
from tests.worlds.payments import bank_account, bought, give_up, paid, paid_out, rate, refunds_of, run, statement


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


@pytest.fixture
def order(world: World) -> Any:
    """A confirmed order of two centrifuges; the platform takes 2 % commission, frozen on it."""
    rate(world)
    made = reach_order(world, "confirmed")
    run()
    return again(made)


def tampered(paper: Paper, content: dict[str, Any]) -> dict[str, Any]:
    """Put other content into a paper behind the program's back; what was there."""
    before = dict(paper.content)
    db.session.execute(db.update(Paper).where(Paper.id == paper.id).values(content=content))
    db.session.commit()
    return before


# Asking and making ----------------------------------------------------------------------------------------------------


def test_a_document_is_queued_with_the_version_that_was_seen_and_made_by_the_worker(world: World, order: Any) -> None:
    paper = asked(world, order, "pu")
    assert (paper.state, paper.kind, paper.title) == ("queued", "order", "PO-2026-00001")
    assert (paper.object_id, paper.object_version) == (order.id, order.version)
    assert paper.org_id == world.organisations["lab"]
    worker.deliver()
    paper = again(paper)
    assert (paper.state, paper.attempts, paper.error) == ("ready", 1, None)
    kept = file_of(paper)
    assert (kept.name, kept.media_type) == ("order-PO-2026-00001.pdf", "application/pdf")
    assert bytes_of(paper).startswith(b"%PDF-")
    assert pages_of(bytes_of(paper)) == 1
    assert paper.content == {}, "what stands on it is kept in the file alone"
    assert owed() == []


def test_asking_leaves_the_record_as_it_was(world: World, order: Any) -> None:
    before = order.version
    made(world, order, "pu")
    assert again(order).version == before
    told = db.session.scalars(db.select(Event).where(Event.name == "paper.create")).one()
    assert told.data["facts"]["source"] == order.id
    assert told.data["audience"] == [world.organisations["lab"]]


def test_the_same_version_gives_the_same_bytes_to_both_sides_and_is_typeset_once(world: World, order: Any) -> None:
    first, second = made(world, order, "pu"), asked(world, order, "xiao")
    tampered(second, {})  # it could not be typeset any more
    worker.deliver()
    second = again(second)
    assert (first.digest, first.state) == (second.digest, "ready") == (second.digest, second.state)
    assert bytes_of(first) == bytes_of(second)
    assert file_of(first).sha256 == file_of(second).sha256
    assert file_of(first).stored_as != file_of(second).stored_as


def test_another_version_gives_another_document(world: World, order: Any) -> None:
    first = made(world, order, "pu")
    receive_all(world, send_all(world, order))
    second = made(world, again(order), "pu")
    assert first.object_version < second.object_version
    assert first.digest != second.digest
    assert bytes_of(first) != bytes_of(second)


def test_a_document_whose_file_is_gone_is_typeset_anew(world: World, order: Any, app: Flask) -> None:
    first = made(world, order, "pu")
    (Path(app.instance_path) / "files" / file_of(first).stored_as).unlink()
    second = made(world, order, "pu")
    assert second.state == "ready"
    assert bytes_of(second).startswith(b"%PDF-")


def test_what_a_killed_worker_had_begun_is_made_by_the_next_one(world: World, order: Any) -> None:
    paper = asked(world, order, "pu")
    claimed = worker._claim()
    assert claimed is not None, "leased, and then the worker is gone"
    assert again(paper).state == "queued"
    row = db.session.scalars(db.select(Delivery).where(Delivery.kind == "paper")).one()
    row.leased_until = row.created_at
    db.session.commit()
    worker.deliver()
    assert again(paper).state == "ready"


def test_making_it_twice_changes_nothing(world: World, order: Any) -> None:
    paper = made(world, order, "pu")
    before = bytes_of(paper)
    make({"paper": paper.id})
    assert bytes_of(again(paper)) == before
    assert len(db.session.scalars(db.select(StoredFile)).all()) == 1


def test_a_document_that_fails_says_why_and_is_tried_again_by_its_own_organisation(world: World, order: Any) -> None:
    paper = asked(world, order, "pu")
    content = tampered(paper, {"number": "PO-2026-00001"})
    worker.deliver()
    paper = again(paper)
    assert (paper.state, paper.error, paper.attempts) == ("failed", "not_typeset", 1)
    with refuses("not_yours"):
        do(actions.retry, paper, world.actor("xiao"))
    assert do(actions.retry, paper, world.actor("mei")).state == "queued"
    tampered(paper, content)
    worker.deliver()
    paper = again(paper)
    assert (paper.state, paper.error, paper.attempts) == ("ready", None, 2)


def test_one_organisation_has_twenty_in_the_making_at_most(world: World, order: Any) -> None:
    for _ in range(20):
        asked(world, order, "pu")
    with refuses("papers_queued"):
        asked(world, order, "pu")
    assert asked(world, order, "xiao").state == "queued", "others are not held up by it"


# Who may, and who reads -----------------------------------------------------------------------------------------------


def test_a_paper_is_read_by_the_organisation_that_asked_for_it_alone(world: World, order: Any, app: Flask) -> None:
    paper = made(world, order, "pu")
    file_id = file_of(paper).id
    for name in ("pu", "mei", "guan"):
        api = Api(app, world.key(name))
        assert api.get(f"papers/{paper.id}").status_code == 200, name
        with api.get(f"files/{file_id}") as got:
            assert got.status_code == 200, name
            assert got.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in got.headers["Content-Security-Policy"]
    for name in ("xiao", "lab2pu", "tao", "wang", "shen"):
        api = Api(app, world.key(name))
        assert api.get(f"papers/{paper.id}").status_code == 404, name
        assert api.get(f"files/{file_id}").status_code == 404, name
        assert api.get("papers").get_json()["items"] == []


def test_a_paper_is_read_only_while_its_record_is(world: World) -> None:
    with sourcing.clock_at(sourcing.BACK):
        request = sourcing.rfq(world, "open")
    paper = made(world, request, "xiao")
    assert db.session.scalars(visible(Paper, world.actor("xiao"))).all() == [paper]
    db.session.execute(db.text("DELETE FROM grant_row"))  # the invitation is taken back, whichever way
    db.session.commit()
    assert db.session.scalars(visible(Paper, world.actor("xiao"))).all() == []


def test_who_does_not_read_the_record_gets_no_paper_of_it(world: World, app: Flask) -> None:
    unsent = reach_order(world, "awaiting_operator")
    assert Api(app, world.key("xiao")).post(f"orders/{unsent.id}/print").status_code == 404
    assert Api(app, world.key("lab2pu")).post(f"orders/{unsent.id}/print").status_code == 404
    assert Api(app, None).post(f"orders/{unsent.id}/print").status_code == 401
    assert Api(app, world.key("pu", scope="read")).post(f"orders/{unsent.id}/print").status_code == 403
    answer = Api(app, world.key("mei")).post(f"orders/{unsent.id}/print")
    assert (answer.status_code, answer.get_json()["state"]) == (201, "queued")
    assert "content" not in answer.get_json()


def test_the_commission_stands_on_no_order(world: World, order: Any) -> None:
    assert order.commission["rate_bp"] == 200
    for name in ("pu", "xiao", "tao", "shen"):
        text = everything_in(asked(world, order, name).content)
        assert "commission" not in text.lower()
        assert "佣金" not in text
        assert "137,000.00" in text
        assert "人民币壹拾叁万柒仟元整" in text
        assert "SAY CNY ONE HUNDRED AND THIRTY-SEVEN THOUSAND ONLY" in text


def test_no_bank_account_stands_on_any_paper(world: World) -> None:
    bank_account(world)
    found = standing.bank_account_of(world.organisations["supplier"])
    assert found is not None
    account = found.account_no
    assert account
    assert account not in everything_in(asked(world, reach_order(world, "confirmed"), "xiao").content)


# Sealed quotes --------------------------------------------------------------------------------------------------------


def test_before_the_deadline_nobody_gets_a_comparison(world: World) -> None:
    request = sourcing.rfq(world, "open")
    sourcing.quote(world, request)
    for name in ("pu", "tao", "shen"):
        assert sourcing.refused(request, "print_comparison", world.actor(name)) == "wrong_state"


def test_the_request_says_nothing_of_quotes_or_of_the_other_invited(world: World) -> None:
    request = sourcing.rfq(world, "open", invite=("supplier", "supplier2"))
    quote = sourcing.quote(world, request)
    for name in ("pu", "xiao2", "shen"):
        text = everything_in(asked(world, request, name).content)
        assert "最高转速 ≥ 20000 rpm" in text
        for secret in (quote.number, quote.id, "186,000.00", "华仪科学仪器", "中原生科"):
            assert secret not in text, (name, secret)


def test_after_the_opening_the_buyer_compares_on_paper_and_suppliers_do_not(world: World) -> None:
    request, quotes = sourcing.evaluated(world)
    with refuses("not_yours"):
        asked(world, request, "xiao", "print_comparison")
    text = everything_in(asked(world, request, "pu", "print_comparison").content)
    assert quotes["supplier"].number in text
    assert quotes["supplier2"].number in text
    assert "378,000.00" in text
    assert made(world, request, "an", "print_comparison").state == "ready"


def test_a_revision_that_was_never_submitted_is_on_no_comparison(world: World) -> None:
    with sourcing.clock_at(sourcing.BACK):
        request = sourcing.rfq(world, "open")
        quote = sourcing.quote(world, request)
        sourcing.do(quote, "revise", world.actor("xiao"))
        lines = [sourcing.answer(request.lines[0], "99999.00"), sourcing.answer(request.lines[1], None)]
        sourcing.do(quote, "edit", world.actor("xiao"), lines=lines, valid_until=request.deadline + sourcing.VALID_FOR)
    sourcing.close(request)
    text = everything_in(asked(world, again(request), "pu", "print_comparison").content)
    assert "186,000.00" in text
    assert "99,999.00" not in text


# Every kind -----------------------------------------------------------------------------------------------------------


def _paper_of(world: World, record: Record, name: str) -> Paper:
    paper = made(world, record, name)
    assert paper.state == "ready", paper.error
    return paper


def test_every_kind_of_paper_is_made(world: World) -> None:
    rate(world)
    order = reach_order(world, "confirmed")
    shipment = send_all(world, order)
    assert _paper_of(world, shipment, "fa").kind == "delivery"
    receipt = receive_all(world, shipment, rejected=1)
    assert _paper_of(world, receipt, "rong").kind == "acceptance"
    assert _paper_of(world, order, "pu").kind == "order"
    assert _paper_of(world, sourcing.rfq(world, "draft"), "pu").title == "RFQ-2026-00001"
    assert _paper_of(world, sourcing.rfq(world, "open"), "xiao").kind == "rfq"
    issued = statement(world)
    assert _paper_of(world, issued, "jin").title == issued.number


def test_delivery_notes_and_acceptance_reports_bear_no_prices(world: World) -> None:
    order = reach_order(world, "confirmed")
    shipment = send_all(world, order)
    receipt = receive_all(world, shipment, rejected=1)
    for record in (shipment, receipt):
        text = everything_in(asked(world, record, "rong").content)
        assert "高速冷冻离心机" in text
        for price in ("68,500.00", "137,000.00", "6850000"):
            assert price not in text


def test_an_acceptance_report_adds_up_line_by_line(world: World) -> None:
    order = reach_order(world, "confirmed")
    receipt = receive_all(world, send_all(world, order), rejected=1)
    (line,) = asked(world, receipt, "rong").content["lines"]
    assert (line["received"], line["accepted"], line["rejected"], line["pending"]) == ("2", "0", "1", "1")
    assert sorted(one["state"]["en"] for one in line["decisions"]) == ["rejected as bad", "to be accepted"]


def test_a_statement_adds_up_with_the_commission_that_its_supplier_reads(world: World) -> None:
    rate(world)
    order = bought(world)
    paid(world, order, "100000.00")
    paid_out(world)
    give_up(order, 10)
    (refund,) = refunds_of(order)
    do(refunds.approve, refund, world.actor("sen"))
    one = statement(world)
    paper = asked(world, one, "jin")
    content = paper.content
    assert [line["amount"] for line in content["lines"]] == ["29,400.00", "−29,400.00", "−29,400.00"]
    assert [line["commission"] for line in content["lines"]] == ["566.04", "0.00", "−566.04"]
    assert content["closing"]["words"] == {
        "zh": "人民币负贰万玖仟肆佰元整", "en": "SAY CNY MINUS TWENTY-NINE THOUSAND FOUR HUNDRED ONLY",
    }  # fmt: skip
    assert _paper_of(world, one, "jin").kind == "statement"
    with refuses("not_yours"):
        do(lifecycle_of(one).actions["print"], one, world.actor("pu"))


@pytest.mark.database_matters
def test_questions_terms_conditions_and_reasons_stand_on_their_papers(world: World) -> None:
    request = sourcing.rfq(world, "open", description="须现场安装\n含培训")
    sourcing.do(request, "ask", world.actor("xiao"), question="是否含税？")
    (question,) = again(request).questions
    sourcing.do(request, "answer", world.actor("pu"), question=question.id, answer="含税。")
    text = everything_in(asked(world, again(request), "xiao2").content)
    assert "是否含税？" in text
    assert "含税。" in text
    assert world.org("supplier").name("zh") not in text, "nobody learns who asked"
    assert _paper_of(world, again(request), "xiao2").kind == "rfq"

    order = reach_order(world, "returned")
    terms = {"delivery_place": "材料学院 204", "deliver_by": None, "terms": "货到三十日内付款"}
    do(orders.correct, order, world.actor("pu"), **terms)
    assert "货到三十日内付款" in everything_in(_asked_and_made(world, order, "pu"))

    receipt = receive_all(world, send_all(world, bought_order := reach_order(world, "confirmed")))
    (waiting,) = acceptances_of(bought_order)
    condition = {"condition": "补交校准证书", "until": now() + timedelta(days=9)}
    do(acceptances.accept_conditionally, waiting, world.actor("qiu"), **condition)
    assert "补交校准证书" in everything_in(_asked_and_made(world, receipt, "pu"))


def _asked_and_made(world: World, record: Record, name: str, verb: str = "print") -> dict[str, Any]:
    """The content of a paper that could be typeset."""
    paper = asked(world, record, name, verb)
    content = dict(paper.content)
    worker.deliver()
    assert again(paper).state == "ready"
    return content


def test_a_comparison_marks_the_lowest_and_names_the_award_with_its_reason(world: World) -> None:
    request, quotes = sourcing.evaluated(
        world, {"supplier": ("186000.00", "6000.00"), "supplier2": ("198500.00", None), "service": ("1.00", "2.00")}
    )
    chosen = [(quotes["supplier"], 0, 2_000_000), (quotes["service"], 1, 1_000_000)]
    sourcing.award(world, request, chosen, "approved", reason="售后更近")
    content = _asked_and_made(world, request, "pu", "print_comparison")
    assert [len(group["columns"]) for group in content["groups"]] == [3]
    (award,) = content["awards"]
    assert (award["reason"], award["total"]["figure"]) == ("售后更近", "372,002.00")
    lowest = [[cell and cell["lowest"] for cell in row["cells"]] for row in content["groups"][0]["rows"]]
    assert sorted(map(str, lowest[0])) == ["False", "False", "True"]
    several = typeset("comparison", content | {"groups": content["groups"] * 3})
    assert pages_of(several) > pages_of(typeset("comparison", content)), "further suppliers stand below"


def test_the_system_does_not_ask_for_papers(world: World, order: Any) -> None:
    with refuses("not_yours"):
        do(lifecycle_of(order).actions["print"], order, SYSTEM_ACTOR)
