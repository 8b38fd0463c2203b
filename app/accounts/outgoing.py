"""The one way in which the platform itself asks something of another host (safety.md, rule 13).

https only, the name resolved once, every address judged, the connection made to the judged address under the name's
certificate; no redirects, no proxies from the environment, little time and little room.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from app.kernel.errors import UNAVAILABLE, refusal
from app.kernel.values import N_

CONNECT_SECONDS: Final = 5
WHOLE_SECONDS: Final = 10
MOST_BYTES: Final = 512 * 1024
CHUNK_BYTES: Final = 16 * 1024
URL_MOST_CHARS: Final = 2_000

GLOBAL_IPV6: Final = IPv6Network("2000::/3")
NOT_GLOBAL: Final = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)  # tunnels, documentation: forms in which an inner address could be reached unseen
NOT_GLOBAL_IPV4: Final = IPv4Network("192.0.0.0/24")

NOT_REACHED = refusal(
    "outside_not_reached", UNAVAILABLE, N_("The other system did not answer as it should. Try again later.")
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    body: bytes


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, in no disguise."""
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved or address in NOT_GLOBAL_IPV4)
    return address in GLOBAL_IPV6 and not any(address in network for network in NOT_GLOBAL)


def fetch(
    url: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask for a URL. Refusal `outside_not_reached` for whatever goes wrong; never inside a transaction."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NOT_REACHED() from None
    loopback = bool(current_app.config["OUTGOING_LOOPBACK"])
    if len(url) > URL_MOST_CHARS or parts.username or (parts.scheme != "https" and not loopback) or not host:
        raise NOT_REACHED()
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        address = _judged(host, port or (443 if secure else 80))
        connection = _connect(host, address, secure=secure)
        try:
            sent = {"Host": parts.netloc, "Accept": "application/json", "User-Agent": "LabPark", **(headers or {})}
            connection.request(method, path, body=body, headers=sent)
            return _read(connection.getresponse())
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        raise NOT_REACHED() from None


def _judged(host: str, port: int) -> tuple[str, int]:
    """The address to connect to; ValueError when one of the name's addresses is none that may be reached."""
    found = [row[4] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private_allowed = host in current_app.config["OUTGOING_HOSTS"]
    if not found or not all(_may_reach(str(one[0]), private_allowed=private_allowed) for one in found):
        raise ValueError("not an address that may be reached")
    return str(found[0][0]), port


def _may_reach(text: str, *, private_allowed: bool) -> bool:
    address = ip_address(text.partition("%")[0])
    if address.is_loopback:
        return bool(current_app.config["OUTGOING_LOOPBACK"])
    odd = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    return is_public(address) or (private_allowed and address.is_private and not odd)


def _connect(host: str, address: tuple[str, int], *, secure: bool) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(host, address[1], timeout=CONNECT_SECONDS)
    plain = socket.create_connection(address, timeout=CONNECT_SECONDS)
    connection.sock = plain
    if secure:
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    return connection


def _read(response: http.client.HTTPResponse) -> Answer:
    with response:  # one that says too much is let go at once, not when somebody collects it
        return Answer(response.status, b"".join(_chunks(response)))


def _chunks(response: http.client.HTTPResponse) -> Iterable[bytes]:
    """The body, as long as it is short and quick enough."""
    until, size = time.monotonic() + WHOLE_SECONDS, 0
    while chunk := response.read1(CHUNK_BYTES):
        size += len(chunk)
        if size > MOST_BYTES or time.monotonic() > until:
            raise ValueError("too much, or too slow")
        yield chunk
