"""What intake refuses of a request besides its events: attributes, polls, tokens."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import unquote

import pytest
from pydantic import SecretStr

from services.intake.clients import ANYONE, Clients, UnauthorisedError
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


def test_two_ids_of_one_request_have_to_agree() -> None:
    """Otherwise nobody would know which of them a repeat has."""
    assert client_id({"idempotency-key": "desk-1", "ce-id": "desk-1"}) == "desk-1"
    with pytest.raises(RefusedError, match="send the Idempotency-Key 'desk-1'"):
        client_id({"idempotency-key": "desk-1", "ce-id": "desk-2"})


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_token_may_have_any_letters(encoding: str) -> None:
    """A token that is not ASCII is the same however the client encodes its header."""
    clients = Clients({"desk": SecretStr("caf\u00e9-caf\u00e9-caf\u00e9-17")})

    assert clients.who("caf\u00e9-caf\u00e9-caf\u00e9-17".encode(encoding)) == "desk"
    for wrong in (b"", b"cafe-cafe-cafe-17", "caf\u00e9".encode(encoding)):
        with pytest.raises(UnauthorisedError):
            clients.who(wrong)


def test_each_token_names_its_client() -> None:
    """Several clients are told apart by their tokens; without any token everybody is taken."""
    clients = Clients({"desk": SecretStr("d" * 16), "stringer": SecretStr("s" * 16)})

    assert [clients.who(b"s" * 16), clients.who(b"d" * 16)] == ["stringer", "desk"]
    assert Clients({"intake": SecretStr("")}).who(b"whatever") == ANYONE
