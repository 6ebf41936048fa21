"""What a source says now, read beside the files of a night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readers.said import SaidReader
from schemas.council_result import CouncilDeclared
from schemas.events import ballot_of, encode_event
from schemas.ward import WardDeclared
from tests.support.feeding import (
    CAMDEN,
    HALE,
    MILL,
    VALE,
    Reading,
    api_ballots,
    api_page,
    figures,
    places_of,
    write_night,
)
from tests.support.night_writer import RESULTS, candidate


@pytest.fixture
def night(tmp_path: Path) -> Reading:
    places = places_of(write_night(tmp_path / "night"))
    return Reading(SaidReader(places, "rehearsal"), tmp_path)


def csv(*rows: str) -> str:
    return "\n".join((RESULTS, *rows))


def hale(ann: object, bob: object, **cells: object) -> tuple[str, str]:
    return candidate("Hale", "Ann Able", "PP53", ann, **cells), candidate(
        "Hale", "Bob Bee", "PP52", bob, **cells
    )


def test_a_ward_is_that_of_the_night_however_it_is_written(night: Reading) -> None:
    """By another spelling, without a code and without seats, which the night has."""
    rows = [
        candidate("HALE Ward", "Ann Able", "", 20, party="Lab", seats_contested="", council_gss=""),
        candidate("HALE Ward", "Bob Bee", "", 10, party="Con", seats_contested="", council_gss=""),
    ]

    said, faults = night.read(csv(*rows))

    (result,) = said.results
    assert isinstance(result, WardDeclared)
    assert (result.ballot_paper_id, result.seats_contested, faults) == (HALE, 1, [])
    assert [each.party_id for each in result.candidates] == ["PP53", "PP52"]


def test_what_is_of_no_ballot_of_the_night_is_told_and_the_rest_is_read(night: Reading) -> None:
    """With file, line, field, value and remedy."""
    stray = candidate("Dale", "Gus Gem", "PP53", 5)

    said, faults = night.read(csv(stray, *hale(20, 10)))

    assert [ballot_of(each) for each in said.results] == [HALE]
    assert faults == [
        (
            "in.csv:2: ward: 'Dale' is none of the ballots of Barnet in the night;"
            " correct one of the two"
        )
    ]


def test_a_ward_with_a_figure_that_is_none_is_told_and_the_rest_is_read(night: Reading) -> None:
    """Nothing is made of the other figures of that ward."""
    mill = candidate("Mill", "Eve Eel", "PP53", 9, **CAMDEN)

    said, faults = night.read(csv(*hale("2O", 10), mill, mill.replace("Eve Eel", "Fay Fin")))

    assert [ballot_of(each) for each in said.results] == [MILL]
    assert faults[0].startswith("in.csv:2: votes: '2O' is no whole number")


def test_a_ballot_without_a_result_takes_back_what_was_said(night: Reading) -> None:
    """It has its people, and neither votes nor marks."""
    said, _ = night.read(csv(*hale("", "")))

    (silent,) = said.silent
    assert said.results == ()
    assert ballot_of(silent) == HALE
    assert figures(silent) == {"Ann Able": (None, None), "Bob Bee": (None, None)}


def test_a_ward_that_is_being_typed_in_is_neither_a_result_nor_taken_back(night: Reading) -> None:
    """The winner has no votes yet beside somebody who has many."""
    said, _ = night.read(csv(*hale(0, 0)))

    assert (said.results, said.silent) == ((), ())


def test_winners_without_votes_are_a_result(night: Reading) -> None:
    """The votes come later."""
    ann, bob = hale("", "", elected=1)[0], hale("", "")[1]

    said, _ = night.read(csv(ann, bob))

    (result,) = said.results
    assert figures(result) == {"Ann Able": (None, True), "Bob Bee": (None, False)}


def test_of_several_revisions_the_highest_is_said(night: Reading) -> None:
    """Whatever their order in the file."""
    header = f"{RESULTS},revision"
    rows = [f"{row},{number}" for number, ann in ((2, 21), (1, 20)) for row in hale(ann, 10)]

    said, faults = night.read("\n".join((header, *rows)))

    (result,) = said.results
    assert (result.revision, figures(result)["Ann Able"][0], faults) == (2, 21, [])


@pytest.mark.parametrize("status", ["postponed", "countermanded"])
def test_a_notice_after_which_no_result_comes_is_told(night: Reading, status: str) -> None:
    """It is not said: notices are not weighed, and come from whoever opens the council."""
    said, faults = night.read(noticed(status))

    assert said.results == ()
    assert len(faults) == 1
    assert f"status: '{status}' is not so in the night: {HALE}" in faults[0]


@pytest.mark.parametrize("status", ["counting", "recount"])
def test_a_notice_that_a_count_goes_on_is_nothing_to_tell(night: Reading, status: str) -> None:
    """The result is still to come."""
    said, faults = night.read(noticed(status))

    assert (said.results, faults) == ((), [])


def noticed(status: str) -> str:
    return "\n".join((f"{RESULTS},status", *(f"{row},{status}" for row in hale("", ""))))


def test_a_poll_that_is_cancelled_is_told_and_moves_no_seat(night: Reading) -> None:
    """The files of the night say so, under a key that is final."""
    ballots = api_ballots(night.reader.places)
    ballots[0]["cancelled"] = True

    said, faults = night.read(api_page(ballots).decode(), "in.json")

    assert said.results == ()
    assert len(faults) == 1
    assert f"status: 'countermanded' is not so in the night: {HALE}" in faults[0]
    assert "prepare and declare the night again" in faults[0]


def test_the_api_says_winners_first_and_votes_later(night: Reading) -> None:
    """Ballots without a result are silent."""
    places = night.reader.places
    first = api_ballots(places, {HALE: {"Ann Able": True, "Bob Bee": False}})
    then = api_ballots(places, {HALE: {"Ann Able": 20, "Bob Bee": 10}})

    said, faults = night.read(api_page(first).decode(), "in.json")
    later, _ = night.read(api_page(then).decode(), "in.json")

    assert figures(said.results[0]) == {"Ann Able": (None, True), "Bob Bee": (None, False)}
    assert figures(later.results[0]) == {"Ann Able": (20, True), "Bob Bee": (10, False)}
    assert ([ballot_of(each) for each in said.silent], faults) == ([VALE, MILL], [])


MODERN_GOV = """<?xml version="1.0" encoding="utf-8"?>
<election xmlns="http://example.org/"><title>Elections of the London Borough of Barnet</title>
<candidates>
<candidate><electionareaid>7</electionareaid>
<candidatename>Able, Ann</candidatename><numvotes>20</numvotes>
<politicalpartytitle>Labour</politicalpartytitle><iselected>True</iselected></candidate>
<candidate><electionareaid>7</electionareaid><candidatename>Bee, Bob</candidatename>
<numvotes>10</numvotes><politicalpartytitle>Local Conservatives</politicalpartytitle>
<iselected>False</iselected></candidate></candidates>
<electionareas><electionarea><electionareaid>7</electionareaid><title>Hale</title>
<numseats>1</numseats></electionarea></electionareas></election>"""


def test_every_form_of_results_is_read(night: Reading) -> None:
    """ModernGov's answer, and events."""
    modern, faults = night.read(MODERN_GOV, "in.xml")
    (result,) = modern.results
    events, more = night.read(
        "\n".join(encode_event(result).decode() for _ in range(2)), "events.jsonl"
    )

    assert ballot_of(result) == HALE
    assert [each.model_copy(update={"candidates": ()}) for each in events.results] == [
        each.model_copy(update={"candidates": ()}) for each in modern.results
    ]
    assert faults + more == []


