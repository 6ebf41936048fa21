from __future__ import annotations

import csv
import io

from schemas.council import CouncilOpened, OpenedWard
from schemas.ward import Candidate, WardDeclared
from services.ticker.feed.election_state import ElectionState
from services.ticker.formats.closest_table import closest_councils_csv, closest_wards_csv
from services.ticker.formats.csv_text import ENCODING
from services.ticker.pages.closest import ClosestWard, closest_councils, closest_wards
from tests.support.shown_night import night_shown, shown
from tests.support.ticking import COUNCIL, ballot, opened


def result(*people: tuple[str, str, int, bool | None], lot: str = "") -> WardDeclared:
    """Returns the result of Ash, of two seats, from names, parties, votes and marks."""
    return WardDeclared(
        council=COUNCIL,
        ballot_paper_id=ballot("Ash"),
        mode="rehearsal",
        source="returning officer",
        seats_contested=2,
        candidates=tuple(
            Candidate(
                candidate=name,
                party=party,
                party_id=party,
                votes=votes,
                elected=elected,
                tied_vote_winner=name == lot,
            )
            for name, party, votes, elected in people
        ),
    )


def opening() -> CouncilOpened:
    """Returns a council of which Ash is the only ward, and nobody knows who stands."""
    ward = OpenedWard(ballot_paper_id=ballot("Ash"), ward="Ash", seats_contested=2)
    return opened().model_copy(update={"wards": (ward,), "seats_total": 2, "standing": ()})


def only(*people: tuple[str, str, int, bool | None], lot: str = "") -> ClosestWard:
    (found,) = closest_wards(shown([opening(), result(*people, lot=lot)]))
    return found


def test_two_of_one_party_are_never_set_beside_each_other() -> None:
    """One vote between two Labour candidates is no story; the next margin, to another party, is."""
    found = only(
        ("Ann", "PP53", 500, True),
        ("Bob", "PP53", 401, True),
        ("Cat", "PP53", 400, False),
        ("Dan", "PP52", 370, False),
    )

    assert (found.elected.candidate, found.beaten.candidate) == ("Bob", "Dan")
    assert found.votes == 31


def test_the_closest_pair_need_not_be_that_of_the_last_seat() -> None:
    """If the last elected and the first beaten are of one party, the winner above may be closer."""
    found = only(
        ("Ann", "PP52", 410, True),
        ("Bob", "PP53", 405, True),
        ("Cat", "PP53", 400, False),
        ("Dan", "PP52", 100, False),
    )

    assert (found.elected.candidate, found.beaten.candidate) == ("Ann", "Cat")
    assert found.votes == 10
    assert found.voters is None


def test_a_ward_in_which_one_party_alone_stood_is_not_listed() -> None:
    """No seat could have gone to another party."""
    one_party = [
        ("Ann", "PP53", 500, True),
        ("Bob", "PP53", 499, True),
        ("Cat", "PP53", 498, False),
    ]

    assert closest_wards(shown([opening(), result(*one_party)])) == []


def test_a_lot_and_a_tie_come_first_and_are_told_apart() -> None:
    """A tie that a lot has decided was by lot; one that awaits the lot is tied."""
    tie = [("Ann", "PP53", 500), ("Bob", "PP53", 400), ("Cat", "PP52", 400), ("Dan", "PP90", 10)]
    by_lot = only(*[(*each, each[0] in {"Ann", "Cat"}) for each in tie], lot="Cat")
    tied = only(*[(*each, None) for each in tie])

    assert (by_lot.votes, by_lot.is_by_lot, by_lot.is_tied) == (0, True, False)
    assert (by_lot.elected.candidate, by_lot.beaten.candidate) == ("Cat", "Bob")
    assert (tied.votes, tied.is_by_lot, tied.is_tied) == (0, False, True)
    assert {tied.elected.candidate, tied.beaten.candidate} == {"Bob", "Cat"}


def england() -> ElectionState:
    return night_shown("england-2021", 1.0)


def test_the_closest_of_england_in_2021() -> None:
    """One voter of Hartley decided Northumberland, and eight seats there went by one or two."""
    state = england()
    councils, wards = closest_councils(state.opened()), closest_wards(state)
    first = councils[0]

    assert (first.name, first.voters) == ("Northumberland", 1)
    assert [flip.ward for flip in first.flip_at] == ["Hartley"]
    assert [each.votes for each in wards[:6]] == [1] * 6
    assert ("Hartley", "Northumberland") in {(each.ward, each.council_name) for each in wards[:6]}
    assert [each.voters for each in councils] == sorted(each.voters for each in councils)
    assert [each.votes for each in wards] == sorted(each.votes for each in wards)
    assert all(each.control != "NOC" for each in councils)
    assert all(
        each.elected.party_id != each.beaten.party_id or not each.beaten.party_id for each in wards
    )


def test_wards_under_the_single_transferable_vote_are_not_listed() -> None:
    """First preferences do not say how close an election was."""
    assert closest_wards(night_shown("scotland-2012", 1.0)) == []


def test_the_tables_have_a_row_for_each_with_its_place() -> None:
    """What the page lists is in the tables under the same order."""
    state = england()
    councils, wards = closest_councils(state.opened())[:5], closest_wards(state)[:7]
    of_councils = list(csv.DictReader(io.StringIO(closest_councils_csv(councils).decode(ENCODING))))
    of_wards = list(csv.DictReader(io.StringIO(closest_wards_csv(wards).decode(ENCODING))))

    assert [row["place"] for row in of_councils] == ["1", "2", "3", "4", "5"]
    assert of_councils[0]["wards"] == "Hartley 1"
    assert [row["ward"] for row in of_wards] == [each.ward for each in wards]
    assert of_wards[0]["elected"] == wards[0].elected.candidate
    assert of_wards[0]["is_by_lot"] == "0"
