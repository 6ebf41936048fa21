"""Long nights: the same councils declared once, and then corrected night after night.

What is stored stays the same in kind, so that whatever grows is kept for its own sake: no council,
ward or candidate is new after the first night, only revisions rise. A correction changes votes and
no seats, except in the ward that decides each council of `in_the_balance`: it changes hands every
night, so that alerts are withdrawn and raised, as many in each night as in the one before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchmarks.load import (
    NOTICE_FRACTION,
    REPEAT_FRACTION,
    Night,
    Place,
    Ward,
    declared,
    in_the_balance,
    places,
    swing,
)
from schemas.events import Event
from schemas.ward import WardDeclared, WardStatus

WARDS = 22
"""Wards of a council that elects all out. One in the balance has one less: an odd number."""


@dataclass(frozen=True, slots=True)
class LongNights:
    """Councils of which every second is in the balance, and what is declared of them each night."""

    all_out: tuple[Place, ...]
    balanced: tuple[Place, ...]

    @classmethod
    def of(cls, councils: int) -> LongNights:
        """Returns so many councils, an even number; the same every time."""
        half = councils // 2
        return cls(
            tuple(places(Night(councils, WARDS))[::2]), tuple(in_the_balance(half, WARDS - 1))
        )

    def openings(self) -> Iterator[Event]:
        """Yields the councils before the first night."""
        for place in (*self.all_out, *self.balanced):
            yield place.opening

    def night(self, number: int) -> Iterator[Event]:
        """Yields a night, counted from 1, mixed: each ward's result, which has that revision.

        A tenth of the wards has a notice before, and some results are sent twice.
        """
        chance = random.Random(f"long night {number}")  # noqa: S311 - a load to repeat, no secret
        wards = [
            (place, index)
            for place in (*self.all_out, *self.balanced)
            for index in range(len(place.wards))
        ]
        chance.shuffle(wards)
        in_balance = {place.council for place in self.balanced}
        for place, index in wards:
            ward = place.wards[index]
            if chance.random() < NOTICE_FRACTION:
                yield _notice(place, ward, number, chance)
            said = _result(place, index, number, is_balanced=place.council in in_balance)
            yield said
            if chance.random() < REPEAT_FRACTION:
                yield said

    def events_a_night(self) -> int:
        """Returns how many events a night has: those of the first, as all have about as many."""
        return sum(1 for _ in self.night(1))


def _notice(place: Place, ward: Ward, revision: int, chance: random.Random) -> WardStatus:
    return WardStatus(
        council=place.council,
        ballot_paper_id=ward.ballot,
        mode="rehearsal",
        revision=revision,
        status=chance.choice(("counting", "recount")),
    )


def _result(place: Place, index: int, revision: int, *, is_balanced: bool) -> WardDeclared:
    """Returns a ward's result: its first one with a vote more for everybody, or without."""
    ward = place.wards[index]
    chance = random.Random(ward.ballot)  # noqa: S311 - a load to repeat, no secret
    if is_balanced and index == len(place.wards) - 1:
        return swing(place, revision, chance)
    leader = index % 2 if is_balanced else None
    said = declared(place, ward, chance, revision, leader)
    more = revision % 2
    candidates = tuple(replace(each, votes=(each.votes or 0) + more) for each in said.candidates)
    return said.model_copy(update={"candidates": candidates})
