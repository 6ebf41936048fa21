"""Whatever the schemas take can be counted, said, published and stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from election.alert_state import AlertKey, Condition, RaisedAlert
from election.council import Council
from election.decider import DECIDERS_MAX
from election.fold import apply
from election.limits import CANDIDATES_IN_ALL_MAX, KNOWN_MAX_BYTES
from election.snapshot import dump, load, size_of
from election.text.phrases import LINE_MAX_CHARACTERS
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.base import (
    CANDIDATES_MAX,
    NOTABLES_MAX,
    PARTIES_MAX,
    WARDS_MAX,
    BallotPaperId,
    Control,
    CouncilId,
    Name,
    PartyKey,
)
from schemas.council import ControlSpell, CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from schemas.previous import (
    PARTIES_OF_POLL_MAX,
    POLLS_OF_WARD_MAX,
    Previous,
    PreviousParty,
    PreviousPoll,
)
from schemas.story import PartyStory, WardStory
from schemas.totals import CouncilTotals, Decider
from schemas.ward import Candidate, WardDeclared, WardStatus
from schemas.ward_totals import WardTotals
from services.platform.kafka import MESSAGE_MAX_BYTES

COUNCIL = "local.barnet.2026-05-07"
SEATS_OF_WARD_MAX = 100
KEYS = ("PP52", "PP53", "joint-party:53-119", "ynmp-party:2", "PP90")
LETTERS = ("n", "€", "𝔘")
TIMES = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC), None)
HEADERS_BYTES = 4_096
"""More than the key and the headers of any message take."""

COUNCIL_ID_CHARACTERS_MAX, BALLOT_ID_CHARACTERS_MAX = 200, 250

SPELLS_MAX = 100

COUNCIL_ALERTS_MAX = 3
"""The incumbent is out, control, or the ward that it hangs on."""


class Extremes:
    """Events at the bounds of the schemas, seeded. `wide` ones have as many parts as may be."""

    def __init__(self, seed: int, *, wide: bool) -> None:
        self.random = Random(seed)
        self.wide = wide
        self.number = 0
        self.offices = 0
        self.listed: dict[str, OpenedWard] = {}

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
        """Returns an opening, with as many notable candidates as may be."""
        self.offices = NOTABLES_MAX
        up = [self.random.choice((1, 3)) for _ in ballots]
        room = 1_000 - sum(up)
        labels = [self.name(200) for _ in range(self.few(PARTIES_MAX // 3))]
        keys = [*KEYS, *labels]
        most = max(1, room // len(keys))
        seats = [self.random.choice((0, most, None)) for _ in keys]
        opening = CouncilOpened(
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
                    ward=self.name(100 if self.wide else 300),
                    seats_contested=contested,
                    candidates=self.random.choice((None, self.nominees(self.few(6)))),
                    expected_at=self.random.choice(TIMES),
                    previous=self.random.choice((None, self.previous(contested))),
                )
                for ballot, contested in zip(ballots, up, strict=True)
            ),
            control_history=tuple(
                ControlSpell(control=self.random.choice(keys), since=1800 + n, until=1801 + n)
                for n in range(self.few(100))
            ),
        )
        for listed in opening.wards:
            self.listed.setdefault(listed.ballot_paper_id, listed)
        return opening

    def previous(self, seats: int) -> Previous:
        """Returns how a ward's seats were last fought, on as many days by as many as may be."""
        polls = min(max(self.few(POLLS_OF_WARD_MAX), 1), POLLS_OF_WARD_MAX)
        longest = 10 if self.wide else 200
        return Previous(
            same_boundaries=True,
            polls=tuple(
                PreviousPoll(
                    last_fought=date(1900 + number, 1, 1),
                    turnout_percentage=self.random.choice((None, 0.0, 100.0)),
                    parties=tuple(
                        PreviousParty(
                            votes=self.random.choice((None, 0, 10_000_000)),
                            seats=0 if number or place else seats,
                            **each,
                        )
                        for place, each in enumerate(
                            self.parties(self.few(4 if self.wide else PARTIES_OF_POLL_MAX), longest)
                        )
                    ),
                )
                for number in range(polls)
            ),
        )

    def nominees(self, number: int) -> tuple[Nominee, ...]:
        """Returns nominations. Those of a wide council have short names, or none would be taken."""
        longest = 10 if self.wide else 200
        return tuple(
            Nominee(candidate=self.name(longest), office=self.office(), **each)
            for each in self.parties(number, longest)
        )

    def office(self) -> str:
        """Returns an office, or none; so many have one as may be."""
        if not self.offices or self.random.random() < 0.5:
            return ""
        self.offices -= 1
        return self.name()

    def parties(self, number: int, longest: int = 200) -> list[dict[str, str]]:
        """Returns the parties of so many candidates."""
        if self.wide:
            return [
                {"party_id": self.random.choice(KEYS), "party": self.name(longest)}
                for _ in range(number)
            ]
        return [self.party() for _ in range(number)]

    def declared(self, ballot: str, revision: int) -> WardDeclared:
        """Returns a result; every other one is as close as can be.

        Usually it is one of those nominated, with names as long as may be, and of all the seats.
        """
        listed = self.listed.get(ballot) if self.random.random() < 0.8 else None
        votes = self.random.choice((10_000_000, 1, None))
        return WardDeclared(
            council=COUNCIL,
            ballot_paper_id=ballot,
            mode="rehearsal",
            revision=revision,
            correction="court" if revision > 1 else None,
            source=self.name(),
            declared_at=self.random.choice(TIMES),
            seats_contested=listed.seats_contested if listed else self.random.choice((1, 3)),
            candidates=tuple(
                Candidate(
                    votes=None if votes is None else votes - self.random.choice((0, 1, votes)),
                    **each,
                )
                for each in self.people(listed)
            ),
        )

    def people(self, listed: OpenedWard | None) -> list[dict[str, str]]:
        """Returns the names and parties of those who stood."""
        if listed is None or listed.candidates is None:
            parties = self.parties(self.few(CANDIDATES_MAX))
            return [{"candidate": self.name(), **each} for each in parties]
        return [
            {
                "candidate": f"{each.candidate} {self.name(299 - len(each.candidate))}",
                "party": each.party,
                "party_id": each.party_id,
            }
            for each in listed.candidates
        ]

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
        check_state(council)
    return conflicts


