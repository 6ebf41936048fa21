from __future__ import annotations

import pytest

from election.text.history import control_history
from schemas.council import ControlSpell
from tests.support.polls import CON, IND, LAB, LD


def spells(*facts: tuple[str, int, int | None]) -> tuple[ControlSpell, ...]:
    return tuple(
        ControlSpell(control=control, since=since, until=until) for control, since, until in facts
    )


BARNET = spells((CON, 1964, 1994), ("NOC", 1994, 2002), (CON, 2002, None))


@pytest.mark.parametrize(
    ("control", "label", "text"),
    [
        (
            LAB,
            "Labour Party",
            "Conservative since 1964 except NOC 1994–2002: Labour's first majority here",
        ),
        (CON, "", "Conservative since 1964 except NOC 1994–2002"),
        ("NOC", "", "Conservative since 1964 except NOC 1994–2002"),
        (None, "", "Conservative since 1964 except NOC 1994–2002"),
    ],
)
def test_the_history_of_barnet(control: str | None, label: str, text: str) -> None:
    """Barnet 2022: Labour's first majority; a hold adds nothing to the past."""
    assert text == control_history(BARNET, control, label)


def test_no_history_says_nothing() -> None:
    """There is no text for a council without a stated past."""
    assert control_history((), LAB, "Labour Party") == ""


@pytest.mark.parametrize(
    ("known", "control", "label", "text"),
    [
        (
            spells((LAB, 1973, 1978), (CON, 1978, None)),
            LAB,
            "",
            "Conservative since 1978: Labour's first majority since 1978",
        ),
        (
            spells((LAB, 1973, None), (CON, 1978, None)),
            LAB,
            "",
            "Conservative since 1978: Labour's first majority since 1973",
        ),
        (
            spells((LAB, 1973, 1978), (CON, 1978, 1990), (LAB, 1990, 1994), (CON, 1994, None)),
            LAB,
            "",
            "Conservative since 1978 except Labour 1990–1994: Labour's first majority since 1994",
        ),
        (
            spells(("NOC", 2006, None)),
            CON,
            "",
            "NOC since 2006: the Conservatives' first majority here",
        ),
        (
            spells(("NOC", 2006, None)),
            LD,
            "",
            "NOC since 2006: the Liberal Democrats' first majority here",
        ),
        (
            spells(("NOC", 2006, None)),
            IND,
            "",
            "NOC since 2006: the Independents' first majority here",
        ),
        (
            spells(("NOC", 2006, None)),
            "PP63",
            "",
            "NOC since 2006: the Greens' first majority here",
        ),
        (
            spells((IND, 1973, None)),
            "PP3902",
            "Ashfield Independents",
            "Independent since 1973: Ashfield Independents' first majority here",
        ),
        (
            spells((LAB, 1973, None)),
            "PP1",
            "Local Party",
            "Labour since 1973: Local Party's first majority here",
        ),
        (
            spells((CON, 1964, 1970), (LAB, 1970, 1971), (CON, 1971, 1980), (LD, 1980, 1980),
                   (CON, 1980, None)),
            CON,
            "",
            "Conservative since 1964 except Labour 1970–1971 and Liberal Democrat 1980",
        ),
        (
            spells((CON, 1964, 1970), (LAB, 1970, 1971), (CON, 1971, 1980), (LD, 1980, 1981),
                   (CON, 1981, 1990), ("NOC", 1990, 1994), (CON, 1994, None)),
            CON,
            "",
            "Conservative since 1994",
        ),
        (
            spells((CON, 1964, 1970), (LAB, 1970, None), (CON, 1971, None)),
            CON,
            "",
            "Conservative since 1964 except Labour 1970",
        ),
    ],
)  # fmt: skip
def test_histories(known: tuple[ControlSpell, ...], control: str, label: str, text: str) -> None:
    """Up to two exceptions, their years, possessives, and the last time a party had control."""
    assert text == control_history(known, control, label)


def test_a_local_party_is_called_by_the_label_of_its_spell() -> None:
    """A party without a short name has the label of its spell, or its key."""
    spell = ControlSpell(control="PP3902", party="Ashfield Independents", since=2019)
    bare = ControlSpell(control="PP3902", since=2019)

    assert control_history((spell,), None, "") == "Ashfield Independents since 2019"
    assert control_history((bare,), None, "") == "PP3902 since 2019"
    assert control_history((bare,), "PP1", "") == "PP3902 since 2019: PP1's first majority here"
