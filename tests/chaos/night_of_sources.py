"""A seeded night of which several sources speak, rightly and wrongly, and the desk decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random

from readers.parties_file import shipped_register
from schemas.council import CouncilOpened, Nominee, PartyStanding
from schemas.ids import ballot_paper_id, council_id, election_id
from services.access.holder import DEFAULT, Holder
from services.access.permission import forbidden
from services.intake.message import prepare
from services.intake.parties import with_known_parties
from tests.chaos import words
from tests.chaos.council_course import DESK, OPENS, PARTIES, CouncilCourse, Said, opened_ward
from tests.chaos.parcel import Parcel
from tests.chaos.words import Ballot

POLL = date(2026, 4, 30)
ELECTION = election_id(POLL)
"""An election of its own, so that no page of it has a figure of any other night."""

WORDS_OF_A_COUNCIL = 60
LATE_FRACTION = 0.15
"""Councils that are opened when words of them have been said already."""


HOLDERS: Mapping[str, Holder] = {
    each.id: each
    for each in (
        DEFAULT,
        Holder(OPENS, "final"),
        Holder("agency", "single"),
        Holder("stringer", "single"),
        Holder("tally", "second"),
        Holder(DESK, "final", "desk"),
    )
}
"""Who says something, as their keys have them."""

CASTS = (
    ("agency", "stringer"),
    ("agency", "stringer", "tally"),
    ("agency", "tally"),
    ("wire", "agency", "tally"),
    ("wire", "stringer"),
    (DEFAULT.id, "agency", "stringer"),
    ("tally",),
)
"""Those who speak of one ballot. Some ballots have nobody whose word counts by itself."""


class NightOfSources:
    """Councils of a seed, and the parcels of their night with the time of each, from 0 to 1."""

    def __init__(self, seed: int, number: int, namespace: str) -> None:
        self._chance = Random(f"night of sources {seed}")
        self._namespace = namespace
        self.ballots: dict[str, tuple[str, ...]] = {}
        self.parcels: list[tuple[float, Parcel]] = []
        for place in range(number // WORDS_OF_A_COUNCIL + 1):
            opened, ballots = self._council(place)
            self.ballots[opened.council] = tuple(each.id for each in ballots)
            made = CouncilCourse(opened, ballots, self._chance).made(WORDS_OF_A_COUNCIL - 1)
            late = self._chance.random() < LATE_FRACTION
            at = self._chance.random() * 0.4 if late else 0.0
            self.parcels.append((at, self._parcel(Said(OPENS, opened))))
            self.parcels += self._timed(made)

    def _council(self, number: int) -> tuple[CouncilOpened, list[Ballot]]:
        chance, name = self._chance, f"Shire {number:03}"
        council = council_id(name, POLL)
        ballots = []
        for place in range(chance.randint(3, 6)):
            ward, seats = f"Ward {place}", chance.choice((1, 1, 2, 3))
            nominees = tuple(
                Nominee(candidate=f"{label} {at} of {ward}", party=label, party_id=party)
                for label, party in PARTIES
                for at in range(seats)
            )
            ballots.append(
                Ballot(
                    council,
                    ballot_paper_id(name, ward, POLL),
                    ward,
                    seats,
                    nominees,
                    chance.choice(CASTS),
                    words.numbers(place, chance),
                )
            )
        up = sum(each.seats for each in ballots)
        opened = CouncilOpened(
            council=council,
            name=name,
            mode="rehearsal",
            cycle="all-out",
            seats_total=up,
            control_before=chance.choice(("PP52", "PP53", "NOC", None)),
            standing=tuple(PartyStanding(party=label, party_id=id_) for label, id_ in PARTIES),
            wards=tuple(opened_ward(each, each.nominees) for each in ballots),
        )
        return opened, ballots

    def _timed(self, made: list[Said]) -> Iterator[tuple[float, Parcel]]:
        """Yields parcels with their times: a few are late."""
        chance = self._chance
        for place, said in enumerate(made):
            at = (place + chance.random()) / len(made)
            if chance.random() < 0.05:
                at = min(1.0, at + chance.random() * 0.2)
            yield at, self._parcel(said)

    def _parcel(self, said: Said) -> Parcel:
        """Returns what somebody says as intake writes it for their key."""
        holder = HOLDERS[said.source]
        event = holder.stamped(with_known_parties(said.event, shipped_register()))
        message = prepare(event, self._namespace)
        may_post = not forbidden(event, holder)
        return Parcel(message.key, message.value, message.headers, event, holder.id, may_post)
