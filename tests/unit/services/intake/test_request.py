"""What intake refuses of a request besides its events: attributes, polls, tokens."""

from __future__ import annotations

import json
from datetime import date

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


@pytest.mark.parametrize("header", ["ce-source", "ce-id"])
@pytest.mark.parametrize("value", ["%e2%80%ae%1b[2J", "a%0d%0ab", "a%00", "\x9b31m"])
def test_control_characters_in_attributes_are_refused(header: str, value: str) -> None:
    """Attributes that could drive a terminal are refused by the name of their header."""
    with pytest.raises(RefusedError) as caught:
        messages(json.dumps(notice()).encode(), {header: value}, "rehearsal", TODAY)

    assert caught.value.refusals[0].field == header
    assert caught.value.refusals[0].value.isascii()


def test_control_characters_in_a_key_are_refused() -> None:
    """The same holds for the key."""
    with pytest.raises(RefusedError, match="Idempotency-Key"):
        client_id({"idempotency-key": "a\x9b31m"})


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
