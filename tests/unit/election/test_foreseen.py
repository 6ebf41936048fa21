"""What is said back to whoever declares, beside the council as it was before."""

from __future__ import annotations

from typing import Any

import pytest

from election.council import Council
from election.foreseen import foreseen
from schemas.events import Event
from schemas.source import Trust
from schemas.ward import WardDeclared
from tests.support.polls import CON, LAB, LD, as_a_whole, ballot, declared, noticed, opened, ward
from tests.support.sources import by, decision, heard, result

NAMES = ("north", "south", "east", "west", "hill")
STOOD = {CON: 1, LAB: 1}
OPENED = opened(*(ward(name, fielded=STOOD) for name in NAMES), before=CON)
NIGHT: tuple[Event, ...] = (
    OPENED,
    result("south", 900, 610),
    result("east", 880, 640),
    result("west", 910, 590),
)
UNTIL = "held until a second source says the same, or the desk accepts it: "


def council(*events: Event) -> Council:
    """Returns the council of the night after further events."""
    return heard(*NIGHT, *events)[0]


def warnings(event: Event, *before: Event) -> tuple[str, ...]:
    """Returns what is said of an event beside the night and further events."""
    return foreseen(event, council(*before)).warnings


def of(trust: Trust, event: Event, source: str = "agency") -> Event:
    """Returns an event under a key with this trust."""
    return by(source, trust, event)


def north(con: int = 890, lab: int = 620, **more: Any) -> WardDeclared:
    """Returns the result of the ward that the others do not declare."""
    return result("north", con, lab, **more)


def test_a_usual_result_is_warned_of_by_nobody() -> None:
    """And the council after it is the one that the fold gives."""
    event = of("single", north())
    seen = foreseen(event, council())

    assert seen.warnings == ()
    assert seen.council == council(event)


def test_a_digit_too_many_counts_from_a_final_source_and_is_named() -> None:
    """52,000 for 520: the warning has the figure."""
    first, *others = warnings(of("final", north(52_000)))

    assert first.startswith("odd: votes: 52,000 for PP52 1, more than anybody gets in a ward")
    assert all(each.startswith("odd: votes: ") for each in others)


def test_a_digit_too_many_is_held_from_a_single_source() -> None:
    """It is said what ends that, and nothing is said twice."""
    found = warnings(of("single", north(52_000)))

    assert found[0].startswith(f"{UNTIL}votes: 52,000 for PP52 1, more than anybody gets in a ward")
    assert all(each.startswith(UNTIL) for each in found)


def test_said_again_it_is_warned_of_again() -> None:
    """Whoever lost the first answer is told the same."""
    for trust in ("final", "single"):
        event = of(trust, north(52_000))

        assert warnings(event, event) == warnings(event)


def test_what_waits_for_its_council_is_warned_of_again() -> None:
    """Of a ward and of a whole council: why the word is held, and no other reason."""
    whole = as_a_whole({CON: 3, LAB: 2})
    for event in (of("single", north()), of("second", north()), of("single", whole)):
        first = foreseen(event, None)

        assert first.warnings[0].startswith("held: ")
        assert foreseen(event, first.council).warnings == first.warnings


def test_a_whole_council_that_waits_is_warned_of_again() -> None:
    """With its seats, as the first time."""
    event = of("second", as_a_whole({CON: 3, LAB: 2}))
    (found,) = warnings(event)

    assert found == "held: seats: CON 3, LAB 2: it waits for a second source"
    assert warnings(event, event) == (found,)


@pytest.mark.parametrize("trust", ["final", "single"])
def test_marks_that_the_votes_contradict_are_held(trust: Trust) -> None:
    """Whoever says it, because it cannot be right."""
    (found,) = warnings(of(trust, north(890, 620, elected=[1])))

    assert found.startswith("held: elected: ")
    assert "LAB" in found or "PP53" in found


def test_somebody_who_was_not_nominated_is_held_and_named() -> None:
    """Under the single token, of the source `default`, it is a contradiction."""
    stranger = declared("north", [(CON, 890), (LD, 620)])

    (found,) = warnings(of("final", stranger))
    assert found.startswith("held: candidates: ")
    assert "PP90 1" in found

    (found,) = warnings(stranger)
    assert found.startswith("contradiction: candidates: ")


