from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import Council
from election.fold import apply
from election.rules.majority import party_of
from election.text.result import result_text
from election.totals import council_totals
from election.ward import Ward
from election.ward_totals import ward_totals
from readers.night import read_night
from schemas.alert import Alert
from schemas.council import CouncilOpened, OpenedWard
from schemas.council_result import CouncilDeclared
from schemas.events import Event
from schemas.flip import Flip
from schemas.ward import WardDeclared, WardStatus
from tests.support import recount
from tests.support.night_files import RandomNight
from tests.support.polls import CON, LAB, LD, as_a_whole, declared, noticed, opened, ward, won

SEATS = 2
TOTAL = 8
WARDS = {
    "a": ward("a", SEATS),
    "b": ward("b", SEATS, {CON: 2, LAB: 2}),
    "c": ward("c", SEATS, {CON: 2}),
}
"""Nobody knows who stands in a, and nobody stands against the two of c."""


def said(name: str, what: str, revision: int) -> WardDeclared:
    """Returns a result of a ward: all of its seats, one of them, or a tie for the last."""
    other = CON if name == "c" else LAB
    if what == "all":
        return won(name, CON, other, revision=revision)
    if what == "part" or name == "c":
        return declared(name, [(other, None)], SEATS, [0], revision=revision)
    votes = [(CON, 9), (CON, 8), (LAB, 8), (LAB, 1)]
    return declared(name, votes, SEATS, revision=revision)


@st.composite
def nights(draw: st.DrawFn) -> list[Event]:
    """Returns a council's events in any order: openings, results, ties, notices, as a whole."""
    lists = st.lists(st.sampled_from(sorted(WARDS)), unique=True)
    by_ward = draw(st.integers(0, 3)) > 0
    not_up = draw(st.sampled_from([None, {CON: 1, LAB: 1}, {CON: None, LAB: 1}]))
    vacant = draw(st.sampled_from([{}, {"seats_vacant": None}])) if by_ward else {}
    found: list[Event] = []
    for revision in (1, 2):
        wards = [WARDS[name] for name in draw(lists)] if by_ward else []
        found.append(
            opened(*wards, total=TOTAL, not_up=not_up, before=CON, revision=revision, **vacant)
        )
    for name in WARDS:
        for revision in range(1, draw(st.integers(0, 2)) + 1):
            what = draw(st.sampled_from(("all", "part", "tie")))
            found.append(said(name, what, revision))
        if draw(st.booleans()):
            unopposed = ("uncontested",) if name == "c" else ()
            notice = draw(st.sampled_from(("postponed", "counting", *unopposed)))
            found.append(noticed(name, notice))  # type: ignore[arg-type] # one of the statuses
    if not by_ward:
        seats = draw(st.sampled_from([{CON: 3, LD: 1}, {CON: 4, LAB: 4}]))
        found.append(as_a_whole(seats, final=draw(st.booleans())))
    return list(draw(st.permutations(found)))


class Known:
    """What the events so far say, worked out from them alone."""

    def __init__(self) -> None:
        self.opened: CouncilOpened | None = None
        self.last: dict[str, WardDeclared] = {}
        self.noticed: dict[str, str] = {}
        self.whole: CouncilDeclared | None = None

    def add(self, event: Event) -> None:
        """Takes one more event, of the highest revision so far or not."""
        match event:
            case CouncilOpened():
                if self.opened is None or self.opened.revision < event.revision:
                    self.opened = event
            case CouncilDeclared():
                self.whole = event
            case WardStatus():
                self.noticed[event.ballot_paper_id] = event.status
            case WardDeclared():
                known = self.last.get(event.ballot_paper_id)
                if known is None or known.revision < event.revision:
                    self.last[event.ballot_paper_id] = event

    def is_decided(self, listed: OpenedWard) -> bool:
        """Returns whether all of a ward's seats are filled."""
        event = self.last.get(listed.ballot_paper_id)
        if event is None:
            alone = listed.candidates is not None and len(listed.candidates) <= SEATS
            return alone and self.noticed.get(listed.ballot_paper_id) == "uncontested"
        return sum(each.elected is True for each in event.candidates) == SEATS

    @property
    def complete(self) -> bool:
        """Whether every seat that is up is decided, by wards or as a whole."""
        if self.opened is None:
            return False
        vacant = self.opened.seats_vacant or 0
        if not self.opened.wards:
            if self.whole is None:
                return False
            seats = sum(each.seats for each in self.whole.seats)
            return self.whole.final or seats + vacant >= TOTAL
        held_over = sum(each.seats_not_up or 0 for each in self.opened.standing)
        accounted = SEATS * len(self.opened.wards) + held_over + vacant
        return accounted >= TOTAL and all(map(self.is_decided, self.opened.wards))


