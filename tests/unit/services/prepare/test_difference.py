"""What is different from the night in the folder, in words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from readers.parties_file import shipped_register
from scripts.invented_night import invented_night
from scripts.invented_sources import POLL, Council, InventedNight, Person, Ward
from services.prepare.difference import differences, shown
from services.prepare.tables import Tables
from tests.support.prepared import NightFolder

COUNCILS = 30
LATE = Person(9, "Late Name", "Independent", "ynmp-party:2")

Change = Callable[[InventedNight, Council], list[str]]
"""Changes a council in the sources, and returns the lines that name it."""


def withdrawal(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    gone = ward.candidates.pop(0)
    return [f"1 candidate withdrawn in {ward.name}: {gone.name} ({gone.party})"]


def several_withdrawals(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    names = sorted(f"{ward.candidates.pop().name}" for _ in range(2))
    return [f"2 candidates withdrawn in {ward.name}: {names[0]}", names[1]]


def late_nomination(_night: InventedNight, council: Council) -> list[str]:
    council.wards[0].candidates.append(LATE)
    return [f"1 candidate added in {council.wards[0].name}: Late Name (Independent)"]


def name_corrected(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    was = ward.candidates[0]
    ward.candidates[0] = was._replace(name="Ann Other")
    return [f"{was.name} in {ward.name} is now called Ann Other"]


def party_changed(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    was = ward.candidates[0]
    ward.candidates[0] = was._replace(party="Independent", party_id="ynmp-party:2")
    return [f"{was.name} in {ward.name}: {was.party} to Independent"]


def poll_countermanded(night: InventedNight, council: Council) -> list[str]:
    night.cancelled[council.wards[0].ballot] = "CANDIDATE_DEATH"
    return [f"ballot of {council.wards[0].name} cancelled"]


def poll_uncontested(night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    night.cancelled[ward.ballot] = "EQUAL_CANDIDATES"
    gone = ward.candidates[ward.seats :]
    del ward.candidates[ward.seats :]
    return [
        f"ballot of {ward.name} cancelled, uncontested",
        f"{len(gone)} candidates withdrawn in {ward.name}",
    ]


def nominations_lost(_night: InventedNight, council: Council) -> list[str]:
    council.wards[0].candidates.clear()
    return [f"nominations of {council.wards[0].name} no longer known"]


def ward_renamed(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    was, ward.name = ward.name, "Newname"
    council.roll = [("Newname" if each[0] == was else each[0], *each[1:]) for each in council.roll]
    return [f"{was} is now called Newname"]


def ward_code_changed(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    was, ward.gss = ward.gss, "E05999999"
    return [f"code of {ward.name} {was} to E05999999"]


def ballot_added(_night: InventedNight, council: Council) -> list[str]:
    ballot = f"local.{council.slug}.kestrel.{POLL}"
    council.wards.append(Ward("Kestrel", "", 2, ballot))
    council.total += 2
    return [f"seats {council.total - 2} to {council.total}", "ballot of Kestrel added, 2 seats"]


def ballot_gone(_night: InventedNight, council: Council) -> list[str]:
    return [f"ballot of {council.wards.pop().name} left out"]


def seat_added_to_a_ward(_night: InventedNight, council: Council) -> list[str]:
    ward = council.wards[0]
    ward.seats += 1
    council.total += 1
    return [
        f"seats {council.total - 1} to {council.total}",
        f"seats of {ward.name} {ward.seats - 1} to {ward.seats}",
    ]


def council_grown(_night: InventedNight, council: Council) -> list[str]:
    council.total += 1
    return [f"seats {council.total - 1} to {council.total}"]


def defection(_night: InventedNight, council: Council) -> list[str]:
    at = next(
        place
        for place, each in enumerate(council.roll)
        if each[2] == "PP53" and each[3] == POLL.isoformat()
    )
    ward, _, _, day = council.roll[at]
    before = {party: sum(each[2] == party for each in council.roll) for party in ("PP53", "PP63")}
    council.roll[at] = (ward, "Green Party", "PP63", day)
    return [
        f"Labour Party on the eve of poll {before['PP53']} to {before['PP53'] - 1}",
        f"Green Party on the eve of poll {before['PP63']} to {before['PP63'] + 1}",
    ]


def last_election_corrected(_night: InventedNight, council: Council) -> list[str]:
    was = council.last["ld"]
    council.last["ld"] += 1
    return [f"Liberal Democrats at the last election {was} to {was + 1}"]


def code_given(_night: InventedNight, council: Council) -> list[str]:
    was, council.gss = council.gss, "E06999001"
    return [f"code {was} to E06999001"]


def voting_system_changed(_night: InventedNight, council: Council) -> list[str]:
    was = {"FPTP": "plurality", "STV": "stv"}[council.system]
    council.system = "STV"
    return [f"voting system {was} to stv"]


def council_gone(night: InventedNight, council: Council) -> list[str]:
    council.wards = []
    night.gone.add(council.slug)
    return ["council left out"]


def control_changed(_night: InventedNight, council: Council) -> list[str]:
    was, council.control = council.control, "Strangers"
    assert was == "NOC"
    return ["control before no overall control to unknown"]


CHANGES: tuple[Change, ...] = (
    *(withdrawal, several_withdrawals, late_nomination, name_corrected, party_changed),
    *(poll_countermanded, poll_uncontested, nominations_lost, ward_renamed, ward_code_changed),
    *(ballot_added, ballot_gone, seat_added_to_a_ward, council_grown, defection),
    *(last_election_corrected, code_given, voting_system_changed, council_gone, control_changed),
)


@pytest.fixture(scope="module")
def invented() -> InventedNight:
    return invented_night(COUNCILS)


def prepared(night: InventedNight, folder: Path) -> Tables:
    night.write(folder / "sources")
    return NightFolder(folder).night()


def changed(before: Tables, after: Tables) -> list[str]:
    return [*differences(shown(before), shown(after), shipped_register())]


def test_twenty_changes_at_once_are_each_named_and_nothing_else(
    invented: InventedNight, tmp_path: Path
) -> None:
    """Each is in a council of its own, whose lines say what was changed there."""
    later = copy.deepcopy(invented)
    whole = [council for place, council in enumerate(later.councils) if place % 10]
    hung = [council for council in whole if council.control == "NOC" and council.system == "FPTP"]
    lines = {
        council.name: change(later, council)
        for change, council in zip(CHANGES, hung[: len(CHANGES)], strict=True)
    }

    found = changed(prepared(invented, tmp_path / "a"), prepared(later, tmp_path / "b"))

    for line in found:
        name, _, what = line.partition(": ")
        wanted = [each for each in lines[name] if each in what]
        assert wanted, line
        lines[name] = [each for each in lines[name] if each not in wanted]
    assert not any(lines.values()), lines


def test_the_same_sources_give_the_same_night(invented: InventedNight, tmp_path: Path) -> None:
    """Nothing is different, whatever the order of lines in the sources."""
    other = copy.deepcopy(invented)
    for council in other.councils:
        council.wards.reverse()
        for ward in council.wards:
            ward.candidates.reverse()
    other.councils[:] = other.councils

    one, two = prepared(invented, tmp_path / "a"), prepared(other, tmp_path / "b")

    assert changed(one, two) == []
    assert one.texts()["results.csv"] == two.texts()["results.csv"]
    assert one.texts()["standing.csv"] == two.texts()["standing.csv"]


def test_a_new_council_is_one_line(invented: InventedNight, tmp_path: Path) -> None:
    """With its seats and ballots, and not each of them."""
    fewer = copy.deepcopy(invented)
    council = fewer.councils[1]
    council_gone(fewer, council)

    (line,) = changed(prepared(fewer, tmp_path / "a"), prepared(invented, tmp_path / "b"))

    wards = invented.councils[1].wards
    assert line.startswith(f"{council.name}: council added, ")
    assert line.endswith(f"{len(wards)} ballots")
