"""What a record of `night` says, and what is set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.envelope import Envelope, message_type
from schemas.night import DigestDue
from schemas.reject import Reject
from services.nation.decode import LoggedWord, decode
from services.platform.partitioner import partition_of

PARTITIONS = 8
ELECTION = "local.2026-05-07"
DUE = DigestDue(election=ELECTION, mode="rehearsal", due_at=datetime(2026, 5, 7, 23, tzinfo=UTC))


def record(**changed: Any) -> Any:
    """Returns a record of a digest that is due, with some of its parts otherwise."""
    envelope = Envelope(id="1", source="/test", type=message_type("digest.due"))
    parts: dict[str, Any] = {
        "topic": "rehearsal.night",
        "partition": partition_of(ELECTION, PARTITIONS),
        "offset": 7,
        "timestamp": 1_778_000_000_000,
        "key": ELECTION.encode(),
        "value": DUE.model_dump_json().encode(),
        "headers": envelope.headers(),
    }
    return SimpleNamespace(**{**parts, **changed})


def test_a_record_is_decoded_to_what_it_says() -> None:
    """The kind is the envelope's."""
    decoded = decode(record(), PARTITIONS)

    assert isinstance(decoded, LoggedWord)
    assert decoded.said == DUE


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("payload", {"value": None}),
        ("payload", {"value": b"{"}),
        ("payload", {"value": b'{"type":"digest.due"}'}),
        ("too_large", {"value": b" " * 2_000_000}),
        ("envelope", {"headers": []}),
        (
            "envelope",
            {"headers": Envelope(id="1", source="/t", type="livecount.ward.v1").headers()},
        ),
        ("key", {"key": None}),
        ("key", {"key": b"local.2025-05-01"}),
        ("key", {"partition": (partition_of(ELECTION, PARTITIONS) + 1) % PARTITIONS}),
        ("conflict", {"topic": "live.night"}),
    ],
)
def test_what_cannot_be_read_or_is_misplaced_is_set_aside(
    reason: str, changed: dict[str, Any]
) -> None:
    """With its place and its bytes, and a line that says what is wrong."""
    decoded = decode(record(**changed), PARTITIONS)

    assert isinstance(decoded, Reject)
    assert (decoded.reason, decoded.offset) == (reason, 7)
    assert decoded.detail
