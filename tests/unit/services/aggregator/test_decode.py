from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner

from schemas.envelope import Envelope, message_type
from schemas.events import encode_event
from schemas.reject import Reject
from schemas.ward import WardStatus
from services.aggregator.decode import LoggedEvent, decode
from services.engine.set_aside import PAYLOAD_BYTES_MAX
from services.platform.partitioner import partition_of

COUNCIL = "local.barnet.2014-05-22"
PARTITIONS = 8
NOTICE = WardStatus(
    council=COUNCIL,
    ballot_paper_id="local.barnet.childs-hill.2014-05-22",
    mode="rehearsal",
    revision=1,
    status="counting",
)


def record(**changes: Any) -> Any:
    """Returns a valid record as Kafka gives it, with the given changes."""
    return SimpleNamespace(
        **{
            "topic": "rehearsal.declarations",
            "partition": partition_of(COUNCIL, PARTITIONS),
            "offset": 7,
            "timestamp": 1_400_000_000_000,
            "key": COUNCIL.encode(),
            "value": encode_event(NOTICE),
            "headers": Envelope(id="1", source="/t", type=message_type("ward.status")).headers(),
        }
        | changes
    )


def headers(**changes: bytes | None) -> list[tuple[str, bytes | None]]:
    """Returns the headers of a valid record with the given changes."""
    return [(name, changes.get(name, value)) for name, value in record().headers]


def test_a_valid_message_decodes_to_its_event() -> None:
    """A message from intake decodes to the event that intake was given, and its record."""
    given = record()

    assert decode(given, PARTITIONS) == LoggedEvent(given, NOTICE)


@pytest.mark.parametrize(
    ("topic", "expected"), [("live.declarations", "live"), ("test.declarations", "rehearsal")]
)
@pytest.mark.parametrize("mode", ["live", "rehearsal"])
def test_a_topic_takes_only_one_mode(topic: str, expected: str, mode: str) -> None:
    """If a rehearsal message were counted first, a live council could not be opened."""
    value = encode_event(NOTICE.model_copy(update={"mode": mode}))
    found = decode(record(topic=topic, value=value), PARTITIONS)

    if mode == expected:
        assert isinstance(found, LoggedEvent)
    else:
        assert isinstance(found, Reject)
        assert found.reason == "conflict"
        assert f"takes '{expected}' alone" in found.detail


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("payload", {"value": None}),
        ("payload", {"value": b""}),
        ("payload", {"value": b"\xff\x00"}),
        ("payload", {"value": b"[" * 100_000}),
        ("payload", {"value": b"{}"}),
        ("payload", {"value": encode_event(NOTICE).replace(b'"revision":1', b'"revision":"1"')}),
        ("too_large", {"value": b" " * (PAYLOAD_BYTES_MAX + 1)}),
        ("envelope", {"headers": ()}),
        ("envelope", {"headers": headers(ce_id=b"")}),
        ("envelope", {"headers": headers(ce_id=None)}),
        ("envelope", {"headers": headers(ce_specversion=b"2.0")}),
        ("envelope", {"headers": headers(ce_type=b"livecount.ward.status.v2")}),
        ("envelope", {"headers": headers(ce_type=b"livecount.ward.declared.v1")}),
        ("key", {"key": None}),
        ("key", {"key": b"local.camden.2014-05-22"}),
        ("key", {"partition": (partition_of(COUNCIL, PARTITIONS) + 1) % PARTITIONS}),
    ],
)
def test_an_invalid_message_becomes_a_reject(reason: str, changes: dict[str, Any]) -> None:
    """A reject has a reason, a detail and the message's offset."""
    found = decode(record(**changes), PARTITIONS)

    assert isinstance(found, Reject)
    assert (found.reason, found.offset) == (reason, 7)
    assert found.detail


def test_a_reject_keeps_its_bytes_through_json() -> None:
    """A reject that is read from JSON has the message's key, value and headers."""
    found = decode(record(value=b"\x00\xff"), PARTITIONS)
    assert isinstance(found, Reject)
    again = Reject.model_validate_json(found.model_dump_json())

    assert again.value == b"\x00\xff"
    assert again.key == COUNCIL.encode()
    assert dict(again.headers)["ce_id"] == b"1"


def test_a_reject_leaves_out_bytes_that_are_too_large() -> None:
    """It says where in the log they are instead."""
    huge = [("x", b"y" * 100_000)]
    found = decode(record(value=b"z" * (PAYLOAD_BYTES_MAX + 1), headers=huge), PARTITIONS)

    assert isinstance(found, Reject)
    assert (found.value, found.headers) == (None, ())
    assert f"partition {found.partition}, at offset 7" in found.detail


def test_the_key_decides_the_partition_as_kafka_does() -> None:
    """A council has the partition that aiokafka's default partitioner gives it."""
    partitioner = DefaultPartitioner()
    councils = [f"local.council-{number}.2026-05-07" for number in range(100)]
    partitions = list(range(PARTITIONS))

    assert [partition_of(council, PARTITIONS) for council in councils] == [
        partitioner(council.encode(), partitions, partitions) for council in councils
    ]
