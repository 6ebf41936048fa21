"""A limit on rejects: too many of them stop the worker instead of being set aside."""

from __future__ import annotations

from services.engine.errors import TooManyRejectsError

WINDOW_DECLARATIONS = 1_000
"""The number of messages over which rejects are counted."""

REJECTS_MAX = 500
"""Rejects within a window beyond which the worker stops. A night has a few. Half of a thousand
means that a producer, or this version, is wrong, and that a person should look into it before
more are set aside."""


class RejectLimit:
    """Counts rejects in windows of messages. Time plays no part: a quiet hour resets nothing."""

    def __init__(self) -> None:
        self._messages = 0
        self._rejects = 0

    def add(self, messages: int, rejects: int) -> None:
        """Adds a batch to the current window.

        Raises TooManyRejectsError if the window then has more than REJECTS_MAX rejects. Call it
        before the batch's rejects are published, so that none of them is set aside.
        """
        self._messages += messages
        self._rejects += rejects
        if self._rejects > REJECTS_MAX:
            raise TooManyRejectsError(
                f"{self._rejects} of the last {self._messages} messages were rejects; at most"
                f" {REJECTS_MAX} of {WINDOW_DECLARATIONS} are set aside; find out what is wrong"
                " before starting again"
            )
        if self._messages >= WINDOW_DECLARATIONS:
            self._messages = self._rejects = 0