def check_state(council: Council) -> None:
    """Checks that a state reads back, and is no larger than the test below derives.

    It has what is known of the council, which is limited, and the alerts that stand, which are:
    one for a ballot, one for a notable candidate and three for the council itself.
    """
    state = dump(council)
    assert len(state) + HEADERS_BYTES < MESSAGE_MAX_BYTES
    assert load(state) == council
    assert council.size == size_of(council.opening, council.declared, council.wards.values())
    assert council.size.known_bytes <= KNOWN_MAX_BYTES
    nothing = {"opening": None, "tally": None, "declared": None, "wards": {}}
    assert len(state) <= len(dump(replace(council, **nothing))) + council.size.known_bytes

    keys = Counter(
        (ballot, "notable" if key.kind == "notable_beaten" else "other")
        for ballot, group in council.raised.items()
        for key in group
    )
    assert len(council.raised.keys() - {""}) <= len(council.wards) <= WARDS_MAX
    assert sum(number for (_, kind), number in keys.items() if kind == "notable") <= NOTABLES_MAX
    for (ballot, kind), number in keys.items():
        assert kind == "notable" or number <= (1 if ballot else COUNCIL_ALERTS_MAX)


def longest_id(number: int) -> str:
    """Returns the longest id of a ballot, or the like of it."""
    start, end = "local.barnet.", f"-{number:04}.2026-05-07"
    return start + "x" * (BALLOT_ID_CHARACTERS_MAX - len(start + end)) + end


def test_what_may_be_known_leaves_room_for_every_alert_that_can_stand() -> None:
    """The longest keys, conditions and headlines there are, of letters of four bytes."""
    line, party = "𝔘" * LINE_MAX_CHARACTERS, "𝔘" * 200
    of_ward = Condition(figures=10_000_000)
    of_council = Condition(party, "gain_from_noc", False, party, 10_000_000)
    raised: dict[str, dict[AlertKey, RaisedAlert]] = {
        longest_id(number): {
            AlertKey("knife_edge", longest_id(number)): RaisedAlert(of_ward, "f" * 32, line)
        }
        for number in range(WARDS_MAX)
    }
    raised[longest_id(0)] |= {
        AlertKey("notable_beaten", longest_id(0), f"{line[:-4]}{number:04}"): RaisedAlert(
            of_ward, "f" * 32, line
        )
        for number in range(NOTABLES_MAX)
    }
    raised[""] = {
        AlertKey(kind, longest_id(0)): RaisedAlert(of_council, "f" * 32, line)
        for kind in ("control", "incumbent_out", "decider")
    }
    assert len(raised[""]) == COUNCIL_ALERTS_MAX
    council = longest_id(0)[:COUNCIL_ID_CHARACTERS_MAX]
    bare = Council(council, "rehearsal", 2**53, settled_at=longest_id(0), raised=raised)

    assert len(dump(bare)) + KNOWN_MAX_BYTES + HEADERS_BYTES < MESSAGE_MAX_BYTES


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_output_of_events_at_the_bounds_is_valid(seed: int) -> None:
    """The fold raises nothing, and each alert, total, ward and snapshot reads back as it was."""
    check(Extremes(seed, wide=False).events())


