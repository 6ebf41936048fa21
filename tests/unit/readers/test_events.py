from pathlib import Path
from typing import Any

import pytest

from schemas.ward import WardDeclared, WardStatus
from tests.support.night_writer import Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,PP52,0"]
    found.results = [
        candidate("Hale", "Ann", "PP52", "ignored", elected="ignored"),
        candidate("Hale", "Bob", "PP53", ""),
        candidate("Mill Hill", "Cid", "PP52", ""),
    ]
    return found


def event(place: int, kind: str = "declaration", **fields: Any) -> dict[str, Any]:
    declared = kind == "declaration"
    found: dict[str, Any] = {
        "seq": place,
        "id": f"message-{place}",
        "type": kind,
        "council_gss": "E09000003",
        "council": "Barnet",
        "ward_gss": "",
        "ward": "Hale",
        "revision": 1 if declared else 0,
    }
    if declared:
        found["seats"] = 1
        found["candidates"] = [
            {"candidate": "Ann", "party": "", "party_id": "PP52", "votes": 10, "elected": 1},
            {"candidate": "Bob", "party": "", "party_id": "PP53", "votes": None, "elected": 0},
        ]
    return found | fields


def test_events_come_in_the_order_of_their_lines(files: Files) -> None:
    """Each keeps its seq; the results supply only wards, seats and nominations."""
    files.events = [event(7), event(3, ward="Mill Hill", candidates=event(1)["candidates"])]

    night = files.read()

    assert [(each.seq, each.type) for each in night.declarations] == [
        (7, "ward.declared"),
        (3, "ward.declared"),
    ]
    (hale, _) = night.declarations
    assert isinstance(hale, WardDeclared)
    assert [(each.votes, each.elected) for each in hale.candidates] == [(10, True), (None, False)]
    assert len(night.openings[0].wards) == 2


def test_a_revision_above_one_is_a_correction_whenever_it_arrives(files: Files) -> None:
    """The order of arrival is kept; the count uses the highest revision."""
    files.events = [event(1, revision=2), event(2)]

    found = [each for each in files.read().declarations if isinstance(each, WardDeclared)]

    assert [(each.revision, each.correction) for each in found] == [(2, "transcription"), (1, None)]


def test_statuses_are_numbered_for_each_ballot_in_order_of_arrival(files: Files) -> None:
    """Recounts are also numbered themselves; a repeated message keeps its number."""
    files.events = [
        event(1, "recount", id="first"),
        event(2, "postponed", ward="Mill Hill"),
        event(3, "recount", id="second"),
        event(4, "recount", id="first"),
        event(5, "postponed"),
    ]

    found = [each for each in files.read().declarations if isinstance(each, WardStatus)]

    assert [(each.seq, each.status, each.revision, each.recount) for each in found] == [
        (1, "recount", 1, 1),
        (2, "postponed", 1, None),
        (3, "recount", 2, 2),
        (4, "recount", 1, 1),
        (5, "postponed", 3, None),
    ]


def test_a_ward_polled_later_is_found_by_its_name(files: Files) -> None:
    """An event names a ward but no day, so it belongs to the ward's latest poll."""
    files.results += [candidate("Oakleigh", "Dot", "PP53", "", election_date="2014-06-26")]
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,3,PP52,0"]
    files.events = [event(1, "postponed", ward="Oakleigh")]

    (notice,) = files.read().declarations

    assert isinstance(notice, WardStatus)
    assert notice.ballot_paper_id == "local.barnet.oakleigh.2014-06-26"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "events.jsonl:1: event: "),
        (event(1, type="rumour"), "events.jsonl:1: type: 'rumour'"),
        (event(1, seq="1"), "events.jsonl:1: seq: '1'"),
        (event(1, revision=0), "events.jsonl:1: revision: 0 on a declaration"),
        (event(1, candidates=[]), "events.jsonl:1: candidates: none on a declaration"),
        (
            event(1, candidates=[{"candidate": "", "votes": 1, "elected": 1}]),
            "events.jsonl:1: candidates[0].candidate: blank as is party",
        ),
        (
            event(1, candidates=[{"candidate": "Ann", "party_id": "PP52", "votes": -1}]),
            "events.jsonl:1: candidates[0].votes: -1",
        ),
        (event(1, council_gss="E09000099"), "events.jsonl:1: council_gss: 'E09000099' (Barnet)"),
        (event(1, ward="Nowhere"), "events.jsonl:1: ward: 'Nowhere' () of Barnet"),
        (
            event(1, candidates=[*event(1)["candidates"], *event(1)["candidates"]]),
            "events.jsonl:1: candidates: Ann is listed twice with the same party and votes",
        ),
        (
            event(1, candidates=[event(1)["candidates"][0] | {"votes": votes} for votes in (7, 8)]),
            "events.jsonl:1: candidates: 2 elected for 1 seats",
        ),
    ],
)
def test_a_line_that_is_not_a_message_is_a_fault(
    files: Files, line: dict[str, Any] | str, fault: str
) -> None:
    """Nothing is counted; the fault names the line, the field and its value."""
    files.events = [line]

    (found,) = files.faults()
    assert found.startswith(fault)


def test_a_second_result_under_the_same_revision_is_left_out(files: Files) -> None:
    """The first is counted; the second is left out with a warning."""
    changed = [{"candidate": "Bob", "party_id": "PP53", "votes": 11, "elected": 1}]
    files.events = [event(1), event(2), event(3, candidates=changed)]

    found = files.read()

    assert [each.seq for each in found.declarations] == [1, 2]
    assert [(warning.line, warning.message) for warning in found.warnings][-1] == (
        3,
        (
            "revision: 1 of this ward is on line 1 with other contents;"
            " left out: a correction has a higher one"
        ),
    )


def test_odd_results_are_counted_with_a_warning(files: Files) -> None:
    """A declaration is counted as it was made, even if seats, flags or labels are odd."""
    files.events = [
        event(
            1,
            seats=2,
            candidates=[
                {"candidate": "Ann", "party_id": "PP52", "votes": 9, "elected": 1},
                {"candidate": "Bob", "party": "OTH", "votes": 10, "elected": 0},
                {"candidate": "Cid", "votes": 1, "elected": 0},
            ],
        )
    ]

    assert files.warnings() == [
        "events.jsonl:1: seats: 2, but results.csv has 1; the declaration counts",
        "events.jsonl:1: elected: contradicts the votes, 10 against 9; elected decides",
        "events.jsonl:1: party: 'OTH' lumps several parties, and is counted as one",
        "events.jsonl:1: party: blank; counted as an independent",
    ]