@settings(max_examples=400, deadline=None)
@given(nights())
def test_a_result_stands_exactly_while_every_seat_that_is_up_is_decided(
    events: list[Event],
) -> None:
    """After each event, in any order: one alert of the result, and true, or none."""
    council: Council | None = None
    known = Known()
    standing: list[Alert] = []
    for event in events:
        council, effects = apply(event, council)
        assert (effects.conflict, effects.contradiction, effects.failure) == (None, None, None)
        known.add(event)
        for alert in effects.alerts:
            if alert.kind == "result" and alert.action == "retract":
                assert [each.id for each in standing] == [alert.retracts]
                standing = []
            elif alert.kind == "result":
                standing.append(alert)
        assert len(standing) == known.complete
        totals = council_totals(council)
        assert (totals is not None and totals.complete) == known.complete
        if standing:
            assert council.count is not None
            assert standing[0].text == result_text(council.count)


def folded(seed: int) -> Iterator[tuple[Council, tuple[Alert, ...]]]:
    """Yields a council of a random night after each of its events, and the alerts of the event."""
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(Random(seed)).write(Path(folder))
        files = (paths["councils"], paths["standing"], paths["results"], paths["events"])
        night = read_night(*files, mode="rehearsal")
    councils: dict[str, Council] = {}
    for event in (*night.openings, *night.declarations):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        yield council, effects.alerts


def lines(council: Council, alerts: tuple[Alert, ...]) -> Iterator[str]:
    """Yields every line that is told or shown of a council."""
    for alert in alerts:
        yield alert.text
        yield from alert.proof
    totals = council_totals(council)
    if totals is not None:
        yield totals.explanation
    for ballot in council.wards:
        yield ward_totals(council, ballot).text


MARGIN = re.compile(r"settled at (Ward \d), where the .*?seat went by")
OF_WARD = re.compile(r"^(?:WITHDRAWN: )?(Ward \d), Council \w: .*(?:went by|last seat by)")
VOTERS = re.compile(r"[\d,]+ (?:voters? )?in (Ward \d)")


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_no_line_names_a_margin_and_a_number_of_voters_of_different_wards(seed: int) -> None:
    """Beside the margin of one ward, no voters of another; and no voters without their ward."""
    for council, alerts in folded(seed):
        for line in lines(council, alerts):
            if "voter" not in line:
                continue
            margins = {*MARGIN.findall(line), *OF_WARD.findall(line)}
            voters = {*VOTERS.findall(line)}
            proof = re.match(r"(Ward \d): [\d,]+ voters? from", line)
            several = re.search(r"voters in (\d+) wards", line)
            assert voters or margins or proof or several
            if margins:
                assert not several
                assert voters <= margins


def as_recounted(found: Ward) -> recount.Ward:
    """Returns a declared ward as the second count has it."""
    assert found.declared is not None
    assert found.result is not None
    left = dict(found.result.seats_won)
    people = []
    # A tie within a party: its seats are certain, but not who of the tied takes them.
    for each, elected in sorted(
        zip(found.declared.candidates, found.result.elected, strict=True),
        key=lambda pair: pair[1] is None,
    ):
        party = party_of(each)
        wins = elected is not False and left.get(party, 0) > 0
        left[party] = left.get(party, 0) - wins
        people.append((party, each.votes, wins))
    seats = sum(found.result.seats_won.values())
    return recount.Ward(found.ballot_paper_id, seats, None, [], "", None, people)


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_voters_are_named_where_they_are_and_add_up(seed: int) -> None:
    """Each ward's number is what trying every level there gives; together they flip the council."""
    for council, alerts in folded(seed):
        totals = council_totals(council)
        assert totals is not None
        flips: list[Flip] = [*totals.flip_at, *(flip for each in alerts for flip in each.flip_at)]
        for flip in flips:
            here = council.wards[flip.ballot_paper_id]
            parties = {party_of(each) for each in flip.votes_from}
            assert flip.ward == here.name
            assert len(parties) == 1
            assert parties.isdisjoint(map(party_of, flip.votes_to))
            cheapest = recount.flip_ward(as_recounted(here), parties.pop(), flip.seats)
            assert cheapest == flip.voters
        if totals.flip_at:
            assert sum(flip.voters for flip in totals.flip_at) == totals.votes_to_flip
        else:
            assert not totals.votes_to_flip
