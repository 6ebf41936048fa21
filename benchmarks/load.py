"""Load: election nights made up from a seed, in the shape of real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.events import Event
from schemas.ward import Candidate, WardDeclared, WardStatus

FIRST_NIGHT = date(2014, 5, 22)

PARTIES = (
    ("PP52", "Conservative and Unionist Party"),
    ("PP53", "Labour Party"),
    ("PP90", "Liberal Democrats"),
    ("PP63", "Green Party"),
    ("PP85", "UK Independence Party (UKIP)"),
)

NOTICE_FRACTION = 0.10
"""Ballots with a notice (counting or recount) before the result."""

CORRECTION_FRACTION = 0.04
"""Results that a later message of the same night corrects."""

REPEAT_FRACTION = 0.02
"""Results that a sender repeats word for word."""


@dataclass(frozen=True, slots=True)
class Night:
    """The size of one made-up election night. The same night and seed give the same events."""

    councils: int = 160
    wards: int = 20
    seed: int = 2014


@dataclass(frozen=True, slots=True)
class Ward:
    """A made-up ward: its id, its seats and its candidates."""

    ballot: str
    name: str
    seats: int
    nominees: tuple[Nominee, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A made-up council: its id, its wards and the standing of the parties before the night."""

    council: str
    opening: CouncilOpened
    wards: tuple[Ward, ...]
    lean: tuple[float, ...]


def places(night: Night, poll: date = FIRST_NIGHT) -> list[Place]:
    """Returns the councils of a night. Every second one elects all out, the others by thirds."""
    chance = random.Random(f"{night.seed} {poll}")  # noqa: S311 - a load to repeat, no secret
    return [_place(number, night.wards, poll, chance) for number in range(night.councils)]