def test_results_of_whole_councils_are_read(night: Reading) -> None:
    """The highest revision of each."""
    text = "council,party,seats,revision\nBarnet,Labour Party,1,1\nBarnet,Labour Party,2,2\n"

    said, faults = night.read(text)

    (result,) = said.results
    assert isinstance(result, CouncilDeclared)
    assert (result.revision, [each.seats for each in result.seats], faults) == (2, [2], [])


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        ("<!DOCTYPE html><html>", "in.json", "is a web page (HTML)"),
        ('{"count": 3, "results": [{"ball', "in.json", "is JSON, but neither events nor"),
        ('{"error": "gone"}', "in.json", "is JSON, but neither events nor"),
        ("<?xml version='1.0'?><election><cand", "in.xml", "is XML that cannot be read"),
        ('{"type": "ward.declared", "council": 3}', "in.json", "council: 3"),
        ("a,b\n1,2\n", "in.csv", "council_gss or council or ballot_paper_id: no such column"),
    ],
)
def test_what_cannot_be_read_is_told_and_says_nothing(
    night: Reading, content: str, name: str, fault: str
) -> None:
    """Of each kind, in one line."""
    said, faults = night.read(content, name)

    assert (said.results, said.silent) == ((), ())
    assert fault in faults[0]


def test_an_event_that_is_no_result_is_for_those_who_declare(night: Reading) -> None:
    """A feed opens no council, says nothing live in a rehearsal, and knows only the night."""
    status = {
        "type": "ward.status",
        "council": "local.barnet.2014-05-22",
        "ballot_paper_id": HALE,
        "mode": "rehearsal",
        "revision": 1,
        "status": "countermanded",
    }
    result, _ = night.read(csv(*hale(20, 10)))
    event, other = json.loads(encode_event(result.results[0])), HALE.replace("hale", "dale")
    events = (status, event | {"mode": "live"}, event | {"ballot_paper_id": other})

    said, faults = night.read("\n".join(map(json.dumps, events)), "events.jsonl")

    assert said.results == ()
    assert faults[0].startswith("events.jsonl:1: type: 'ward.status': a feed says results alone")
    assert faults[1].startswith("events.jsonl:2: mode: 'live': this namespace takes rehearsal")
    assert faults[2].startswith(f"events.jsonl:3: ballot_paper_id: '{other}' is not in the night")
