import json
from collections.abc import Sequence
from typing import Any

import pytest

from checker.check import check
from election.council import Council
from election.fold import apply
from election.snapshot import dump, load
from readers.night import load_night, nights
from schemas.certificate import CERTIFIED
from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.events import Event
from schemas.ward import Candidate, WardDeclared, WardStatus
from tests.certificates.night import certified, certified_night

COUNCIL = "local.nowhere.2014-05-22"
PARTIES = {"PP52": "Conservative Party", "PP53": "Labour Party"}


def ballot(ward: str) -> str:
    return f"local.nowhere.{ward}.2014-05-22"


def ward(name: str, people: str | None, seats: int = 1) -> OpenedWard:
    """Returns a ward; `people` has C for each Conservative nominee and L for each of Labour."""
    nominees = None
    if people is not None:
        parties = ["PP52" if each == "C" else "PP53" for each in people]
        nominees = tuple(
            Nominee(candidate=f"{name} {place}", party=PARTIES[party], party_id=party)
            for place, party in enumerate(parties)
        )
    return OpenedWard(
        ballot_paper_id=ballot(name), ward=name, seats_contested=seats, candidates=nominees
    )


def opened(*wards: OpenedWard, not_up: int = 0, seats_total: int = 5, **more: Any) -> CouncilOpened:
    return CouncilOpened(
        council=COUNCIL,
        name="Nowhere",
        mode="rehearsal",
        seats_total=seats_total,
        control_before="PP52",
        standing=(
            PartyStanding(party_id="PP52", party=PARTIES["PP52"], seats_not_up=not_up),
            PartyStanding(party_id="PP53", party=PARTIES["PP53"], seats_not_up=0),
        ),
        wards=wards,
        **more,
    )


def declared(
    name: str, *people: tuple[str, int | None, bool | None], seats: int = 1, **more: Any
) -> WardDeclared:
    return WardDeclared(
        council=COUNCIL,
        ballot_paper_id=ballot(name),
        mode="rehearsal",
        seats_contested=seats,
        candidates=tuple(
            Candidate(
                candidate=f"{name} {place}",
                party=PARTIES[party],
                party_id=party,
                votes=votes,
                elected=elected,
            )
            for place, (party, votes, elected) in enumerate(people)
        ),
        **more,
    )


def status(name: str, said: Any) -> WardStatus:
    return WardStatus(
        council=COUNCIL, ballot_paper_id=ballot(name), mode="rehearsal", revision=1, status=said
    )


def only(events: Sequence[Event], kind: str = "control") -> dict[str, Any]:
    """Returns the one certificate of a kind, which the checker accepts with log and alert."""
    night = certified(events)
    for each in night.certificates:
        assert check(each, night.log, night.alerts)[0] == []
    (found,) = [each for each in night.certificates if each["kind"] == kind]
    return found


@pytest.mark.parametrize("name", nights())
def test_every_certificate_of_every_night_holds(name: str) -> None:
    """Each control and incumbent-out alert has one, and the checker accepts it with the log."""
    night = certified_night(name)
    raised = [
        each
        for each in night.alerts.values()
        if each["kind"] in CERTIFIED and each["action"] == "raise"
    ]

    assert [each["certificate"] for each in raised] == [c["sha256"] for c in night.certificates]
    assert all(c["positions"] is not None for c in night.certificates)
    for each in night.certificates:
        assert check(each, night.log, night.alerts)[0] == []


def test_an_alert_of_another_kind_has_no_certificate() -> None:
    """Neither has a retract."""
    alerts = certified_night("barnet-2014").alerts.values()

    assert all(
        (each["certificate"] is not None)
        == (each["kind"] in CERTIFIED and each["action"] == "raise")
        for each in alerts
    )


def test_a_count_that_is_stored_between_events_makes_the_same_certificates() -> None:
    """A worker that starts again at any place raises the same alerts, with the same hashes."""
    night = load_night("three-boroughs-2022")
    states: dict[str, bytes] = {}
    found = []
    for event in (*night.openings, *night.declarations):
        state = states.get(event.council)
        before: Council | None = load(state) if state is not None else None
        after, effects = apply(event, before)
        states[event.council] = dump(after)
        found += [each.sha256 for each in effects.certificates]

    assert found == [c["sha256"] for c in certified_night("three-boroughs-2022").certificates]


def test_control_by_nominations_alone_says_so() -> None:
    """Three candidates for two seats, two of them of one party, give it one seat for certain."""
    found = only([opened(ward("ash", "CCL", 2), ward("elm", "CL", 1), not_up=2)])

    assert found["sum"] == (
        "Conservative Party: 3 of 5 seats at least, 2 not up and 0 won, and 1 by nominations"
        " alone; 3 are a majority."
    )
    assert found["open_wards"][0]["parties"][0] == {
        "party_id": "PP52",
        "candidates": 2,
        "most": 2,
        "fewest": 1,
    }


