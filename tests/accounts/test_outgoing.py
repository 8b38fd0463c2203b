"""What the platform asks of other hosts: which addresses it reaches, and how much it takes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from flask import Flask

from app.accounts import outgoing
from app.kernel.errors import Refusal
from tests.accounts.identity_provider import Provider, provided

HOSTILE = """127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8 192.0.2.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8
::127.0.0.1 64:ff9b::7f00:1 fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Somebody to ask, on this machine."""
    with provided() as made:
        yield made


def refusal(url: str) -> str:
    with pytest.raises(Refusal) as said:
        outgoing.fetch(url)
    return said.value.code


@pytest.mark.parametrize("address", HOSTILE.split())
def test_addresses_that_are_not_of_the_public_internet_are_refused_in_every_disguise(address: str) -> None:
    assert not outgoing.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "2606:4700:4700::1111"])
def test_public_addresses_are_reached(address: str) -> None:
    assert outgoing.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["http://login.example/", "ftp://login.example/", "https://user@login.example/", "https://", "", "https://[::1",
     "https://localhost/", "https://127.0.0.1:8000/", "https://0177.0.0.1/", "https://2130706433/", "https://[::1]/",
     "https://no-such-host.invalid/", "https://login.example:99999/", "https://" + "x" * 3_000],
)  # fmt: skip
def test_what_may_not_be_asked_is_not_asked(app: Flask, url: str) -> None:
    del app
    assert refusal(url) == "outside_not_reached"


def test_names_on_the_operators_list_may_be_private_but_never_this_machine(app: Flask) -> None:
    app.config["OUTGOING_HOSTS"] = ["login.campus.example"]
    for address, allowed in (("10.1.2.3", True), ("192.168.0.9", True), ("fd00::9", True), ("127.0.0.1", False),
                             ("169.254.169.254", False), ("::1", False), ("224.0.0.1", False)):  # fmt: skip
        assert outgoing._may_reach(address, private_allowed=True) is allowed, address
    assert not outgoing._may_reach("10.1.2.3", private_allowed=False)


def test_an_answer_is_read_to_its_end_redirects_are_not_followed_and_too_much_is_refused(
    app: Flask, provider: Provider
) -> None:
    app.config["OUTGOING_LOOPBACK"] = True
    assert outgoing.fetch(f"{provider.url}/keys").status == 200
    assert outgoing.fetch(f"{provider.url}/nowhere").status == 404
    moved = outgoing.fetch(f"{provider.url}/elsewhere")
    assert moved.status == 302
    assert provider.asked.count("/keys") == 1
    assert refusal(f"{provider.url}/endless") == "outside_not_reached"


def test_proxies_of_the_environment_are_not_used(
    app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    app.config["OUTGOING_LOOPBACK"] = True
    assert outgoing.fetch(f"{provider.url}/keys").status == 200
