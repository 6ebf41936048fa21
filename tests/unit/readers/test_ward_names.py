from pathlib import Path

import pytest

from readers.council_names import council_words
from readers.ward_names import WardName, WardNames
from schemas.ward import WardDeclared
from tests.support.night_writer import Files, candidate


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.councils = ["2014-05-22,Barnet,E09000003,all-out,2,,0"]
    return found


def wards(names: list[WardName], nation: str = "E") -> int:
    """Returns how many wards the names are of."""
    found = WardNames(names, nation)
    return len({found.ward(name) for name in names})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Broom & Vale", "Broom and Vale"),
        ("St. Mary's", "St Marys"),
        ("St Mary’s", "Saint Mary's"),
        ("Upper-Vale", "UPPER VALE"),
        ("Hale Ward", "Hale"),
        ("Llanfair–ym–Muallt", "Llanfair-ym-Muallt"),
    ],
)
def test_spellings_of_a_name_are_one_ward(one: str, other: str) -> None:
    """Marks, case, `&` and saints do not make two wards."""
    assert wards([WardName("", one), WardName("", other)]) == 1
    assert wards([WardName("E05000001", one), WardName("", other)]) == 1
    assert wards([WardName("", one), WardName("E05000001", other)]) == 1


@pytest.mark.parametrize(
    "names",
    [
        [WardName("E05000001", "Hale"), WardName("E05000002", "Hale")],
        [WardName("E05000001", "Hale"), WardName("E05000001", "Mill")],
        [WardName("", "Hale"), WardName("", "Hale North")],
        [
            WardName("", "Hale", "local.a.hale.2014-05-22"),
            WardName("", "Hale", "local.a.hale.by.2014-05-22"),
        ],
        [WardName("", "Thames Ditton / Weston Green"), WardName("", "Weston Green")],
    ],
)
def test_two_wards_stay_two(names: list[WardName]) -> None:
    """Code and name together identify a ward, and so does the id of its ballot."""
    assert wards(names) == 2


@pytest.mark.parametrize(
    "names",
    [
        [WardName("E05000001", "Hale"), WardName("E05000001", "")],
        [
            WardName("", "Hale", "local.a.hale.2014-05-22"),
            WardName("", "Mill", "local.a.hale.2014-05-22"),
        ],
    ],
)
def test_a_code_or_a_ballot_id_is_enough(names: list[WardName]) -> None:
    """Where one side has no name, or the ballot's id says which it is."""
    assert wards(names) == 1


@pytest.mark.parametrize("name", ["Llandaf", "Llandaff", "Llandaff / Llandaf"])
def test_a_ward_has_its_welsh_and_its_english_name(name: str) -> None:
    """Either of the two, or both, name it."""
    assert wards([WardName("", "Llandaf / Llandaff"), WardName("", name)], "W") == 1


def test_a_name_that_could_be_two_wards_is_a_ward_of_its_own() -> None:
    """Without its code nothing says which of the two it is."""
    names = [WardName("E05000001", "Hale"), WardName("E05000002", "Hale"), WardName("", "Hale")]
    assert wards(names) == 3


def test_a_message_finds_its_ward_by_whatever_it_has(files: Files) -> None:
    """By name in another spelling, by code under another name, or by the id of the ballot."""
    files.results = [candidate("Broom & Vale", "Ann", "PP52", "", ward_gss="E05000001")]
    names = [
        {"ward": "Broom and Vale", "ward_gss": ""},
        {"ward": "BROOM & VALE", "ward_gss": "E05000001"},
        {"ward": "Broomvale", "ward_gss": "E05000001"},
        {"ward": "", "ward_gss": "E05000001"},
        {"ballot_paper_id": "local.barnet.broom-vale.2014-05-22"},
    ]
    common = {"type": "declaration", "council": "Barnet Council", "council_gss": ""}
    files.events = [
        {
            **common,
            **name,
            "seq": n,
            "id": f"{n}",
            "revision": n,
            "candidates": [{"candidate": "A"}],
        }
        for n, name in enumerate(names, 1)
    ]

    found = [each for each in files.read().declarations if isinstance(each, WardDeclared)]
    assert [each.revision for each in found] == [1, 2, 3, 4, 5]
    assert {each.ballot_paper_id for each in found} == {"local.barnet.broom-vale.2014-05-22"}


def test_a_correction_of_a_ward_that_nobody_declared_is_a_fault_if_another_looks_like_it(
    files: Files,
) -> None:
    """The other has the same candidates, or nearly its name."""
    files.results_header += ",revision"
    first, second = ",1", ",2"
    files.results = [
        candidate("Hale", "Ann", "PP52", 5) + first,
        candidate("Hail Ward North", "Ann", "PP52", 6) + second,
    ]

    assert files.faults() == [
        (
            "results.csv:3: revision: '2' of Hail Ward North, which has no revision 1; if Hale on"
            " line 2 is meant, give its name, else leave revision blank"
        )
    ]


def test_a_correction_alone_is_a_warning(files: Files) -> None:
    """A file may have only what counts."""
    files.results_header += ",revision"
    files.results = [
        candidate("Hale", "Ann", "PP52", 5) + ",1",
        candidate("Mill", "Bob", "PP53", 6) + ",2",
    ]

    assert files.warnings() == ["results.csv:3: revision: '2' of Mill, which has no revision 1"]


def test_corrections_alone_in_an_event_file_are_one_warning(files: Files) -> None:
    """The first result may come later, or not at all."""
    files.results = [candidate("Hale", "Ann", "PP52", ""), candidate("Mill", "Bob", "PP53", "")]
    files.events = [
        {
            "seq": n,
            "id": f"{n}",
            "type": "declaration",
            "council_gss": "E09000003",
            "ward": ward,
            "revision": 2,
            "candidates": [{"candidate": "Ann", "votes": 1}],
        }
        for n, ward in enumerate(("Hale", "Mill"), 1)
    ]

    found = [each for each in files.warnings() if "has no revision 1" in each]
    assert len(found) == 1
    assert found[0].endswith("(2 times in this file)")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kingston upon Hull, City of", "kingston-upon-hull"),
        ("London Borough of Barnet", "Barnet"),
        ("Cyngor Sir Fynwy", "Monmouthshire County Council"),
        ("Comhairle nan Eilean Siar", "Na h-Eileanan Siar"),
        ("Hammersmith & Fulham", "Hammersmith and Fulham"),
        ("King's Lynn and West Norfolk", "Borough Council of Kings Lynn & West Norfolk"),
    ],
)
def test_a_council_is_known_under_its_names(one: str, other: str) -> None:
    """Without the words that say what kind of council it is."""
    assert council_words(one) == council_words(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nottingham City", "Nottinghamshire County"), ("Cheshire East", "Cheshire West and Chester")],
)
def test_neighbours_are_not_confused(one: str, other: str) -> None:
    """A city and its shire are two."""
    assert council_words(one) != council_words(other)
