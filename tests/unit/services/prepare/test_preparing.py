"""A night prepared from the sample of the public sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.prepared import FILES, NightFolder, todo_of

KESTREL = "local.exampleborough.kestrel.2027-05-06"
DIFFER = "numbers of candidates of Labour Party differ: 11 or 10 on the ballots"
NO_SEATS = "Kestrel: the number of seats is not known; the ward is not listed"


@pytest.fixture
def night(tmp_path: Path) -> NightFolder:
    return NightFolder.with_samples(tmp_path)


def test_councils_have_what_their_sources_say(night: NightFolder) -> None:
    """Code, size, cycle, system, control and time come from five sources."""
    councils = {row["council"]: row for row in night.night().councils}

    invershire = councils["Invershire"]
    assert [*councils] == ["Exampleborough", "Invershire", "New Westshire", "Sir Enghraifft"]
    assert invershire["council_gss"] == "S12999001"
    assert (invershire["cycle"], invershire["seats_total"]) == ("all-out", "12")
    assert (invershire["voting_system"], invershire["control_before"]) == ("stv", "NOC")
    assert invershire["expected_at"] == "2027-05-07T13:00:00+01:00"
    assert councils["Exampleborough"]["cycle"] == "thirds"
    assert councils["Exampleborough"]["control_before"] == "PP52"


def test_standing_is_counted_from_the_roll_and_the_history(night: NightFolder) -> None:
    """The eve of poll, the last election, and what is not up."""
    rows = [row for row in night.night().standing if row["council"] == "Exampleborough"]

    seats = ("seats_eve_of_poll", "seats_last_election", "seats_not_up")
    assert {row["party_id"]: tuple(map(row.get, seats)) for row in rows} == {
        "PP52": ("16", "17", "11"),
        "PP53": ("8", "9", "5"),
        "PP90": ("3", "4", "2"),
        "PP7931": ("2", "0", "1"),
    }


def test_what_is_not_known_is_listed_and_nothing_else(night: NightFolder) -> None:
    """Each thing has its council and reason; what two sources differ about names both."""
    prepared = night.night()

    assert todo_of(prepared) == [
        ("Exampleborough", "conflict"),
        ("Exampleborough", "no seats"),
        ("New Westshire", "new council"),
        ("New Westshire", "no baseline"),
        ("New Westshire", "no code"),
        ("Otherdale", "left out"),
        ("Sir Enghraifft", "lumped"),
        ("Sir Enghraifft", "lumped"),
    ]
    conflict, kestrel, *_ = prepared.todo
    assert "30 seats: Open Council Data's history (ocd-history.csv:2)" in conflict.why
    assert "11 seats are up and 19 are not, and 1 more ballot of unknown size" in conflict.why
    assert kestrel.ballot_paper_id == "local.exampleborough.kestrel.2027-05-06"


def test_a_poll_with_as_many_candidates_as_seats_is_uncontested(night: NightFolder) -> None:
    """Its cancelled poll elects the only candidate."""
    (row,) = [row for row in night.night().results if row["ward"] == "Cwm"]

    assert (row["status"], row["candidate"]) == ("uncontested", "Candidate 90145")


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("ocd-history.csv", ("Exampleborough", "left out")),
        ("ocd-councillors.csv", ("Invershire", "no seats on the eve of poll")),
        ("mysociety-register.csv", ("Exampleborough", "no code")),
        ("dc-candidates.csv", ("Exampleborough", "no seats")),
        ("ee-elections.json", ("", "source missing")),
    ],
)
def test_a_night_without_one_of_its_sources_says_what_is_missing(
    tmp_path: Path, missing: str, reason: tuple[str, str]
) -> None:
    """The source itself is listed, and what each council lacks for want of it."""
    night = NightFolder.with_samples(tmp_path, [name for name in FILES if name != missing])

    todo = todo_of(night.night())

    assert ("", "source missing") in todo
    assert reason in todo


def test_a_ward_without_candidates_is_not_vacant(tmp_path: Path) -> None:
    """Its seat is open to anyone, and the ward is listed as to be done."""
    others = [name for name in FILES if name != "dc-candidates.csv"]
    night = NightFolder.with_samples(tmp_path, [*others, "dc-jubilee-missing.csv"])

    prepared = night.night()

    (council,) = [row for row in prepared.councils if row["council"] == "Exampleborough"]
    jubilee = [each for each in prepared.todo if "jubilee" in each.ballot_paper_id]
    assert "seats_vacant" not in council
    assert [each.reason for each in jubilee] == ["no seats"]


def test_a_correction_of_the_newsroom_wins_and_settles(night: NightFolder) -> None:
    """What it says is in the files, and no longer to do."""
    night.correct(
        "Exampleborough,,,,seats_total,30,the order of 2026",
        f"Exampleborough,{KESTREL},,,settled,{NO_SEATS},a slip",
        f"Exampleborough,,,,settled,{DIFFER},one has withdrawn",
        "New Westshire,,,,council_gss,E06999001,",
        'New Westshire,,,,settled,"no seats before, and nobody controlled it: a new council",',
        "New Westshire,,,,seats_total,15,",
        "Otherdale,,,,seats_total,40,",
        "Sir Enghraifft,,,,control_history,2008 NOC; 2017 PP77,",
        "Sir Enghraifft,,Independent,,seats_eve_of_poll,1,",
        "Sir Enghraifft,,Independent,,seats_last_election,1,",
        "Exampleborough,local.exampleborough.abbey.2027-05-06,,Candidate 90001,office,Leader,",
        "Exampleborough,local.exampleborough.abbey.2027-05-06,,Candidate 90002,withdrawn,1,",
        "Exampleborough,local.exampleborough.abbey.2027-05-06,PP90,Late Name,nominated,1,",
    )

    prepared = night.night()

    sizes = {row["council"]: row["seats_total"] for row in prepared.councils}
    abbey = {row["candidate"]: row for row in prepared.results if row["ward"] == "Abbey"}
    assert (sizes["Exampleborough"], sizes["Otherdale"]) == ("30", "40")
    assert abbey["Candidate 90001"]["office"] == "Leader"
    assert "Candidate 90002" not in abbey
    assert abbey["Late Name"]["party"] == "Liberal Democrats"
    assert abbey["Late Name"]["party_id"] == "PP90"
    assert [(each.since, each.control, each.until) for each in prepared.spells] == [
        (2008, "NOC", 2017),
        (2017, "PP77", None),
    ]
    assert {council for council, _ in todo_of(prepared)} == {"Otherdale"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Exampleborough,,,,seats,30,", "field: 'seats' is none of council_gss, cycle"),
        ("Exampleborough,local.e.a.2027-05-06,,,cycle,thirds,", "is none of ward, ward_gss"),
    ],
)
def test_a_correction_of_nothing_known_is_a_fault(night: NightFolder, row: str, fault: str) -> None:
    """The fault names the fields that there are."""
    night.correct(row)

    ran = night.prepare()

    assert ran.exit_code == 2
    assert f"corrections.csv:2: {fault}" in ran.output or fault in ran.output


def test_a_history_that_cannot_be_read_is_to_do(night: NightFolder) -> None:
    """The form is named, and there is no history."""
    night.correct("Exampleborough,,,,control_history,NOC since 1994,")

    prepared = night.night()

    (fault,) = [each for each in prepared.todo if each.reason == "fault"]
    assert "'NOC since 1994' is no year with a party or NOC after it" in fault.why
    assert prepared.spells == ()


def test_history_has_no_spell_whose_beginning_the_file_does_not_show(night: NightFolder) -> None:
    """The first spell may have begun before the file, and is left out."""
    night.change(
        "ocd-history.csv",
        "1,901,Exampleborough,2026",
        "4,901,Exampleborough,2023,30,9,10,11,0,0,0,0,0,0,NOC,\n"
        "5,901,Exampleborough,2024,30,17,9,4,0,0,0,0,0,0,CON,\n"
        "6,901,Exampleborough,2025,30,17,9,4,0,0,0,0,0,0,CON,\n"
        "1,901,Exampleborough,2026",
    )

    spells = night.night().spells

    assert [(each.since, each.control, each.until) for each in spells] == [(2024, "PP52", None)]
