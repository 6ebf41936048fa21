"""What the body of a request may hold, and how it is refused."""

from __future__ import annotations

import json

import pytest

from schemas.refusal import REFUSALS_MAX, VALUE_LENGTH_MAX
from services.intake.parsing import EVENTS_MAX, RefusedError, parse

JSON = "application/json"
LINES = "application/x-ndjson; charset=utf-8"


def notice(**fields: object) -> dict[str, object]:
    """Returns a valid event as JSON has it."""
    return {
        "type": "ward.status",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
        "mode": "rehearsal",
        "revision": 1,
        "status": "recount",
    } | fields


def refused(body: bytes, content_type: str = JSON) -> list[tuple[str, str, str]]:
    """Returns why a body is refused."""
    with pytest.raises(RefusedError) as caught:
        parse(body, content_type)
    return [(each.field, each.value, each.remedy) for each in caught.value.refusals]


@pytest.mark.parametrize(
    ("event", "field", "value", "remedy"),
    [
        (notice(council="Barnet"), "council", "'Barnet'", "expected local.<council>"),
        (notice(votes=1), "votes", "", "unknown; leave it out"),
        (notice(type="ward.guess"), "type", "'ward.guess'", "give one of council.declared"),
        (notice(status="recount", recount="2"), "recount", "'2'", "valid integer"),
        (
            notice(ballot_paper_id="local.camden.gospel-oak.2014-05-22"),
            "ballot_paper_id",
            "",
            "is no ballot of local.barnet.2014-05-22",
        ),
    ],
)
def test_refusal_names_field_value_and_remedy(
    event: dict[str, object], field: str, value: str, remedy: str
) -> None:
    """The answer says which field is wrong, what it holds and what to do."""
    ((found_field, found_value, found_remedy),) = refused(json.dumps(event).encode())

    assert (field, value) == (found_field, found_value)
    assert remedy in found_remedy


@pytest.mark.parametrize("body", [b"", b"CON HOLD Barnet", b"\xff\xfe", b'{"type":'])
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    """The refusal says so, without a stack trace."""
    ((field, _, remedy),) = refused(body)

    assert field == "event"
    assert "Invalid JSON" in remedy


def test_missing_field_is_named() -> None:
    """A missing field is named, without a value."""
    event = notice()
    del event["revision"]

    assert refused(json.dumps(event).encode()) == [("revision", "", "missing; add it")]


def test_faulty_items_do_not_make_their_list_too_short() -> None:
    """If the only item of a list is faulty, only that item is refused."""
    event = {
        "type": "ward.declared",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": "local.barnet.childs-hill.2014-05-22",
        "mode": "rehearsal",
        "seats_contested": 3,
        "candidates": [{"candidate": "Jack Cohen", "votes": "1509"}],
    }

    ((field, value, _),) = refused(json.dumps(event).encode())
    assert (field, value) == ("candidates[0].votes", "'1509'")


def test_event_of_an_array_is_named_by_its_index() -> None:
    """The field of an event in an array begins with its index, counted from 0."""
    body = json.dumps([notice(), notice(revision=0)]).encode()

    assert [field for field, _, _ in refused(body)] == ["[1].revision"]


def test_event_of_json_lines_is_named_by_its_line() -> None:
    """Empty lines are skipped but counted; a faulty line is named by its number."""
    body = "\n\n".join(json.dumps(notice(revision=n)) for n in (1, 0)).encode()

    assert [field for field, _, _ in refused(body, LINES)] == ["line 3: revision"]


@pytest.mark.parametrize("number", [0, EVENTS_MAX + 1])
def test_number_of_events_is_limited(number: int) -> None:
    """An array holds from one event to the limit."""
    ((field, _, remedy),) = refused(json.dumps([notice()] * number).encode())

    assert field == "event"
    assert f"at {'most' if number else 'least'}" in remedy


@pytest.mark.parametrize("number", [0, EVENTS_MAX + 1])
def test_number_of_lines_is_limited(number: int) -> None:
    """JSON lines hold from one event to the limit."""
    body = "\n".join([json.dumps(notice())] * number).encode()

    value = "too many lines" if number else "no lines"
    assert refused(body, LINES) == [("body", value, f"send 1 to {EVENTS_MAX}")]


def test_refusals_and_values_are_limited() -> None:
    """The answer to an event full of faults does not become large."""
    event = notice(**{f"field{n}": n for n in range(100)})
    ((_, long, _),) = refused(json.dumps(notice(council="x" * 190 + "\u00e9" * 100)).encode())[:1]

    assert len(refused(json.dumps(event).encode())) == REFUSALS_MAX
    assert len(long) == VALUE_LENGTH_MAX + 1
