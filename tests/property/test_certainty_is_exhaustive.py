from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from election.decider import can_settle_noc, deciders, stakes, the_decider
from schemas.council import ElectoralSystem, OpenedWard
from schemas.events import Event
from tests.support.polls import (
    CON,
    IND,
    LAB,
    LD,
    as_a_whole,
    counted,
    declared,
    noticed,
    opened,
    ward,
)

PARTIES = (CON, LAB, LD, IND)
# Two parties that nobody has listed: they may win if nominations are not known.
STRANGERS = ("stranger one", "stranger two")

Way = tuple[tuple[str, int], ...]

NOTHING_LEFT: frozenset[Way] = frozenset({()})


@dataclass(frozen=True)
class Poll:
    """A ward in one of its possible conditions.

    `ways` has every result that its open seats can still have, `won` what is declared already.
    """

    listed: OpenedWard
    event: Event | None
    ways: frozenset[Way]
    won: Way = ()


def falls(seats: int, fielded: Mapping[str, int]) -> frozenset[Way]:
    """Returns every division of a ward's seats that its nominations allow."""
    filled = min(seats, sum(fielded.values()))
    ranges = [range(number + 1) for number in fielded.values()]
    return frozenset(
        tuple(zip(fielded, division, strict=True))
        for division in product(*ranges)
        if sum(division) == filled
    )


def anyone(seats: int) -> frozenset[Way]:
    """Returns every division of seats that anybody may win, or for which nobody may stand."""
    parties = (*PARTIES, *STRANGERS)
    return frozenset(
        tuple(zip(parties, division, strict=True))
        for division in product(range(seats + 1), repeat=len(parties))
        if sum(division) <= seats
    )


@st.composite
def polls(draw: st.DrawFn, name: str, system: ElectoralSystem) -> Poll:
    seats = draw(st.integers(1, 2))
    fielded = draw(
        st.dictionaries(st.sampled_from(PARTIES), st.integers(1, 2), min_size=1, max_size=3)
    )
    nominees = sum(fielded.values())
    states = ["waiting", "postponed", "recount", "unknown", "countermanded", "declared", "partial"]
    if nominees <= seats:
        states.append("uncontested")
    if nominees > seats and len(fielded) > 1:
        states.append("tied")
    state = draw(st.sampled_from(states))
    if state == "declared":
        return draw(declared_polls(name, system, seats, fielded))
    if state == "partial":
        return draw(partial_polls(name, draw(st.integers(2, 3)), fielded))
    event: Event | None = None
    ways = falls(seats, fielded)
    if state == "tied":
        # A tie between parties for the last seat, without the lot: still open as nominated.
        event = declared(name, [(party, 50) for party in people(fielded)], seats)
    elif state not in {"waiting", "unknown"}:
        event = noticed(name, state)  # type: ignore[arg-type] # mypy does not see the narrowing
    if state in {"unknown", "countermanded"}:
        ways = anyone(seats)
    known = None if state == "unknown" else fielded
    return Poll(ward(name, seats, known), event, ways)


def people(fielded: Mapping[str, int]) -> list[str]:
    """Returns the party of each candidate."""
    return [party for party, number in fielded.items() for _ in range(number)]


@st.composite
def declared_polls(
    draw: st.DrawFn, name: str, system: ElectoralSystem, seats: int, fielded: Mapping[str, int]
) -> Poll:
    """Draws a ward with the result of everybody who stood; seats beyond them are vacant."""
    standing = people(fielded)
    votes = draw(st.permutations(range(10, 10 + len(standing))))
    ranked = sorted(range(len(standing)), key=lambda place: -votes[place])[:seats]
    flags = ranked if system == "stv" or draw(st.booleans()) else None
    event = declared(name, list(zip(standing, votes, strict=True)), seats, elected=flags)
    winners = Counter(standing[place] for place in ranked)
    return Poll(ward(name, seats, dict(fielded)), event, NOTHING_LEFT, tuple(winners.items()))


