"""The fold of a night against a recount that keeps everything and adds it up anew each time.

The recount is written from the description alone: it knows the councils' totals, and nothing of
the fold's sums.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election.council import Council
from election.fold import apply as fold
from election.nation.mark import Mark
from election.nation.night import Night, apply
from election.nation.place import Part
from election.nation.plan import ExpectedCouncil, NightPlan
from election.nation.snapshot import dump_council, dump_head, load
from election.nation.totals import national_totals, parts
from election.totals import council_totals
from readers.night import load_night
from schemas.alert import Alert
from schemas.national import NationalTotals
from schemas.party import NOC
from schemas.totals import CouncilTotals
from tests.support.nights import PLACES, council, council_id, party
from tests.support.polls import CON, LAB

COUNCILS = ("Ayr", "Bath", "Cork", "Deal", "Ely")
OPENED = COUNCILS[:-1]
NIGHT = Part("night", "")
PARTS = (NIGHT, Part("region", "London"), Part("nation", "England"), Part("cycle", "thirds"))
CONTROLS = (None, CON, LAB, NOC)


@st.composite
def councils(draw: st.DrawFn) -> CouncilTotals:
    """Draws totals of a council: now one control, now another, now none, of any version."""
    name = draw(st.sampled_from(OPENED))
    seats = st.integers(0, 4)
    change = st.none() | st.integers(-4, 4)
    listed = draw(st.lists(st.sampled_from((CON, LAB)), unique=True))
    votes = draw(st.booleans())
    return council(
        name,
        draw(st.integers(1, 6)),
        *[
            party(
                key,
                draw(seats),
                eve=draw(change),
                last=draw(change),
                defended=draw(st.none() | seats),
            )
            for key in listed
        ],
        control=draw(st.sampled_from(CONTROLS)),
        before=draw(st.sampled_from(CONTROLS)),
        before_any_vote=draw(st.booleans()) and draw(st.booleans()),
        complete=draw(st.booleans()),
        seats_won_known=draw(st.booleans()) or draw(st.booleans()),
        council_gss=draw(st.sampled_from(("", *PLACES))),
        cycle=draw(st.sampled_from(("thirds", "all-out"))),
        votes=dict.fromkeys(listed, 10) if votes else {},
        votes_total=10 * len(listed) if votes else 0,
        votes_wards=int(votes),
    )


@st.composite
def marks(draw: st.DrawFn) -> tuple[Mark, ...]:
    """Draws up to six marks that are not refused."""
    found: dict[Any, Mark] = {}
    for _ in range(draw(st.integers(1, 6))):
        count, of_party, bounds = draw(
            st.sampled_from(
                (
                    ("seats_won", True, ("at_least",)),
                    ("seats_change", True, ("at_least", "at_most", "below")),
                    ("councils", True, ("at_least", "at_most", "below")),
                    ("councils_change", True, ("at_least", "at_most", "below")),
                    ("councils_gained", True, ("at_least",)),
                    ("councils_lost", True, ("at_least",)),
                    ("councils_decided", False, ("at_least",)),
                    ("councils_complete", False, ("at_least",)),
                    ("councils_awaited", False, ("at_most", "below")),
                )
            )
        )
        is_change = count.endswith("_change")
        mark = Mark(
            name="Mark",
            count=count,
            party=draw(st.sampled_from((CON, LAB))) if of_party else "",
            baseline=draw(st.sampled_from(("eve_of_poll", "last_election"))),
            where=draw(st.sampled_from(PARTS)),
            **{draw(st.sampled_from(bounds)): draw(st.integers(-5 if is_change else 1, 5))},
        )
        found[mark.key] = mark
    return tuple(found.values())


@st.composite
def plans(draw: st.DrawFn) -> NightPlan:
    """Draws a plan, with a list of councils or without one."""
    expected = tuple(
        ExpectedCouncil(council_id(name), name, gss)
        for name, gss in zip(COUNCILS, ("", *PLACES, "E09000002"), strict=True)
    )
    listed = draw(st.booleans())
    return NightPlan(marks=draw(marks()), place_of=PLACES.get, expected=expected if listed else ())


class Standing(NamedTuple):
    mark: Mark
    alert: str
    councils: frozenset[str]


class Recount:
    """A night as somebody would count it who keeps the latest totals of each council."""

    def __init__(self, plan: NightPlan) -> None:
        self.latest: dict[str, CouncilTotals] = {}
        self.standing: list[Standing] = []
        self.plan = plan

    def hear(self, said: CouncilTotals, alerts: tuple[Alert, ...]) -> None:
        """Takes a council's totals, and checks what was told of them."""
        known = self.latest.get(said.council)
        if known is not None and said.version <= known.version:
            assert alerts == ()
            return
        self.latest[said.council] = said
        kept, withdrawn = [], []
        for each in self.standing:
            if self._holds(each.mark, each.councils):
                kept.append(each)
            elif self._holds(each.mark):
                kept.append(each._replace(councils=self._counted(each.mark)))
            else:
                withdrawn.append(each.alert)
        self.standing = kept
        raised = [
            mark
            for mark in self.plan.marks or ()
            if all(each.mark is not mark for each in kept) and self._holds(mark)
        ]
        told = [alert for alert in alerts if alert.action == "raise"]
        assert [alert.retracts for alert in alerts if alert.action == "retract"] == withdrawn
        assert len(told) == len(raised), (told, raised)
        for mark, alert in zip(raised, told, strict=True):
            self.standing.append(Standing(mark, alert.id, self._counted(mark)))

    def _holds(self, mark: Mark, over: frozenset[str] | None = None) -> bool:
        needs_list = mark.count == "councils_awaited" or (
            mark.count == "councils" and mark.at_least is None
        )
        every = [*self.latest, *(each.council for each in self.plan.expected)]
        each_counts = {name: self._counts(mark, name) for name in dict.fromkeys(every)}
        if over is None:
            numbers = [number for number in each_counts.values() if number is not None]
            if not numbers or (needs_list and not self.plan.expected):
                return False
        else:
            numbers = [each_counts.get(name) or 0 for name in over]
        total = sum(numbers)
        if mark.at_least is not None:
            return total >= mark.at_least
        return total <= mark.at_most if mark.at_most is not None else total < (mark.below or 0)

    def _counted(self, mark: Mark) -> frozenset[str]:
        every = [*self.latest, *(each.council for each in self.plan.expected)]
        return frozenset(name for name in every if self._counts(mark, name) is not None)

    def _counts(self, mark: Mark, name: str) -> int | None:  # noqa: PLR0911 -- one a count
        totals = self.latest.get(name)
        certain = mark.count == "councils" and mark.at_least is None
        if totals is None:
            listed = any(each.council == name for each in self.plan.expected)
            is_there = self._is_in(mark.where, name, unknown=certain)
            return (
                1 if listed and is_there and (certain or mark.count == "councils_awaited") else None
            )
        if not self._is_in(mark.where, name, unknown=certain):
            return None
        row = next((each for each in totals.parties if each.party_id == mark.party), None)
        is_mine, was_mine = totals.control == mark.party, totals.control_before == mark.party
        changed = totals.control != totals.control_before
        is_known = totals.decided and totals.control_before is not None
        if mark.count == "seats_won":
            return row.seats_won if row is not None and totals.seats_won_known else None
        if mark.count == "seats_change":
            change = getattr(row, f"change_{mark.baseline}") if row is not None else None
            return change if totals.complete else None
        if mark.count == "councils":
            if certain:
                return int(is_mine or not totals.decided)
            return int(is_mine) if totals.decided else None
        if mark.count == "councils_decided":
            return 1 if totals.decided else None
        if mark.count == "councils_complete":
            return 1 if totals.complete else None
        if mark.count == "councils_awaited":
            return int(not totals.complete)
        gained, lost = int(is_mine and changed), int(was_mine and changed)
        number = {"councils_gained": gained, "councils_lost": lost}.get(mark.count, gained - lost)
        return number if is_known else None

    def _is_in(self, part: Part, name: str, *, unknown: bool = False) -> bool:
        """Returns whether a council is in a part; `unknown` also if nobody knows where it is."""
        totals = self.latest.get(name)
        listed = next((each.council_gss for each in self.plan.expected if each.council == name), "")
        place = PLACES.get((totals.council_gss if totals else "") or listed)
        if part == NIGHT:
            return True
        if part.kind == "cycle":
            known = totals.cycle if totals else ""
        else:
            known = getattr(place, part.kind) if place else ""
        return known == part.name or (unknown and not known)

    def check(self, found: NationalTotals) -> None:
        """Checks the totals of a part against plain sums."""
        part = Part(found.kind, found.name)
        of = [each for name, each in self.latest.items() if self._is_in(part, name)]
        decided = [each for each in of if each.decided]
        assert found.councils.opened == len(of)
        assert found.councils.decided == len(decided)
        assert found.councils.complete == sum(each.complete for each in of)
        assert found.councils.before_unknown == sum(each.control_before is None for each in decided)
        keys = {each.party_id for totals in of for each in totals.parties}
        keys |= {each.control for each in decided if each.control}
        keys |= {each.control_before for each in decided if each.control_before} - {
            each.control_before for each in decided if each.control_before == each.control
        }
        assert {each.party_id for each in found.parties} == keys
        for row in found.parties:
            gained = Counter(
                each.control_before
                for each in decided
                if each.control == row.party_id != each.control_before and each.control_before
            )
            lost = Counter(
                each.control
                for each in decided
                if each.control_before == row.party_id != each.control
            )
            assert row.councils == sum(each.control == row.party_id for each in decided)
            assert (row.gained_from, row.lost_to) == (gained, lost)
            known = [each for each in decided if each.control_before is not None]
            assert row.councils_change_covers == len(known)
            assert row.councils_change == (gained.total() - lost.total() if known else None)
            _check_seats(row, of)
        shares = [row.vote_share for row in found.parties if row.vote_share is not None]
        assert not shares or abs(sum(shares) - 100) < 0.1 * len(shares)


