"""What every way out has in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from services.notifier.notice import Notice

Trouble = Literal["away", "refused", "gone"]
"""`away`: nobody answered, or asked to wait. `refused`: this message was. `gone`: for good."""


class SendError(Exception):
    """A receiver did not take a message. It may have arrived all the same."""

    def __init__(
        self, detail: str, trouble: Trouble = "away", *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.trouble = trouble
        self.retry_after_s = retry_after_s


class Sender(Protocol):
    """One way out. `lanes` is how many messages it takes at once, `digests` whether it joins them.

    Messages of one council are always sent one after the other.
    """

    lanes: int
    digests: bool

    async def send(self, notices: Sequence[Notice], now: datetime) -> None:
        """Sends notices as one message; raises SendError where the receiver did not take it."""

    async def send_test(self, text: str, now: datetime) -> None:
        """Sends a test that no receiver can take for an alert; raises SendError likewise."""

    async def close(self) -> None:
        """Gives back connections and threads."""
