"""What every sender has in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from schemas.printable import printable
from services.notifier.notice import Notice

Failure = Literal["unavailable", "refused", "gone"]
"""`unavailable`: no answer, or an answer that it cannot now. `refused`: it does not accept this
message. `gone`: it accepts no message any more."""

DETAIL_LENGTH_MAX = 300
"""Characters of a receiver's answer that are kept: enough to find the fault."""


_TOO_EARLY = {408, 425, 429}


def failure_of(status: int) -> Failure:
    """Returns what kind of failure an HTTP status other than 2xx is."""
    if status == 410:  # noqa: PLR2004 -- HTTP's number: gone
        return "gone"
    # With these and every 5xx the receiver may accept the message later.
    return "unavailable" if status in _TOO_EARLY or status >= 500 else "refused"  # noqa: PLR2004 -- see above


class SendError(Exception):
    """A receiver did not accept a message. The message may have arrived nevertheless.

    `detail` is what the receiver said, without secrets, on one line and without control characters;
    `retry_after_s` is how long it asked to wait, if it did.
    """

    def __init__(
        self,
        detail: str,
        failure: Failure = "unavailable",
        *,
        retry_after_s: float | None = None,
    ) -> None:
        self.detail = printable(detail)[:DETAIL_LENGTH_MAX]
        super().__init__(self.detail)
        self.failure = failure
        self.retry_after_s = retry_after_s


class Sender(Protocol):
    """Sends messages to one channel.

    `concurrency` is how many messages it can send at once; those about one council are always
    sent one after the other. `digests` is whether it can send several notices as one message.
    """

    concurrency: int
    digests: bool

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:
        """Sends notices as one message; raises SendError if the receiver did not accept it."""

    async def send_test(self, text: str, now: datetime) -> None:
        """Sends a test that cannot be mistaken for an alert; raises SendError likewise."""

    async def close(self) -> None:
        """Closes connections and ends threads."""