def test_totals_with_the_most_and_the_longest_of_everything_fit_into_a_message() -> None:
    """Whether or not one council can have all of it at once."""
    line, party = "𝔘" * LINE_MAX_CHARACTERS, "𝔘" * 200
    opening = Extremes(0, wide=False).opened([longest_id(0)], 1)
    council, _ = apply(opening.model_copy(update={"wards_unlisted": False}), None)
    totals = council_totals(council)
    assert totals is not None
    of_party = totals.parties[0].model_copy(update={"party_id": party, "party": party})
    spell = ControlSpell(control=party, party=party, since=1800, until=2200)
    decider = Decider(ballot_paper_id=longest_id(0), ward=line, text=line)
    texts = ("name", "control_name", "headline", "explanation")
    fullest = totals.model_copy(
        update={
            **dict.fromkeys(texts, line),
            **dict.fromkeys(("control_before", "control"), party),
            "parties": (of_party,) * PARTIES_MAX,
            "control_history": (spell,) * SPELLS_MAX,
            "deciders": (decider,) * DECIDERS_MAX,
        }
    )
    ward = WardTotals(
        ballot_paper_id=longest_id(0),
        council=COUNCIL,
        ward=line,
        source=line,
        text=line,
        seats_contested=100,
        status="declared",
        candidates=(Candidate(candidate=line, party=party, party_id="𝔘" * 100, votes=10_000_000),)
        * CANDIDATES_MAX,
        seats_won={f"{party[:-3]}{number:03}": 1 for number in range(CANDIDATES_MAX)},
        story=WardStory(
            last_fought=(date(1900, 1, 1),) * POLLS_OF_WARD_MAX,
            same_boundaries=True,
            # Those who stand now, those of the poll that is compared, and one for each seat.
            parties=(PartyStory(party_id=party, party=party, share=100.0, share_before=100.0),)
            * (CANDIDATES_MAX + PARTIES_OF_POLL_MAX + SEATS_OF_WARD_MAX),
            swing=100.0,
            swing_from=party,
            swing_to=party,
            text=line,
        ),
    )
    for message in (fullest, ward):
        payload = message.model_dump_json()
        assert type(message).model_validate_json(payload) == message
        assert len(payload.encode()) + HEADERS_BYTES < MESSAGE_MAX_BYTES


@pytest.mark.parametrize(
    ("candidates", "name", "label"),
    [
        (15, "𝔘" * 296, "𝔘" * 190),
        (2, "𝔘" * 60, "𝔘" * 20),
        (15, "n" * 20, "Party "),
        (15, '"' * 20, "\\" * 20),
        (100, "n", "P"),
    ],
)
def test_a_council_filled_until_nothing_more_is_taken_fits_into_messages(
    candidates: int, name: str, label: str
) -> None:
    """Through the real fold: each ward declared, nearly all a knife edge, each party its own."""
    ballots = [f"local.barnet.w{number}.2026-05-07" for number in range(WARDS_MAX)]
    events: list[Event] = [
        CouncilOpened(
            council=COUNCIL,
            name=name,
            mode="rehearsal",
            seats_total=1_000,
            control_before=label,
            wards=tuple(
                OpenedWard(ballot_paper_id=ballot, ward=name, seats_contested=1)
                for ballot in ballots
            ),
        )
    ]
    events += [
        WardDeclared(
            council=COUNCIL,
            ballot_paper_id=ballot,
            mode="rehearsal",
            source=name,
            seats_contested=1,
            candidates=tuple(
                Candidate(candidate=f"{name}{n}", party=f"{label}{n}", votes=10_000_000 - n)
                for n in range(candidates)
            ),
        )
        for ballot in ballots
    ]
    council: Council | None = None
    for event in events:
        council, effects = apply(event, council)
        if effects.conflict is not None:
            break
        totals = council_totals(council)
        assert totals is not None
        for message in (totals, *effects.alerts):
            assert len(message.model_dump_json().encode()) + HEADERS_BYTES < MESSAGE_MAX_BYTES
    assert council is not None
    check_state(council)
    size = council.size
    assert (
        len(council.raised) >= WARDS_MAX
        or size.known_bytes > 0.9 * KNOWN_MAX_BYTES
        or size.candidates > 0.9 * CANDIDATES_IN_ALL_MAX
    )


def test_the_largest_council_that_is_taken_fits_into_messages() -> None:
    """With as many wards, parties and candidates as may be, and the longest names that fit."""
    for seed in range(3):
        conflicts = check(Extremes(seed, wide=True).events())
        assert not any(each.startswith("wards: ") for each in conflicts[:1])
        assert any(each.startswith("candidates: with this, ") for each in conflicts)


def test_the_longest_ids_are_those_of_the_schemas() -> None:
    """The derivation above goes by them."""
    for kind, longest in (
        (CouncilId, COUNCIL_ID_CHARACTERS_MAX),
        (BallotPaperId, BALLOT_ID_CHARACTERS_MAX),
    ):
        assert TypeAdapter(kind).json_schema()["maxLength"] == longest
    for kind in (PartyKey, Control):
        assert TypeAdapter(kind).json_schema()["maxLength"] == 200
    assert TypeAdapter(Name).json_schema()["maxLength"] == LINE_MAX_CHARACTERS
