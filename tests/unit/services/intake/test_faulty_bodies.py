"""Bodies full of faults: refused at a cost in proportion to their bytes."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from schemas.refusal import REFUSALS_MAX
from services.intake.message import PAYLOAD_MAX_BYTES
from services.intake.parsing import RefusedError, parse

JSON = "application/json"
LINES = "application/x-ndjson"

DECLARED: dict[str, Any] = {
    "type": "ward.declared",
    "council": "local.barnet.2014-05-22",
    "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
    "mode": "rehearsal",
    "seats_contested": 1,
    "candidates": [{"candidate": "A", "votes": 1}],
}
EMPTY = DECLARED | {"candidates": [{}] * 1_000}
OPENED: dict[str, Any] = {
    "type": "council.opened",
    "council": "local.barnet.2014-05-22",
    "name": "Barnet",
    "mode": "rehearsal",
    "seats_total": 63,
}
WARD = {
    "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
    "ward": "Childs Hill",
    "seats_contested": 1,
    "candidates": [{}] * 1_000,
}
BODIES = {
    "many wards": (json.dumps([EMPTY] * 300), JSON),
    "many lines": ("\n".join([json.dumps(EMPTY)] * 300), LINES),
    "one opening": (json.dumps(OPENED | {"wards": [WARD] * 200}), JSON),
    "unknown fields": (json.dumps(DECLARED | {f"f{n}": 1 for n in range(70_000)}), JSON),
    "blank lines": ("\n" * 8_000_000, LINES),
}


def refused(body: str | bytes, content_type: str = JSON) -> list[tuple[str, str, str]]:
    given = body if isinstance(body, bytes) else body.encode()
    with pytest.raises(RefusedError) as caught:
        parse(given, content_type)
    return [(each.field, each.value, each.remedy) for each in caught.value.refusals]


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_faults_takes_little_memory(name: str) -> None:
    """At most twenty faults are listed, and the rest of them take no memory."""
    body, content_type = BODIES[name]
    tracemalloc.start()
    try:
        found = refused(body, content_type)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 1 <= len(found) <= REFUSALS_MAX
    assert peak_bytes < 150_000_000


def test_faults_of_several_events_are_listed_together() -> None:
    """Faults are listed event by event until there are twenty."""
    faulty = DECLARED | {"seats_contested": 0}
    found = refused(json.dumps([DECLARED, faulty, DECLARED, faulty] * 20))

    assert [field for field, _, _ in found[:2]] == ["[1].seats_contested", "[3].seats_contested"]
    assert len(found) == REFUSALS_MAX


@pytest.mark.parametrize("content_type", [JSON, LINES])
def test_an_event_over_the_limit_is_refused_by_its_size(content_type: str) -> None:
    """An event of more bytes than Kafka takes is refused before it is read."""
    large = json.dumps(DECLARED | {"source": "x" * PAYLOAD_MAX_BYTES})
    ((field, _, remedy),) = refused(large, content_type)

    assert field.endswith("event")
    assert f"send at most {PAYLOAD_MAX_BYTES} in one event" in remedy


@pytest.mark.parametrize(
    "body",
    [
        "[",
        "[{}",
        "[{},]",
        "[{} {}]",
        "[{}] {}",
        "[" * 100_000,
        '[{"a": NaN}',
        b"[\xff]",
        f"[{'9' * 5_000}]",
    ],
)
def test_a_broken_array_is_refused(body: str | bytes) -> None:
    """An array that is no JSON is refused with a reason, whatever is wrong with it."""
    assert refused(body)


def test_numbers_and_texts_of_an_array_are_read_by_the_schema() -> None:
    """An item of an array is read as the same event would be by itself."""
    event = DECLARED | {"turnout_percentage": 36.8, "source": 'caf\u00e9 \\ " \u2028'}
    (alone,) = parse(json.dumps(event).encode(), JSON)

    for text in (
        json.dumps([event, event]),
        json.dumps([event, event], ensure_ascii=False, indent=1),
    ):
        assert parse(f" {text}\n".encode(), JSON) == [alone, alone]
