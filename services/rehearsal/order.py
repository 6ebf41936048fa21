"""The orders in which the declarations of a past night can be sent."""

from __future__ import annotations

from enum import StrEnum


class Order(StrEnum):
    """An order of a night's declarations."""

    RECORDED = "recorded"
    SHUFFLED = "shuffled"
    REVERSED = "reversed"
