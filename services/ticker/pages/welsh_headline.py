"""The headline of a council's page in Welsh, from the same fields as in English. No I/O.

Names stay as they are, so no word stands before one that would change its first letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.party import NOC
from schemas.totals import CouncilTotals
from schemas.ward_totals import WardTotals
from services.pages.language import plural_translation
from services.ticker.pages.headline import NAMED_HANGING_ON_MAX, NAMED_PARTIES_MAX, put_off_ballots
from services.ticker.pages.party_style import party_in_a_sentence
from services.ticker.pages.ranking import contenders, is_nearest_to_none

NO_CONTROL = "dim rheolaeth gyffredinol"


def welsh_headline(totals: CouncilTotals, wards: Iterable[WardTotals] = ()) -> str:
    """Returns the news of a council in Welsh, as `page_headline` has it in English."""
    return f"{totals.name}: {_news(totals, wards)}"


def welsh_noun(number: int, one: str) -> str:
    """Returns the Welsh noun that follows a number: `sedd` after 3, of `seat`."""
    return plural_translation("cy", one, f"{one}s", number) or one


def welsh_count(number: int, one: str) -> str:
    """Returns a number with its noun: `3 sedd`."""
    return f"{number:,} {welsh_noun(number, one)}"


def welsh_party(totals: CouncilTotals, key: str | None) -> str:
    """Returns a party's name, as it is in English."""
    name = next((each.party for each in totals.parties if each.party_id == key), "")
    if not name and key == totals.control:
        name = totals.control_name
    return party_in_a_sentence(key or "", name)


def _news(totals: CouncilTotals, wards: Iterable[WardTotals]) -> str:
    if totals.control is not None:
        return _called(totals)
    if not totals.wards_declared:
        return "dim canlyniad eto"
    put_off = put_off_ballots(wards)
    deciders = [each for each in totals.deciders if each.ballot_paper_id not in put_off]
    named = [each.ward for each in deciders or totals.deciders]
    if len(named) > NAMED_HANGING_ON_MAX:
        named = []
    return f"{_distance(totals)}{_hanging(totals, named)}"


def _called(totals: CouncilTotals) -> str:
    before = totals.control_before
    if totals.control == NOC:
        if before is None or before == NOC:
            return NO_CONTROL if before is None else f"{NO_CONTROL} o hyd"
        return f"{welsh_party(totals, before)} yn colli rheolaeth, {NO_CONTROL}"
    name = welsh_party(totals, totals.control)
    match totals.outcome:
        case "hold":
            return f"{name} yn cadw rheolaeth"
        case "gain":
            return f"{name} yn cipio rheolaeth oddi ar {welsh_party(totals, before)}"
        case "gain_from_noc":
            return f"{name} yn ennill rheolaeth, {NO_CONTROL} cynt"
        case _:
            return f"{name} yn rheoli"


def _distance(totals: CouncilTotals) -> str:
    in_play = [(party.needs, party) for party in contenders(totals) if party.needs]
    if not in_play:
        near = "yn agos at ddim rheolaeth gyffredinol"
        return near if is_nearest_to_none(totals) else "dim canlyniad eto"
    needs = min(seats for seats, _ in in_play)
    level = [party for seats, party in in_play if seats == needs]
    short = f"{welsh_count(needs, 'seat')}{' yr un' if len(level) > 1 else ''} yn brin o fwyafrif"
    if len(level) > NAMED_PARTIES_MAX:
        return f"{len(level)} plaid {short}"
    names = ", ".join(party_in_a_sentence(party.party_id, party.party) for party in level)
    return f"{names} {short}"


def _hanging(totals: CouncilTotals, named: Sequence[str]) -> str:
    if named:
        return f", yn dibynnu ar {', '.join(named)}"
    to_come = totals.wards_total - totals.wards_declared
    return f", {welsh_count(to_come, 'ward')} i ddod" if to_come > 0 else ""
