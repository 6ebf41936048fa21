"""Names in `nights/` are read aloud in rehearsals: none is cut, garbled, or turned round."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from readers.night import NIGHTS, nights
from schemas.spelling import compared

Row = dict[str, str]
Kind = Callable[[list[Row]], list[str]]

COINED = {
    *("burning", "core", "country", "five", "heritage", "patients", "proud", "profits"),
    *("rebooting", "rejoin", "resist", "safe", "star", "volt", "chesterfield"),
}
"""Words of parties' names that are in no registered name of a party, and no place of a night."""

SMALL = re.compile(r"[ -](?:And|Of|The|With|In|On|Upon|Under)[ -]")
OTHER_LETTERS = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ſ '&,./()!-]|Ã|Â|Î|/\.")
CUT_SHARE_MAX = 0.25
"""A council of whose candidates more have a surname without its last letter has them all cut."""

FEW = 20
"""Fewer candidates than this say nothing of how their council writes names."""


def table(night: str, name: str) -> list[Row]:
    file = NIGHTS / night / name
    if not file.is_file():
        return []
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@cache
def surnames() -> Counter[str]:
    return Counter(
        re.split(r"[ ,]", row["candidate"])[0 if "," in row["candidate"] else -1].casefold()
        for night in nights()
        for row in table(night, "results.csv")
        if row["candidate"]
    )


@cache
def known_words() -> frozenset[str]:
    folder = NIGHTS.parent / "readers" / "data"
    words = set()
    for file in ("parties.csv", "party_names.csv"):
        for row in csv.DictReader((folder / file).read_text(encoding="utf-8").splitlines()):
            words |= {*compared(" ".join(row.values())).split()}
    for night in nights():
        for row in table(night, "results.csv"):
            words |= {*compared(f"{row['ward']} {row['council']}").split()}
    return frozenset(words | COINED)


def in_another_encoding(rows: list[Row]) -> list[str]:
    names = {row[column] for row in rows for column in ("ward", "candidate", "party")}
    return sorted(name for name in names if OTHER_LETTERS.search(name))


def numbered(rows: list[Row]) -> list[str]:
    return sorted({row["ward"] for row in rows if re.match(r"\d", row["ward"])})


def with_the_word_ward(rows: list[Row]) -> list[str]:
    return sorted({row["ward"] for row in rows if row["ward"].casefold().endswith(" ward")})


def in_other_capitals(rows: list[Row]) -> list[str]:
    wards = {row["ward"] for row in rows}
    return sorted(ward for ward in wards if ward.isupper() or SMALL.search(ward))


def cut_at_a_sign(rows: list[Row]) -> list[str]:
    """Wards that end in a digit, and people of one word or with a lone letter as their surname."""
    wards = {row["ward"] for row in rows if row["ward"][-1:].isdecimal()}
    people = {row["candidate"] for row in rows if row["candidate"]}
    return sorted(wards | {each for each in people if re.search(r"^\S+$|[ '][A-Z]$", each)})


def cut_by_a_letter(rows: list[Row]) -> list[str]:
    """Councils where many bear a surname that is another's without its last letter."""
    longer = {name[:-1] for name in surnames()}
    of_council: dict[str, list[bool]] = {}
    for row in rows:
        surname = row["candidate"].split(" ")[-1].casefold()
        is_cut = surname in longer and surnames()[surname] <= 1
        of_council.setdefault(row["council"], []).append(is_cut)
    return sorted(
        council
        for council, cut in of_council.items()
        if len(cut) >= FEW and sum(cut) > CUT_SHARE_MAX * len(cut)
    )


def surname_before_initials(rows: list[Row]) -> list[str]:
    return sorted(
        {
            r["candidate"]
            for r in rows
            if re.search(r"\w ([A-Z]\.)+$", r["candidate"]) and "," not in r["candidate"]
        }
    )


def no_name_of_a_party(rows: list[Row]) -> list[str]:
    """Abbreviations, what says that there is no description, and words that are misspelt."""
    labels = {row["party"] for row in rows if row["party"]}
    return sorted(
        label
        for label in labels
        if (label.isupper() and len(label) <= 4)
        or compared(label) == "no description"
        or not known_words() >= {*compared(label).split()}
    )


KINDS: dict[Kind, Row] = {
    in_another_encoding: {"ward": "KingÃ¦s Hedges"},
    numbered: {"ward": "11. Erskine & Inchinnan"},
    with_the_word_ward: {"ward": "COWAL WARD"},
    in_other_capitals: {"ward": "Wonford And St Loyes"},
    cut_at_a_sign: {"ward": "Bonnyrig0", "candidate": "Paul O"},
    surname_before_initials: {"candidate": "Renner-Thompson G."},
    no_name_of_a_party: {"party": "Piarate"},
}
"""Each kind of fault, with what one looks like."""

BLANK = {"council": "", "ward": "", "candidate": "", "party": ""}


def left(night: str) -> set[str]:
    """Returns the names that are wrong, and of which nobody knows the right ones."""
    return {row["was"] for row in table(night, "corrections.csv") if not row["is"]}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("night", nights())
def test_no_name_of_a_night_is_garbled(night: str, kind: Kind) -> None:
    """But for those that its corrections list as not known."""
    assert set(kind(table(night, "results.csv"))) <= left(night)


@pytest.mark.parametrize("night", nights())
def test_no_council_has_its_candidates_cut(night: str) -> None:
    """Midlothian's had all lost their last letter; those that are listed as not known are few."""
    known = [row for row in table(night, "results.csv") if row["candidate"] not in left(night)]

    assert cut_by_a_letter(known) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_garbled_name_is_found(kind: Kind) -> None:
    """Each check finds what it is for, and nothing in a row that is right."""
    right = {
        "council": "Exeter",
        "ward": "Wonford and St Loyes",
        "candidate": "A.M. O'Kane-Ó Broin",
        "party": "Labour Party",
    }

    assert kind([BLANK | KINDS[kind]])
    assert kind([right]) == []


def test_a_council_with_cut_names_is_found() -> None:
    """By its share of surnames that others bear with one letter more."""
    rows = [row for row in table("scotland-2012", "results.csv") if row["council"] == "Fife"]
    cut = [row | {"candidate": row["candidate"][:-1]} for row in rows]

    assert cut_by_a_letter(rows) == []
    assert cut_by_a_letter(cut) == ["Fife"]


@pytest.mark.parametrize("night", nights())
def test_every_correction_is_made_and_has_its_reason(night: str) -> None:
    """What the table corrects is in the file as it should be, and what it leaves as it was."""
    for row in table(night, "corrections.csv"):
        if row["column"] not in {"ward", "candidate", "party"}:
            continue
        there = {
            each[row["column"]]
            for each in table(night, row["file"])
            if row["council_gss"] in {"", each["council_gss"]}
        }
        assert row["reason"]
        assert (row["is"] or row["was"]) in there
        assert not row["is"] or row["was"] not in there


def test_sheffield_has_the_seats_that_labour_kept() -> None:
    """28 of the 41 that Labour held after the poll of 2021, and nobody else's."""
    kept = {
        row["party"]: row["seats_not_up"]
        for row in table("england-2021", "standing.csv")
        if row["council_gss"] == "E08000019"
    }

    assert kept == {"Labour Party": "28", "Liberal Democrats": "20", "Green Party": "7"}
