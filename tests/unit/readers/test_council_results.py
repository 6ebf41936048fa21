from pathlib import Path

import pytest

from readers.findings import UnusableFilesError
from readers.night import Night, read_night
from tests.support.night_writer import Files

HEADER = "council,council_gss,party,party_id,seats,seats_won,revision,declared_at,source"


def read(files: Files, *rows: str, header: str = HEADER) -> Night:
    path = files.directory / "council_results.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_night(**files.paths(), council_results=path, mode="rehearsal")


def test_a_council_result_has_a_row_for_each_party(tmp_path: Path) -> None:
    """Seats that were not up are included; a label without an id identifies its party."""
    night = read(
        Files(tmp_path),
        "Barnet,E09000003,Labour Party,PP53,1,,,2014-05-23T05:00:00+01:00,a page",
        "Barnet,E09000003,Ashfield Independents,,1,1,,,a page",
    )

    (barnet,) = night.declarations
    assert barnet.type == "council.declared"
    assert [(each.party_id, each.seats, each.seats_won) for each in barnet.seats] == [
        ("PP53", 1, None),
        ("Ashfield Independents", 1, 1),
    ]
    assert (barnet.revision, barnet.correction, barnet.source) == (1, None, "a page")


def test_a_higher_revision_is_a_correction(tmp_path: Path) -> None:
    """The rows of one revision are one declaration."""
    night = read(
        Files(tmp_path),
        "Barnet,E09000003,Labour Party,PP53,1,,1,,",
        "Barnet,E09000003,Labour Party,PP53,2,,2,,",
    )

    assert [event.revision for event in night.declarations] == [1, 2]


def test_a_result_is_final_if_a_row_of_it_says_so(tmp_path: Path) -> None:
    """Without it, a result that leaves seats unfilled is a running score."""
    night = read(
        Files(tmp_path),
        "Barnet,E09000003,Labour Party,PP53,1,,1,,,",
        "Barnet,E09000003,Labour Party,PP53,1,,2,,,1",
        "Barnet,E09000003,Liberal Democrats,PP90,0,,2,,,",
        header=f"{HEADER},final",
    )

    assert [(each.revision, each.final) for each in night.declarations] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Barnet,E09000003,Labour Party,PP53,3,,,,", "seats: '3' adds up to 3, but Barnet has 2"),
        ("Barnet,E09000003,Labour Party,PP53,,,,,", "seats: '' is blank"),
        ("Barnet,E09000003,,,1,,,,", "party: '' and party_id are both blank"),
        ("Camden,E09000007,Labour Party,PP53,1,,,,", "council_gss: 'E09000007' (Camden) is not"),
    ],
)
def test_what_cannot_be_right_is_a_fault(tmp_path: Path, row: str, fault: str) -> None:
    """Faults of this file are reported like those of the others."""
    with pytest.raises(UnusableFilesError) as raised:
        read(Files(tmp_path), row)

    assert f"council_results.csv:2: {fault}" in str(raised.value)
