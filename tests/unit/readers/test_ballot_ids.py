"""The ids that wards are given from their names, in files of outsiders."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.ids import check_ballot_paper_id
from tests.support.night_writer import Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.mark.parametrize("ward", ["- Hale", "_Hale", "Hale -", "(Hale) –"])
def test_marks_around_a_wards_name_are_left_out_of_its_id(files: Files, ward: str) -> None:
    """Exports set names in many ways; the name itself stays as it is."""
    files.results = [candidate(ward, "Ann", "PP52", 1)]

    opened = files.read().openings[0].wards[0]

    assert opened.ballot_paper_id == "local.barnet.hale.2014-05-22"
    assert opened.ward == ward


@pytest.mark.parametrize("ward", ["By", "-", "_"])
def test_a_wards_name_that_makes_no_id_is_a_fault(files: Files, ward: str) -> None:
    """With its line, its column and its value."""
    files.results = [candidate(ward, "Ann", "PP52", 1)]

    assert any(
        found.startswith(f"results.csv:2: ward: '{ward}' cannot be used")
        for found in files.faults()
    )


def test_wards_that_differ_in_marks_alone_have_ids_of_their_own(files: Files) -> None:
    """Also where nothing but the number tells them apart."""
    files.councils = ["2014-05-22,Barnet,E09000003,all-out,3,,0"]
    files.results = [
        candidate(ward, name, "PP52", 1, ward_gss="")
        for ward, name in (("Hale", "Ann"), ("Hale -", "Bob"), ("- Hale", "Cy"))
    ]

    ids = [ward.ballot_paper_id for ward in files.read().openings[0].wards]

    assert len(set(ids)) == len(ids) == 3
    assert [check_ballot_paper_id(each) for each in ids] == ids