def test_a_half_counted_ward_is_a_fact_and_open_too() -> None:
    """The seat that is filled counts, and the other is open to those who are left."""
    found = only(
        [
            opened(ward("ash", "CCLL", 2), ward("elm", "CL", 1), not_up=2),
            declared(
                "ash",
                ("PP52", None, True),
                ("PP52", None, None),
                ("PP53", None, None),
                ("PP53", None, None),
                seats=2,
            ),
        ]
    )

    assert (found["wards"][0]["won"], found["wards"][0]["still_open"]) == (
        [{"party_id": "PP52", "seats": 1}],
        1,
    )
    assert found["open_wards"][0]["parties"][0]["candidates"] == 1


def test_an_uncontested_ward_rests_on_its_notice() -> None:
    """Its nominees are elected; the notice is the fact."""
    found = only(
        [
            opened(ward("ash", "C"), ward("elm", "CL"), not_up=1, seats_total=4),
            status("ash", "uncontested"),
            declared("elm", ("PP52", 20, None), ("PP53", 10, None)),
        ]
    )

    assert found["wards"][0]["basis"] == "uncontested"


def test_a_countermanded_ward_is_open_to_anybody() -> None:
    """Nominations reopen, so that nobody is counted out there."""
    found = only(
        [
            opened(ward("ash", "CL"), ward("elm", "CL"), not_up=2, seats_total=4),
            status("elm", "countermanded"),
            declared("ash", ("PP52", 20, None), ("PP53", 10, None)),
        ]
    )

    assert found["open_wards"][0]["open_to_any"] is True


def test_a_council_result_counts_as_a_whole() -> None:
    """Without wards the result of the council is the one fact."""
    whole = CouncilDeclared(
        council=COUNCIL,
        mode="rehearsal",
        seats=(
            PartySeats(party_id="PP52", party=PARTIES["PP52"], seats=2),
            PartySeats(party_id="PP53", party=PARTIES["PP53"], seats=3),
        ),
    )

    found = only([opened(not_up=1), whole])

    assert found["council_result"]["seats"][1] == {"party_id": "PP53", "seats": 3}
    assert found["sum"].endswith("by the result of the council as a whole; 3 are a majority.")


def test_the_incumbent_is_out_before_the_successor_is_known() -> None:
    """Nobody knows who stands in one ward, so that anybody may win there."""
    found = only(
        [
            opened(ward("ash", "CL", 4), ward("elm", None, 1), seats_total=5),
            declared("ash", ("PP52", 1, False), ("PP53", 9, True), seats=4),
        ],
        "incumbent_out",
    )

    assert found["certain"] == "PP52"
    assert " of 5 seats at most" in found["sum"]


def test_a_revision_that_takes_a_call_back_and_makes_another_has_two_certificates() -> None:
    """Each is checked against the same log, and each rests on its own revision."""
    night = certified(
        [
            opened(ward("ash", "CL"), not_up=0, seats_total=1),
            declared("ash", ("PP52", 20, None), ("PP53", 10, None)),
            declared("ash", ("PP52", 10, None), ("PP53", 20, None), revision=2),
        ]
    )

    calls = [each for each in night.certificates if each["kind"] == "control"]
    assert [each["certain"] for each in calls] == ["PP52", "PP53"]
    assert [each["wards"][0]["revision"] for each in calls] == [1, 2]
    for each in night.certificates:
        assert check(json.loads(json.dumps(each)), night.log, night.alerts)[0] == []


@pytest.mark.parametrize(
    "later",
    [
        pytest.param([status("elm", "countermanded")], id="after the call"),
        pytest.param(
            [status("elm", "countermanded").model_copy(update={"trust": "single"})],
            id="by a source for which the desk decides",
        ),
    ],
)
def test_a_notice_that_did_not_count_at_the_call_does_not_speak_against_it(
    later: list[Event],
) -> None:
    """A poll that is countermanded after a call leaves the call's certificate as good as it was."""
    call = [opened(ward("ash", "CCC", 3), ward("elm", "CL", 1), ward("oak", "CL", 1))]

    found = only([*call, *later])

    assert [each["open_to_any"] for each in found["open_wards"]] == [False, False, False]


def test_a_result_that_sources_say_in_other_words_is_found_in_the_log() -> None:
    """The agency gives one of two people, and a stringer both: what stands is in no one event."""
    by = {"trust": "single"}
    found = only(
        [
            opened(ward("ash", "CL", 1), seats_total=1),
            declared("ash", ("PP52", 20, True), source_id="agency", **by),
            declared("ash", ("PP52", 20, None), ("PP53", 10, None), source_id="stringer", **by),
        ]
    )

    assert found["wards"][0]["sources"] == 2
    assert found["wards"][0]["won"] == [{"party_id": "PP52", "seats": 1}]
