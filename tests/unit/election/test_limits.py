"""What a council refuses because no real one is like that."""

from __future__ import annotations

from election.fold import apply
from election.transitions import CANDIDATES_IN_ALL_MAX, REVISIONS_AHEAD_MAX
from schemas.base import CANDIDATES_MAX, PARTIES_MAX, WARDS_MAX
from schemas.events import Event
from schemas.ward import Candidate
from tests.support.polls import declared, noticed, opened, ward, won


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
