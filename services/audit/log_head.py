"""Compares the log with a head of it: what was changed since the head was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from schemas.log_head import LogHead, PartitionHead
from services.audit.difference import Difference
from services.platform.log_leaves import LogLeaves
from services.platform.settings import Settings
from services.platform.topic_log import Log


async def differences_from_head(settings: Settings, head: LogHead) -> list[Difference]:
    """Returns what in the log is not as it was when its head was taken, by partition.

    Reads the log only up to the head, so it may have grown since. Changes nothing, and needs no
    Redis. Raises KafkaUnavailableError.
    """
    expected = {each.partition: each for each in head.partitions}
    ends = {number: each.end_offset for number, each in expected.items()}
    leaves = LogLeaves(ends)
    async with Log(settings) as log:
        topic = log.topics.declarations
        log_ends = await log.ends(topic)
        until = {
            number: min(ends[number], end) for number, end in log_ends.items() if number in ends
        }
        async for record in log.read(topic, until):
            leaves.add(record)
    return [
        difference
        for _, each in sorted(expected.items())
        for difference in head_differences(each, leaves, log_ends)
    ]


def head_differences(
    expected: PartitionHead, leaves: LogLeaves, log_ends: Mapping[int, int]
) -> Iterator[Difference]:
    """Yields how a partition differs from its head; at most one difference, the plainest.

    `leaves` are those of the log before the head's end, `log_ends` where its partitions end.
    """
    number = expected.partition
    subject = f"partition {number} offsets {expected.first_offset} to {expected.end_offset - 1}"
    found = leaves.head(number)
    if found is not None and (found.messages, found.root) == (expected.messages, expected.root):
        return
    if number not in log_ends:
        detail = f"missing; the log has {len(log_ends)} partitions"
    elif found is None:
        detail = "missing; the log has no message there"
    elif found.messages != expected.messages:
        detail = f"{found.messages} messages in the log, {expected.messages} by the head"
        if found.first_offset > expected.first_offset:
            detail += f"; the log begins at {found.first_offset}"
        if log_ends[number] < expected.end_offset:
            detail += f"; the log ends at {log_ends[number]}"
    else:
        detail = (
            f"a message was changed, or some have other places: root {found.root} by the log,"
            f" {expected.root} by the head"
        )
    first = leaves.first_difference(expected)
    if first is not None:
        detail += f"; the first difference is at offset {first}"
    yield Difference("log", subject, detail)
