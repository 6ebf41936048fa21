"""Webhooks: one alert as JSON, signed if the channel has a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import httpx
import orjson

from schemas.envelope import Envelope, content_id, message_type
from services.notifier.channels import Channel
from services.notifier.notice import Notice
from services.notifier.senders.sender import SendError, failure_of
from services.notifier.senders.signature import sign, signing_key
from services.platform.retry_after import retry_after_s

TIMEOUT_S = 15.0
"""The shortest that the Standard Webhooks specification recommends; a receiver should answer first
and work afterwards."""

CONNECT_TIMEOUT_S = 5.0
"""A receiver that cannot be connected to in five seconds counts as unavailable."""

CONCURRENCY = 8
"""Requests to one receiver at once: of eight councils, each in its own order."""

RETRY_AFTER_MAX_S = 300.0
"""The longest Retry-After that is respected; a receiver that asks for more is tried after this."""

SOURCE = "/livecount/notifier"
TEST_TYPE = message_type("test")


class WebhookSender:
    """Posts alerts to one receiver, one in each request.

    `webhook-id`, `Idempotency-Key` and `ce-id` are the alert's id, the same for every attempt.
    The body is the alert; CloudEvents headers (binary mode) say what kind of message it is.
    """

    concurrency = CONCURRENCY
    digests = False

    def __init__(self, channel: Channel) -> None:
        self._key = signing_key(channel.secret) if channel.secret else None
        self._url = channel.webhook
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY),
            # By the specification a redirect is a failure: the URL has to be corrected.
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:
        """Posts one notice; raises SendError unless the receiver answers 2xx."""
        (notice,) = notices
        envelope = Envelope(id=notice.id, source=SOURCE, type=notice.type, time=notice.time)
        await self._post(envelope, notice.payload, now)

    async def send_test(self, text: str, now: datetime) -> None:
        """Posts a message of a type that no alert has; raises SendError likewise."""
        content = orjson.dumps({"text": text, "at": now.isoformat()})
        envelope = Envelope(id=content_id(content), source=SOURCE, type=TEST_TYPE, time=now)
        await self._post(envelope, content, now)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _post(self, envelope: Envelope, content: bytes, now: datetime) -> None:
        timestamp_s = int(now.timestamp())
        headers = {
            # CloudEvents' headers have a hyphen in HTTP, and an underscore in Kafka.
            **{name.replace("_", "-"): value.decode() for name, value in envelope.headers()},
            "User-Agent": "livecount",
            "Idempotency-Key": envelope.id,
            "webhook-id": envelope.id,
            "webhook-timestamp": str(timestamp_s),
        }
        if self._key is not None:
            headers["webhook-signature"] = sign(self._key, envelope.id, timestamp_s, content)
        try:
            response = await self._client.post(self._url, content=content, headers=headers)
        except httpx.HTTPError as error:
            # The error's message can contain the URL, and the URL can contain a secret.
            raise SendError(type(error).__name__) from None
        _check(response, now)


def _check(response: httpx.Response, now: datetime) -> None:
    if response.is_success:
        return
    failure = failure_of(response.status_code)
    asked = retry_after_s(response.headers.get("retry-after", ""), now)
    wait_s = None
    if failure == "unavailable" and asked is not None:
        wait_s = min(asked, RETRY_AFTER_MAX_S)
    raise SendError(f"answered {response.status_code}", failure, retry_after_s=wait_s)
