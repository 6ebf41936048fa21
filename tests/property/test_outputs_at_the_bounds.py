"""Whatever the schemas take can be counted, said, published and stored."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from election.totals import council_totals, ward_totals
from schemas.alert import Alert
from schemas.base import CANDIDATES_MAX, NOTABLES_MAX, PARTIES_MAX, WARDS_MAX
from schemas.council import ControlSpell, CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from schemas.totals import CouncilTotals, WardTotals
from schemas.ward import Candidate, WardDeclared, WardStatus
from services.platform.kafka import MESSAGE_MAX_BYTES

COUNCIL = "local.barnet.2026-05-07"
KEYS = ("PP52", "PP53", "joint-party:53-119", "ynmp-party:2", "PP90")
LETTERS = ("n", "€", "𝔘")
TIMES = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC), None)
HEADERS_BYTES = 2_048
"""More than the headers of any message take."""


class Extremes:
    """Events at the bounds of the schemas, seeded. `wide` ones have as many parts as may be."""

    def __init__(self, seed: int, *, wide: bool) -> None:
        self.random = Random(seed)
        self.wide = wide
        self.number = 0
        self.notables = 0

    def name(self, longest: int = 300) -> str:
        """Returns a name of its own, of the greatest length or short."""
        self.number += 1
        tail = str(self.number)
        letter = self.random.choice(LETTERS)
        length = self.random.choice((longest, longest, 10)) - len(tail)
        return letter * length + tail

    def few(self, most: int) -> int:
        """Returns how many parts a list has."""
        return most if self.wide else self.random.choice((1, 2, 3, 8))

    def party(self) -> dict[str, str]:
        """Returns a party: with an id, with a label only, or with both."""
        key = self.random.choice((*KEYS, ""))
        label = self.random.choice(("", "Independent", self.name(200)))
        return {"party_id": key, "party": label or ("" if key else self.name(200))}

    def events(self) -> list[Event]:
        """Returns a council's events: opened, declared, corrected, and as a whole."""
        ballots = [f"local.barnet.w{number}.2026-05-07" for number in range(self.few(WARDS_MAX))]
        found: list[Event] = [self.opened(ballots, 1)]
        for ballot in ballots[:8]:
            found += [self.declared(ballot, 1), self.status(ballot), self.declared(ballot, 2)]
        found += [self.result(), self.opened(ballots, 2)]
        if not self.wide:
            self.random.shuffle(found)
        return found

    def opened(self, ballots: list[str], revision: int) -> CouncilOpened:
        """Returns an opening."""
        up = [self.random.choice((1, 3)) for _ in ballots]
        room = 1_000 - sum(up)
        labels = [self.name(200) for _ in range(self.few(PARTIES_MAX // 3))]
        keys = [*KEYS, *labels]
        most = max(1, room // len(keys))
        self.notables = 0
        seats = [self.random.choice((0, most, None)) for _ in keys]
        return CouncilOpened(
            council=COUNCIL,
            name=self.name(),
            mode="rehearsal",
            revision=revision,
            source=self.name(),
            cycle=self.random.choice(("all-out", "thirds")),
            electoral_system=self.random.choice(("plurality", "stv")),
            seats_total=self.random.choice((1_000, sum(up) + sum(each or 0 for each in seats))),
            control_before=self.random.choice((None, "NOC", *keys)),
            wards_unlisted=self.random.random() < 0.1,
            independents_as_party=self.random.random() < 0.5,
            last_election_notional=self.random.random() < 0.5,
            standing=tuple(
                PartyStanding(
                    party=self.name(200),
                    party_id=key,
                    seats_eve_of_poll=self.random.choice((0, 1_000 // len(keys), None)),
                    seats_last_election=self.random.choice((0, 1_000 // len(keys), None)),
                    seats_not_up=held,
                )
                for key, held in zip(keys, seats, strict=True)
            ),
            wards=tuple(
                OpenedWard(
                    ballot_paper_id=ballot,
                    ward=self.name(),
                    seats_contested=contested,
                    candidates=self.random.choice((None, self.nominees(self.few(12)))),
                    expected_at=self.random.choice(TIMES),
                )
                for ballot, contested in zip(ballots, up, strict=True)
            ),
            control_history=tuple(
                ControlSpell(control=self.random.choice(keys), since=1800 + n, until=1801 + n)
                for n in range(self.few(100))
            ),
        )

    def notable(self) -> bool:
        """Returns whether a nominee has an office; a council has NOTABLES_MAX of them at most."""
        if self.notables == NOTABLES_MAX or self.random.random() < 0.5:
            return False
        self.notables += 1
        return True

    def nominees(self, number: int) -> tuple[Nominee, ...]:
        """Returns nominations."""
        return tuple(
            Nominee(
                candidate=self.name(),
                # A council may have fifty notable candidates: the first ones drawn are they.
                office=self.name() if self.notable() else "",
                **each,
            )
            for each in self.parties(number)
        )

    def parties(self, number: int) -> list[dict[str, str]]:
        """Returns the parties of so many candidates."""
        if self.wide:
            return [
                {"party_id": self.random.choice(KEYS), "party": self.name(200)}
                for _ in range(number)
            ]
        return [self.party() for _ in range(number)]

    def declared(self, ballot: str, revision: int) -> WardDeclared:
        """Returns a result; every other one is as close as can be."""
        number = self.few(CANDIDATES_MAX)
        votes = self.random.choice((10_000_000, 1, None))
        return WardDeclared(
            council=COUNCIL,
            ballot_paper_id=ballot,
            mode="rehearsal",
            revision=revision,
            correction="court" if revision > 1 else None,
            source=self.name(),
            declared_at=self.random.choice(TIMES),
            seats_contested=self.random.choice((1, 3)),
            candidates=tuple(
                Candidate(
                    candidate=self.name(),
                    votes=None if votes is None else votes - self.random.choice((0, 1, votes)),
                    **each,
                )
                for each in self.parties(number)
            ),
        )

    def status(self, ballot: str) -> WardStatus:
        """Returns a notice."""
        status: Any = self.random.choice(
            ("counting", "recount", "postponed", "countermanded", "uncontested")
        )
        return WardStatus(
            council=COUNCIL,
            ballot_paper_id=ballot,
            mode="rehearsal",
            revision=1,
            status=status,
            recount=100 if status == "recount" else None,
            source=self.name(),
        )

    def result(self) -> CouncilDeclared:
        """Returns a result of the whole council."""
        keys = [*KEYS, *(self.name(200) for _ in range(self.few(PARTIES_MAX // 4)))]
        return CouncilDeclared(
            council=COUNCIL,
            mode="rehearsal",
            source=self.name(),
            seats=tuple(
                PartySeats(
                    party=self.name(200),
                    party_id=key,
                    seats=self.random.choice((0, 1_000 // len(keys))),
                )
                for key in keys
            ),
        )


def check(events: list[Event]) -> list[str]:
    """Folds events and checks every output after each; returns the conflicts."""
    council: Council | None = None
    conflicts = []
    for event in events:
        council, effects = apply(event, council)
        if effects.conflict:
            conflicts.append(effects.conflict)
        for alert in effects.alerts:
            payload = alert.model_dump_json()
            assert Alert.model_validate_json(payload) == alert
            assert len(payload.encode()) + HEADERS_BYTES < MESSAGE_MAX_BYTES
        totals = council_totals(council)
        if totals is not None:
            payload = totals.model_dump_json()
            assert CouncilTotals.model_validate_json(payload) == totals
            assert len(payload.encode()) + HEADERS_BYTES < MESSAGE_MAX_BYTES
            for ballot in effects.ballots:
                if ballot in council.wards:
                    ward = ward_totals(council, ballot).model_dump_json()
                    assert WardTotals.model_validate_json(ward)
                    assert len(ward.encode()) + HEADERS_BYTES < MESSAGE_MAX_BYTES
        assert load(dump(council)) == council
    return conflicts


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_output_of_events_at_the_bounds_is_valid(seed: int) -> None:
    """The fold raises nothing, and each alert, total, ward and snapshot reads back as it was."""
    check(Extremes(seed, wide=False).events())


def test_the_largest_council_that_is_taken_fits_into_messages() -> None:
    """With as many wards, parties and candidates as may be, of the longest names."""
    for seed in range(3):
        check(Extremes(seed, wide=True).events())