def _check_seats(row: Any, of: list[CouncilTotals]) -> None:
    rows = [
        (each, party) for each in of for party in each.parties if party.party_id == row.party_id
    ]
    sums = {
        "seats_won": [party.seats_won for each, party in rows if each.seats_won_known],
        "seats_defended": [party.seats_defended for _, party in rows],
        "seats_to_come": [
            0 if each.complete and party.seats_defended is not None else party.seats_defended
            for each, party in rows
        ],
        "change_eve_of_poll": [party.change_eve_of_poll for each, party in rows if each.complete],
        "change_last_election": [
            party.change_last_election for each, party in rows if each.complete
        ],
        "votes": [each.votes.get(row.party_id, 0) for each, _ in rows if each.votes_wards],
    }
    for name, numbers in sums.items():
        known = [number for number in numbers if number is not None]
        assert getattr(row, f"{name}_covers") == len(known), name
        assert getattr(row, name) == (sum(known) if known else None), name


@settings(max_examples=300, deadline=None)
@given(st.lists(councils(), max_size=25), plans())
def test_every_mark_is_told_and_withdrawn_as_a_recount_says(
    said: list[CouncilTotals], plan: NightPlan
) -> None:
    """In any order, with corrections, withdrawals, repeats and old versions."""
    recount, night = Recount(plan), None
    ids: list[str] = []
    for each in said:
        change = apply(each, night, plan)
        assert not change.refused
        night = change.night
        recount.hear(each, change.alerts)
        ids += [alert.id for alert in change.alerts]
        for part in parts(night):
            recount.check(national_totals(night, *part, plan))
    assert len(set(ids)) == len(ids)