@st.composite
def partial_polls(draw: st.DrawFn, name: str, seats: int, fielded: Mapping[str, int]) -> Poll:
    """Draws a ward of which fewer winners are declared than it has seats.

    The others who stood are listed or not. Those left can have the other seats, or if nominations
    are not known, anybody.
    """
    standing = people(fielded)
    number = draw(st.integers(1, min(seats - 1, len(standing))))
    winners = draw(st.permutations(range(len(standing))))[:number]
    won = Counter(standing[place] for place in winners)
    is_known = draw(st.booleans())
    # The names of candidates count those of their party, so the winners come first.
    first = [standing[place] for place in winners]
    rest = [*(Counter(standing) - won).elements()] if draw(st.booleans()) else []
    event = declared(
        name, [(party, None) for party in (*first, *rest)], seats, elected=range(number)
    )
    left = dict(Counter(fielded) - won)
    ways = falls(seats - number, left) if is_known else anyone(seats - number)
    known = dict(fielded) if is_known else None
    return Poll(ward(name, seats, known), event, ways, tuple(won.items()))


@dataclass(frozen=True)
class CouncilNight:
    """A council's night: its events, and what the oracle needs to know besides its polls.

    `loose` seats are open without a ward: nobody accounts for them.
    """

    events: tuple[Event, ...]
    polls: tuple[Poll, ...]
    total: int
    held: tuple[tuple[str, int], ...]
    loose: int
    before: str | None
    independents: bool


@st.composite
def nights(draw: st.DrawFn) -> CouncilNight:
    system: ElectoralSystem = draw(st.sampled_from(["plurality", "stv"]))
    polled = tuple(
        draw(polls(f"{name}", system)) for name in ("a", "b", "c")[: draw(st.integers(1, 3))]
    )
    holders = st.dictionaries(
        st.sampled_from(PARTIES), st.one_of(st.integers(0, 3), st.none()), min_size=1, max_size=3
    )
    held = draw(holders) if draw(st.booleans()) else {}
    spare = draw(st.integers(0, 2))
    vacant = draw(st.one_of(st.none(), st.integers(0, spare)))
    up = sum(each.listed.seats_contested for each in polled)
    total = up + sum(seats or 0 for seats in held.values()) + spare
    before = draw(st.sampled_from([*PARTIES, "NOC", None]))
    independents = draw(st.booleans())
    opening = opened(
        *(each.listed for each in polled),
        total=total,
        before=before,
        not_up=held,
        seats_vacant=vacant,
        independents_as_party=independents,
        electoral_system=system,
    )
    return CouncilNight(
        (opening, *(each.event for each in polled if each.event is not None)),
        polled,
        total,
        tuple((party, seats or 0) for party, seats in held.items()),
        spare - (vacant or 0),
        before,
        independents,
    )


@st.composite
def scores(draw: st.DrawFn) -> CouncilNight:
    """Draws a council without listed wards, and its result as a whole or a running score."""
    score = draw(
        st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 4), min_size=1, max_size=4)
    )
    spare = draw(st.integers(0 if any(score.values()) else 1, 3))
    vacant = draw(st.one_of(st.none(), st.integers(0, spare)))
    final = draw(st.booleans())
    total = sum(score.values()) + spare
    before = draw(st.sampled_from([*PARTIES, "NOC", None]))
    independents = draw(st.booleans())
    opening = opened(
        total=total, before=before, seats_vacant=vacant, independents_as_party=independents
    )
    return CouncilNight(
        (opening, as_a_whole(score, final=final)),
        (),
        total,
        tuple(score.items()),
        0 if final else spare - (vacant or 0),
        before,
        independents,
    )


def ends(night: CouncilNight) -> Iterator[Counter[str]]:
    """Yields the council for every result of its open wards and seats."""
    # Results that differ only in order need not be checked twice.
    held = Counter(dict(night.held))
    for poll in night.polls:
        held.update(dict(poll.won))
    totals = {tuple(sorted(held.items()))}
    for choices in (anyone(night.loose), *(poll.ways for poll in night.polls)):
        totals = {
            tuple(sorted((Counter(dict(so_far)) + Counter(dict(way))).items()))
            for so_far in totals
            for way in choices
        }
    for seats in totals:
        yield Counter(dict(seats))


