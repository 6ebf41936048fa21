"""Sends one message to one browser, through the push service that the browser has named."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final, Literal

import aiohttp
import truststore
from pywebpush import WebPusher, WebPushException
from yarl import URL

from services.platform.push_services import PushServices
from services.platform.retry_after import retry_after_s
from services.push.message import Message
from services.push.subscriptions import Subscriber
from services.push.vapid import Vapid

CONNECT_TIMEOUT_S: Final = 5.0
"""A push service that cannot be connected to in five seconds counts as unavailable."""

ANSWER_TIMEOUT_S: Final = 15.0
"""How long one request may take. Push services answer within a second, and deliver afterwards."""

ANSWER_MAX_BYTES: Final = 4_096
"""What is read of an answer, so that the connection can be used again. Nothing in it is used."""

CONNECTIONS_MAX: Final = 256
"""Connections to all push services; each has at most as many as it has requests at once."""

Result = Literal["accepted", "gone", "refused", "unavailable"]
"""`gone`: there is no such subscription any more. `unavailable`: try again later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request went. `retry_after_s` is how long the push service asks to wait, if it does.

    `detail` is for the log, and does not say to whom it was sent.
    """

    result: Result
    detail: str = ""
    retry_after_s: float | None = None


class Sender:
    """Encrypts and posts messages (RFC 8030, 8188, 8291 and 8292). Close it at the end."""

    def __init__(self, vapid: Vapid, services: PushServices, now: Callable[[], datetime]) -> None:
        self._vapid = vapid
        self._services = services
        self._now = now
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                # The authorities that this machine trusts, as for all that is fetched.
                ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                limit=CONNECTIONS_MAX,
            ),
            timeout=aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()

    async def send(self, subscriber: Subscriber, message: Message) -> Outcome:
        """Sends a message once, and returns how that went. Raises nothing of the network's."""
        if self._services.of(subscriber.endpoint) is None:
            # The setting has changed since; nothing may be sent there any more.
            return Outcome("refused", "its push service is not among LIVECOUNT_PUSH_SERVICES")
        url = URL(subscriber.endpoint, encoded=True)
        try:
            body = _encrypted(subscriber, message.content)
        except (WebPushException, ValueError):
            return Outcome("gone", "its keys cannot be used")
        try:
            async with self._session.post(
                url,
                data=body,
                headers=self._headers(str(url.origin()), message),
                # What a push service leads to is not one by that.
                allow_redirects=False,
            ) as response:
                await response.content.read(ANSWER_MAX_BYTES)
                return self._outcome(response)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # Its message has the address, which is a secret.
            return Outcome("unavailable", type(error).__name__)

    def _headers(self, origin: str, message: Message) -> dict[str, str]:
        return {
            "Authorization": self._vapid.authorization(origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(message.seconds_left(self._now()), 0)),
            "Urgency": "high" if message.is_urgent else "normal",
            # What has not been delivered yet is replaced by what withdraws it.
            "Topic": message.tag,
            "User-Agent": "livecount",
        }

    def _outcome(self, response: aiohttp.ClientResponse) -> Outcome:
        status, detail = response.status, f"answered {response.status}"
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome("accepted")
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return Outcome("gone", detail)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            asked = retry_after_s(response.headers.get("Retry-After", ""), self._now())
            return Outcome("unavailable", detail, asked)
        return Outcome("refused", detail)


def _encrypted(subscriber: Subscriber, content: bytes) -> bytes:
    keys = {"p256dh": subscriber.p256dh, "auth": subscriber.auth}
    pusher = WebPusher({"endpoint": subscriber.endpoint, "keys": keys})
    body: bytes = pusher.encode(content, "aes128gcm")["body"]
    return body
