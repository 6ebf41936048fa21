"""The headline of a council's page: its news, also before control is decided. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.ticker.pages.council_wording import plain_headline
from services.ticker.pages.party_style import party_in_a_sentence
from services.ticker.pages.ranking import contenders, is_nearest_to_none

_SPELLED: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_PUT_OFF: Final = frozenset({"postponed", "countermanded"})

NAMED_HANGING_ON_MAX: Final = 2
"""Wards that a headline has room to name."""

WORD_LETTERS_MAX: Final = 11
"""Letters of a word in a headline's usual size across the narrowest phone, 360 pixels, with wide
letters and text of twice the size."""

NAMED_PARTIES_MAX: Final = 2
"""Parties equally near that a headline has room to name."""


def page_headline(totals: CouncilTotals, wards: Iterable[WardTotals] = ()) -> str:
    """Returns the news of a council, such as `St Albans: Liberal Democrats one short, …`.

    Once control is certain it is the line of the wires, `CON HOLD Barnet`, but for no overall
    control, which is said in words. Before that it is who is
    nearest to a majority, how many seats they lack, and the wards that it hangs on if they are few.
    While nothing is declared it says so. Of `wards`, those whose poll was put off are not named
    while control hangs on others, too.
    """
    if totals.control is not None:
        return plain_headline(totals)
    if not totals.wards_declared:
        return f"{totals.name}: no result yet"
    put_off = put_off_ballots(wards)
    deciders = [each for each in totals.deciders if each.ballot_paper_id not in put_off]
    named = [each.ward for each in deciders or totals.deciders]
    if len(named) > NAMED_HANGING_ON_MAX:
        named = []
    return f"{totals.name}: {_distance(totals, named)}{_hanging(totals, named)}"


def put_off_ballots(wards: Iterable[WardTotals]) -> set[str]:
    """Returns the ballots of those wards whose poll was put off."""
    return {each.ballot_paper_id for each in wards if each.status in _PUT_OFF}


def has_long_word(text: str) -> bool:
    """Returns whether a headline has a word that a phone has no room for in the usual size."""
    return any(len(word) > WORD_LETTERS_MAX for word in text.split())


def count_so_far(totals: CouncilTotals) -> str:
    """Returns how many wards are declared, `17 of 18 wards declared`; blank if none count."""
    if totals.as_a_whole or not totals.wards_total:
        return ""
    wards = "ward" if totals.wards_total == 1 else "wards"
    return f"{totals.wards_declared} of {totals.wards_total} {wards} declared"


def _distance(totals: CouncilTotals, named: Sequence[str]) -> str:
    in_play = [(party.needs, party) for party in contenders(totals) if party.needs]
    if not in_play:
        return "no overall control is near" if is_nearest_to_none(totals) else "no result yet"
    needs = min(seats for seats, _ in in_play)
    level = [party for seats, party in in_play if seats == needs]
    names = " and ".join(party_in_a_sentence(party.party_id, party.party) for party in level)
    if len(level) > NAMED_PARTIES_MAX:
        return f"{len(level)} parties {_spelled(needs)} short of a majority"
    each = " each" if len(level) > 1 else ""
    return f"{names} {_spelled(needs)} short{each}{'' if named else ' of a majority'}"


def _hanging(totals: CouncilTotals, named: Sequence[str]) -> str:
    if named:
        return f", hangs on {' and '.join(named)}"
    to_come = totals.wards_total - totals.wards_declared
    wards = "ward" if to_come == 1 else "wards"
    return f", {_spelled(to_come)} {wards} to come" if to_come > 0 else ""


def _spelled(number: int) -> str:
    return _SPELLED[number] if number < len(_SPELLED) else f"{number}"
