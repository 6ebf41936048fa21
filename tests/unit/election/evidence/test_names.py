from __future__ import annotations

import pytest

from election.evidence.names import is_one, unmatched

CON, LAB = "PP52", "PP53"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Able", "ANN ABLE"),
        ("Cáit de Búrca", "Cait De Burca"),
        ("Cáit", "Ca\u0301it"),
        ("Bob O\u2019Brien", "Bob O'Brien"),
        ("Bob O`Brien", "Bob OBrien"),
        ("David Smith-Jones", "David Smith Jones"),
        ("Fay Mac Donald", "Fay MacDonald"),
        ("Ann Mary Able", "A. M. Able"),
        ("Ann Mary Able", "Ann Able"),
        ("Ann Mary Able", "Able, Ann Mary"),
        ("Ann Able", "Cllr Ann Able"),
        ("Dr Ann Able", "Mrs Ann Able"),
        ("Ann Able", "Able"),
        ("Ann Able", ""),
        ("", ""),
        ("Lord", "LORD"),
    ],
)
def test_one_person_is_spelt_in_many_ways(one: str, other: str) -> None:
    """Case, accents, marks, initials, order, titles and middle names make no other person."""
    assert is_one((one, CON), (other, CON))
    assert is_one((other, CON), (one, CON))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Able", "Bob Able"),
        ("Ann Able", "Ann Baker"),
        ("Ann Able", "A. A."),
        ("A. Able", "B. Able"),
        ("Candidate 1", "Candidate 10"),
        ("Ann Able", "Donald Duck"),
        ("!", "?x"),
    ],
)
def test_other_names_are_other_people(one: str, other: str) -> None:
    """A name in common is not enough, and initials alone are nobody."""
    assert not is_one((one, CON), (other, CON))
    assert not is_one((other, CON), (one, CON))


def test_one_name_under_two_parties_is_two_people() -> None:
    """Or one of the two parties is a mistake."""
    assert not is_one(("Ann Able", CON), ("Ann Able", LAB))
    assert unmatched([("Ann Able", LAB)], [("Ann Able", CON)]) == (("Ann Able", LAB),)


def test_everybody_who_is_known_is_matched() -> None:
    """In any order and spelling; not all need to be stated."""
    known = [("Ann Able", CON), ("Bob Baker", LAB), ("Cy Cole", LAB)]

    assert unmatched([("Cy Cole", LAB), ("Ann Able", CON)], known) == ()
    assert unmatched([("COLE, Cy", LAB), ("A. Able", CON)], known) == ()
    assert unmatched([], known) == ()


def test_nobody_known_is_two_people() -> None:
    """Each of those stated needs somebody of the ballot to be."""
    known = [("Ann Able", CON), ("Bob Baker", LAB)]

    assert unmatched([("Ann Able", CON), ("A. Able", CON)], known) == (("A. Able", CON),)
    assert unmatched([("Ann Able", CON), ("Ann Able", CON)], known) == (("Ann Able", CON),)
    assert unmatched([("", LAB), ("", LAB)], known) == (("", LAB),)


def test_a_name_that_fits_several_takes_one_whom_no_other_name_needs() -> None:
    """An initial or a blank name gives way to whoever can be only one of them."""
    known = [("James Smith", LAB), ("John Smith", LAB)]

    assert unmatched([("J Smith", LAB), ("James Smith", LAB)], known) == ()
    assert unmatched([("J Smith", LAB), ("James M. Smith", LAB)], known) == ()
    assert unmatched([("", LAB), ("J Smith", LAB)], known) == ()
    assert unmatched([("J Smith", LAB), ("J. Smith", LAB), ("", LAB)], known) == (("", LAB),)


def test_namesakes_of_one_party_are_as_many_as_were_nominated() -> None:
    """Two people of one name are real if two are on the ballot."""
    twins = [("Jo Smith", LAB), ("Jo Smith", LAB)]

    assert unmatched(twins, twins) == ()
    assert unmatched([*twins, ("JO SMITH", LAB)], twins) == (("JO SMITH", LAB),)
