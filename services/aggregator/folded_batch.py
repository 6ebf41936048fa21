"""A batch after step 3: folded, and not yet stored in Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.aggregator.changes import Changes
from services.engine.publisher import PendingAcks
from services.platform.tracing import Span


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """A folded batch, whose alerts and conflicts were sent to Kafka.

    `pending_acks` are the acknowledgements of what was sent. `advances` holds each partition's
    position before and after the batch, and `trees` its Merkle tree after it, as JSON. `outcomes`
    is the number of messages by outcome (counted, unchanged or rejected). `records` is the number
    of messages read, including those that had been folded before. `began_s` is when the batch
    arrived, by the processor's clock. `spans` are those of the declarations in it that are traced.
    """

    changes: Changes
    pending_acks: PendingAcks
    advances: Mapping[int, tuple[int | None, int]]
    outcomes: Mapping[str, int]
    records: int
    began_s: float
    trees: Mapping[int, bytes] = field(default_factory=dict)
    spans: Sequence[Span] = ()


def merged(batches: Sequence[FoldedBatch]) -> FoldedBatch:
    """Returns batches that were folded one on top of the other, as if they had been one batch.

    At least one is given. Each council goes from its state before the first batch to its state
    after the last, and so does each partition's position. Only totals and states that a later
    batch replaces are left out, as they are within one batch. All alerts are kept, in order.
    """
    first, *others = batches
    if not others:
        return first
    advances = dict(first.advances)
    trees = dict(first.trees)
    for batch in others:
        trees.update(batch.trees)
        for partition, (before, after) in batch.advances.items():
            advances[partition] = (advances.get(partition, (before,))[0], after)
    outcomes: Counter[str] = Counter()
    for batch in batches:
        outcomes.update(batch.outcomes)
    return FoldedBatch(
        Changes.merged([batch.changes for batch in batches]),
        [acknowledgement for batch in batches for acknowledgement in batch.pending_acks],
        advances,
        outcomes,
        sum(batch.records for batch in batches),
        first.began_s,
        trees,
        [span for batch in batches for span in batch.spans],
    )
