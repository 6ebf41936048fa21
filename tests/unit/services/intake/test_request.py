"""What intake refuses of a request besides its events: attributes, polls, tokens."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import unquote

import pytest

from schemas.events import Event, decode_event, encode_event
from schemas.examples import EXAMPLES
from schemas.source import Trust
from services.access.holder import ANYONE, DEFAULT, Holder
from services.access.permission import ForbiddenError
from services.intake.parsing import RefusedError
from services.intake.request import client_id, messages
from tests.support.intake_log import notice

TODAY = date(2026, 5, 7)


def refused(poll: str, namespace: str) -> list[str]:
    """Returns the fields for which a namespace refuses an event of a poll today."""
    mode = "live" if namespace == "live" else "rehearsal"
    ballot = f"local.barnet.childs-hill.{poll}"
    event = notice(council=f"local.barnet.{poll}", ballot_paper_id=ballot, mode=mode)
    try:
        messages(json.dumps(event).encode(), {}, namespace, TODAY)
    except RefusedError as error:
        return [each.field for each in error.refusals]
    return []


@pytest.mark.parametrize(
    ("poll", "live", "rehearsal"),
    [
        ("2026-05-07", True, True),
        ("2025-05-08", True, True),
        ("2027-05-06", True, True),
        ("2014-05-22", False, True),
        ("2028-05-04", False, False),
        ("9000-01-01", False, False),
    ],
)
def test_polls_far_from_today_are_refused(poll: str, live: bool, rehearsal: bool) -> None:  # noqa: FBT001 -- expectations
    """A live count takes polls within a year; a rehearsal takes any past poll as well."""
    assert refused(poll, "live") == ([] if live else ["council"])
    assert refused(poll, "rehearsal") == ([] if rehearsal else ["council"])


ATTRIBUTES = ("ce-source", "ce-id", "idempotency-key")


def complaint(header: str, value: str) -> str:
    """Returns what is said of a header; "" if it is taken."""
    try:
        messages(json.dumps(notice()).encode(), {header: value}, "rehearsal", TODAY)
    except RefusedError as error:
        found = error.refusals[0]
        assert found.field.lower() == header
        assert found.value.isprintable()
        assert len(str(found)) < 500
        return found.remedy
    return ""


@pytest.mark.parametrize("header", ATTRIBUTES)
@pytest.mark.parametrize(
    ("value", "code_point"),
    [
        ("%e2%80%ae%1b[2J", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a%0d%0ab", "U+000D"),
        ("a%00", "U+0000"),
        ("a%7f", "U+007F"),
        ("caf%c3%a9", "U+00E9"),
        ("%f3%a0%81%81", "U+E0041"),
        ("%ff", "U+FFFD"),
    ],
)
def test_an_attribute_is_printable_ascii_and_what_is_not_is_named(
    header: str, value: str, code_point: str
) -> None:
    """Attributes go into headers, logs and terminals as they are."""
    given = unquote(value) if header == "idempotency-key" else value
    assert f"{code_point}" in complaint(header, given)
    assert "printable ASCII" in complaint(header, given)


@pytest.mark.parametrize("header", ATTRIBUTES)
def test_every_byte_of_an_attribute_is_printable_ascii_or_refused(header: str) -> None:
    """As intake reads headers: each byte as Latin-1."""
    for byte in range(0x100):
        value = f"a{chr(byte)}b"
        assert bool(complaint(header, value)) is not (value.isascii() and value.isprintable())


@pytest.mark.parametrize("header", ATTRIBUTES)
def test_an_attribute_has_some_characters_and_at_most_three_hundred(header: str) -> None:
    """The envelope has no more room. A value that is refused is shown in part."""
    assert complaint(header, "x" * 300) == ""
    assert complaint(header, "x" * 301) == "301 characters; send at most 300"
    assert complaint(header, "x" * 16_000) == "16000 characters; send at most 300"
    for nothing in ("", " "):
        assert "empty" in complaint(header, nothing)


@pytest.mark.parametrize("header", ["ce-type", "ce-time"])
def test_a_refused_header_is_shown_in_part(header: str) -> None:
    """Whatever its length."""
    assert complaint(header, "x" * 16_000)


def test_an_empty_time_is_refused() -> None:
    """As every other attribute that is there and says nothing."""
    assert "send a time such as" in complaint("ce-time", "")


def test_two_ids_of_one_request_have_to_agree() -> None:
    """Otherwise nobody would know which of them a repeat has."""
    assert client_id({"idempotency-key": "desk-1", "ce-id": "desk-1"}) == "desk-1"
    with pytest.raises(RefusedError, match="send the Idempotency-Key 'desk-1'"):
        client_id({"idempotency-key": "desk-1", "ce-id": "desk-2"})


AGENCY = Holder("agency", "single")
FULL = Holder("returning-officers", "final")


def sent(holder: Holder, *events: dict[str, object]) -> list[Event]:
    """Returns the events that the log is given of a request under a key."""
    body = json.dumps(list(events)).encode()
    found = messages(body, {}, "rehearsal", TODAY, holder=holder)
    assert [encode_event(decode_event(each.value)) for each in found] == [
        each.value for each in found
    ]
    return [decode_event(each.value) for each in found]


def not_allowed(holder: Holder, *events: dict[str, object]) -> list[str]:
    """Returns what a key does not allow of a request, a line for each."""
    with pytest.raises(ForbiddenError) as caught:
        sent(holder, *events)
    assert len(caught.value.events) == len(events)
    return [str(each) for each in caught.value.refusals]


def example(kind: str, **fields: object) -> dict[str, object]:
    """Returns an example of an event as JSON has it."""
    found: dict[str, object] = EXAMPLES[kind].model_dump(mode="json", exclude_none=True)
    return found | fields


@pytest.mark.parametrize("holder", [DEFAULT, ANYONE])
def test_the_single_token_leaves_no_mark(holder: Holder) -> None:
    """What is sent with it has neither source nor trust: the bytes are those of before."""
    (event,) = sent(holder, notice())

    assert (event.source_id, event.trust) == (None, None)
    assert event == decode_event(json.dumps(notice()))


def test_every_event_has_the_source_and_the_trust_of_its_key() -> None:
    """Both are written by intake, into each event of a request."""
    found = sent(AGENCY, notice(), example("ward.declared"), example("council.declared"))

    assert {(each.source_id, each.trust) for each in found} == {("agency", "single")}
    (opened,) = sent(FULL, example("council.opened"))
    assert (opened.source_id, opened.trust) == ("returning-officers", "final")


def test_the_trust_is_that_for_the_council() -> None:
    """It is written into the event, and says who may open the council."""
    opening = example("council.opened")
    there = Holder("agency", "single", trusts=((str(opening["council"]).split(".")[1], "final"),))
    elsewhere = Holder("agency", "final", trusts=((str(opening["council"]), "second"),))

    assert [event.trust for event in sent(there, opening)] == ["final"]
    assert len(not_allowed(elsewhere, opening)) == 1


@pytest.mark.parametrize("holder", [DEFAULT, ANYONE, AGENCY, FULL])
@pytest.mark.parametrize(("field", "value"), [("source_id", "agency"), ("trust", "final")])
def test_nobody_says_of_themselves_who_they_are(holder: Holder, field: str, value: str) -> None:
    """An event that states its source or trust is refused, also if it is the key's own."""
    with pytest.raises(RefusedError) as caught:
        sent(holder, notice(), notice(**{field: value}))

    (refusal,) = caught.value.refusals
    assert (refusal.field, refusal.value) == (f"[1].{field}", repr(value))
    assert refusal.remedy == "intake writes it from the key; leave it out"


