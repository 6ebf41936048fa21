"""The tree over a partition's messages: what a message is as a leaf, and what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest

from services.platform.log_tree import LogTree, message_hash, read_log_tree


@dataclass(frozen=True)
class Message:
    """A message as Kafka has it."""

    offset: int = 7
    timestamp: int = 1_400_794_500_000
    key: bytes | None = b"k"
    value: bytes | None = b"value"
    headers: tuple[tuple[str, Any], ...] = (("ce_id", b"1"), ("ce_source", None))


def test_a_leaf_is_written_as_the_documentation_says() -> None:
    """The leaf of a message is the hash of its parts, each behind its length, after a zero."""
    written = (
        b"\x00"
        + (7).to_bytes(8, "big")
        + (1_400_794_500_000).to_bytes(8, "big")
        + b"\x00\x00\x00\x01k"
        + b"\x00\x00\x00\x05value"
        + b"\x00\x00\x00\x02"
        + b"\x00\x00\x00\x05ce_id\x00\x00\x00\x011"
        + b"\x00\x00\x00\x09ce_source\xff\xff\xff\xff"
    )

    assert message_hash(Message()) == sha256(written).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"offset": 8},
        {"timestamp": 1_400_794_500_001},
        {"key": b"K"},
        {"key": None},
        {"key": b""},
        {"value": b"valuf"},
        {"value": None},
        {"key": b"kvalue", "value": b""},
        {"headers": ()},
        {"headers": (("ce_source", None), ("ce_id", b"1"))},
        {"headers": (("ce_id", b"1"), ("ce_source", b""))},
        {"headers": (("ce_i", b"d1"), ("ce_source", None))},
    ],
)
def test_no_part_of_a_message_changes_without_its_leaf(change: dict[str, Any]) -> None:
    """Any other place, time, key, content or header has another leaf."""
    assert message_hash(replace(Message(), **change)) != message_hash(Message())


def grown(*offsets: int) -> LogTree:
    """Returns the tree of messages at some offsets."""
    tree = LogTree()
    for offset in offsets:
        tree.add(Message(offset))
    return tree


def test_a_tree_says_what_it_covers() -> None:
    """The head has the first offset, the end, the number of messages and the last one's time."""
    head = grown(3, 4, 9).head(2)

    assert head is not None
    assert (head.partition, head.first_offset, head.end_offset, head.messages) == (2, 3, 10, 3)
    assert head.last_at is not None
    assert head.last_at.isoformat() == "2014-05-22T21:35:00+00:00"
    assert grown().head(2) is None


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    """A client that states an impossible time spoils no head."""
    tree = LogTree()
    tree.add(Message(timestamp=2**62))
    head = tree.head(0)

    assert head is not None
    assert head.last_at is None


def test_a_tree_goes_on_from_what_was_stored() -> None:
    """A tree that was stored in between has the root of one that was not."""
    stored = read_log_tree(grown(0, 1, 2).as_json())
    stored.add(Message(3))

    assert stored == grown(0, 1, 2, 3)


def test_a_message_is_not_added_twice() -> None:
    """A message before the tree's end is refused, so that a repeated batch is noticed."""
    with pytest.raises(ValueError, match="offset: 1 is in the tree, which is at 2"):
        grown(0, 1).add(Message(1))


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"[]",
        b'{"first":0}',
        grown(0, 1).as_json().replace(b'"leaves":2', b'"leaves":3'),
        grown(0, 1).as_json().replace(b'"]}', b'00"]}'),
    ],
)
def test_what_is_no_tree_is_refused(stored: bytes) -> None:
    """Bytes that are no stored tree raise ValueError."""
    with pytest.raises(ValueError, match="no tree of a log"):
        read_log_tree(stored)