def _place(number: int, wards: int, poll: date, chance: random.Random) -> Place:
    name = f"Shire {number}"
    council = f"local.shire-{number}.{poll.isoformat()}"
    all_out = number % 2 == 0
    seats = 3 if all_out else 1
    # One party leads, so that some councils are settled early and some by their last ward.
    lean = tuple(chance.uniform(0.6, 1.2) for _ in PARTIES)
    stood = tuple(_ward(f"shire-{number}", index, seats, poll) for index in range(wards))
    total = seats * wards if all_out else 3 * wards
    held = [total // 4] * 4
    held[chance.randrange(4)] += total - sum(held)
    not_up = [0, 0, 0, 0] if all_out else [each * 2 // 3 for each in held]
    control = next((PARTIES[i][0] for i in range(4) if held[i] > total // 2), "NOC")
    opening = CouncilOpened(
        council=council,
        # No council has such a code, so none has a place on the map that another is on.
        council_gss=f"E07{900_000 + number}",
        name=name,
        mode="rehearsal",
        cycle="all-out" if all_out else "thirds",
        seats_total=total,
        control_before=control,
        standing=tuple(
            PartyStanding(
                party=PARTIES[i][1],
                party_id=PARTIES[i][0],
                seats_eve_of_poll=held[i],
                seats_last_election=held[i],
                seats_not_up=not_up[i],
            )
            for i in range(4)
        ),
        wards=tuple(
            OpenedWard(
                ballot_paper_id=ward.ballot,
                ward=ward.name,
                seats_contested=ward.seats,
                candidates=ward.nominees,
                total_electorate=9_000,
            )
            for ward in stood
        ),
    )
    return Place(council, opening, stood, lean)


def _ward(slug: str, index: int, seats: int, poll: date) -> Ward:
    parties = PARTIES if seats == 1 else (*PARTIES[:3] * 3, PARTIES[3])
    nominees = tuple(
        Nominee(candidate=f"Candidate {index}-{number}", party=party, party_id=party_id)
        for number, (party_id, party) in enumerate(parties)
    )
    return Ward(f"local.{slug}.ward-{index}.{poll.isoformat()}", f"Ward {index}", seats, nominees)


def declared(
    place: Place, ward: Ward, chance: random.Random, revision: int = 1, leader: int | None = None
) -> WardDeclared:
    """Returns a result of a ward, by chance; `leader` gives one of PARTIES every seat."""
    lean = {party_id: place.lean[i] for i, (party_id, _) in enumerate(PARTIES)}
    if leader is not None:
        lean[PARTIES[leader][0]] = 4.0
    # No two candidates have the same votes: this load has no ties.
    votes = [
        int(lean[nominee.party_id] * chance.gauss(1_000, 150)) * 20 + number
        for number, nominee in enumerate(ward.nominees)
    ]
    votes = [max(each, number) // 10 for number, each in enumerate(votes)]
    ranked = sorted(range(len(votes)), key=lambda each: (-votes[each], each))
    elected = set(ranked[: ward.seats])
    last, first_out = ranked[ward.seats - 1], ranked[ward.seats]
    if votes[last] == votes[first_out]:
        votes[last] += 1
    return WardDeclared(
        council=place.council,
        ballot_paper_id=ward.ballot,
        mode="rehearsal",
        revision=revision,
        correction="transcription" if revision > 1 else None,
        source="made up",
        seats_contested=ward.seats,
        candidates=tuple(
            Candidate(
                candidate=nominee.candidate,
                party=nominee.party,
                party_id=nominee.party_id,
                votes=votes[number],
                elected=number in elected,
            )
            for number, nominee in enumerate(ward.nominees)
        ),
        num_spoilt_ballots=chance.randrange(40),
        total_electorate=9_000,
    )


def in_the_balance(councils: int, wards: int = 21) -> list[Place]:
    """Returns councils of an odd number of one-seat wards, where the last ward decides control."""
    found = []
    for place in places(Night(councils * 2, wards))[1::2]:
        standing = tuple(
            party.model_copy(update={"seats_not_up": 0}) for party in place.opening.standing
        )
        update = {"seats_total": wards, "standing": standing}
        opening = place.opening.model_copy(update=update)
        found.append(Place(place.council, opening, place.wards, place.lean))
    return found


def all_but_the_last(place: Place, chance: random.Random) -> Iterator[Event]:
    """Yields the events that leave a council of `in_the_balance` level between two parties."""
    yield place.opening
    for index, ward in enumerate(place.wards[:-1]):
        yield declared(place, ward, chance, leader=index % 2)


def swing(place: Place, revision: int, chance: random.Random) -> WardDeclared:
    """Returns the last ward, won by the other party with each revision: control changes."""
    return declared(place, place.wards[-1], chance, revision=revision, leader=revision % 2)


def night_events(night: Night, poll: date = FIRST_NIGHT) -> Iterator[Event]:
    """Yields a night: every council is opened, then the wards of all declare, mixed."""
    stood = places(night, poll)
    for place in stood:
        yield place.opening
    chance = random.Random(f"{night.seed} {poll} events")  # noqa: S311 - a load to repeat, no secret
    timed: list[tuple[float, int, Event]] = []
    for place in stood:
        for ward in place.wards:
            at = chance.random()
            timed += (
                (event_at, len(timed), event)
                for event_at, event in _ballot(place, ward, at, chance)
            )
    timed.sort(key=lambda each: each[:2])
    yield from (event for _, _, event in timed)


def _ballot(
    place: Place, ward: Ward, at: float, chance: random.Random
) -> Iterator[tuple[float, Event]]:
    if chance.random() < NOTICE_FRACTION:
        notice = WardStatus(
            council=place.council,
            ballot_paper_id=ward.ballot,
            mode="rehearsal",
            revision=1,
            status=chance.choice(("counting", "recount")),
        )
        yield at - 0.02, notice
    result = declared(place, ward, chance)
    yield at, result
    if chance.random() < REPEAT_FRACTION:
        yield at + 0.01, result
    if chance.random() < CORRECTION_FRACTION:
        yield at + 0.05, declared(place, ward, chance, revision=2)


def backlog(declarations: int, night: Night | None = None) -> Iterator[Event]:
    """Yields as many events as asked for, night after night, a week apart."""
    night = night or Night()
    poll, made = FIRST_NIGHT, 0
    while made < declarations:
        for event in night_events(night, poll):
            yield event
            made += 1
            if made == declarations:
                return
        poll += timedelta(days=7)


def by_a_second_source(said: WardDeclared) -> WardDeclared:
    """Returns a result as a source says it that needs another to count."""
    return said.model_copy(update={"source_id": "site", "trust": "second"})
