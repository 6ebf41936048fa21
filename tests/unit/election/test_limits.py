"""What a council refuses because no real one is like that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from election.council import Council
from election.fold import apply
from election.limits import CANDIDATES_IN_ALL_MAX, KNOWN_MAX_BYTES
from election.transitions import REVISIONS_AHEAD_MAX
from readers.night import load_night, nights
from schemas.base import CANDIDATES_MAX, PARTIES_MAX, WARDS_MAX
from schemas.council import OpenedWard
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from schemas.ward import Candidate, WardDeclared
from tests.support.polls import COUNCIL, declared, noticed, opened, ward, won


def conflict(*events: Event) -> str | None:
    """Returns what the last of a council's events conflicts with."""
    council, effects = apply(events[0], None)
    for event in events[1:]:
        council, effects = apply(event, council)
    return effects.conflict


def test_a_revision_cannot_be_pinned() -> None:
    """A number far above the last one would shut out every correction that follows."""
    far = REVISIONS_AHEAD_MAX + 2
    for event in (won("north", "PP52", revision=far), noticed("north", "recount", revision=far)):
        assert "number revisions one by one" in (conflict(opened(ward("north")), event) or "")
    opening = opened(ward("north"))
    assert "number revisions one by one" in (
        conflict(opening, opening.model_copy(update={"revision": far})) or ""
    )


def test_a_correction_that_overtakes_others_is_counted() -> None:
    """Revisions may arrive in any order, and some may be lost on the way."""
    late = won("north", "PP52", revision=REVISIONS_AHEAD_MAX)

    assert conflict(opened(ward("north")), late) is None


def test_a_council_has_no_more_ballots_than_any_real_one() -> None:
    """Declarations of ballots that nobody listed add up."""
    events = [won(f"w{number}", "PP52") for number in range(WARDS_MAX + 1)]

    assert conflict(*events[:-1]) is None
    assert "one more than" in (conflict(*events) or "")


def test_a_council_has_no_more_candidates_than_any_real_one() -> None:
    """Long ballot papers are taken until together they are longer than any council's."""
    paper = [("PP52", number) for number in range(CANDIDATES_MAX)]
    full = CANDIDATES_IN_ALL_MAX // CANDIDATES_MAX
    events = [declared(f"w{number}", paper) for number in range(full + 1)]

    assert conflict(*events[:-1]) is None
    assert "leave out whoever does not stand" in (conflict(*events) or "")


def test_short_ballot_papers_add_up_too() -> None:
    """Wherever the candidates stand, and whether or not their wards have declared."""
    paper = [("PP52", number) for number in range(20)]
    full = CANDIDATES_IN_ALL_MAX // len(paper)
    events = [declared(f"w{number}", paper) for number in range(full + 1)]
    opening = opened(*(ward(f"w{number}", 1, {"PP52": 20}) for number in range(full + 1)))
    fitting = opened(*(ward(f"w{number}", 1, {"PP52": 20}) for number in range(full)))

    assert conflict(*events[:-1]) is None
    for over in (events, [opening], [fitting, events[-1]], [*events[:-1], opening]):
        assert "candidates: 3020 in the council" in (conflict(*over) or "")
    again = declared("w0", paper, revision=2)
    fewer = declared("w0", paper[:1], revision=2)
    assert conflict(*events[:-1], again) is None
    assert conflict(*events[:-1], fewer, declared("more", paper[:19])) is None


LONG = "\U0001d54f" * 300


def long_paper(name: str) -> WardDeclared:
    """Returns a result of fifteen candidates with the longest names."""
    event = declared(name, [("PP52", votes) for votes in range(15)])
    people = (replace(each, candidate=LONG) for each in event.candidates)
    return event.model_copy(update={"candidates": tuple(people)})


def test_the_names_of_a_council_have_no_more_bytes_than_fit() -> None:
    """Each kind of event is a conflict once it is one too many, and names its own field."""
    result = [
        PartySeats(party=LONG[:200], party_id=f"{LONG[:197]}{place:03}", seats=1)
        for place in range(150)
    ]
    whole = CouncilDeclared(council=COUNCIL, mode="rehearsal", seats=tuple(result))
    results: list[Event] = [long_paper(f"w{number}") for number in range(WARDS_MAX)]
    wards = [replace_nominees(ward(f"w{number}", 1, {"PP52": 15})) for number in range(30)]
    notices: list[Event] = [
        noticed(f"n{number}", "counting", source=LONG) for number in range(WARDS_MAX - 27)
    ]

    for field, events in (
        ("candidates", results),
        ("wards", [opened(*wards)]),
        ("seats", [*results[:20], whole]),
        ("source", [*results[:25], *notices]),
    ):
        said = first_conflict(events)
        assert said.startswith(f"{field}: with this, ")
        assert f"more than the {KNOWN_MAX_BYTES}" in said
        assert said.endswith("shorten its names, or correct what is known already")


def replace_nominees(listed: OpenedWard) -> OpenedWard:
    """Returns a ward whose nominees have the longest names."""
    people = (replace(each, candidate=LONG) for each in listed.candidates or ())
    return listed.model_copy(update={"candidates": tuple(people)})


def first_conflict(events: Iterable[Event]) -> str:
    """Returns the first conflict of a council's events, which changes nothing."""
    council = None
    for event in events:
        before = council
        council, effects = apply(event, council)
        assert effects.failure is None
        if effects.conflict is not None:
            assert before is None or council is before
            return effects.conflict
    return ""


def test_a_correction_with_shorter_names_makes_room() -> None:
    """And other councils are not concerned."""
    results: list[Event] = [long_paper(f"w{number}") for number in range(WARDS_MAX)]
    full = next(n for n in range(WARDS_MAX) if conflict(*results[: n + 1]))
    shorter = won("w0", "PP52", revision=2)

    assert conflict(*results[:full], shorter) is None
    assert conflict(*results[:full], shorter, results[full]) is None


@pytest.mark.parametrize("name", nights())
def test_real_councils_stay_far_below_every_limit(name: str) -> None:
    """A tenth of what may be known, and a fifth of the candidates; nothing is a conflict."""
    night = load_night(name)
    councils: dict[str, Council] = {}
    for event in (*night.openings, *night.declarations):
        councils[event.council], effects = apply(event, councils.get(event.council))
        assert effects.conflict is None
        size = councils[event.council].size
        assert 10 * size.known_bytes < KNOWN_MAX_BYTES
        assert 5 * size.candidates < CANDIDATES_IN_ALL_MAX


def test_a_council_has_no_more_parties_than_any_real_one() -> None:
    """Labels without an id are parties of their own; too many of them mean a faulty file."""
    wards = [f"w{number}" for number in range(3)]
    opening = opened(*(ward(name) for name in wards))
    events: list[Event] = [opening]
    for name in wards:
        candidates = tuple(
            Candidate(candidate="A", party=f"Party {name} {number}", votes=number)
            for number in range(PARTIES_MAX // 2)
        )
        event = declared(name, [("PP52", 1)])
        events.append(event.model_copy(update={"candidates": candidates}))

    assert conflict(*events[:3]) is None
    assert "one id or one label" in (conflict(*events) or "")
