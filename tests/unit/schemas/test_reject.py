"""Which rejects are on record as broken."""

from __future__ import annotations

import pytest

from schemas.reject import Reason, Reject, broken_place

TOPIC = "live.declarations"


def reject(reason: Reason = "broken", topic: str = TOPIC, detail: str = "totals: no") -> bytes:
    """Returns a reject as it stands on its topic."""
    made = Reject(topic=topic, partition=3, offset=7, reason=reason, detail=detail)
    return made.model_dump_json().encode()


def test_a_broken_reject_names_its_place() -> None:
    """The place is the partition and the offset of the message that was set aside."""
    assert broken_place(reject(), TOPIC) == (3, 7)


@pytest.mark.parametrize(
    "message",
    [
        reject("conflict"),
        reject("conflict", detail='it says "broken"'),
        reject(topic="rehearsal.declarations"),
        b'{"reason":"broken"}',
        b'"broken"',
        b"\xff",
        b"",
    ],
)
def test_nothing_else_on_the_topic_does(message: bytes) -> None:
    """Other reasons, another namespace's rejects, and what is no reject at all."""
    assert broken_place(message, TOPIC) is None
