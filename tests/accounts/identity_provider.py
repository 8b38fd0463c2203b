"""A small identity provider (OpenID Connect) on a port of this machine, which tells what a test lets it tell."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "labpark client", "s3cret: with+signs&more"
POLL_SECONDS = 0.01
_KEY = RSAKey.generate_key(2048, {"kid": "one"})
_OTHER = RSAKey.generate_key(2048, {"kid": "one"})


class Provider:
    """Signs in whoever `claims` names, at once and without a page of its own."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.url = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.said: dict[str, Any] = {}
        """What it says of itself in another way than it should."""
        self.forged = ""
        self.asked: list[str] = []

    def vouch(self, email: str, subject: str | None = None, **more: Any) -> None:
        """The person who sits in front of it."""
        self.claims = {"sub": subject or f"sub of {email}", "email": email, "email_verified": True, "name": "Ning"}
        self.claims |= more

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
        } | self.said  # fmt: skip

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is led: back, with a code."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A token for a code, once, to the client that can show its secret and the verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = [unquote_plus(part) for part in pair] == [CLIENT, SECRET]
        if (
            asked is None
            or not known
            or asked["code_challenge"] != challenge
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]} | self.claims
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def sign(self, claims: dict[str, Any]) -> str:
        """The identity token, or a forged one."""
        if self.forged == "other key":
            return str(jwt.encode({"alg": "RS256", "kid": "one"}, claims, _OTHER))
        if self.forged == "shared secret":
            return str(jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET * 2)))
        if self.forged == "none":
            parts = [json.dumps(one).encode() for one in ({"alg": "none"}, claims)]
            return ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts) + "."
        return str(jwt.encode({"alg": "RS256", "kid": "one"}, claims, _KEY))


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.tell(200, provider.configuration())
            elif parts.path == "/keys":
                self.tell(200, {"keys": [_KEY.as_dict(private=False)]})
            elif parts.path == "/authorize":
                self.send_response(303)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif parts.path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", f"{provider.url}/keys")
                self.end_headers()
            elif parts.path == "/endless":
                self.send_response(200)
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b"x" * 65_536)
            else:
                self.tell(404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.tell(*provider.redeem(form, self.headers.get("Authorization", "")))

        def tell(self, status: int, body: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *arguments: Any) -> None:
            del format, arguments

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):  # whoever asked had enough
                self.close_connection = True

    return Handler


@contextmanager
def provided() -> Iterator[Provider]:
    """The provider on a free port."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
