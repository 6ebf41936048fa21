"""A push service on loopback, and browsers that are subscribed at it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.push.vapid import new_private_key

CONTACT = "mailto:desk@newsroom.example"
PRIVATE_KEY = new_private_key()


def b64(data: bytes) -> str:
    """Returns bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Returns what is in base64url, with or without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class ABrowser:
    """One browser: its keys, and what it can read of what it is sent."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def auth(self) -> str:
        """Its secret."""
        return b64(self._auth)

    def subscription(self) -> dict[str, Any]:
        """Returns what `PushSubscription.toJSON()` gives."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": b64(point), "auth": self.auth}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def mine(self, **further: object) -> dict[str, object]:
        """Returns what says that a subscription is its own."""
        return {"endpoint": self.endpoint, "auth": self.auth, **further}

    def asks(self, about: str, *kinds: str) -> dict[str, object]:
        """Returns what subscribes it to something."""
        return {
            "subscription": self.subscription(),
            "following": [{"about": about, "kinds": list(kinds or ("calls",))}],
            "rehearsal": True,
        }

    def read(self, body: bytes) -> dict[str, Any]:
        """Returns a message, which nobody else can decrypt."""
        plain = http_ece.decrypt(
            body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        found: dict[str, Any] = json.loads(plain)
        return found


@dataclass(frozen=True, slots=True)
class Delivered:
    """One request that the push service was sent."""

    path: str
    headers: dict[str, str]
    content: dict[str, Any]
    status: int


Answer = Callable[[str, int], web.Response]
"""What is answered to a path the n-th time, from 1 on."""


@dataclass
class PushServer:
    """Decrypts each message with its browser's key and keeps it, in order of arrival."""

    answer: Answer = field(default=lambda _path, _number: web.Response(status=201))
    delivered: list[Delivered] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._browsers: dict[str, ABrowser] = {}
        self._times: dict[str, int] = {}
        application = web.Application()
        application.router.add_post("/{path:.*}", self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The origin of this push service."""
        return f"http://127.0.0.1:{self.port}"

    def browser(self, name: str) -> ABrowser:
        """Returns a browser that has its endpoint here."""
        made = self._browsers[f"/{name}"] = ABrowser(f"{self.url}/{name}")
        return made

    def of(self, browser: ABrowser) -> list[dict[str, Any]]:
        """Returns the messages that were accepted for a browser, oldest first."""
        return [
            each.content
            for each in self.delivered
            if each.status == 201 and f"{self.url}{each.path}" == browser.endpoint
        ]

    async def _receive(self, request: web.Request) -> web.Response:
        content = self._browsers[request.path].read(await request.read())
        headers = {name.lower(): value for name, value in request.headers.items()}
        number = self._times[request.path] = self._times.get(request.path, 0) + 1
        response = self.answer(request.path, number)
        self.delivered.append(Delivered(request.path, headers, content, response.status))
        return response


def vapid_claims(authorization: str) -> dict[str, Any]:
    """Returns the claims of an `Authorization` after RFC 8292, verified independently here.

    Raises cryptography's InvalidSignature if it is not signed with the key that it names.
    """
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    header, claims, signature = parts["t"].split(".")
    raw = unb64(signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
    key.verify(
        utils.encode_dss_signature(*numbers), f"{header}.{claims}".encode(), ec.ECDSA(SHA256())
    )
    assert json.loads(unb64(header))["alg"] == "ES256"
    return {**json.loads(unb64(claims)), "k": parts["k"]}


def push_settings(servers: Sequence[PushServer], port: int) -> dict[str, str]:
    """Returns the settings of a push that sends to these servers, by name."""
    return {
        "push_port": str(port),
        "push_private_key": PRIVATE_KEY,
        "push_contact": CONTACT,
        "push_services": " ".join(server.url for server in servers),
    }
