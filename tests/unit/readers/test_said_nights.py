"""Past nights as Democracy Club's API would have said them."""

from __future__ import annotations

from pathlib import Path

import pytest

from readers.findings import Findings
from readers.night import NIGHTS, load_night
from readers.said import SaidReader
from readers.said_files import said_on_pages
from schemas.ward import WardDeclared
from tests.support.feeding import api_night, api_page, places_of

PAGE_BALLOTS = 200


@pytest.mark.parametrize("name", ["three-boroughs-2022", "england-2021"])
def test_a_whole_night_is_read_as_its_files_are(name: str) -> None:
    """Every ballot, with every figure, mark and party, and nothing is left over."""
    places = places_of(NIGHTS / name)
    night = load_night(name).on_the_night
    truth = {each.ballot_paper_id: each for each in night if isinstance(each, WardDeclared)}
    ballots = api_night(places, truth)
    pages = [
        (Path(f"page-{at}"), api_page(ballots[at : at + PAGE_BALLOTS]).decode())
        for at in range(0, len(ballots), PAGE_BALLOTS)
    ]
    findings = Findings()

    said = said_on_pages(pages, SaidReader(places, "rehearsal"), findings)

    assert said is not None
    assert findings.faults == ()
    found = {each.ballot_paper_id: each for each in said.results if isinstance(each, WardDeclared)}
    assert {ballot: each.candidates for ballot, each in found.items()} == {
        ballot: each.candidates for ballot, each in truth.items()
    }
