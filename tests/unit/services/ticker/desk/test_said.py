from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.events import Event, encode_event
from services.ticker.desk.said import said
from tests.support.polls import CON, IND, LAB, as_a_whole, declared, noticed, opened, ward


def with_names(*names: str) -> Event:
    event = declared("ash", [(CON, 1480), (LAB, 520), (IND, None)], elected=[0], source="a feed")
    people = [
        replace(each, candidate=name) for each, name in zip(event.candidates, names, strict=True)
    ]
    return event.model_copy(update={"candidates": tuple(people)})


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            with_names("Ann", "Bob", ""),
            (
                "local.barsetshire.ash.2026-05-07, revision 1: Ann (CON) 1,480 elected,"
                " Bob (LAB) 520, somebody (IND) (a feed)"
            ),
        ),
        (noticed("ash", "recount"), "local.barsetshire.ash.2026-05-07: recount"),
        (
            as_a_whole({LAB: 6, CON: 3}),
            "local.barsetshire.2026-05-07, revision 1: LAB 6, CON 3",
        ),
        (opened(ward("ash")), "local.barsetshire.2026-05-07: opened with 1 wards"),
    ],
    ids=["ward", "notice", "council", "opening"],
)
def test_a_message_is_told_with_its_ward_and_figures(event: Event, text: str) -> None:
    """So that the desk need not open it."""
    assert said(encode_event(event)) == text


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff"])
def test_what_is_no_message_says_nothing(value: bytes | None) -> None:
    """Its fault is shown all the same."""
    assert said(value) == ""


def test_a_long_message_is_cut() -> None:
    """A name may have hundreds of characters, and there may be a hundred of them."""
    text = said(encode_event(with_names("A" * 300, "B" * 300, "C")))

    assert len(text) == len(" (a feed)") + 600
    assert text.endswith("… (a feed)")
