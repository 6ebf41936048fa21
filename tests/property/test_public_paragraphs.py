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
from election.text.paragraph import PARAGRAPH_MAX_WORDS
from election.totals import council_totals
from readers.night import read_night
from schemas.alert import PARAGRAPH_MAX_CHARACTERS, Alert
from schemas.totals import CouncilTotals
from tests.support.night_files import RandomNight
from tests.support.polls import CON, LAB, declared, opened, ward, won

FORBIDDEN = re.compile(
    r"\b(NOC|OUT|HOLD|GAIN|WIN|LOSE|WITHDRAWN|CON|LAB|LD|IND|GREEN|PC|held|countermanded"
    r"|settled at|eve of poll|to come|so far|not declared yet|PP\d+|ynmp\S*)\b|[±−;] *\.|\.\.| ,|  "
)
"""What the wires and we say among ourselves, ids, and signs of a sentence put together wrongly."""

SEEDS = st.integers(min_value=0, max_value=2**32)


def told(seed: int) -> Iterator[tuple[Council, CouncilTotals, Alert]]:
    """Yields every alert of a random night, with the council as it was then."""
    with tempfile.TemporaryDirectory() as folder:
        paths = RandomNight(Random(seed)).write(Path(folder))
        files = (paths["councils"], paths["standing"], paths["results"], paths["events"])
        night = read_night(*files, mode="rehearsal")
    councils: dict[str, Council] = {}
    for event in (*night.openings, *night.declarations):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        totals = council_totals(council)
        for alert in effects.alerts:
            assert totals is not None
            yield council, totals, alert


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_paragraph_is_short_and_in_words_that_the_public_knows(seed: int) -> None:
    """Every alert has one, of at most sixty words, in whole sentences, without wire words."""
    for council, _, alert in told(seed):
        assert alert.paragraph.endswith(".")
        assert alert.paragraph[0].isupper()
        assert len(alert.paragraph.split()) <= PARAGRAPH_MAX_WORDS
        assert FORBIDDEN.search(alert.paragraph) is None, alert.paragraph
        assert council.name in alert.paragraph


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_the_table_is_the_councils_seats(seed: int) -> None:
    """A flash has the seats as they are, a final those of the totals with their change."""
    for _, totals, alert in told(seed):
        if alert.beat is None:
            assert alert.seats == ()
            continue
        is_final = alert.beat == "final"
        assert alert.kind == ("result" if is_final else "control")
        shown = {each.party_id: each.seats for each in alert.seats}
        held = {each.party_id: each.seats for each in totals.parties if each.seats}
        assert {party: seats for party, seats in shown.items() if seats} == held
        assert [*shown.values()] == sorted(shown.values(), reverse=True)
        if is_final:
            assert sum(shown.values()) + totals.seats_vacant == totals.seats_total
        else:
            assert all(each.change is None for each in alert.seats)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_the_numbers_of_a_call_are_those_of_the_totals(seed: int) -> None:
    """What a party is said to have, and what a majority takes, is what the totals say."""
    for _, totals, alert in told(seed):
        if alert.beat is None:
            continue
        by_party = {each.party_id: each for each in totals.parties}
        text = alert.paragraph
        for takes in re.findall(r"(?:(\d+) make a majority|majority takes (\d+))", text):
            assert int("".join(takes)) == totals.majority
        for have, of in re.findall(r"[Tt]hey have (\d+) of (?:its|the) (\d+) seats", text):
            of_control = totals.control if totals.control in by_party else totals.control_before
            assert (int(have), int(of)) == (by_party[of_control or ""].seats, totals.seats_total)
        assert ("no majority" in text.casefold()) <= (totals.control != "NOC")
        if totals.control != "NOC":
            assert not re.search(r"[Nn]o party (can win|has won|has) a majority[^.]*\.", text)
        else:
            assert re.search(r"(?i)no party (can|has|reaches)", text)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_withdrawal_says_what_is_withdrawn(seed: int) -> None:
    """It says so first, is of no beat, and names what the alert was about."""
    about = {
        "control": "control|majority",
        "incumbent_out": "lost control",
        "result": "full result",
        "decider": "depends on",
        "knife_edge": "how close",
        "recount": "recount",
        "postponed": "postponed|called off",
        "notable_beaten": "not elected",
    }
    for council, _, alert in told(seed):
        if alert.action == "raise":
            assert "withdrawn" not in alert.paragraph
            continue
        assert alert.beat is None
        said = alert.paragraph.partition(". ")[0]
        assert said.startswith("An earlier report is withdrawn: ")
        assert re.search(about[alert.kind], said)
        assert council.name in said


NAMES = st.text("abc ,.", min_size=1, max_size=300).map(lambda name: f"X{name}".strip())


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES, NAMES)
def test_names_of_any_length_leave_a_paragraph_within_its_bounds(
    council: str, place: str, party: str
) -> None:
    """With names of three hundred characters it is cut, and is never longer than it may be."""
    listed = [
        ward("a", 1, {CON: 1, LAB: 1}),
        ward("b", 1, {CON: 1, LAB: 1}),
        ward("c", 1, {CON: 1, party[:90]: 1}),
    ]
    wards = tuple(each.model_copy(update={"ward": place}) for each in listed)
    state: Council | None = None
    events = (
        opened(*wards, before=LAB).model_copy(update={"name": council}),
        won("a", CON),
        declared("c", [(CON, 5), (party[:90], 4)]),
        won("b", LAB),
        declared("c", [(CON, 4), (party[:90], 5)], revision=2),
    )
    found = 0
    for event in events:
        state, effects = apply(event, state)
        for alert in effects.alerts:
            found += 1
            assert len(alert.paragraph.split()) <= PARAGRAPH_MAX_WORDS
            assert 0 < len(alert.paragraph) <= PARAGRAPH_MAX_CHARACTERS
    assert found > 5
