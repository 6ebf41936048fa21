"""What is odd about a result: it may be right, and looks like a slip of whoever typed it.

Each check is one function that returns what is odd, with the field and the figures, or nothing.
Those of this module look at the result and its ballot alone; those that compare it with the other
wards of its council are in `election.evidence.beside`. The thresholds are constants and no
settings, because a log that is counted again has to give the same. Where no other source is named,
they were measured on the wards of `nights/`, and tried on four elections that are not among them:
London 2010, England 2016, Great Britain 2017 and three boroughs 2018, 6,259 wards together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from election.declaration import Declaration
from election.evidence.beside import beside_others
from election.rules.majority import party_of
from election.ward import Ward
from schemas.council import ElectoralSystem
from schemas.party import INDEPENDENT

SPOILT_FRACTION: Final = 0.03
"""Abacus warns of invalid votes from 3 % on (its rule W.202)."""

DIFFERENCE_FRACTION, DIFFERENCE_MIN = 0.02, 15
"""Abacus warns of ballots and votes that differ by 2 % and 15 or more (its rule W.203)."""

BELOW_TURNOUT_FRACTION, ABOVE_TURNOUT_FRACTION = 0.12, 0.08
"""How far the votes may be below or above what turnout and electorate make of them.

Of 3,277 wards of England with one seat in 2021, 6 and 7 are further away: a turnout, an electorate
or a figure is wrong there."""

ELECTORATE_FRACTION: Final = 0.05
"""How far an electorate may be from the one that the ballot was opened with. Nobody can register in
the last eleven working days before a poll, so that it changes by a few people until then."""

MATES_APART: Final = 4.0
"""How many times the votes of another candidate of the same party somebody may have in a ward.

Voters have as many votes as there are seats, and mostly give them to one party. Of 2,722 wards with
several seats in seven elections, 6 have a party whose candidates are further apart."""

FAR_BEHIND: Final = 2.5
"""How many times the first preferences of somebody who is elected another may have who is not.