@settings(max_examples=100, deadline=None)
@given(st.lists(councils(), min_size=1, max_size=15), plans(), st.data())
def test_a_night_from_a_snapshot_goes_on_as_it_would_have(
    said: list[CouncilTotals], plan: NightPlan, data: st.DataObject
) -> None:
    """Replaying a beginning, writing it, reading it and then the rest is the whole night."""
    cut = data.draw(st.integers(1, len(said)))
    night: Night | None = None
    again: Night | None = None
    for place, each in enumerate(said):
        if place == cut and night is not None:
            again = load(dump_head(night), map(dump_council, night.councils.values()), plan)
            assert again == night
        before, night = night, apply(each, night, plan).night
        if again is not None:
            assert apply(each, again, plan) == apply(each, before, plan)
            again = apply(each, again, plan).night


@settings(max_examples=100, deadline=None)
@given(st.lists(councils(), max_size=15), plans())
def test_what_is_said_to_have_changed_is_all_that_did(
    said: list[CouncilTotals], plan: NightPlan
) -> None:
    """A part that is not named has the same totals as before, but for the version."""
    night: Night | None = None
    for each in said:
        change = apply(each, night, plan)
        if night is not None:
            for part in set(parts(night)) - change.changed_parts:
                before, after = (national_totals(of, *part, plan) for of in (night, change.night))
                assert after.model_copy(update={"version": before.version}) == before
        night = change.night


@pytest.mark.parametrize("seed", [1, 2])
def test_a_past_night_adds_up_after_every_declaration(seed: int) -> None:
    """England in 2021 in some order, through the fold of councils and that of the night."""
    loaded = load_night("england-2021")
    events = list(loaded.declarations)
    random.Random(seed).shuffle(events)
    plan = NightPlan(place_of=PLACES.get)
    recount, night = Recount(plan), None
    known: dict[str, Council] = {}
    for place, event in enumerate((*loaded.openings, *events)):
        known[event.council] = fold(event, known.get(event.council))[0]
        totals = council_totals(known[event.council])
        assert totals is not None
        night = apply(totals, night, plan).night
        recount.latest[totals.council] = totals
        found = national_totals(night, "night", "", plan)
        won: Counter[str] = Counter()
        for each in recount.latest.values():
            for row in each.parties if each.seats_won_known else ():
                won[row.party_id] += row.seats_won
        assert {row.party_id: row.seats_won for row in found.parties if row.seats_won} == +won
        assert found.councils.complete == sum(each.complete for each in recount.latest.values())
        if place % 50 == 0:
            recount.check(found)
    assert night is not None
    recount.check(national_totals(night, "night", "", plan))
