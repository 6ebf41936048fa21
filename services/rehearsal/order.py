"""The orders in which a past night can be sent again."""

from __future__ import annotations

from enum import StrEnum


class Order(StrEnum):
    """In what order a night's declarations are sent again."""

    RECORDED = "recorded"
    SHUFFLED = "shuffled"
    REVERSED = "reversed"
