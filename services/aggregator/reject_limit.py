"""A cap on rejects: a poisoned topic stops the worker instead of being drained."""

from __future__ import annotations

from services.aggregator.errors import TooManyRejectsError

WINDOW_DECLARATIONS = 1_000
"""The messages over which rejects are counted."""

REJECTS_MAX = 500
"""Rejects within a window that stop the worker. A night has a few; half of a thousand means that
a producer, or this version, is wrong, and that a person should look before more is set aside."""


class RejectLimit:
    """Counts rejects in windows of messages. It knows no clock: a quiet hour forgives nothing."""

    def __init__(self) -> None:
        self._seen = 0
        self._rejected = 0

    def saw(self, messages: int, rejects: int) -> None:
        """Counts a batch in. Raises TooManyRejectsError where its window holds too many rejects.

        Raised before the batch's rejects are published, so nothing is drained.
        """
        self._seen += messages
        self._rejected += rejects
        if self._rejected > REJECTS_MAX:
            raise TooManyRejectsError(
                f"{self._rejected} of the last {self._seen} messages were rejects; at most"
                f" {REJECTS_MAX} of {WINDOW_DECLARATIONS} are set aside without a person's look"
            )
        if self._seen >= WINDOW_DECLARATIONS:
            self._seen = self._rejected = 0
