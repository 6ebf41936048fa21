"""What a page says of the log that it was counted from."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.log_head import LogHead, PartitionHead

DIGITS_SHOWN: Final = 16
"""Digits of a root that a page shows: enough to compare by eye; all are behind the link."""


class LogLine(NamedTuple):
    """How many messages are under a page's head, and where that head is.

    `root` is the beginning of the root, blank if there are the heads of several partitions.
    """

    messages: str
    address: str
    root: str = ""


def line_of_council(council: str, head: PartitionHead | None) -> LogLine | None:
    """Returns the line of a council's page; None if no head is known."""
    if head is None:
        return None
    return LogLine(f"{head.messages:,}", f"/v1/councils/{council}/log", head.root[:DIGITS_SHOWN])


def line_of_night(head: LogHead | None) -> LogLine | None:
    """Returns the line of a night's page; None if no head is known."""
    if head is None or not head.partitions:
        return None
    return LogLine(f"{sum(each.messages for each in head.partitions):,}", "/v1/log")
