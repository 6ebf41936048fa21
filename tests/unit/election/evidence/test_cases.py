"""Cases after what happens at intake and after public reports, with invented names.

`cases/` has the openings of two councils, what was posted about them one by one, and short logs.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from election.council import Council
from election.fold import Effects, apply
from schemas.council import CouncilOpened
from schemas.events import Event, decode_event

CASES = Path(__file__).parent / "cases"


def posted(case: str) -> Event:
    """Returns what was posted in a case of `events.jsonl`, which are found by their numbers."""
    for line in (CASES / "events.jsonl").read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        if each["case"].split("-")[0] == case:
            return decode_event(json.dumps(each["event"]))
    raise KeyError(case)


def opening(council: str) -> Event:
    """Returns the opening of a council."""
    for line in (CASES / "openings.jsonl").read_text(encoding="utf-8").splitlines():
        event = CouncilOpened.model_validate_json(line)
        if event.council == council:
            return event
    raise KeyError(council)


def after(*cases: str) -> tuple[Council, Effects]:
    """Returns the council after the events of cases, and the effects of the last."""
    events = [posted(case) for case in cases]
    council, effects = apply(opening(events[0].council), None)
    for event in events:
        council, effects = apply(event, council)
    return council, effects


def logged(name: str) -> list[Event]:
    """Returns the events of a short log."""
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [decode_event(line) for line in lines]


def folded(*events: Event) -> tuple[Council, Effects]:
    """Returns the council after events, and the effects of the last."""
    council: Council | None = None
    effects = Effects()
    for event in events:
        council, effects = apply(event, council)
    assert council is not None
    return council, effects


def stage(council: Council, ward: str) -> str:
    return council.wards[f"local.exampleborough.{ward}.2027-05-06"].stage


def test_two_sources_that_agree_are_one_result() -> None:
    """The second says nothing new."""
    council, effects = after("01", "03")

    assert stage(council, "abbey") == "declared"
    assert effects == Effects()


def test_a_person_and_a_party_who_were_never_nominated_replace_nothing() -> None:
    """Even as a correction."""
    council, effects = after("06")

    assert (effects.contradiction or "").startswith("candidates: Donald Duck (PP66) not among")
    assert stage(council, "bridge") == "waiting"


@pytest.mark.parametrize("votes", ["12a", "12b", "12"])
def test_votes_that_follow_the_winners_are_no_correction(votes: str) -> None:
    """Whether they come as the same revision, as the next, or as a correction."""
    council, effects = after("07", votes)
    dale = council.wards["local.exampleborough.dale.2027-05-06"]

    assert effects.changed
    assert dale.declared is not None
    assert dale.declared.correction is None
    assert dale.margin is not None
    assert dale.margin.votes == 40


def test_the_party_of_the_winner_is_enough() -> None:
    """Who it was can follow."""
    council, effects = after("08")

    assert (effects.contradiction, effects.parked) == (None, "")
    assert stage(council, "eastgate") == "declared"


def test_the_seat_of_a_ward_that_is_still_in_recount_is_open() -> None:
    """One of two was declared: the other can be anybody's who was nominated and is left."""
    council, _ = after("10")
    count = council.count

    assert stage(council, "castle") == "partial"
    assert count is not None
    assert (count.vacant, count.still_open) == (0, 10)


def test_a_running_score_of_a_council_with_wards_is_not_its_result() -> None:
    """Its nine seats of fifteen say nothing about any ward."""
    council, effects = after("13")

    assert "seats: 9 of 15, a running score" in (effects.contradiction or "")
    assert council.count is not None
    assert council.count.control is None


def test_a_running_score_of_a_council_without_wards_leaves_the_other_seats_open() -> None:
    """Until it fills every seat or is said to be final."""
    listed = opening("local.new-westshire.2027-05-06")
    score = posted("13")
    council, _ = folded(listed.model_copy(update={"wards": ()}), score)
    final, _ = folded(
        listed.model_copy(update={"wards": ()}), score.model_copy(update={"final": True})
    )

    assert council.count is not None
    assert (council.count.control, council.count.still_open, council.count.vacant) == (None, 6, 0)
    assert final.count is not None
    assert (final.count.control, final.count.vacant) == ("NOC", 6)


def test_a_ward_that_the_council_does_not_have_is_parked() -> None:
    """It is kept, and the desk is told; nothing is announced of it."""
    council, effects = after("16")

    assert "kestrel.2027-05-06 is none of the ballots that Exampleborough" in effects.parked
    assert effects.alerts == ()
    assert council.count is not None
    assert council.count.filled == 0


def test_a_ballot_under_a_misspelt_id_does_not_count() -> None:
    """After reports of misspelt ids and polls on a new date."""
    events = logged("01-unlisted-ballot")
    parked = [folded(*events[:number])[1].parked for number in range(1, len(events) + 1)]
    council, _ = folded(*events)
    unlisted = [ward for ward in council.wards.values() if ward.contest is None]

    assert sum(bool(each) for each in parked) == len(unlisted) > 0
    assert not any(ward.counts for ward in unlisted)


def test_the_result_of_a_council_that_nobody_has_opened_is_parked() -> None:
    """It counts once the council is opened."""
    _, effects = folded(posted("17"))

    assert "local.otherdale.2027-05-06 has not been opened" in effects.parked


def test_three_seats_typed_for_one_are_held() -> None:
    """The council was opened with one."""
    _, effects = after("18")

    assert "seats_contested: 3 in" in (effects.contradiction or "")


def test_one_candidate_twice_is_refused() -> None:
    """One person would have two seats."""
    with pytest.raises(ValidationError, match="Ann Able is listed twice with the same party"):
        logged("06-candidates-twice")


def test_20_votes_do_not_beat_900() -> None:
    """There is no lot without a tie."""
    council, effects = folded(*logged("08-marks-contradict-votes"))

    assert "Bob Baker with 20 votes in" in (effects.contradiction or "")
    assert council.count is not None
    assert council.count.filled == 0


def test_running_figures_with_everybody_marked_as_not_elected_are_no_result() -> None:
    """Nobody gains anything from them."""
    council, effects = folded(*logged("10-all-marked-not-elected"))

    assert effects.alerts == ()
    assert council.count is not None
    assert (council.count.control, council.count.filled) == (None, 0)


def test_feeds_that_agree_do_not_contradict_the_count() -> None:
    """The same result in another order is a repeat."""
    assert folded(*logged("12-same-result-other-order"))[1] == Effects()
