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
from election.totals import council_totals, ward_totals
from election.ward import Ward
from readers.night import read_night
from schemas.alert import Alert
from schemas.events import Event
from schemas.flip import Flip
from tests.support import recount
from tests.support.night_files import RandomNight
from tests.support.polls import CON, LAB, LD, as_a_whole, declared, noticed, opened, ward, won

NAMES = ("a", "b", "c")


@st.composite
def nights(draw: st.DrawFn) -> list[Event]:
    """Returns a council's events in any order: openings, results, ties, notices, as a whole."""
    first = draw(st.lists(st.sampled_from(NAMES), unique=True))
    second = draw(st.lists(st.sampled_from(NAMES), unique=True))
    not_up = draw(st.sampled_from([None, {CON: 1, LAB: 1}, {CON: None, LAB: 1}]))
    found: list[Event] = [
        opened(
            *(ward(name, 1, {CON: 1}) for name in names),
            total=6,
            not_up=not_up,
            before=CON,
            revision=revision,
        )
        for revision, names in enumerate((first, second), 1)
    ]
    for name in NAMES:
        for revision in range(1, draw(st.integers(0, 2)) + 1):
            party = draw(st.sampled_from((CON, LAB, "tie")))
            found.append(
                declared(name, [(CON, 9), (LAB, 9)], revision=revision)
                if party == "tie"
                else won(name, party, revision=revision)
            )
        if draw(st.booleans()):
            notice = draw(st.sampled_from(("postponed", "uncontested", "counting")))
            found.append(noticed(name, notice))  # type: ignore[arg-type] # one of the statuses
    if draw(st.integers(0, 3)) == 0:
        found.append(as_a_whole({CON: 3, LD: 1}))
    return list(draw(st.permutations(found)))


class Known:
    """What the events so far say, worked out from them alone."""

    def __init__(self) -> None:
        self.wards: list[str] | None = None
        self.opened = 0
        self.last: dict[str, Event] = {}
        self.noticed: dict[str, str] = {}
        self.whole = False

    def add(self, event: Event) -> None:
        """Takes one more event, of the highest revision so far or not."""
        if event.type == "council.opened" and event.revision > self.opened:
            self.opened = event.revision
            self.wards = [each.ballot_paper_id for each in event.wards]
        elif event.type == "council.declared":
            self.whole = True
        elif event.type == "ward.status":
            self.noticed[event.ballot_paper_id] = event.status
        elif event.type == "ward.declared":
            known = self.last.get(event.ballot_paper_id)
            if known is None or known.revision < event.revision:
                self.last[event.ballot_paper_id] = event

    def is_decided(self, ballot: str) -> bool:
        """Returns whether somebody has won the ward's seat."""
        event = self.last.get(ballot)
        if event is None:
            return self.noticed.get(ballot) == "uncontested"
        assert event.type == "ward.declared"
        return len({each.votes for each in event.candidates}) > 1

    @property
    def complete(self) -> bool:
        """Whether every seat that is up is decided, by wards or as a whole."""
        if self.wards is None:
            return False
        return self.whole or (bool(self.wards) and all(map(self.is_decided, self.wards)))


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
        assert effects.conflict is None
        assert effects.failure is None
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
