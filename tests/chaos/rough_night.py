"""A seeded night with everything that goes wrong in what is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.envelope import Envelope, Headers, message_type
from schemas.events import Event
from schemas.ids import ballot_paper_id, council_id
from schemas.ward import Candidate, WardDeclared, WardStatus
from services.intake.message import Message, prepare
from services.platform.kafka import MESSAGE_MAX_BYTES
from tests.chaos.night_of_sources import NightOfSources
from tests.chaos.parcel import Parcel
from tests.fuzz.door import accepted
from tests.fuzz.events import Events

POLL = date(2026, 5, 7)
BEGIN = datetime(2026, 5, 7, 22, tzinfo=UTC)
PARTIES = (("Conservative", "PP52"), ("Labour", "PP53"), ("Liberal Democrats", "PP90"))
RIVALS = ("PP52", "PP53")
MALFORMED_FRACTION = 0.01
AT_THE_BOUNDS_FRACTION = 0.03
"""Events at the bounds of the schemas, of councils of their own: what the fuzz sends."""

OF_SOURCES_FRACTION = 0.25
"""What several sources say, and the desk decides, of councils of their own."""

LARGE_BYTES = MESSAGE_MAX_BYTES - 10_000
TOO_LARGE_BYTES = MESSAGE_MAX_BYTES + 10_000
"""Too large for a declaration, but not for the topic, which has room for headers."""


@dataclass(slots=True)
class _Ward:
    name: str
    ballot: str
    seats: int
    revision: int = 0
    winner: int = 0
    notices: int = 0


class RoughNight:
    """Councils of a seed and the parcels of their night, in the order in which they are sent.

    With `at_the_bounds` there are events at the bounds of the schemas among them, too, and with
    `of_sources` the words of several sources. `ballots` are those of the latter, by council.
    """

    def __init__(  # noqa: PLR0913 -- what a night is made of
        self,
        seed: int,
        declarations: int,
        councils: int,
        namespace: str,
        *,
        at_the_bounds: bool = False,
        of_sources: bool = False,
    ) -> None:
        self._chance = Random(f"night {seed}")
        self._namespace = namespace
        self.parcels: list[Parcel] = []
        self.ballots: Mapping[str, tuple[str, ...]] = {}
        openings: list[Event] = []
        declared: list[tuple[float, Parcel]] = []
        if of_sources:
            spoken = int(declarations * OF_SOURCES_FRACTION)
            night = NightOfSources(seed, spoken, namespace)
            self.ballots, declarations = night.ballots, declarations - spoken
            declared += night.parcels
        each = declarations // councils + 1
        for number in range(councils):
            opened, wards = self._council(number)
            late = self._chance.random() < 0.1
            if late:
                declared.append((self._chance.random(), self._parcel(opened)))
            else:
                openings.append(opened)
            declared += self._declarations(opened, wards, each - 1)
        declared += [
            (self._chance.random(), self._malformed(openings))
            for _ in range(int(declarations * MALFORMED_FRACTION))
        ]
        if at_the_bounds:
            declared += self._at_the_bounds(seed, int(declarations * AT_THE_BOUNDS_FRACTION))
        declared.sort(key=lambda pair: pair[0])
        self.parcels = [*map(self._parcel, openings), *(parcel for _, parcel in declared)]

    def _council(self, number: int) -> tuple[CouncilOpened, list[_Ward]]:
        chance, name = self._chance, f"Council {number:04}"
        council = council_id(name, POLL)
        wards = [
            _Ward(
                f"Ward {place}",
                ballot_paper_id(name, f"Ward {place}", POLL),
                chance.choice((1, 2, 3)),
            )
            for place in range(chance.randint(2, 12))
        ]
        not_up = {party: chance.choice((0, 0, 3, 6)) for _, party in PARTIES}
        up = sum(ward.seats for ward in wards)
        opened = CouncilOpened(
            council=council,
            name=name,
            mode="rehearsal",
            cycle="thirds" if any(not_up.values()) else "all-out",
            seats_total=up + sum(not_up.values()) + chance.choice((0, 0, 1)),
            control_before=chance.choice(("PP52", "PP53", "NOC", None)),
            standing=tuple(
                PartyStanding(party=label, party_id=party, seats_not_up=not_up[party])
                for label, party in PARTIES
            ),
            wards=tuple(
                OpenedWard(
                    ballot_paper_id=ward.ballot,
                    ward=ward.name,
                    seats_contested=ward.seats,
                    candidates=None
                    if chance.random() < 0.1
                    else tuple(
                        Nominee(candidate=each.candidate, party=each.party, party_id=each.party_id)
                        for each in self._candidates(ward, "PP52")
                    ),
                )
                for ward in wards
            ),
        )
        return opened, wards

    def _declarations(
        self, opened: CouncilOpened, wards: list[_Ward], number: int
    ) -> Iterator[tuple[float, Parcel]]:
        """Yields a council's parcels with their times: a few overtake, repeat or conflict."""
        chance = self._chance
        made: list[Event] = []
        while len(made) < number:
            ward = chance.choice(wards)
            kind = chance.random()
            if kind < 0.12:
                made.append(self._notice(opened.council, ward))
            elif kind < 0.14:
                made.append(
                    self._council_result(
                        opened, 1 + sum(isinstance(e, CouncilDeclared) for e in made)
                    )
                )
            elif kind < 0.15:
                revised = opened.model_copy(update={"revision": opened.revision + 1})
                opened = revised
                made.append(revised)
            elif kind < 0.16 and ward.revision:
                # The same revision with other content: a conflict, to be rejected.
                made.append(
                    self._result(opened.council, ward, ward.revision, chance.choice(RIVALS))
                )
            elif kind < 0.26 and made:
                made.append(chance.choice(made))
            else:
                ward.revision += 1
                ward.winner ^= int(chance.random() < 0.7)
                made.append(self._result(opened.council, ward, ward.revision, RIVALS[ward.winner]))
        for place, event in enumerate(made):
            at = (place + chance.random()) / number
            if chance.random() < 0.05:
                at = min(1.0, at + chance.random() * 0.2)
            yield at, self._parcel(event)

    def _result(self, council: str, ward: _Ward, revision: int, winner: str) -> WardDeclared:
        return WardDeclared(
            council=council,
            ballot_paper_id=ward.ballot,
            mode="rehearsal",
            revision=revision,
            correction=None if revision == 1 else self._chance.choice(("transcription", "court")),
            source="chaos",
            declared_at=BEGIN + timedelta(seconds=self._chance.randint(0, 36_000)),
            seats_contested=ward.seats,
            candidates=self._candidates(ward, winner),
        )

    def _candidates(self, ward: _Ward, winner: str) -> tuple[Candidate, ...]:
        chance = self._chance
        return tuple(
            Candidate(
                candidate=f"{label} {place}",
                party=label,
                party_id=party,
                votes=chance.randint(1_000, 1_100)
                if party == winner
                else chance.randint(100, 1_002),
            )
            for label, party in PARTIES
            for place in range(ward.seats)
        )

    def _notice(self, council: str, ward: _Ward) -> WardStatus:
        ward.notices += 1
        status = self._chance.choice(("counting", "recount", "postponed", "countermanded"))
        return WardStatus(
            council=council,
            ballot_paper_id=ward.ballot,
            mode="rehearsal",
            revision=ward.notices,
            status=status,
            recount=1 if status == "recount" else None,
        )

    def _council_result(self, opened: CouncilOpened, revision: int) -> CouncilDeclared:
        winner = self._chance.randint(0, opened.seats_total)
        return CouncilDeclared(
            council=opened.council,
            mode="rehearsal",
            revision=revision,
            correction=None if revision == 1 else "transcription",
            seats=(
                PartySeats(party_id="PP52", seats=winner),
                PartySeats(party_id="PP53", seats=opened.seats_total - winner),
            ),
        )

    def _parcel(self, event: Event) -> Parcel:
        """Returns an event as intake writes it: with the names that the register has."""
        return _parcel_of(*accepted(event.model_dump(mode="json"), self._namespace))

    def _at_the_bounds(self, seed: int, number: int) -> Iterator[tuple[float, Parcel]]:
        """Yields sound and absurd events that intake takes, in their order."""
        events = Events(f"night {seed}", self._namespace, sources=False)
        for at in sorted(self._chance.random() for _ in range(number)):
            yield at, _parcel_of(*events.next())

    def _malformed(self, openings: list[Event]) -> Parcel:
        """Returns a message that no aggregator can count, of a random kind."""
        opened = self._chance.choice(openings)
        assert isinstance(opened, CouncilOpened)
        ward = self._chance.choice(opened.wards)
        key = opened.council.encode()
        result = self._result(
            opened.council, _Ward(ward.ward, ward.ballot_paper_id, ward.seats_contested), 1, "PP52"
        )
        valid = prepare(result, self._namespace)
        kinds: tuple[Callable[[], Parcel], ...] = (
            lambda: Parcel(key, b"\x00\xffnot json", valid.headers, None),
            lambda: Parcel(key, None, valid.headers, None),
            lambda: Parcel(key, b"", valid.headers, None),
            lambda: Parcel(
                key, valid.value.replace(b'"revision":1', b'"revision":"one"'), valid.headers, None
            ),
            lambda: Parcel(key, _long(LARGE_BYTES), valid.headers, None),
            lambda: Parcel(key, _long(TOO_LARGE_BYTES), valid.headers, None),
            lambda: Parcel(b"local.elsewhere.2026-05-07", valid.value, valid.headers, None),
            lambda: Parcel(None, valid.value, valid.headers, None),
            lambda: Parcel(key, valid.value, [], None),
            lambda: Parcel(key, valid.value, _other_version(valid.id), None),
            lambda: Parcel(
                key,
                json.dumps({**json.loads(valid.value), "mode": "live"}).encode(),
                valid.headers,
                None,
            ),
            self._unknown_council,
        )
        return self._chance.choice(kinds)()

    def _unknown_council(self) -> Parcel:
        """Returns a result of a council that never opens: stored, but shown nowhere."""
        name = f"Nowhere {self._chance.randint(0, 5)}"
        ballot = ballot_paper_id(name, "Ward", POLL)
        revision = self._chance.randint(1, 50)
        return self._parcel(
            self._result(council_id(name, POLL), _Ward("Ward", ballot, 1), revision, "PP52")
        )


def _parcel_of(event: Event, message: Message) -> Parcel:
    return Parcel(message.key, message.value, message.headers, event)


def _long(size: int) -> bytes:
    return b'{"a":"' + b"x" * size + b'"}'


def _other_version(identifier: str) -> Headers:
    future = message_type("ward.declared").replace(".v1", ".v2")
    return Envelope(id=identifier, source="/chaos", type=future).headers()
