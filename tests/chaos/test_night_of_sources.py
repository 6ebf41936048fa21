"""The night of several sources has what it is for, and figures are found where they stand."""

from __future__ import annotations

from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from election.council import Council
from election.declaration import declaration
from election.evidence.claim import content_of
from election.fold import apply
from schemas.desk import DeskDecided
from schemas.ward import WardDeclared
from services.audit.recount import NOTHING, Recount
from services.platform.partitioner import partition_of
from tests.chaos import words
from tests.chaos.held import Figures
from tests.chaos.night_of_sources import ELECTION, NightOfSources
from tests.chaos.parcel import Parcel
from tests.chaos.published import Sighting, in_body, in_json, in_text, row

PARTITIONS = 6
WORDS = 3_000


@pytest.fixture(scope="module")
def parcels() -> list[Parcel]:
    timed = NightOfSources(3, WORDS, "chaos").parcels
    return [parcel for _, parcel in sorted(timed, key=lambda pair: pair[0])]


def recorded(parcel: Parcel, offset: int) -> Any:
    """Returns a parcel as a record of the log, one a second."""
    assert parcel.event is not None
    return SimpleNamespace(
        topic="chaos.declarations",
        partition=partition_of(parcel.event.council, PARTITIONS),
        offset=offset,
        timestamp=offset * 1_000,
        key=parcel.key,
        value=parcel.value,
        headers=parcel.headers,
    )


def test_the_same_seed_makes_the_same_night(parcels: list[Parcel]) -> None:
    """Another seed makes another."""
    again, other = (NightOfSources(seed, WORDS, "chaos").parcels for seed in (3, 4))

    assert [each for _, each in sorted(again, key=lambda pair: pair[0])] == parcels
    assert again != other


def test_every_state_of_a_word_comes_about_in_it(parcels: list[Parcel]) -> None:
    """Words agree, complete, contradict, wait for each reason, and are decided about."""
    councils: dict[str, Council] = {}
    found: Counter[str] = Counter()
    contents: set[str] = set()
    for parcel in parcels:
        event = parcel.event
        assert event is not None
        before = councils.get(event.council)
        council, effects = apply(event, before)
        assert effects.failure is None
        councils[event.council] = council
        found[f"{event.type} {(effects.rejection or ('counted',))[0]}"] += 1
        found["decides control"] += "who controls" in effects.held
        found["a second source alone"] += effects.held.startswith("it waits for a second source")
        found["odd"] += "; check" in effects.held
        found["too many votes"] += "digit too many" in effects.held
        found["not nominated"] += "not among those nominated" in effects.held
        found["not for this source"] += "let such a source say it" in effects.held
        match event:
            case WardDeclared():
                contents.add(content_of(declaration(event)))
                ward = council.wards.get(event.ballot_paper_id)
                evidence = ward.evidence if ward is not None else None
                found["agree"] += evidence is not None and len(evidence.agreeing) > 1
            case DeskDecided():
                found[event.ruling] += effects.changed
                found["before its word"] += event.ruling == "accept" and (
                    event.content not in contents
                )

    for what in (
        "decides control", "a second source alone", "odd", "too many votes", "not nominated",
        "not for this source", "agree", "accept", "refuse", "clear", "figure", "before its word",
        "ward.declared counted", "ward.declared held", "ward.declared conflict",
        "ward.declared parked", "ward.status held", "council.opened held", "council.declared held",
        "desk.decided conflict", "desk.decided contradiction",
    ):  # fmt: skip
        assert found[what], what


def test_what_no_key_may_say_is_not_posted(parcels: list[Parcel]) -> None:
    """Each source says what its key allows, and some what it does not, straight onto Kafka."""
    by_source = Counter((parcel.source, parcel.may_post) for parcel in parcels)

    assert {source for source, _ in by_source} == {
        "wire", "agency", "stringer", "tally", "newsdesk", "default",
    }  # fmt: skip
    assert by_source["agency", False]
    assert not by_source["wire", False]


