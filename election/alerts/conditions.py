"""Conditions: what is true of a council or a ward and worth an alert."""

from __future__ import annotations

from typing import assert_never

from election.alert_state import AlertKey, Condition, fingerprint
from election.count import Count
from election.decider import the_decider
from election.rules.majority import party_of
from election.rules.outcome import is_change
from election.ward import Ward
from schemas.council import Nominee


def council_conditions(count: Count) -> dict[AlertKey, Condition]:
    """Returns a council's conditions: incumbent out, control, result, the ward it hangs on."""
    found: dict[AlertKey, Condition] = {}
    if count.incumbent_out:
        condition = Condition(change=True, control_before=count.control_before)
        found[AlertKey("incumbent_out")] = condition
    if count.complete:
        found[AlertKey("result")] = _of_control(count, _figures(count))
    if count.control is not None:
        found[AlertKey("control")] = _of_control(count)
    else:
        ward = the_decider(count)
        if ward is not None:
            found[AlertKey("decider", ward.ballot_paper_id)] = Condition()
    return found


def _of_control(count: Count, figures: str | None = None) -> Condition:
    label = count.outcome
    return Condition(count.control, label, is_change(label), count.control_before, figures)


def _figures(count: Count) -> str:
    """Returns a fingerprint of what a result says of seats.

    Turnout is left out: a figure that is added or put right there changes nobody's seat. So are
    parties that have won and lost nothing, whoever else is found to have stood.
    """
    eve, last = count.changes_eve_of_poll, count.changes_last_election
    parties = [
        (party, seats, eve.get(party), last.get(party))
        for party, seats in count.held.items()
        if seats or eve.get(party) or last.get(party)
    ]
    return fingerprint(parties, count.seats_total, count.vacant)


def ward_conditions(ward: Ward) -> dict[AlertKey, Condition]:
    """Returns a ward's conditions: its status, how close it was and who was beaten.

    A ballot that does not count has none.
    """
    found: dict[AlertKey, Condition] = {}
    if not ward.counts:
        return found
    ballot = ward.ballot_paper_id
    if ward.notice == "recount" and ward.status is not None:
        found[AlertKey("recount", ballot)] = Condition(figures=ward.status.recount or 1)
    if ward.postponed:
        found[AlertKey("postponed", ballot)] = Condition(figures=ward.notice)
    close = None if ward.margin is None else ward.knife_edge
    if close is not None:
        sides = [[each.candidate, party_of(each)] for each in close]
        figures = fingerprint(close.votes, sides, ward.costs(party_of(close.last_in), 1)[0])
        found[AlertKey("knife_edge", ballot)] = Condition(figures=figures)
    for nominee, behind in beaten(ward):
        key = AlertKey("notable_beaten", ballot, nominee.candidate)
        found[key] = Condition(figures=behind)
    return found


def beaten(ward: Ward) -> list[tuple[Nominee, int | None]]:
    """Returns the notable nominees whom a declared ward did not elect, and by how many votes.

    The votes are those that the last elected candidate had more; None if they are not known.
    """
    notable = [each for each in ward.contest.nominees if each.office] if ward.contest else []
    if not notable or ward.result is None or ward.declared is None:
        return []
    losers = {
        (each.candidate.casefold(), party_of(each)): each
        for place, each in enumerate(ward.declared.candidates)
        if ward.result.elected[place] is False
    }
    found: list[tuple[Nominee, int | None]] = []
    for nominee in notable:
        name = nominee.candidate.casefold()
        loser = losers.get((name, party_of(nominee)))
        if loser is not None:
            margin = ward.margin
            behind = (margin.last_in.votes or 0) - (loser.votes or 0) if margin else None
            found.append((nominee, None if behind is None else max(0, behind)))
    return found


def resolves(key: AlertKey, ward: Ward | None, *, raised_again: bool) -> bool:
    """Returns whether an alert's condition has ended in the normal way and was not wrong.

    A recount ends when the count goes on. A postponement ends when another notice of it is
    raised (`raised_again`), the ward declares or another ballot replaces it. A council no longer
    hangs on a ward that has declared. Any other alert was wrong, so it must be withdrawn.
    """
    declared = ward is not None and ward.declared is not None
    match key.kind:
        case "recount":
            return True
        case "postponed":
            return raised_again or declared or ward is None or not ward.counts
        case "decider":
            return declared
        case "control" | "incumbent_out" | "result" | "knife_edge" | "notable_beaten":
            return False
    assert_never(key.kind)
