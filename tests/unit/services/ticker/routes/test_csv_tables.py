from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from schemas.examples import TOTALS
from schemas.story import PartyStory, WardStory
from schemas.ward import Candidate
from schemas.ward_totals import WardTotals
from services.ticker.routes.csv_tables import councils_csv, wards_csv

BARNET = TOTALS
AS_OF = "2014-05-23T04:00:00+00:00"


def row(name: str = "Ann Lee", **fields: object) -> dict[str, str]:
    """Returns the row of a candidate."""
    ward = WardTotals(
        ballot_paper_id="local.barnet.childs-hill.2014-05-22",
        council="local.barnet.2014-05-22",
        ward="Childs Hill",
        seats_contested=1,
        status="declared",
        candidates=(Candidate(candidate=name, party="A", party_id="PP1", votes=1),),
    ).model_copy(update=fields)
    (found,) = csv.DictReader(
        io.StringIO(wards_csv([ward], BARNET, AS_OF).decode("utf-8-sig"), newline="")
    )
    return found


def cell(name: str) -> str:
    """Returns how a candidate's name stands in the table."""
    return row(name)["candidate"]


def test_a_row_says_from_how_many_sources_it_is_and_whether_it_is_in_doubt() -> None:
    """The columns come last, so that those before keep their places."""
    told = row(sources=2, disputed=True)

    assert list(told)[18:22] == ["source", "sources", "being_checked", "disputed"]
    assert (told["sources"], told["being_checked"], told["disputed"]) == ("2", "0", "1")


def test_a_row_names_its_council_and_its_time_in_the_last_columns() -> None:
    """So that tables of several councils can be put together; columns before keep their places."""
    told = row()

    assert list(told)[34:] == ["council", "council_gss", "council_name", "text", "as_of"]
    assert told["council"] == "local.barnet.2014-05-22"
    assert (told["council_gss"], told["council_name"]) == ("E09000003", "Barnet")
    assert told["as_of"] == AS_OF


def test_control_has_a_name_beside_its_id() -> None:
    """A spreadsheet has no list of parties; a council without overall control says so."""
    none = TOTALS.model_copy(update={"control": "NOC", "control_before": "PP53"})
    (first, *_) = csv.DictReader(io.StringIO(councils_csv([none], AS_OF).decode("utf-8-sig")))
    open_ = TOTALS.model_copy(update={"control": None, "control_before": None})
    (second, *_) = csv.DictReader(io.StringIO(councils_csv([open_], AS_OF).decode("utf-8-sig")))

    assert list(first)[-4:] == ["control_before_name", "control_name", "headline", "as_of"]
    assert (first["control"], first["control_name"]) == ("NOC", "No overall control")
    assert first["control_before_name"] == "Labour Party"
    assert (first["headline"], first["as_of"]) == (TOTALS.headline, AS_OF)
    assert (second["control_name"], second["control_before_name"]) == ("", "")


def test_a_row_has_what_became_of_its_candidates_party() -> None:
    """Blank where nobody has said what was before."""
    party = PartyStory(party_id="PP1", party="A", seats_before=2, seats_change=-1, share=40.5)
    story = WardStory(
        last_fought=(date(2010, 5, 6), date(2012, 11, 1)),
        same_boundaries=True,
        parties=(party,),
        swing=3.5,
        swing_from="PP1",
        swing_to="PP2",
        turnout_before=61.0,
        turnout_change=-20.5,
    )
    columns = (
        *("last_fought", "same_boundaries", "party_seats_before", "party_seats_change"),
        *("party_share", "party_share_before", "party_share_change", "swing", "swing_from"),
        *("swing_to", "turnout_before", "turnout_change"),
    )
    told, untold = row(story=story), row()

    assert tuple(told)[22:34] == columns
    assert [told[name] for name in columns] == [
        *("2010-05-06; 2012-11-01", "1", "2", "-1", "40.5", "", "", "3.5", "PP1", "PP2"),
        *("61.0", "-20.5"),
    ]
    assert {untold[name] for name in columns} == {""}


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\uff1d1\uff0b1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "\u22121",
        ";=1",
        "Ann; =1",
        "Ann;;=1",
        "Ann|=1",
        'Ann;"=1"',
        '"=1',
    ],
)
def test_no_cell_is_run_as_a_formula(name: str) -> None:
    """Neither as it stands, nor if a spreadsheet splits it at signs that are no commas."""
    for piece in re.split(r"[;|\t\r\n]", cell(name)):
        assert not re.match(r"""["\s\ufeff\u200b]*[=+@\-\uff1d\uff0b\uff20\uff0d\u2212]""", piece)


@pytest.mark.parametrize("name", ["Ann Lee", "Smith-Jones", "A=B", "O'Neill, Jr", "a; b", "1+1"])
def test_a_name_that_is_no_formula_is_left_as_it_is(name: str) -> None:
    """Signs inside a name are not touched."""
    assert cell(name) == name
