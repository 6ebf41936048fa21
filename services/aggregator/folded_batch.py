"""A batch that was folded, on its way into Kafka and Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.aggregator.changes import Changes
from services.aggregator.outputs import Sent


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """A batch that was folded, with its alerts on their way to Kafka.

    `advances` holds for each partition the watermark before and after the batch. `records` is how
    many messages were read, those included that were known.
    """

    changes: Changes
    sent: Sent
    advances: Mapping[int, tuple[int | None, int]]
    outcomes: Mapping[str, int]
    records: int
    began_s: float


def merged(batches: Sequence[FoldedBatch]) -> FoldedBatch:
    """Returns batches that were folded one upon the other as the one they might have been.

    At least one is given. Each council goes from what Redis had before the first batch to what
    it is after the last, and so does each watermark. Nothing is left out but what a later
    batch overtakes, which no single batch would keep either; alerts are all kept, in order.
    """
    first, *others = batches
    if not others:
        return first
    advances = dict(first.advances)
    for batch in others:
        for partition, (before, after) in batch.advances.items():
            advances[partition] = (advances.get(partition, (before,))[0], after)
    outcomes: Counter[str] = Counter()
    for batch in batches:
        outcomes.update(batch.outcomes)
    return FoldedBatch(
        Changes.merged([batch.changes for batch in batches]),
        [acknowledgement for batch in batches for acknowledgement in batch.sent],
        advances,
        outcomes,
        sum(batch.records for batch in batches),
        first.began_s,
    )
