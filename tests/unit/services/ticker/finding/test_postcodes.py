from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticker.finding.postcodes import (
    PostcodesError,
    postcode_of,
    read_postcodes,
    spaced,
)

ONS = """pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward
"NW118AB","NW11 8AB","NW11 8AB",198001,,E99999999,E99999999,E09000003,E05013633
"B1  1AA","B1   1AA","B1 1AA",198001,,E99999999,E99999999,E08000025,E05011151
"AB1 0AA","AB1  0AA","AB1 0AA",198001,199606,S99999999,S99999999,S12000033,S13002843
"""


def table(folder: Path, text: str) -> Path:
    """Returns a file with a text."""
    file = folder / "postcodes.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_ons_postcode_directory_is_read_as_it_is(tmp_path: Path) -> None:
    """In whatever order; postcodes that have ended are left out."""
    known = read_postcodes(table(tmp_path, ONS))

    assert len(known) == 2
    assert known.area("NW118AB") == ("E05013633", "E99999999", "E09000003", "E99999999")
    assert known.area("B11AA") == ("E05011151", "E99999999", "E08000025", "E99999999")
    assert known.area("AB10AA") is None


@pytest.mark.parametrize(
    "header",
    ["pcds,wd24cd", "pcd7,lad25cd", "postcode,ballot_paper_id", "Postcode,ward_gss", "pcds,osward"],
)
def test_newer_and_shorter_tables_are_read(tmp_path: Path, header: str) -> None:
    """The names of columns change by the year; a table of a newsroom may have two."""
    known = read_postcodes(
        table(tmp_path, f"\ufeff{header}\nnw11 8ab,E05013633\n,E0\nrubbish,E1\n")
    )

    assert (len(known), known.area("NW118AB")) == (1, ("E05013633",))


@pytest.mark.parametrize(
    "text", ["", "pcds,name\nNW11 8AB,x\n", "pcds,osward\n", "osward\nE05013633\n"]
)
def test_a_table_without_postcodes_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    """So that nobody believes that readers can search by it."""
    file = table(tmp_path, text)

    with pytest.raises(PostcodesError, match=str(file)):
        read_postcodes(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(PostcodesError, match=r"none\.csv"):
        read_postcodes(tmp_path / "none.csv")


POSTCODES = st.from_regex(
    r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}",
    fullmatch=True,
    alphabet=st.characters(max_codepoint=127),
)


@given(st.dictionaries(POSTCODES, st.sampled_from("abc"), min_size=1, max_size=50))
def test_every_postcode_of_a_table_is_found_with_its_ward(
    tmp_path_factory: pytest.TempPathFactory, wards: dict[str, str]
) -> None:
    """Whatever the order of the table."""
    rows = "".join(f"{spaced(postcode)},{ward}\n" for postcode, ward in wards.items())
    known = read_postcodes(table(tmp_path_factory.mktemp("table"), f"pcds,osward\n{rows}"))

    assert {each: known.area(each) for each in wards} == {k: (v,) for k, v in wards.items()}


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("NW11 8AB", "NW118AB"),
        (" nw118ab ", "NW118AB"),
        ("sw1a 1aa", "SW1A1AA"),
        ("b1 1aa", "B11AA"),
        ("Barnet", ""),
        ("NW11", ""),
        ("ＮＷ11 8AB", ""),
        ("", ""),
    ],
)
def test_a_postcode_is_known_by_its_form(text: str, postcode: str) -> None:
    """With or without its blank, in either case of letters; all else is a name."""
    assert postcode_of(text) == postcode
