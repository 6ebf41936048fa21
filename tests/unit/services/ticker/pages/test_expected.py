from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.council import CouncilOpened
from schemas.uk_time import UK_TIME
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.expected import ExpectedCouncil, expected_councils, time_of_night
from services.ticker.pages.templates import page
from tests.support.shown_night import shown
from tests.support.ticking import COUNCIL, ELECTION, WARDS, ballot, declared, opened

EVENING = datetime(2014, 5, 22, 22, 30, tzinfo=UK_TIME)
FIRST = datetime(2014, 5, 23, 1, 0, tzinfo=UK_TIME)


def timed(council: str = COUNCIL, name: str = "Nowhere", *, mode: str = "live") -> CouncilOpened:
    """Returns a council whose wards are expected an hour apart from FIRST on, all but the last."""
    plain = opened(council, name)
    wards = tuple(
        ward.model_copy(update={"expected_at": FIRST + timedelta(hours=place)})
        if place < len(WARDS) - 1
        else ward
        for place, ward in enumerate(plain.wards)
    )
    return plain.model_copy(update={"wards": wards, "mode": mode})


def expected(state: ElectionState, now: datetime = EVENING) -> ExpectedCouncil:
    (found,) = expected_councils(state, now)
    return found


def live(*winners: str) -> ElectionState:
    """Returns a live night of one council after its first wards went to these parties."""
    results = [declared(*each) for each in zip(WARDS, winners, strict=False)]
    return shown([timed(), *(each.model_copy(update={"mode": "live"}) for each in results)])


def test_a_council_is_expected_when_its_last_ward_is() -> None:
    """The list says that time, that of the next ward, and for how many wards a time is known."""
    found = expected(live())

    assert (found.expected_next, found.expected_at) == (FIRST, FIRST + timedelta(hours=3))
    assert (found.wards_to_come, found.wards_with_time) == (5, 4)
    assert found.shown_at == FIRST + timedelta(hours=3)
    assert found.says == "Nowhere, as far as is known: 4 of 5 wards to come have a time"


def test_a_ward_that_a_council_hangs_on_gives_its_time() -> None:
    """With six seats each and one ward to come, that ward decides the council when it declares."""
    moved = timed()
    times = {ballot("Elm"): FIRST + timedelta(minutes=100)}
    wards = tuple(
        ward.model_copy(update={"expected_at": times.get(ward.ballot_paper_id)})
        for ward in moved.wards
    )
    results = zip(WARDS, ("PP52", "PP53", "PP52", "PP53"), strict=False)
    state = shown(
        [
            moved.model_copy(update={"wards": wards}),
            *(declared(*each).model_copy(update={"mode": "live"}) for each in results),
        ]
    )
    found = expected(state)

    assert found.decider is not None
    assert found.decider.ward == "Elm"
    assert found.shown_at == FIRST + timedelta(minutes=100)
    assert found.says == "Elm decides Nowhere"


def test_a_ward_without_a_time_is_not_said_to_decide_at_another_ward_s_time() -> None:
    """Elm decides the council, but nobody has said when."""
    found = expected(live("PP52", "PP53", "PP52", "PP53"))

    assert [each.ward for each in found.deciders] == ["Elm"]
    assert found.decider is None
    assert found.shown_at is None


def test_a_complete_council_is_not_expected() -> None:
    """It leaves the list with its last ward."""
    assert expected_councils(live("PP52", "PP52", "PP52", "PP52", "PP52"), EVENING) == []


def test_councils_come_in_the_order_of_their_times_and_unknown_ones_last() -> None:
    """Who reads from the top reads what comes next."""
    names = ("Early", "Late", "Alpha")
    ids = [f"local.{name.lower()}.2014-05-22" for name in names]
    early, late = timed(ids[0], "Early"), timed(ids[1], "Late")
    later = tuple(
        ward.model_copy(update={"expected_at": FIRST + timedelta(hours=9)}) for ward in late.wards
    )
    without = opened(ids[2], "Alpha").model_copy(update={"mode": "live"})
    state = shown([without, late.model_copy(update={"wards": later}), early])

    assert [each.name for each in expected_councils(state, EVENING)] == ["Early", "Late", "Alpha"]


def test_a_declaration_that_is_late_is_overdue() -> None:
    """By the clock in a live night; the next time counts, not the last."""
    assert not expected(live(), FIRST - timedelta(minutes=1)).overdue
    assert expected(live(), FIRST + timedelta(minutes=1)).overdue


def test_in_a_rehearsal_nothing_is_late_by_the_clock_of_today() -> None:
    """A past night is rehearsed at any time: what counts is when the latest ward declared."""
    today = datetime(2026, 11, 28, tzinfo=UTC)
    opening = timed(mode="rehearsal")
    ash = declared("Ash", "PP52")
    late = ash.model_copy(update={"declared_at": FIRST + timedelta(hours=2)})

    assert not expected(shown([opening]), today).overdue
    assert not expected(shown([opening, ash]), today).overdue
    assert expected(shown([opening, late]), today).overdue
    assert time_of_night(shown([opening, late]), today) == FIRST + timedelta(hours=2)


def rendered(state: ElectionState, now: datetime = EVENING) -> str:
    councils = expected_councils(state, now)
    return page(
        "expected.html",
        title="Expected",
        election=ELECTION,
        address="https://count.example/elections/x/expected",
        calendar="https://count.example/v1/elections/x/expected.ics",
        feed_id=state.at,
        overdue=[each for each in councils if each.overdue],
        to_come=[each for each in councils if each.shown_at and not each.overdue],
        without_time=[each for each in councils if each.shown_at is None],
        not_opened=(),
        rehearsal=False,
        wall=False,
    )


def test_the_page_says_what_is_late_what_is_to_come_and_what_is_not_known() -> None:
    """Each state has its own words; none is shown where there is nothing of it."""
    to_come, late = rendered(live()), rendered(live(), FIRST + timedelta(hours=1))
    nothing = rendered(shown([opened()]))
    done = rendered(live("PP52", "PP52", "PP52", "PP52", "PP52"))

    assert "Still to come" in to_come
    assert "04.00</time>" in to_come
    assert "Next ward 01.00" in to_come
    assert "Overdue" not in to_come
    assert "Overdue" in late
    assert "Nobody has said when any of the councils to come is expected." in nothing
    assert "No time is known" in nothing
    assert "No council is awaited" in done
