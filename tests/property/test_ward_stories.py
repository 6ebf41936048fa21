"""What is said of a ward beside when its seats were last fought, against brute force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from election.fold import apply
from election.rules.shares import shares, swing
from election.snapshot import dump, load
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.previous import Previous, PreviousParty, PreviousPoll
from schemas.story import WardStory
from schemas.ward import Candidate, WardDeclared
from schemas.ward_totals import WardTotals
from tests.support.polls import CON, COUNCIL, IND, LAB, LD, ballot, opened, ward

PARTIES = (CON, LAB, LD, IND, "Vale First")
JOINT = "joint-party:53-119"
EARLIER = (date(2022, 5, 5), date(2024, 5, 2))


@dataclass(frozen=True)
class Contest:
    """A ward's seats, those who stood with their votes, and what it was before."""

    seats: int
    people: tuple[tuple[str, int], ...]
    previous: Previous

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(
            Candidate(
                candidate=f"{place}",
                votes=votes,
                elected=place in self.elected,
                **_party(party),
            )
            for place, (party, votes) in enumerate(self.people)
        )

    @property
    def elected(self) -> set[int]:
        """The places of those with the most votes."""
        ranked = sorted(range(len(self.people)), key=lambda place: -self.people[place][1])
        return set(ranked[: self.seats])

    def declared(self) -> WardDeclared:
        return WardDeclared(
            council=COUNCIL,
            ballot_paper_id=ballot("abbey"),
            mode="rehearsal",
            seats_contested=self.seats,
            candidates=self.candidates,
        )

    def totals(self, *, previous: bool = True) -> WardTotals:
        more = {"previous": self.previous} if previous else {}
        council, _ = apply(opened(ward("abbey", self.seats, **more)), None)
        council, _ = apply(self.declared(), council)
        assert load(dump(council)) == council
        return ward_totals(council, ballot("abbey"))

    def story(self) -> WardStory:
        found = self.totals().story
        assert found is not None
        return found


def _party(key: str) -> dict[str, str]:
    return {"party": key, "party_id": ""} if " " in key else {"party_id": key, "party": ""}


def counted(party: str) -> str:
    return LAB if party == JOINT else party


@st.composite
def contests(draw: st.DrawFn, *, votes_known: bool = True) -> Contest:
    seats = draw(st.integers(1, 3))
    party = st.sampled_from((*PARTIES, JOINT))
    people = draw(st.lists(st.tuples(party, st.integers(0, 40)), min_size=seats + 1, max_size=9))
    if not any(votes for _, votes in people):
        people[0] = (people[0][0], 1)
    # Ties between the last elected and the first not would need a lot.
    people = [(each, 10 * votes + place) for place, (each, votes) in enumerate(people)]
    polls = []
    left = seats
    for day in EARLIER[: draw(st.integers(1, 2))]:
        stood = draw(st.lists(party, min_size=1, max_size=5, unique=True))
        parties = []
        for each in stood:
            won = draw(st.integers(0, left))
            left -= won
            votes = draw(st.integers(0, 300) if votes_known else st.none() | st.integers(0, 300))
            parties.append(PreviousParty(votes=votes, seats=won, **_party(each)))
        polls.append(PreviousPoll(last_fought=day, parties=tuple(parties)))
    return Contest(seats, tuple(people), Previous(same_boundaries=True, polls=tuple(polls)))


def brute_held(previous: Previous) -> dict[str, int]:
    held: dict[str, int] = {}
    for poll in previous.polls:
        for each in poll.parties:
            key = counted(each.party_id or each.party)
            held[key] = held.get(key, 0) + (each.seats or 0)
    return held


