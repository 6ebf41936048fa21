"""What several sources say of a council as a whole, through the fold."""

from __future__ import annotations

from election.council import Council
from election.evidence.claim import SOURCES_MAX
from election.fold import Effects, apply
from election.snapshot import dump, load
from election.totals import council_totals
from schemas.events import Event
from schemas.source import Trust
from schemas.totals import CouncilTotals
from tests.support.polls import CON, LAB, as_a_whole, opened, ward, won
from tests.support.sources import by, heard

OPENING = opened(seats_total=9, before=CON)


def whole(con: int, lab: int, source: str, trust: Trust, revision: int = 1) -> Event:
    return by(source, trust, as_a_whole({CON: con, LAB: lab}, revision))


def shown(council: Council) -> CouncilTotals:
    totals = council_totals(council)
    assert totals is not None
    return totals


def seats(council: Council) -> dict[str, int]:
    return {each.party_id: each.seats for each in shown(council).parties if each.seats}


def test_a_final_source_declares_a_council_by_itself() -> None:
    council, effects = heard(OPENING, whole(3, 6, "agency", "final"))

    assert effects.rejection is None
    assert "control" in {alert.kind for alert in effects.alerts}
    assert (shown(council).control, shown(council).sources) == (LAB, 1)


def test_a_single_source_waits_if_control_hangs_on_its_result() -> None:
    """No seat, no alert; a second source that agrees lets both count."""
    council, effects = heard(OPENING, whole(3, 6, "ann", "single"))

    assert effects.held == (
        "seats: LAB 6, CON 3: it would decide who controls Barsetshire;"
        " it waits for a second source"
    )
    assert effects.alerts == ()
    assert (seats(council), shown(council).being_checked) == ({}, True)

    council, effects = apply(whole(3, 6, "site", "second"), council)

    assert effects.rejection is None
    assert "control" in {alert.kind for alert in effects.alerts}
    assert (shown(council).sources, shown(council).being_checked) == (2, False)


def test_a_running_score_of_a_single_source_counts_until_it_would_decide() -> None:
    """What stood stands while its source's next word waits."""
    council, effects = heard(OPENING, whole(1, 2, "ann", "single"))
    assert (effects.rejection, seats(council)) == (None, {CON: 1, LAB: 2})

    council, effects = apply(whole(1, 5, "ann", "single", 2), council)

    assert "it would decide who controls" in effects.held
    assert seats(council) == {CON: 1, LAB: 2}
    assert shown(council).being_checked


def test_a_second_source_alone_never_counts() -> None:
    council, effects = heard(OPENING, whole(1, 2, "site", "second"))

    assert effects.held == "seats: LAB 2, CON 1: it waits for a second source"
    assert seats(council) == {}


def test_a_source_that_contradicts_what_stands_is_a_conflict_with_both_figures() -> None:
    """What stands stays, and the totals say that it is disputed."""
    council, effects = heard(OPENING, whole(3, 6, "agency", "final"), whole(6, 3, "site", "second"))

    reason, text = effects.rejection or ("", "")
    assert reason == "conflict"
    assert text.startswith(
        "seats: CON 6, LAB 3 by site, but what stands is by agency: LAB 6, CON 3"
    )
    assert seats(council) == {CON: 3, LAB: 6}
    assert shown(council).disputed


def test_an_earlier_running_score_is_no_contradiction() -> None:
    council, effects = heard(OPENING, whole(3, 6, "agency", "final"), whole(2, 6, "site", "second"))

    assert effects.rejection is None
    assert (shown(council).disputed, shown(council).being_checked) == (False, False)


def test_a_source_with_more_trust_replaces_what_stood() -> None:
    council, effects = heard(OPENING, whole(1, 2, "ann", "single"), whole(2, 1, "agency", "final"))

    assert effects.rejection is None
    assert seats(council) == {CON: 2, LAB: 1}
    assert shown(council).disputed


def test_more_seats_than_the_council_has_are_held_whoever_says_so() -> None:
    council, effects = heard(OPENING, whole(5, 6, "agency", "final"))

    assert "correct seats, or open the council again" in effects.held
    assert seats(council) == {}


def test_the_latest_word_of_a_source_stands_without_a_number_and_its_repeat_is_none() -> None:
    said = whole(4, 5, "agency", "final")
    council, _ = heard(OPENING, whole(3, 6, "agency", "final"), said)

    assert seats(council) == {CON: 4, LAB: 5}
    assert apply(said, council) == (council, Effects())


def test_a_held_word_that_is_said_again_changes_nothing_while_it_waits_for_the_same() -> None:
    """The desk knows of it."""
    said = whole(3, 6, "ann", "single")
    council, first = heard(OPENING, said)

    assert first.held
    assert apply(said, council) == (council, Effects())


def test_a_held_word_counts_once_it_is_said_again_and_nothing_hangs_on_it() -> None:
    """Control hung on it, until a ward settled that."""
    opening = opened(ward("north", 5), ward("south", 4), before=CON)
    said = whole(3, 6, "ann", "single")
    north = by("agency", "final", won("north", LAB, LAB, LAB, LAB, LAB))
    council, first = heard(opening, said)
    assert "it would decide who controls" in first.held
    council, _ = apply(north, council)

    council, effects = apply(said, council)

    assert (effects.changed, effects.rejection) == (True, None)
    assert seats(council) == {CON: 3, LAB: 6}


def test_a_lower_revision_of_a_source_is_stale() -> None:
    council, _ = heard(OPENING, whole(3, 6, "agency", "final", 2))

    assert apply(whole(4, 5, "agency", "final"), council) == (council, Effects())


def test_what_was_said_before_the_opening_is_weighed_once_it_comes() -> None:
    """A single one that would decide waits then, two that agree count."""
    one, two = whole(3, 6, "ann", "single"), whole(3, 6, "site", "second")

    council, _ = heard(one, OPENING)
    assert (seats(council), shown(council).being_checked) == ({}, True)

    council, _ = heard(one, two, OPENING)
    assert (seats(council), shown(council).sources) == ({CON: 3, LAB: 6}, 2)


def test_an_opening_with_fewer_seats_holds_what_has_too_many() -> None:
    council, _ = heard(OPENING, whole(3, 6, "agency", "final"))
    again = OPENING.model_copy(update={"seats_total": 8, "revision": 2})

    council, _ = apply(again, council)

    assert (seats(council), shown(council).being_checked) == ({}, True)


def test_what_was_said_is_in_the_snapshot() -> None:
    council, _ = heard(
        OPENING,
        whole(3, 6, "agency", "final"),
        whole(6, 3, "site", "second"),
        whole(3, 6, "ann", "single"),
    )

    assert load(dump(council)) == council


def test_a_council_has_a_limited_number_of_sources() -> None:
    """One more than that is a conflict, and the others keep their places."""
    words = [whole(1, number, f"s{number}", "second") for number in range(SOURCES_MAX)]
    council, _ = heard(OPENING, *words)

    after, effects = apply(whole(1, 2, "another", "final"), council)

    assert after is council
    assert "let one of s0, s1" in (effects.conflict or "")


def test_the_proof_of_a_call_says_that_two_sources_confirm_it() -> None:
    _, effects = heard(OPENING, whole(3, 6, "ann", "single"), whole(3, 6, "site", "second"))

    (control,) = [each for each in effects.alerts if each.kind == "control"]
    assert "confirmed by two sources" in control.proof