def controls(night: CouncilNight, seats: Counter[str]) -> str:
    for party, number in seats.items():
        if 2 * number > night.total and (party != IND or night.independents):
            return party
    return "NOC"


@settings(max_examples=200, deadline=None)
@given(st.one_of(nights(), scores()))
def test_control_is_certain_exactly_if_every_possible_end_agrees(night: CouncilNight) -> None:
    """Control is called if, and only if, all possible results of the open wards give the same."""
    count = counted(*night.events)
    ways = list(ends(night))
    possible = {controls(night, seats) for seats in ways}

    assert (possible.pop() if len(possible) == 1 else None) == count.control


@settings(max_examples=200, deadline=None)
@given(st.one_of(nights(), scores()))
def test_best_and_least_are_the_extremes_of_all_possible_ends(night: CouncilNight) -> None:
    """A party's best and least are the most and fewest seats in any possible end."""
    count = counted(*night.events)
    ways = list(ends(night))

    for party, seats in count.ranges.items():
        assert max(way[party] for way in ways) == seats.best
        assert min(way[party] for way in ways) == seats.least


@settings(max_examples=200, deadline=None)
@given(st.one_of(nights(), scores()))
def test_the_incumbent_is_out_exactly_if_no_possible_end_keeps_it_in(
    night: CouncilNight,
) -> None:
    """The party in control before is out if, and only if, no possible end gives it a majority."""
    count = counted(*night.events)
    before = night.before
    out = before not in {None, "NOC"} and all(
        2 * way[before or ""] <= night.total for way in ends(night)
    )

    assert out == count.incumbent_out


@settings(max_examples=200, deadline=None)
@given(nights())
def test_what_a_ward_decides_holds_in_every_possible_end(night: CouncilNight) -> None:
    """What settles control in a ward does so whatever the others declare, and nothing less does."""
    count = counted(*night.events)
    wards = {ward.ballot_paper_id: ward for ward in deciders(count)}
    for poll in night.polls:
        ward = wards.get(poll.listed.ballot_paper_id)
        if ward is None:
            continue
        after = {
            way: {controls(night, seats) for seats in ends(_fallen(night, poll, way))}
            for way in poll.ways
        }
        for stake in stakes(count, ward):
            enough = [
                number
                for number in range(poll.listed.seats_contested + 1)
                if all(
                    outcomes == {stake.party}
                    for way, outcomes in after.items()
                    if dict(way).get(stake.party, 0) >= number
                )
                and any(dict(way).get(stake.party, 0) >= number for way in after)
            ]
            keeps = [
                dict(way).get(stake.party, 0)
                for way, outcomes in after.items()
                if stake.party in outcomes
            ]
            assert (min(enough) if enough else None) == stake.settles
            own = [dict(way).get(stake.party, 0) for way in after]
            assert min(keeps) == max(stake.needs, min(own))
        assert any(outcomes == {"NOC"} for outcomes in after.values()) == can_settle_noc(
            count, ward
        )


@settings(max_examples=200, deadline=None)
@given(nights())
def test_a_council_hangs_on_a_ward_that_alone_can_settle_it(night: CouncilNight) -> None:
    """A council hangs on the one ward still expected if some result there settles control."""
    count = counted(*night.events)
    decider = the_decider(count)
    if decider is not None:
        poll = next(
            each for each in night.polls if each.listed.ballot_paper_id == decider.ballot_paper_id
        )
        settled = {
            way
            for way in poll.ways
            if len({controls(night, seats) for seats in ends(_fallen(night, poll, way))}) == 1
        }

        assert count.control is None
        assert settled


def _fallen(night: CouncilNight, poll: Poll, way: Way) -> CouncilNight:
    polled = tuple(
        replace(each, ways=frozenset({way})) if each is poll else each for each in night.polls
    )
    return replace(night, polls=polled)