Transfers have made good 2.3 times as many in Scotland in 2012, and 2.9 times in one ward in 2017,
where the next has 2.2."""


def odd(said: Declaration, ballot_paper_id: str, wards: Mapping[str, Ward]) -> tuple[str, ...]:
    """Returns all that is odd about a result, by itself and beside the council's other wards.

    `wards` are those of its council, by ballot; its own says what is known of the ballot.
    """
    ward = wards.get(ballot_paper_id)
    contest = ward.contest if ward is not None else None
    system = ward.system if ward is not None else "plurality"
    electorate = said.total_electorate or (contest.total_electorate if contest else None)
    found = (
        votes_above_ballots(said),
        turnout_above_all(said, electorate),
        votes_beside_turnout(said, electorate),
        other_electorate(said, contest.total_electorate if contest else None),
        many_spoilt(said),
        ballots_without_votes(said),
        nobody_voted_for(said),
        nominees_left_out(said, len(contest.nominees) if contest else 0),
        running_mates_apart(said, system),
        elected_far_behind(said, system),
        quota_without_seat(said, system),
        *beside_others(said, ballot_paper_id, electorate, wards),
    )
    return tuple(filter(None, found))


def votes_above_ballots(said: Declaration) -> str:
    """Returns what is odd if there are more votes than ballot papers have room for.

    West Berkshire declared more votes than were cast in 2015.
    """
    votes, ballots = _votes(said), said.num_turnout_reported
    if ballots is None or votes <= ballots * said.seats_contested:
        return ""
    return (
        f"votes: {votes:,} in all, more than {ballots:,} ballot papers with"
        f" {said.seats_contested} votes each; check votes and num_turnout_reported"
    )


def turnout_above_all(said: Declaration, entitled: int | None) -> str:
    """Returns what is odd if more people voted than may. `entitled` is the electorate."""
    if said.turnout_percentage is not None and said.turnout_percentage > 100:  # noqa: PLR2004
        return f"turnout_percentage: {said.turnout_percentage}, more than everybody; check it"
    ballots = said.num_turnout_reported
    if ballots is None:
        ballots = -(-_votes(said) // said.seats_contested)
    if not entitled or ballots <= entitled:
        return ""
    return f"votes: {ballots:,} people voted, but {entitled:,} may; check votes and electorate"


def votes_beside_turnout(said: Declaration, entitled: int | None) -> str:
    """Returns what is odd if the votes are not those of as many people as voted.

    People have one vote for each seat and need not use all, so that there is no lower bound if
    there are several seats, other than a vote each.
    """
    if not entitled or not said.turnout_percentage or not _all_stated(said):
        return ""
    votes, people = _votes(said), entitled * said.turnout_percentage / 100
    most = people * said.seats_contested * (1 + ABOVE_TURNOUT_FRACTION)
    least = people * (1 - BELOW_TURNOUT_FRACTION)
    if least <= votes <= most:
        return ""
    return (
        f"votes: {votes:,} in all, where {people:,.0f} people voted by turnout and electorate, with"
        f" {said.seats_contested} votes each; check votes, turnout_percentage and electorate"
    )


def other_electorate(said: Declaration, opened: int | None) -> str:
    """Returns what is odd if the electorate is another one than the ballot was opened with."""
    stated = said.total_electorate
    if not stated or not opened or abs(stated - opened) <= opened * ELECTORATE_FRACTION:
        return ""
    return (
        f"total_electorate: {stated:,}, but the ballot was opened with {opened:,}; check that the"
        " figures are of this ward"
    )


def many_spoilt(said: Declaration) -> str:
    """Returns what is odd if 3 % of the ballot papers or more were rejected."""
    spoilt, ballots = said.num_spoilt_ballots, said.num_turnout_reported
    if not spoilt or not ballots or spoilt < ballots * SPOILT_FRACTION:
        return ""
    return f"num_spoilt_ballots: {spoilt:,} of {ballots:,} ballot papers; check them"


def ballots_without_votes(said: Declaration) -> str:
    """Returns what is odd if far fewer votes are stated than there are ballot papers.

    Every good ballot paper has one vote at least. Two boxes did not transmit in London in 2008,
    and in Putney some 6,500 votes were left out of a sum in 2024.
    """
    ballots = said.num_turnout_reported
    if ballots is None or not _all_stated(said):
        return ""
    good = ballots - (said.num_spoilt_ballots or 0)
    missing = good - _votes(said)
    if missing < max(DIFFERENCE_MIN, good * DIFFERENCE_FRACTION):
        return ""
    return (
        f"votes: {_votes(said):,} in all, {missing:,} fewer than there are good ballot papers;"
        " check for votes that were left out"
    )


def nobody_voted_for(said: Declaration) -> str:
    """Returns what is odd if somebody has no vote: in none of 11,252 wards."""
    for each in said.candidates:
        if each.votes == 0:
            return (
                f"votes: none for {each.candidate or each.party}; check the lines above and below"
            )
    return ""


def nominees_left_out(said: Declaration, nominated: int) -> str:
    """Returns what is odd if votes of some who are not elected are stated, but not of all.

    `nominated` is 0 if nominations are not known. The elected alone, with their votes, are what
    many returning officers say first.
    """
    if not any(each.votes is not None and not each.elected for each in said.candidates):
        return ""
    stated = sum(each.votes is not None for each in said.candidates)
    if stated >= max(nominated, len(said.candidates)):
        return ""
    return (
        f"candidates: votes of {stated}, where {max(nominated, len(said.candidates))} were"
        " nominated; check for a line that was left out"
    )


def running_mates_apart(said: Declaration, system: ElectoralSystem) -> str:
    """Returns what is odd if one candidate of a party has far more votes than another of it.

    Under STV a party asks its voters to put one of them first, and independents are no party.
    """
    if said.seats_contested == 1 or system == "stv":
        return ""
    most: dict[str, int] = {}
    fewest: dict[str, int] = {}
    for each in said.candidates:
        if each.votes is not None:
            party = party_of(each)
            most[party] = max(each.votes, most.get(party, 0))
            fewest[party] = min(each.votes, fewest.get(party, each.votes))
    for party, votes in most.items():
        if party != INDEPENDENT and votes > fewest[party] * MATES_APART:
            return (
                f"votes: {votes:,} for one candidate of {party} and {fewest[party]:,} for another;"
                " check both for a digit, and for lines that changed places"
            )
    return ""


def elected_far_behind(said: Declaration, system: ElectoralSystem) -> str:
    """Returns what is odd if transfers would have had to make good too many first preferences."""
    if system != "stv":
        return ""
    elected = [each.votes for each in said.candidates if each.elected and each.votes is not None]
    others = [each.votes for each in said.candidates if not each.elected and each.votes is not None]
    if not elected or len(elected) < said.seats_contested or not others:
        return ""
    if max(others) <= min(elected) * FAR_BEHIND:
        return ""
    return (
        f"elected: somebody with {min(elected):,} first preferences, and not somebody with"
        f" {max(others):,}; check that nobody has another's votes"
    )


def quota_without_seat(said: Declaration, system: ElectoralSystem) -> str:
    """Returns what is odd if somebody reaches the quota of STV at once, and is not elected."""
    elected = sum(each.elected is True for each in said.candidates)
    if system != "stv" or elected < said.seats_contested or not _all_stated(said):
        return ""
    quota = _votes(said) // (said.seats_contested + 1) + 1
    for each in said.candidates:
        if not each.elected and (each.votes or 0) >= quota:
            return (
                f"elected: not {each.candidate or each.party}, who has {each.votes:,} first"
                f" preferences, and the quota is {quota:,}; check votes and elected"
            )
    return ""


def _votes(said: Declaration) -> int:
    return sum(each.votes or 0 for each in said.candidates)


def _all_stated(said: Declaration) -> bool:
    return all(each.votes is not None for each in said.candidates)
