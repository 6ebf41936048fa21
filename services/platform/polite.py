"""A polite client: asks once at a time, says who asks, and waits as long as it is told to."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple, Self

import httpx
import truststore

from services.platform.retry_after import retry_after_s

CONNECT_TIMEOUT_S: Final = 10.0
"""How long a connection may take; none of the sources is further away."""

READ_TIMEOUT_S: Final = 60.0
"""How long a server may be silent; a page of the largest source takes some ten seconds."""

ANSWER_S_MAX: Final = 300.0
"""How long a whole answer may take: one that trickles for longer is given up."""

ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
"""The largest answer, as the readers take no larger file."""

ATTEMPTS: Final = 5
"""How often one address is asked before it is given up: some minutes."""

RETRY_AFTER_MAX_S: Final = 300.0
"""The longest wait that is done; a server that asks for a longer one is asked another day."""

_PAUSE_S: Final = 2.0
"""The first pause after a failure that states no time; each further one is twice as long."""

_REDIRECTS_MAX: Final = 5
_NOT_MODIFIED: Final = 304
_TOO_MANY: Final = 429
_BROKEN: Final = 500


class FetchError(RuntimeError):
    """An address did not give an answer. The message says why, without the address.

    `retry_after_s` is how long it asks to wait, None if it does not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Answer(NamedTuple):
    """What an address answered. `body` is None if it is what the caller has already."""

    body: bytes | None
    etag: str
    last_modified: str


class Patience(NamedTuple):
    """How long a client bears with an address, and how often it asks."""

    attempts: int = ATTEMPTS
    read_timeout_s: float = READ_TIMEOUT_S
    answer_s_max: float = ANSWER_S_MAX


class PoliteClient:
    """Asks for public files. Use it as a context manager.

    `who` is the user agent. `sleep`, `clock` (seconds) and `now` are the time that passes.
    """

    def __init__(  # noqa: PLR0913 - time and chance are passed in
        self,
        who: str,
        patience: Patience = Patience(),  # noqa: B008 - it cannot be changed
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: random.Random | None = None,
    ) -> None:
        self._patience = patience
        self._sleep = sleep
        self._clock = clock
        self._now = now
        self._chance = chance or random.Random()  # noqa: S311 - it spreads pauses, and hides nothing
        self._client = httpx.Client(
            headers={"User-Agent": who},
            timeout=httpx.Timeout(patience.read_timeout_s, connect=CONNECT_TIMEOUT_S),
            follow_redirects=True,
            max_redirects=_REDIRECTS_MAX,
            # The authorities that this machine trusts, a company's proxy included.
            verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, address: str, *, etag: str = "", last_modified: str = "") -> Answer:
        """Returns the answer of an address, or that it is what `etag` or `last_modified` name.

        Blocks while it waits between attempts. Raises FetchError if it refuses, if every attempt
        fails, or if it asks for a longer wait than RETRY_AFTER_MAX_S.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        why, asked = "", None
        attempts = self._patience.attempts
        for attempt in range(attempts):
            pause = _PAUSE_S * 2**attempt * self._chance.uniform(0.8, 1.2)
            try:
                answer, why, asked = self._once(address, headers)
            except httpx.InvalidURL as error:
                raise FetchError(f"is no address: {error}") from None
            except httpx.HTTPError as error:
                answer, why, asked = None, f"{type(error).__name__}: {error}", None
            if answer is not None:
                return answer
            if asked is not None and asked > RETRY_AFTER_MAX_S:
                raise FetchError(
                    f"{why}, and asks to wait for {asked:.0f} s; try again then", asked
                )
            if attempt < attempts - 1:
                self._sleep(pause if asked is None else asked)
        again = f"; gave up after {attempts} attempts" if attempts > 1 else ""
        raise FetchError(f"{why}{again}", asked)

    def _once(
        self, address: str, headers: dict[str, str]
    ) -> tuple[Answer | None, str, float | None]:
        """Returns an answer; or why there is none yet, and how long to wait if that is stated."""
        with self._client.stream("GET", address, headers=headers) as response:
            status = response.status_code
            found = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
            if status == _NOT_MODIFIED:
                return Answer(None, *found), "", None
            if response.is_success:
                return Answer(self._body(response), *found), "", None
            if status != _TOO_MANY and status < _BROKEN:
                raise FetchError(f"answers {status} {response.reason_phrase}")
            return (
                None,
                f"answers {status} {response.reason_phrase}",
                retry_after_s(response.headers.get("retry-after", ""), self._now()),
            )

    def _body(self, response: httpx.Response) -> bytes:
        began, body = self._clock(), bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > ANSWER_BYTES_MAX:
                raise FetchError(f"is larger than {ANSWER_BYTES_MAX} bytes")
            if self._clock() - began > self._patience.answer_s_max:
                raise FetchError(f"takes longer than {self._patience.answer_s_max:.0f} s")
        return bytes(body)