@pytest.mark.parametrize("trust", ["single", "second"])
def test_only_a_final_word_moves_seats_without_a_result(trust: Trust) -> None:
    """Openings, uncontested wards and countermanded ballots need a key of trust final."""
    holder = Holder("agency", trust)
    uncontested = notice(status="uncontested")
    countermanded = notice(status="countermanded")

    assert not_allowed(holder, notice(), uncontested, countermanded, example("council.opened")) == [
        f"{field}: {value}: moves seats, and the key agency has the trust {trust};"
        " send it with a key of trust final"
        for field, value in (
            ("[1].status", "'uncontested'"),
            ("[2].status", "'countermanded'"),
            ("[3].type", "'council.opened'"),
        )
    ]
    for kind in ("counting", "recount", "postponed"):
        assert sent(holder, notice(status=kind))
    assert sent(FULL, uncontested, example("council.opened"))


@pytest.mark.parametrize(
    ("elections", "councils", "allowed"),
    [
        ((), (), True),
        (("local.2014-05-22",), (), True),
        (("local.2026-05-07",), (), False),
        ((), ("barnet",), True),
        ((), ("local.barnet.2014-05-22",), True),
        ((), ("local.barnet.2026-05-07", "camden"), False),
        (("local.2014-05-22",), ("camden",), False),
        (("local.2026-05-07",), ("barnet",), False),
    ],
)
def test_a_key_is_for_its_elections_and_councils(
    elections: tuple[str, ...],
    councils: tuple[str, ...],
    allowed: bool,  # noqa: FBT001 -- an expectation
) -> None:
    """Where both are given both have to hold; a council is named by its id or in any election."""
    holder = Holder("stringer", "final", elections=elections, councils=councils)

    if allowed:
        assert sent(holder, notice())
    else:
        (line,) = not_allowed(holder, notice())
        assert line.startswith("council: 'local.barnet.2014-05-22': the key stringer is for the ")
        assert "send it with another key" in line
        assert all(each in line for each in (*elections, *councils))


def test_what_is_wrong_is_said_before_what_is_not_allowed() -> None:
    """A request that cannot be counted under any key is refused for that."""
    with pytest.raises(RefusedError):
        sent(AGENCY, notice(status="uncontested"), notice(mode="live"))
