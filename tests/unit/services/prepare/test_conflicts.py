"""Where sources differ nothing is guessed, and both are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.prepare.tables import Cells, Tables
from tests.support.prepared import FILES, SAMPLES, NightFolder, todo_of

ABBEY = "local.exampleborough.abbey.2027-05-06"


@pytest.fixture
def night(tmp_path: Path) -> NightFolder:
    return NightFolder.with_samples(tmp_path)


def list_ballot(night: NightFolder, **fields: Any) -> None:
    """Adds a ballot to the file of elections: that of Abbey, unless `election_id` is another."""
    file = night.sources / "ee-elections.json"
    page = json.loads(file.read_text(encoding="utf-8"))
    ballot = {"election_id": ABBEY, "poll_open_date": "2027-05-06", "group_type": None, **fields}
    page["results"].append(ballot)
    file.write_text(json.dumps(page), encoding="utf-8")


def council(night: Tables, name: str = "Exampleborough") -> Cells:
    return next(row for row in night.councils if row["council"] == name)


def ward(night: Tables, name: str) -> list[Cells]:
    return [row for row in night.results if row["ward"] == name]


def conflict(night: Tables, what: str) -> str:
    """Returns both sides of a conflict."""
    return next(each.why for each in night.todo if each.reason == "conflict" and what in each.what)


def test_two_lists_of_candidates_leave_nominations_unknown(tmp_path: Path) -> None:
    """Either may be the newer one, so anyone can win until one is removed."""
    night = NightFolder.with_samples(tmp_path, [*FILES, "dc-v2.csv"]).night()

    (row,) = ward(night, "Abbey")
    assert "candidate" not in row
    assert conflict(night, "nominations") == (
        "5 candidates: Democracy Club (dc-candidates.csv:2);"
        " 4 candidates: Democracy Club (dc-v2.csv:2)"
    )


def test_the_later_of_two_answers_counts(night: NightFolder) -> None:
    """Answers of the API say when they were last changed."""
    for name, stamp in (("a.json", "2027-04-10T10:00:00Z"), ("b.json", "2027-04-12T10:00:00Z")):
        text = (SAMPLES / "dc-ballots.json").read_text(encoding="utf-8")
        text = text.replace("2027-04-10T10:00:00Z", stamp).replace("Ann Example", name)
        (night.sources / name).write_text(text, encoding="utf-8")
    (night.sources / "dc-candidates.csv").unlink()

    assert [row["candidate"] for row in ward(night.night(), "Abbey")] == ["b.json"]


def test_the_larger_number_of_seats_is_written(night: NightFolder) -> None:
    """So that nothing is called too soon."""
    list_ballot(night, seats_contested=2)

    prepared = night.night()

    assert {row["seats_contested"] for row in ward(prepared, "Abbey")} == {"2"}
    assert "1 seats: Democracy Club" in conflict(prepared, "numbers of seats")


def test_a_roll_that_forgets_a_redrawing_keeps_no_seat(night: NightFolder) -> None:
    """Three seats are polled in each ward, and the roll still holds two of them over."""
    text = (night.sources / "dc-candidates.csv").read_text(encoding="utf-8")
    for ward in ("Abbey", "Bridge", "Castle", "Dale", "Eastgate", "Ferry", "Grange", "Harbour"):
        text = text.replace(f"{ward},f,1,", f"{ward},f,3,").replace(f"{ward},f,2,", f"{ward},f,3,")
    text = text.replace("Ivy,f,1,", "Ivy,f,3,").replace("Jubilee,f,1,", "Jubilee,f,3,")
    (night.sources / "dc-candidates.csv").write_text(text, encoding="utf-8")

    prepared = night.night()

    kept = {row["seats_not_up"] for row in prepared.standing if row["council"] == "Exampleborough"}
    assert council(prepared)["seats_total"] == "30"
    assert council(prepared)["cycle"] == "all-out"
    assert kept == {""}
    assert "30 up and 19 held over" in conflict(prepared, "more seats are up and held over")


def test_a_new_council_that_has_a_code_already_is_new(night: NightFolder) -> None:
    """The register has it from a day after the poll on, and neither roll nor history has it."""
    with (night.sources / "mysociety-register.csv").open("a", encoding="utf-8") as register:
        register.write(
            "NWS,New Westshire Council,New Westshire,E06999001,2028-04-01" + "," * 13 + "\n"
        )

    prepared = night.night()

    row = council(prepared, "New Westshire")
    assert (row["council_gss"], row["seats_total"], row["cycle"]) == ("E06999001", "15", "all-out")
    assert ("New Westshire", "no code") not in todo_of(prepared)
    assert ("New Westshire", "new council") in todo_of(prepared)


def test_a_council_that_ends_after_the_poll_is_polled(night: NightFolder) -> None:
    """Its successor is not there yet."""
    night.change(
        "mysociety-register.csv", "1996-04-01,,,Scotland", "1996-04-01,2028-04-01,NEW,Scotland"
    )

    prepared = night.night()

    assert council(prepared, "Invershire")["council_gss"] == "S12999001"
    assert ("Invershire", "abolished") not in todo_of(prepared)


def test_a_council_that_ended_before_the_poll_is_to_do(night: NightFolder) -> None:
    """It should not be polled at all."""
    night.change(
        "mysociety-register.csv", "1996-04-01,,,Scotland", "1996-04-01,2027-04-01,NEW,Scotland"
    )

    assert ("Invershire", "abolished") in todo_of(night.night())


def test_what_was_settled_is_to_do_again_once_a_number_changes(night: NightFolder) -> None:
    """Else another difference would pass in silence."""
    night.change("pa-local-nominations.json", '"@candidates": "11"', '"@candidates": "12"')
    differ = "numbers of candidates of Labour Party differ: {} or 11 on the ballots"
    night.correct(f"Exampleborough,,,,settled,{differ.format(12)},asked")
    assert differ.format(12) not in [each.what for each in night.night().todo]

    night.change("pa-local-nominations.json", '"@candidates": "12"', '"@candidates": "13"')

    assert differ.format(13) in [each.what for each in night.night().todo]


def test_a_poll_that_only_one_source_calls_off_is_held(night: NightFolder) -> None:
    """It is written as any other, and both are named."""
    list_ballot(night, seats_contested=1, cancelled=True)

    prepared = night.night()

    assert {row["status"] for row in ward(prepared, "Abbey")} == {""}
    assert "EveryElection" in conflict(prepared, "only one source says cancelled")


def test_a_poll_called_off_for_a_death_elects_nobody(night: NightFolder) -> None:
    """It is countermanded, and the ballot that replaces it is named."""
    later = "local.exampleborough.abbey.2027-06-10"
    night.change("dc-candidates.csv", "Abbey,f,1", "Abbey,t,1")
    list_ballot(night, cancelled=True, cancellation_reason="CANDIDATE_DEATH", replaced_by=later)

    prepared = night.night()

    assert {row["status"] for row in ward(prepared, "Abbey")} == {"countermanded"}
    (todo,) = [each for each in prepared.todo if each.ballot_paper_id == ABBEY]
    assert todo.reason == "cancelled"
    assert later in todo.why


def test_a_later_ballot_that_replaces_one_is_listed_beside_it(night: NightFolder) -> None:
    """It has its own day, and counts in place of the first."""
    later = "local.exampleborough.abbey.2027-06-10"
    list_ballot(
        night, election_id=later, poll_open_date="2027-06-10", seats_contested=1, replaces=ABBEY
    )

    prepared = night.night()

    rows = ward(prepared, "Abbey")
    assert {row["election_date"]: row["replaces"] for row in rows} == {
        "2027-05-06": "",
        "2027-06-10": ABBEY,
    }
    assert council(prepared)["seats_total"] == "31"


def test_control_that_the_roll_contradicts_is_unknown(night: NightFolder) -> None:
    """The history says Labour, the councillors give the Conservatives a majority."""
    night.change("ocd-history.csv", "17,9,4,0,0,0,0,0,0,CON", "17,9,4,0,0,0,0,0,0,LAB")

    prepared = night.night()

    assert council(prepared)["control_before"] == ""
    assert conflict(prepared, "control").startswith("LAB: Open Council Data's history")


def test_the_agencys_seats_are_held_against_the_roll(night: NightFolder) -> None:
    """The roll's number is written, and both are named."""
    night.change("pa-local-nominations.json", '"@seatsHeld": "8"', '"@seatsHeld": "9"')

    assert conflict(night.night(), "Labour Party on the eve of poll") == (
        "8: Open Council Data's roll (ocd-councillors.csv:2);"
        " 9: PA's nominations (pa-local-nominations.json:3)"
    )


