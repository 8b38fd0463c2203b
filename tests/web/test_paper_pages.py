"""Documents in front of a person: the button on the record, the page while it is made, the download, the reason."""

from __future__ import annotations

import pytest
from flask import Flask

from app.kernel import worker
from app.kernel.db import db
from app.papers.models import Paper
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds import sourcing
from tests.worlds.ordering import reach_order
from tests.worlds.papers import asked, made


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def test_one_click_on_the_record_asks_for_the_document_and_leads_to_its_page(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    buyer = Visitor(app, world, "pu")
    page = buyer.get(f"/orders/{order.id}")
    assert "Order as PDF" in page.text
    sent = buyer.send(f"/orders/{order.id}/print", on=page)
    assert sent.status == 303
    paper = db.session.scalars(db.select(Paper)).one()
    assert sent.location == f"/papers/{paper.id}"
    waiting = buyer.get(sent.location)
    assert waiting.status == 200
    assert "The document is being made." in waiting.text
    assert '<meta http-equiv="refresh" content="5">' in waiting.html, "it asks again without script"
    worker.deliver()
    ready = buyer.get(sent.location)
    assert "http-equiv" not in ready.html
    assert ready.links["Download the PDF"].startswith("/files/fil_")
    with buyer.client.get(ready.links["Download the PDF"]) as got:
        assert got.data.startswith(b"%PDF-")
        assert got.headers["Content-Disposition"] == "attachment; filename=order-PO-2026-00001.pdf"


def test_the_page_speaks_chinese(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    buyer = Visitor(app, world, "pu", language="zh")
    assert "采购订单 PDF" in buyer.get(f"/orders/{order.id}").text
    waiting = buyer.get(f"/papers/{asked(world, order, 'pu').id}")
    assert "文档正在生成" in waiting.text
    assert "采购订单" in waiting.text
    worker.deliver()
    assert "下载 PDF" in buyer.get(f"/papers/{made(world, order, 'pu').id}").text


def test_how_many_are_made_before_it_is_said(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    asked(world, order, "xiao")
    asked(world, order, "xiao")
    mine = asked(world, order, "pu")
    assert "2 documents are made before it." in Visitor(app, world, "pu").get(f"/papers/{mine.id}").text


def test_a_document_that_failed_says_why_and_offers_to_try_again(app: Flask, world: World) -> None:
    paper = asked(world, reach_order(world, "confirmed"), "pu")
    content = dict(paper.content)
    db.session.execute(db.update(Paper).values(content={"number": "PO-2026-00001"}))
    db.session.commit()
    worker.deliver()
    buyer = Visitor(app, world, "pu")
    failed = buyer.get(f"/papers/{paper.id}")
    assert "The document could not be typeset." in failed.text
    db.session.execute(db.update(Paper).values(content=content))
    db.session.commit()
    assert buyer.do(f"/papers/{paper.id}/retry").status == 303
    worker.deliver()
    assert "Download the PDF" in buyer.get(f"/papers/{paper.id}").text


def test_the_page_says_when_the_record_has_changed_since(app: Flask, world: World) -> None:
    request = sourcing.rfq(world, "open")
    paper = made(world, request, "pu")
    buyer = Visitor(app, world, "pu")
    assert "The record has changed" not in buyer.get(f"/papers/{paper.id}").text
    sourcing.do(request, "cancel", world.actor("pu"), reason="不再需要")
    assert "The record has changed" in buyer.get(f"/papers/{paper.id}").text


def test_strangers_find_no_page_and_the_list_shows_the_own_ones(app: Flask, world: World) -> None:
    paper = made(world, reach_order(world, "confirmed"), "pu")
    for name in ("xiao", "lab2pu", "shen"):
        visitor = Visitor(app, world, name)
        assert visitor.get(f"/papers/{paper.id}").status == 404
        assert "PO-2026-00001" not in visitor.get("/papers").text
    assert "PO-2026-00001" in Visitor(app, world, "mei").get("/papers").text
    assert Visitor(app).get(f"/papers/{paper.id}").status == 303, "a stranger is asked to sign in"


@pytest.mark.parametrize("name", ["pu", "xiao"])
def test_a_document_is_never_the_next_step_of_a_record(app: Flask, world: World, name: str) -> None:
    order = reach_order(world, "delivered")
    page = Visitor(app, world, name).get(f"/orders/{order.id}")
    beginning, _, rest = page.html.partition('id="files"')
    assert "Order as PDF" not in beginning
    assert "Order as PDF" in rest
    assert "Order as PDF" not in Visitor(app, world, name).get("/work").text
