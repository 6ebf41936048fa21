"""Claims: what there is to tell of a council as it stands."""

from __future__ import annotations

from election.alert_state import Claim, Key
from election.count import Count
from election.decider import the_decider
from election.rules.majority import party_of
from election.rules.margin import is_knife_edge
from election.rules.outcome import is_change
from election.ward import Ward
from schemas.council import Nominee


def council_claims(count: Count) -> dict[Key, Claim]:
    """Returns what is to be told of a council: incumbent out, control, the ward it hangs on."""
    found: dict[Key, Claim] = {}
    if count.incumbent_out:
        found[Key("incumbent_out")] = Claim(change=True, before=count.before)
    if count.control is not None:
        label = count.outcome
        found[Key("control")] = Claim(count.control, label, is_change(label), count.before)
    else:
        ward = the_decider(count)
        if ward is not None:
            found[Key("decider", ward.ballot_paper_id)] = Claim()
    return found


def ward_claims(ward: Ward) -> dict[Key, Claim]:
    """Returns what is to be told of a listed ward: its status, or how close it was."""
    found: dict[Key, Claim] = {}
    if not ward.counts:
        return found
    ballot = ward.ballot_paper_id
    if ward.notice == "recount" and ward.status is not None:
        found[Key("recount", ballot)] = Claim(figures=ward.status.recount or 1)
    if ward.postponed:
        found[Key("postponed", ballot)] = Claim(figures=ward.notice)
    if ward.line is not None and is_knife_edge(ward.line):
        found[Key("knife_edge", ballot)] = Claim(figures=ward.line.votes)
    for nominee, behind in beaten(ward):
        found[Key("notable_beaten", ballot, nominee.candidate)] = Claim(figures=behind)
    return found


def beaten(ward: Ward) -> list[tuple[Nominee, int | None]]:
    """Returns the notable nominees whom a declared ward did not elect, and by how many votes.

    The votes are those that the last elected had more; None where they are not known.
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
            line = ward.line
            behind = (line.last_in.votes or 0) - (loser.votes or 0) if line else None
            found.append((nominee, None if behind is None else max(0, behind)))
    return found


def lapses(key: Key, ward: Ward | None, *, retold: bool) -> bool:
    """Tells whether what was told of a ward is over, rather than wrong.

    A recount is over when the count goes on. A postponement is when it becomes another one
    (`retold`), and when the ward declares or another ballot takes its place. A council no
    longer hangs on a ward that has declared.
    """
    declared = ward is not None and ward.declared is not None
    if key.kind == "postponed":
        return retold or declared or ward is None or not ward.counts
    return key.kind == "recount" or (key.kind == "decider" and declared)