def test_the_agencys_candidates_are_held_against_the_ballots(night: NightFolder) -> None:
    """One of them has a candidate more."""
    night.change("pa-local-nominations.json", '"@candidates": "11"', '"@candidates": "12"')

    assert conflict(night.night(), "candidates of Conservative") == (
        "12: PA's nominations (pa-local-nominations.json:3); 11 on the ballots"
    )


def test_single_transferable_vote_in_wales_is_written_and_to_be_confirmed(
    night: NightFolder,
) -> None:
    """Welsh councils may decide on it; the code alone would not say so."""
    text = (night.sources / "ee-elections.json").read_text(encoding="utf-8")
    head, welsh = text.split('"local.sir-enghraifft.2027-05-06"')
    welsh = welsh.replace('"slug": "FPTP"', '"slug": "STV"', 1)
    text = head + '"local.sir-enghraifft.2027-05-06"' + welsh
    (night.sources / "ee-elections.json").write_text(text, encoding="utf-8")

    prepared = night.night()

    assert council(prepared, "Sir Enghraifft")["voting_system"] == "stv"
    assert ("Sir Enghraifft", "stv outside Scotland") in todo_of(prepared)


def test_candidates_that_may_still_change_are_to_be_prepared_again(night: NightFolder) -> None:
    """One line names the wards of a council."""
    text = (night.sources / "dc-candidates.csv").read_text(encoding="utf-8")
    text = text.replace(",E05999000,t,", ",E05999000,f,").replace(",E05999001,t,", ",E05999001,f,")
    (night.sources / "dc-candidates.csv").write_text(text, encoding="utf-8")

    found = [each for each in night.night().todo if each.reason == "not locked"]

    assert [each.what for each in found] == ["candidates may still change in Abbey, Bridge"]


