"""Mail goes out as deliveries: into files by default, to a mail server where there is one."""

from __future__ import annotations

import email
import email.policy
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from flask import Flask

from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import COURIERS, Delivery, owe
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work

pytestmark = pytest.mark.database_matters

RESET = {"to": "pu@lab.example", "template": "reset", "link": "http://localhost/password/abc"}


class Server:
    """A mail server that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        del server, session
        if self.refusing:
            return "451 try again later"
        self.envelopes.append(envelope)
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 taken"


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A context with a certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so there is no certificate to distrust")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run(
        [*command, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


@pytest.fixture
def server() -> Iterator[tuple[Server, Controller]]:
    kept = Server()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, controller
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def send(payload: dict[str, Any]) -> Delivery:
    with unit_of_work():
        delivery = owe(db.session(), "mail", payload)
    worker.deliver()
    db.session.rollback()
    db.session.refresh(delivery)
    db.session.expunge(delivery)
    db.session.rollback()
    return delivery


def test_without_a_mail_server_mails_are_files(app: Flask) -> None:
    assert send(RESET).state == "done"
    (file,) = (Path(app.instance_path) / "mail").glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert (message["To"], message["From"]) == ("pu@lab.example", "labpark@localhost")
    assert "重设密码" in message["Subject"]
    body = message.get_content()
    assert body.count("http://localhost/password/abc") == 2
    assert (Path(app.instance_path) / "mail").stat().st_mode & 0o077 == 0


def test_with_a_mail_server_mails_go_there(app: Flask, server: tuple[Server, Controller]) -> None:
    kept, controller = server
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{controller.port}"
    assert send(RESET).state == "done"
    (message,) = kept.taken
    assert kept.envelopes[0].rcpt_tos == ["pu@lab.example"]
    assert "one hour" in message.get_content()
    assert not (Path(app.instance_path) / "mail").exists()


def test_a_mail_that_the_server_refuses_waits_and_is_sent_later(app: Flask, server: tuple[Server, Controller]) -> None:
    kept, controller = server
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{controller.port}"
    kept.refusing = True
    waiting = send(RESET)
    assert (waiting.state, waiting.last_error) == ("pending", "SMTPDataError")
    kept.refusing = False
    with clock_at(timedelta(minutes=1)):
        assert worker.deliver() == 1
    assert len(kept.taken) == 1


def test_a_mail_server_that_is_not_there_is_tried_again(app: Flask) -> None:
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    waiting = send(RESET)
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("pending", 1, "ConnectionRefusedError")


def test_an_unencrypted_mail_server_is_not_shown_the_password(app: Flask) -> None:
    seen: list[Any] = []

    def authenticate(*given: Any) -> AuthResult:
        seen.append(given[-1])
        return AuthResult(success=True)

    controller = Controller(
        Server(), hostname="127.0.0.1", port=free_port(), authenticator=authenticate, auth_require_tls=False
    )
    controller.start()
    try:
        app.config["SMTP_URL"] = f"smtp://labpark:secret@127.0.0.1:{controller.port}"
        assert send(RESET).state == "pending"
        assert not [one for one in seen if isinstance(one, LoginPassword)]
    finally:
        controller.stop()


@pytest.mark.parametrize("header", ["to", "organisation"])
def test_line_breaks_make_no_headers(app: Flask, header: str) -> None:
    evil = "x\r\nBcc: everybody@example.org"
    payload = {
        "to": "pu@lab.example",
        "template": "invitation",
        "link": "http://localhost/i/1",
        "organisation": ["a", "b"],
    }
    payload[header] = [evil, evil] if header == "organisation" else f"pu@lab.example{evil}"
    delivered = send(payload)
    files = list((Path(app.instance_path) / "mail").glob("*.eml"))
    for file in files:
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert message["Bcc"] is None
    assert bool(files) == (header == "organisation") == (delivered.state == "done")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_that_cannot_prove_who_it_is_gets_nothing(app: Flask, scheme: str, tls: ssl.SSLContext) -> None:
    kept = Server()
    kind = {"ssl_context": tls} if scheme == "smtps" else {"tls_context": tls}
    controller = Controller(kept, hostname="127.0.0.1", port=free_port(), **kind)
    controller.start()
    try:
        app.config["SMTP_URL"] = f"{scheme}://127.0.0.1:{controller.port}"
        waiting = send(RESET)
        assert (waiting.state, waiting.last_error) == ("pending", "SSLCertVerificationError")
        assert kept.taken == []
    finally:
        controller.stop()


def test_there_is_a_courier_for_mail() -> None:
    assert "mail" in COURIERS
