from __future__ import annotations

import pytest

from services.engine.errors import TooManyRejectsError
from services.engine.reject_limit import REJECTS_MAX, WINDOW_DECLARATIONS, RejectLimit


def test_a_few_rejects_in_every_window_stop_nothing() -> None:
    """A long night with some invalid messages throughout is counted to its end."""
    reject_limit = RejectLimit()

    for _ in range(100):
        reject_limit.add(WINDOW_DECLARATIONS, REJECTS_MAX // 2)


def test_too_many_rejects_in_a_window_stop_the_worker() -> None:
    """Rejects add up over batches until they exceed the limit for their window."""
    reject_limit = RejectLimit()
    reject_limit.add(REJECTS_MAX, REJECTS_MAX)

    with pytest.raises(TooManyRejectsError, match=str(REJECTS_MAX + 1)):
        reject_limit.add(1, 1)