def test_a_by_election_beside_the_councils_poll_is_left_out(night: NightFolder) -> None:
    """Its seat is not up, and the line says what that means."""
    list_ballot(night, election_id="local.exampleborough.bridge.by.2027-05-06", seats_contested=1)

    prepared = night.night()

    assert ("Exampleborough", "by-election") in todo_of(prepared)
    assert ward(prepared, "Bridge (by-election)") == []


def test_a_by_election_alone_is_a_night_of_its_council(night: NightFolder) -> None:
    """The council is not up; all other seats are held over."""
    night.correct("Otherdale,,,,seats_total,3,")
    with (night.sources / "ocd-councillors.csv").open("a", encoding="utf-8") as roll:
        roll.write("Otherdale,Millfield,Cllr 1,2028-05-04,Labour Party,PP53\n" * 2)

    prepared = night.night()

    assert council(prepared, "Otherdale")["cycle"] == "other"
    (standing,) = [row for row in prepared.standing if row["council"] == "Otherdale"]
    assert standing["seats_not_up"] == "2"
    assert len(ward(prepared, "Millfield (by-election)")) == 4


def test_an_old_roll_does_not_say_what_is_up(night: NightFolder) -> None:
    """A councillor whose term ended before the poll may or may not be up."""
    night.change("ocd-councillors.csv", "Cllr Abbey 3,2030-05-02", "Cllr Abbey 3,2026-05-07")

    prepared = night.night()

    (todo,) = [each for each in prepared.todo if each.reason == "roll out of date"]
    assert todo.what.startswith("1 councillor")


def test_a_council_that_only_the_agency_names_is_noted(night: NightFolder) -> None:
    """Another source may miss it, or spell it in another way."""
    with (night.sources / "pa-declaration-times.txt").open("a", encoding="utf-8") as times:
        times.write("Elsewhere 04:00 Saturday\n")

    assert ("Elsewhere", "not in the night") in todo_of(night.night())


def test_a_code_of_another_council_is_not_taken(night: NightFolder) -> None:
    """Code and name have to be of one council."""
    night.change(
        "ee-elections.json", '"official_identifier": "INV"', '"official_identifier": "SEN"'
    )

    prepared = night.night()

    assert council(prepared, "Invershire")["council_gss"] == ""
    assert "Sir Enghraifft" in conflict(prepared, "SEN is the code of another council")


def test_nominations_with_a_party_that_cannot_be_known_are_unknown(night: NightFolder) -> None:
    """An id and a label of two national parties leave the ward open."""
    night.change(
        "dc-candidates.csv",
        "local.exampleborough.abbey.2027-05-06,2027-05-06,t,Labour Party,PP53",
        "local.exampleborough.abbey.2027-05-06,2027-05-06,t,Labour Party,PP52",
    )

    prepared = night.night()

    (row,) = ward(prepared, "Abbey")
    assert "candidate" not in row
    assert ("Exampleborough", "party") in todo_of(prepared)
