"""The proofs that a council's declarations are in the log, under its head or one that was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.log_head import LogHead, PartitionHead
from services.audit.provenance import Entry, Provenance
from services.platform.log_leaves import LogLeaves, Proof

Place = tuple[int, int]
"""A partition and an offset."""


class OtherHeadError(Exception):
    """The log does not lead to the head that was given; the message says what to do."""


class Proven(NamedTuple):
    """A council's declarations, and the proof of each by its place.

    `head` is that of their partition, None if no declaration is under one. Declarations that came
    after a head that was given have no proof.
    """

    found: Provenance
    proofs: Mapping[Place, Proof]
    head: PartitionHead | None


def leaves_for(head: LogHead | None) -> LogLeaves:
    """Returns what collects the leaves of a log: those up to a head, or all of them."""
    if head is None:
        return LogLeaves()
    return LogLeaves({each.partition: each.end_offset for each in head.partitions})


def prove(found: Provenance, leaves: LogLeaves, head: LogHead | None) -> Proven:
    """Returns the proofs of a council's declarations, verified.

    `leaves` are those of the log, as `leaves_for` the head collects them. With a head that was
    given, they have to lead to it: raises OtherHeadError otherwise.
    """
    kept = {each.partition: each for each in head.partitions} if head is not None else {}
    proofs: dict[Place, Proof] = {}
    shown: PartitionHead | None = None
    for partition in sorted({entry.partition for entry in found.entries}):
        ours = leaves.head(partition)
        if ours is None:
            continue
        if head is not None and ours.root != kept[partition].root:
            raise OtherHeadError(
                f"partition {partition}: the log leads to root {ours.root}, and the head says"
                f" {kept[partition].root}; run `livecount verify --against` it"
            )
        shown = ours
        offsets = [entry.offset for entry in found.entries if entry.partition == partition]
        for offset, proof in leaves.proofs(partition, offsets).items():
            proofs[partition, offset] = proof
    return Proven(found, proofs, shown)


def as_json(proven: Proven) -> dict[str, Any]:
    """Returns declarations with their alerts and proofs, as JSON has them."""
    head = proven.head
    return {
        "council": proven.found.name,
        "head": None if head is None else head.model_dump(mode="json", exclude_none=True),
        "declarations": [
            _entry(entry, proven.proofs.get((entry.partition, entry.offset)))
            for entry in proven.found.entries
        ],
    }


def _entry(entry: Entry, proof: Proof | None) -> dict[str, Any]:
    happened_at = entry.happened_at
    return {
        **entry._asdict(),
        "happened_at": None if happened_at is None else happened_at.isoformat(),
        "logged_at": entry.logged_at.isoformat(),
        "alerts": [{"id": alert.id, "text": alert.text} for alert in entry.alerts],
        "proof": None
        if proof is None
        else {
            "leaf_index": proof.leaf_index,
            "leaf": proof.leaf.hex(),
            "path": [each.hex() for each in proof.path],
        },
    }
