"""Where letters go: a port with one end per channel. Mail has a server or files; the others are files until an
installation puts its provider in their place (`CHANNEL_ENDS`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Protocol

from flask import current_app

from app.kernel.values import new_id
from app.notices.mail import post


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: a subject, a text, and a key that is the same when it is sent once more."""

    subject: str
    text: str
    key: str


class Sender(Protocol):
    """One end of a channel."""

    def send(self, address: str, letter: Letter) -> None:
        """Hand one letter over; raises when it was not taken. It may be called again with the same key."""


class MailSender:
    """E-mail through the mail server, or into files."""

    def send(self, address: str, letter: Letter) -> None:
        """Send it as mail that no machine answers."""
        message = EmailMessage()
        sender = current_app.config["MAIL_FROM"]
        message["Subject"], message["To"], message["From"] = letter.subject, address, sender
        message["Message-ID"] = f"<{letter.key}@{parseaddr(sender)[1].partition('@')[2] or 'labpark'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        post().send(message)


class FolderSender:
    """Letters as text files in a folder: the address in the first line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, address: str, letter: Letter) -> None:
        """Write the letter under a name that sorts by time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{new_id('ltr')}.txt"
        path.write_text(f"{address}\n\n{letter.text}\n", encoding="utf-8")


def _folder(name: str) -> FolderSender:
    return FolderSender(Path(current_app.instance_path) / name)


CHANNEL_ENDS: Final[dict[str, Callable[[], Sender]]] = {
    "mail": MailSender,
    "sms": lambda: _folder("sms"),
    "wechat": lambda: _folder("wechat"),
}


def sender(channel: str) -> Sender:
    """The configured end of a channel."""
    return CHANNEL_ENDS[channel]()