@given(contest=contests(votes_known=False))
@settings(deadline=None, max_examples=200)
def test_gains_and_losses_are_those_counted_seat_by_seat(contest: Contest) -> None:
    """Where it is known who held every seat; they come to nothing then, and else none is told."""
    held = brute_held(contest.previous)
    won = [counted(contest.people[place][0]) for place in contest.elected]
    story = contest.story()

    if sum(held.values()) < contest.seats:
        assert all(each.seats_change is None for each in story.parties)
        return
    for each in story.parties:
        assert each.seats_before == held.get(each.party_id, 0)
        assert each.seats_change == won.count(each.party_id) - held.get(each.party_id, 0)
    assert sum(each.seats_change or 0 for each in story.parties) == 0
    assert {party for party, seats in held.items() if seats} <= {
        each.party_id for each in story.parties
    }


def brute_shares(contest: Contest) -> dict[str, Fraction]:
    """Returns each party's share by adding up a list of its votes, or taking the largest."""
    of_party: dict[str, list[int]] = {}
    for party, votes in contest.people:
        of_party.setdefault(counted(party), []).append(votes)
    own = {
        party: sum(votes) if contest.seats == 1 else max(votes) for party, votes in of_party.items()
    }
    return {party: Fraction(votes * 100, sum(own.values())) for party, votes in own.items()}


def brute_before(contest: Contest) -> dict[str, Fraction]:
    """Returns the shares at the poll that filled most seats, the first of those that did."""
    best, seats = contest.previous.polls[0], -1
    for poll in contest.previous.polls:
        filled = sum(each.seats or 0 for each in poll.parties)
        if filled > seats:
            best, seats = poll, filled
    votes: dict[str, int] = {}
    for each in best.parties:
        key = counted(each.party_id or each.party)
        votes[key] = max(votes.get(key, 0), each.votes or 0)
    total = sum(votes.values())
    return {party: Fraction(own * 100, total) for party, own in votes.items()} if total else {}


@given(contest=contests())
@settings(deadline=None, max_examples=200)
def test_shares_and_swing_are_those_of_the_definition(contest: Contest) -> None:
    """To the last digit that is shown; shares now add up to 100 but for rounding."""
    now, then = brute_shares(contest), brute_before(contest)
    story = contest.story()

    for each in story.parties:
        share, earlier = now.get(each.party_id), then.get(each.party_id)
        assert each.share == (None if share is None else float(round(share, 1)))
        assert each.share_before == (None if earlier is None else float(round(earlier, 1)))
        if share is None or earlier is None:
            assert each.share_change is None
        else:
            assert each.share_change == float(round(share - earlier, 1))
    first, second, *_ = [*sorted(now, key=lambda party: (-now[party], party)), "", ""]
    if first in then and second in then:
        points = (now[first] - then[first] + then[second] - now[second]) / 2
        assert story.swing == float(round(abs(points), 1))
        assert (story.swing_to, story.swing_from) == (
            (first, second) if points >= 0 else (second, first)
        )
    else:
        assert (story.swing, story.swing_to, story.swing_from) == (None, None, None)


VOTES = st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 1_000), min_size=1)


@given(now=VOTES, then=VOTES)
def test_shares_add_up_to_a_hundred_and_no_swing_is_larger(
    now: dict[str, int], then: dict[str, int]
) -> None:
    """And nothing that has not moved has swung."""
    for votes in (now, then):
        assert sum(shares(votes).values()) in {0, 100}
    found = swing(shares(now), shares(then))
    assert found is None or 0 <= found.points <= 100
    still = swing(shares(now), shares(now))
    assert still is None or still.points == 0


@given(contest=contests(votes_known=False))
@settings(deadline=None, max_examples=100)
def test_what_was_before_moves_nothing_but_the_story(contest: Contest) -> None:
    """Seats, margin and state are the same; the line only has more at its end."""
    told, untold = contest.totals(), contest.totals(previous=False)

    assert untold.story is None
    assert told.text.startswith(untold.text)
    without = {"story": None, "text": ""}
    assert told.model_copy(update=without) == untold.model_copy(update=without)
    council, _ = apply(opened(ward("abbey", contest.seats, previous=contest.previous)), None)
    plain, _ = apply(opened(ward("abbey", contest.seats)), None)
    assert council_totals(council) == council_totals(plain)
