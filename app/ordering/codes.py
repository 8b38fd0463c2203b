"""Six-digit codes by which a purchaser confirms an order that was entered for them: sent by mail, good once.

A code is kept as a keyed hash (HMAC-SHA-256 under the installation's secret), so that the database alone does not give
away one of a million. The mail itself is a delivery; its payload is emptied as soon as it has left.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Final

import sqlalchemy as sa
from flask import current_app

from app import i18n
from app.accounts.models import Organisation, Person
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, TOO_MANY, refusal
from app.kernel.events import courier, owe
from app.kernel.values import N_, new_id, now
from app.kernel.work import reading
from app.notices.mail import post
from app.ordering.models import Order
from app.ordering.offline_models import CODE_TRIES, OrderCode

CODE_DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=30)
CODE_PAUSE: Final = timedelta(minutes=1)
"""So long after one code the next one may be sent."""
CODES_A_DAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
DELIVERY: Final = "order_code"

CODE_TOO_SOON = refusal("code_too_soon", TOO_MANY, N_("A code was sent just now. Wait a minute for it to arrive."))
CODES_USED_UP = refusal("codes_used_up", TOO_MANY, N_("%(most)s codes were sent for this order today. Try tomorrow."))
NO_LIVE_CODE = refusal("no_live_code", CONFLICT, N_("No code is valid at the moment. Send the buyer a new one."))

SUBJECT: Final = "订单确认码 / Code to confirm an order"
TEXT: Final = (
    "平台为 %(buyer)s 录入了一份订单：%(number)s，%(title)s，供应商 %(supplier)s，合计 %(total)s。\n"
    "如确为贵方订购，请将确认码 %(code)s 告知平台工作人员，或在订单页面自行输入。"
    "%(minutes)s 分钟内有效，仅可使用一次。\n"
    "如非贵方订购，请勿告知任何人，并与平台联系。\n\n"
    "An order was entered for %(buyer_en)s: %(number)s, %(title)s, supplier %(supplier_en)s, total %(total)s.\n"
    "If you ordered it, tell the platform's staff the code %(code)s, or enter it on the order's page. It is valid for "
    "%(minutes)s minutes, once.\nIf you did not, tell the code to nobody and contact the platform.\n"
)


def may_send(order: Order, actor: Actor) -> None:
    """Guard: not twice within CODE_PAUSE, and not more than CODES_A_DAY."""
    del actor
    since = sa.select(OrderCode.sent_at).where(OrderCode.order_id == order.id, OrderCode.sent_at > now() - ONE_DAY)
    sent = db.session.scalars(since.order_by(OrderCode.sent_at.desc())).all()
    if len(sent) >= CODES_A_DAY:
        raise CODES_USED_UP(most=str(CODES_A_DAY), retry_after=int(ONE_DAY.total_seconds()))
    if sent and sent[0] > now() - CODE_PAUSE:
        raise CODE_TOO_SOON(retry_after=int(CODE_PAUSE.total_seconds()))


def send(order: Order, person: Person) -> OrderCode:
    """A fresh code on its way to a purchaser; whatever was sent before is worth nothing any more."""
    db.session.execute(sa.update(OrderCode).where(OrderCode.order_id == order.id, OrderCode.live).values(live=False))
    code, salt = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}", secrets.token_hex(16)
    made = OrderCode(
        id=new_id("cod"), buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id,
        person_id=person.id, salt=salt, code_hash=_hashed(order.id, salt, code), sent_at=now(),
        expires_at=now() + CODE_LIFE, tries=0, live=True,
    )  # fmt: skip
    db.session.add(made)
    owe(db.session(), DELIVERY, {"order": order.id, "to": person.email, "code": code})
    return made


def _hashed(order_id: str, salt: str, code: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{order_id}:{salt}:{code}".encode(), hashlib.sha256).hexdigest()


def live_code(order: Order) -> OrderCode | None:
    """The code that would be taken now, if any."""
    return db.session.scalars(
        sa.select(OrderCode).where(
            OrderCode.order_id == order.id, OrderCode.live, OrderCode.expires_at > now(), OrderCode.tries < CODE_TRIES
        )
    ).one_or_none()


def code_waits(order: Order, actor: Actor) -> None:
    """Guard: there is a code that has not expired and not been guessed at too often."""
    del actor
    if live_code(order) is None:
        raise NO_LIVE_CODE()


def spend(order: Order, code: str) -> tuple[str | None, int]:
    """(the person to whom the right code was sent or None, tries that are left); the right one is used up at once.

    The try is counted first, in one statement that stops at CODE_TRIES, so that racing guesses cannot exceed it.
    """
    counted = db.session.execute(
        sa.update(OrderCode)
        .where(OrderCode.order_id == order.id, OrderCode.live, OrderCode.expires_at > now(),
               OrderCode.tries < CODE_TRIES)
        .values(tries=OrderCode.tries + 1)
        .returning(OrderCode.id)
    ).scalar_one_or_none()  # fmt: skip
    if counted is None:
        raise NO_LIVE_CODE()
    known = db.session.get_one(OrderCode, counted, populate_existing=True)
    if not hmac.compare_digest(known.code_hash, _hashed(order.id, known.salt, code)):
        return None, CODE_TRIES - known.tries
    known.live, known.used_at = False, now()
    return known.person_id, 0


@courier(DELIVERY)
def deliver(payload: dict[str, Any]) -> None:
    """Mail a code to the purchaser; both languages, for it is read out on the phone."""
    with reading() as session:
        order = session.get_one(Order, payload["order"])
        buyer = session.get_one(Organisation, order.buyer_id)
        supplier = session.get_one(Organisation, order.supplier_id)
        words = _words(order, buyer, supplier)
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = SUBJECT, payload["to"], current_app.config["MAIL_FROM"]
    message.set_content(TEXT % (words | {"code": payload["code"]}), cte="base64")
    post().send(message)


def _words(order: Order, buyer: Organisation, supplier: Organisation) -> dict[str, Any]:
    return {
        "buyer": buyer.name("zh"), "buyer_en": buyer.name("en"), "supplier": supplier.name("zh"),
        "supplier_en": supplier.name("en"), "number": order.number, "title": order.title,
        "total": f"{order.currency} {i18n.amount(order.total)}", "minutes": int(CODE_LIFE.total_seconds() // 60),
    }  # fmt: skip
