"""What buyers read changes: prices within and beyond the rule, changes that end in every way, a correction."""

from __future__ import annotations

from typing import Any

from app.catalogue.changes.difference import stated
from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage
from app.kernel.values import Money

REVIEWER = "operator.reviewer"


def price_rules(stage: Stage) -> Story:
    """The operator begins carefully and lets prices move farther after two months."""
    operator = stage.org("operator")
    stage.do(REVIEWER, "organisation.set_price_rule", operator, rise="5", fall="10", window_days="30",
             reason="试运行期间从严掌握。")  # fmt: skip
    yield 60
    stage.do(REVIEWER, "organisation.set_price_rule", operator, rise="8", fall="20", window_days="30",
             reason="两个月内无异常调价，适当放宽。")  # fmt: skip


def changed(stage: Stage, code: str, ends: str, remark: str, **differing: Any) -> Story:
    """A supplier changes a published listing; `ends` is the state in which the change is left."""
    listing = stage.see("listing", stage.listings[code])
    editor = f"{stage.key(listing.supplier_id)}.catalogue"
    body = stated(listing) | differing
    change = stage.do(editor, "listing.change", listing.id, remark=remark, **body)
    if ends == "at_once":
        stage.do(editor, "listing_change.apply_at_once", change)
        return
    yield 0
    if ends == "draft":
        return
    stage.do(editor, "listing_change.submit", change)
    yield 1
    if ends == "applied":
        stage.do(REVIEWER, "listing_change.apply", change)
    if ends == "declined":
        note = {"field": next(iter(differing)), "reason": "与厂家公开资料不一致，请附说明书相应页。"}
        stage.do(REVIEWER, "listing_change.decline", change, reason="请补充依据后重新提出。", notes=[note])
    if ends == "withdrawn":
        stage.do(editor, "listing_change.withdraw", change)


def dearer(stage: Stage, code: str, percent: int, ends: str, remark: str) -> Story:
    """A price moves by so many percent."""
    listing = stage.see("listing", stage.listings[code])
    assert listing.price is not None
    moved = Money(listing.price.minor * (100 + percent) // 100, listing.currency)
    yield from changed(stage, code, ends, remark, price={"amount": moved.amount, "currency": moved.currency})


def corrected(stage: Stage, code: str, remark: str, **differing: Any) -> Story:
    """The operator puts something right for a supplier, who is told."""
    listing = stage.see("listing", stage.listings[code])
    stage.do(REVIEWER, "listing.correct", listing.id, remark=remark, **(stated(listing) | differing))
    yield 0
