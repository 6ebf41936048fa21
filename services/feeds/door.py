"""Door: intake over HTTP, as any producer knows it: a token, a request, an answer."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Self

import httpx
import orjson
import truststore
from pydantic import SecretStr

from schemas.events import encode_event
from services.feeds.words import Result

BATCH_EVENTS_MAX: Final = 200
"""Events of a request: as many as intake looks at before it answers."""

BATCH_BYTES_MAX: Final = 4 * 1024 * 1024
"""Bytes of a request, half of what intake takes; a ward has some 2,000."""

TIMEOUT_S: Final = 30.0
"""How long intake may take to answer: it gives up on Kafka after 15 s, and says so."""

WAIT_MAX_S: Final = 120.0
"""The longest wait that is done for a rate: a key's rate is one of a minute."""

WAIT_S: Final = 5.0
"""How long to wait if intake asks to, and does not say how long."""

_ACCEPTED: Final = 202
_REFUSED: Final = frozenset({403, 413, 422})
_RATE: Final = 429


class DoorError(RuntimeError):
    """Intake has not taken what was sent; the message says why, and what helps."""


class Answer(NamedTuple):
    """What intake answers to one event: why it refuses it, blank if not, and what it warns of."""

    refused: str = ""
    warnings: tuple[str, ...] = ()


class Door:
    """Posts events to intake under a key. Use it as a context manager.

    `run` is an id of this process, so that its requests are told from those of an earlier one;
    `rest` waits so many seconds.
    """

    def __init__(
        self, address: str, token: SecretStr, run: str, rest: Callable[[float], None]
    ) -> None:
        self._run = run
        self._number = 0
        self._rest = rest
        given = token.get_secret_value()
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {given}"} if given else {},
            timeout=TIMEOUT_S,
            # Intake is the newsroom's own: neither a proxy nor a redirect is given the token.
            trust_env=False,
            verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, events: Sequence[Result]) -> Iterable[tuple[Result, Answer]]:
        """Yields each event with intake's answer, in order, as it comes.

        Of several events of which intake refuses one, each is sent by itself. Blocks. Raises
        DoorError if intake does not answer, or not let in; what was not yielded was not taken, or
        may be sent again.
        """
        for batch in batches(events):
            yield from self._send(batch)

    def _send(self, batch: Sequence[Result]) -> Iterable[tuple[Result, Answer]]:
        status, found = self._post(batch)
        if status == _ACCEPTED:
            yield from zip(batch, _receipts(found, len(batch)), strict=True)
        elif len(batch) > 1:
            for event in batch:
                yield from self._send([event])
        else:
            yield batch[0], Answer(refused=_why(found) or f"answers {status}")

    def _post(self, batch: Sequence[Result]) -> tuple[int, object]:
        """Returns the status of a request that was taken or refused, and what it answers."""
        body = b"\n".join(map(encode_event, batch))
        self._number += 1
        headers = {
            "Content-Type": "application/x-ndjson",
            # The number tells what is said again from a request that is repeated.
            "Idempotency-Key": f"{self._run}-{self._number}",
        }
        while True:
            try:
                answer = self._client.post("/v1/declarations", content=body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise DoorError(
                    f"intake does not answer: {type(error).__name__}: {error}"
                ) from None
            if answer.status_code != _RATE:
                break
            given = answer.headers.get("retry-after", "")
            self._rest(min(float(given), WAIT_MAX_S) if given.isdecimal() else WAIT_S)
        found = _parsed(answer)
        if answer.status_code == _ACCEPTED or answer.status_code in _REFUSED:
            return answer.status_code, found
        raise DoorError(f"intake answers {answer.status_code}: {_why(found) or _HELP}")


_HELP: Final = "is LIVECOUNT_FEED_INTAKE_URL the address of intake?"


def batches(events: Sequence[Result]) -> Iterable[list[Result]]:
    """Yields events in order, as many together as one request takes."""
    batch: list[Result] = []
    size = 0
    for event in events:
        length = len(encode_event(event)) + 1
        if batch and (len(batch) == BATCH_EVENTS_MAX or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch


def _parsed(answer: httpx.Response) -> object:
    try:
        return orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return None


def _receipts(found: object, number: int) -> list[Answer]:
    """Returns what is warned of each event; nothing if the answer is of another shape."""
    listed = found.get("declarations") if isinstance(found, dict) else None
    receipts = listed if isinstance(listed, list) else []
    answers = [
        Answer(warnings=tuple(map(str, each.get("warnings") or ())))
        for each in receipts
        if isinstance(each, dict)
    ]
    return answers if len(answers) == number else [Answer()] * number


def _why(found: object) -> str:
    """Returns the errors of an answer in one line."""
    errors = found.get("errors") if isinstance(found, dict) else None
    return "; ".join(
        f"{each.get('field')}: {each.get('value')}: {each.get('remedy')}"
        for each in (errors if isinstance(errors, list) else [])
        if isinstance(each, dict)
    )