def test_no_two_results_that_differ_have_a_figure_in_common() -> None:
    """So a figure says in which result it was said."""
    chance = Random(1)
    ballots = [
        words.Ballot("c", f"b{place}", "", 1, (), (), words.numbers(place, chance))
        for place in range(12)
    ]
    free = [number for ballot in ballots for number in ballot.free]

    assert len(set(free)) == len(free)
    assert min(free) >= words.FIGURE_MIN
    assert max(free) < 2 * min(free), "a majority, or a sum of two, could be a figure"


def test_a_figure_may_be_published_once_it_stands(parcels: list[Parcel]) -> None:
    """Before that it is too early, and for one that never stands it always is."""
    figures = _figures_of([recorded(parcel, offset) for offset, parcel in enumerate(parcels)])
    stood = [(place, at_s) for place, at_s in figures.stood_s.items() if place in figures.said_s]
    never = [place for place in figures.said_s if place not in figures.stood_s]

    assert len(stood) > 1_000
    assert len(never) > 1_000
    assert any(at_s > figures.said_s[place] for place, at_s in stood)
    in_time = [Sighting(*place, "page", at_s) for place, at_s in stood]
    early = [Sighting(*place, "page", at_s - 0.001) for place, at_s in stood]
    held = [Sighting(*place, "page", len(parcels)) for place in never]
    elsewhere = [Sighting("local.nowhere.2026-04-30", "12345", "page", 0.0)]
    assert list(figures.too_early([*in_time, *elsewhere])) == []
    assert len(list(figures.too_early([*early, *held]))) == len(stood) + len(never)


def test_figures_stand_from_the_same_time_whichever_partition_is_folded_first(
    parcels: list[Parcel],
) -> None:
    """A figure of the night stands from when it first does in any council."""
    recorded_parcels = [recorded(parcel, offset) for offset, parcel in enumerate(parcels)]
    by_partition = sorted(recorded_parcels, key=lambda each: each.partition)

    in_time, one_by_one = (_figures_of(each) for each in (recorded_parcels, by_partition))

    assert in_time.stood_s == one_by_one.stood_s
    assert in_time.said_s == one_by_one.said_s


def _figures_of(records: list[Any]) -> Figures:
    figures, count = Figures(ELECTION), Recount(PARTITIONS)
    for record in records:
        step = count.add(record)
        assert step.event is not None
        figures.add(step, count.councils.get(step.event.council, NOTHING).council)
    return figures


def test_figures_are_found_in_texts() -> None:
    """With commas or without; no years, times, ids, fractions or colours."""
    text = (
        "Ann Able 12,345, Bob Best 12346 elected; by 1,234 votes (97,531). #123456 0.12345"
        " 2026-04-30T21:00:00.123456 1777582800000-0 a12345 12345b 9,999"
    )

    assert [figure for _, figure in in_text(text, "c")] == ["12345", "12346", "97531"]


def test_figures_are_found_in_the_rows_of_wards() -> None:
    """Beside their names, and under the council that is named around them."""
    ward = {"ballot_paper_id": "b", "candidates": [{"candidate": "Ann", "votes": 12_345}]}
    found = set(in_json({"councils": [{"council": "c", "wards": [ward]}], "at": 20_000}, "e"))

    assert found == {("c", row("b", "Ann", 12_345)), ("c", "12345"), ("e", "20000")}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ('{"text": "Ann 12,345"}', "application/json"),
        ("name,votes\nAnn,12345\nBob,12\n999,1\n", "text/csv"),
        ("<td>Ann</td><td>12,345</td>", "text/html"),
    ],
)
def test_figures_are_found_in_whatever_is_answered(body: str, media_type: str) -> None:
    """Two cells of a table are no number with a comma."""
    assert list(in_body(body, media_type, "c")) == [("c", "12345")]
