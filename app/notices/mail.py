"""Outgoing mail: a port with two ends, SMTP and files. Mails are deliveries; nothing is sent inside a transaction."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app

from app.kernel.events import courier
from app.kernel.values import new_id

SMTP_TIMEOUT_SECONDS: Final = 20


class Post(Protocol):
    """Where mail goes."""

    def send(self, message: EmailMessage) -> None:
        """Hand one message over; raises when it was not taken."""


class FilePost:
    """Mails as .eml files in a folder; the default of a fresh installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the message under a name that sorts by time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / f"{new_id('eml')}.eml").write_bytes(message.as_bytes(policy=SMTP))


class SmtpPost:
    """A mail server, named as smtp://user:password@host:port or smtps://..."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        """Deliver over one short connection, with STARTTLS where offered; no password goes in the clear."""
        with self._connect() as server:
            server.ehlo()
            private = self.url.scheme == "smtps"
            if not private and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                private = True
            if self.url.username:
                if not private:
                    raise smtplib.SMTPNotSupportedError("the mail server wants a password and offers no TLS")
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host, port = self.url.hostname or "localhost", self.url.port or 0
        if self.url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=SMTP_TIMEOUT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=SMTP_TIMEOUT_SECONDS)


def post() -> Post:
    """The configured end: SMTP_URL, or the folder `mail` of the instance."""
    url = current_app.config["SMTP_URL"]
    return SmtpPost(url) if url else FilePost(Path(current_app.instance_path) / "mail")


TEMPLATES: Final[dict[str, tuple[str, str]]] = {
    "invitation": (
        "邀请加入实验室集采平台 / Invitation to LabPark",
        (
            "%(organisation_zh)s 邀请您加入实验室集采平台。请在 7 天内打开以下链接：\n%(link)s\n\n"
            "%(organisation_en)s invites you to LabPark. Please open this link within 7 days:\n%(link)s\n"
        ),
    ),
    "application": (
        "请确认入驻申请 / Confirm your application to LabPark",
        (
            "有人以此邮箱为 %(organisation_zh)s 申请入驻实验室集采平台。请在 3 天内打开以下链接确认，"
            "此后申请才会送交运营方；如非本人操作，请忽略此邮件：\n%(link)s\n\n"
            "Somebody applied to LabPark for %(organisation_en)s with this address. Open this link within 3 days to "
            "confirm; the operator sees the application after that. If it was not you, ignore this:\n%(link)s\n"
        ),
    ),
    "bank_change": (
        "收款账户变更提醒 / A bank account is to be changed",
        (
            "%(organisation_zh)s 提出更换您此前登记的收款账户。如您不知情，请立即联系平台运营方：\n%(link)s\n\n"
            "%(organisation_en)s wants payouts to go to another account than the one you named. If you know nothing of "
            "it, call the operator at once:\n%(link)s\n"
        ),
    ),
    "reset": (
        "重设密码 / Reset your password",
        (
            "请在 1 小时内打开以下链接重设密码；如非本人操作，请忽略此邮件：\n%(link)s\n\n"
            "Open this link within one hour to set a new password; if you did not ask for it, ignore this:\n%(link)s\n"
        ),
    ),
    "guessing": (
        "有人在猜测密码 / Somebody is guessing passwords",
        (
            "平台发现有人反复尝试登录，有关账户或网络已暂时受限。详情见安全页面：\n%(link)s\n\n"
            "Somebody keeps trying to sign in; the accounts or networks concerned rest a while. Details:\n%(link)s\n"
        ),
    ),
    "factor_reset": (
        "您的二次验证已被清除 / Your second factor was taken away",
        (
            "应贵机构管理员的申请，园区安全管理员已清除您账户的验证器、通行密钥与恢复码。如非您本人要求，请立即联系运营方。"
            "下次登录后请重新设置：\n%(link)s\n\n"
            "At the request of your organisation's admin the park's security administrator has taken away your "
            "authenticator app, passkeys and recovery codes. If you did not ask for this, tell the operator at once. "
            "Set up a new one after your next sign-in:\n%(link)s\n"
        ),
    ),
}
"""Both languages in one mail: before somebody has joined, their language is not known."""


@courier("mail")
def send(payload: dict[str, Any]) -> None:
    """Make the mail of a delivery and hand it over."""
    subject, text = TEMPLATES[payload["template"]]
    names = payload.get("organisation", ["", ""])
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = subject, payload["to"], current_app.config["MAIL_FROM"]
    message.set_content(
        text % {"link": payload["link"], "organisation_zh": names[0], "organisation_en": names[1]}, cte="base64"
    )
    post().send(message)