def test_the_figures_of_another_ward_are_odd_with_its_name() -> None:
    """From a final source it counts, from others it waits."""
    found = warnings(of("final", north(900, 610)))
    assert found == ("odd: votes: the figures of South; check that they are of this ward",)

    held = warnings(of("single", north(900, 610)))
    assert held == (f"{UNTIL}votes: the figures of South; check that they are of this ward",)


def test_a_source_that_counts_only_with_another_is_told_so_and_what_is_odd() -> None:
    """Both, as the one says nothing of the other."""
    found = warnings(of("second", north(900, 610)))

    assert found == (
        "held: it waits for a second source, or the desk",
        "odd: votes: the figures of South; check that they are of this ward",
    )


def test_a_result_that_would_decide_control_says_that_it_waits() -> None:
    """Three seats of five are won; two others settled nothing before."""
    (found,) = foreseen(of("single", north()), heard(*NIGHT[:3])[0]).warnings

    assert found.startswith("held: it would decide who controls Barsetshire")


def test_what_contradicts_another_source_names_it_and_not_its_figures() -> None:
    """Else a second source could copy them. So of a disputed word and of one that replaces it."""
    agency, stringer = of("single", north()), of("single", north(480, 620), "stringer")

    (found,) = warnings(stringer, agency)
    assert found.startswith("conflict: candidates: agency says something else; check every figure")
    assert "890" not in found
    assert warnings(stringer, agency, stringer) == (found,)

    (found,) = warnings(of("final", north(480, 620), "desk-feed"), agency)
    assert found.startswith("conflict: candidates: agency says something else")


def test_a_whole_council_that_contradicts_another_source_names_it() -> None:
    """Each time it is said, and not with the other's seats."""
    agency = of("final", as_a_whole({CON: 3, LAB: 2}))
    stringer = of("single", as_a_whole({CON: 2, LAB: 3}), "stringer")

    first = foreseen(stringer, heard(OPENED, agency)[0])
    (found,) = first.warnings
    assert found.startswith("conflict: seats: agency says something else; check every figure")
    assert foreseen(stringer, first.council).warnings == (found,)


def test_what_is_not_known_yet_is_parked() -> None:
    """A ballot that no opening lists, and a council that is not opened."""
    (found,) = warnings(of("final", result("moor", 890, 620)))
    assert found.startswith(f"parked: ballot_paper_id: {ballot('moor')} is none of the ballots")

    event = result("moor", 890, 620)
    (found,) = foreseen(event, None).warnings
    assert found.startswith("parked: council: local.barsetshire.2026-05-07 has not been opened")
    assert foreseen(event, foreseen(event, None).council).warnings == (found,)


def test_a_lower_revision_says_that_it_changes_nothing() -> None:
    """With the number that would."""
    newer = north(revision=3)

    (found,) = warnings(north(lab=600), newer)
    assert found.startswith("stale: revision: 1, but revision 3 is known")
    assert "give 4" in found


def test_another_content_under_a_known_revision_does_not_count() -> None:
    """From the source `default`, which numbers its words."""
    (found,) = warnings(north(lab=600), north())

    assert found.startswith("conflict: revision: 1 is known with other content")


def test_a_correction_of_what_nobody_has_declared_is_odd() -> None:
    """It may be meant for another ward."""
    event = north(revision=2)

    (found,) = warnings(event)
    assert found.startswith(
        f"odd: correction: transcription, but nobody has declared {event.ballot_paper_id}"
    )
    assert warnings(north(revision=2, lab=600), north()) == ()


def test_an_opening_and_a_notice_say_why_they_do_not_count() -> None:
    """From a source that is not final they are held."""
    (opening,) = warnings(of("single", OPENED.model_copy(update={"revision": 2})))
    (no_poll,) = warnings(of("single", noticed("hill", "countermanded")))

    assert opening.startswith("held: source_id: agency is trusted as single")
    assert no_poll == (
        "held: status: countermanded: it moves seats without a vote, and waits for the desk"
    )


def test_a_figure_of_the_desk_is_looked_at_as_any_other() -> None:
    """The desk types as well."""
    event = decision("north", ruling="figure", figure=north(52_000))

    assert warnings(event)[0].startswith("odd: votes: 52,000 for PP52 1")


def test_events_are_seen_one_after_the_other() -> None:
    """Each on top of the one before it, and none of them changes what was given."""
    before = council()
    first = foreseen(of("single", north()), before)
    second = foreseen(of("single", north(480, 620), "stringer"), first.council)

    assert second.warnings[0].startswith("conflict: ")
    assert before == council()
