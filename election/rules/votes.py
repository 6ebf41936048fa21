"""Votes: what the candidates of each party have, and how many people voted, ward by ward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from election.rules.majority import counted_under
from schemas.ward import Candidate


class Votes(NamedTuple):
    """The votes of a ward, or of several.

    `wards` are those of which all votes are stated: `parties` and `total` are of these only.
    `turnout_wards` are those of which electors and turnout are: `ballots` and `electorate` are of
    these only. Under the single transferable vote, votes are first preferences.
    """

    parties: Mapping[str, int] = {}
    total: int = 0
    wards: int = 0
    ballots: int = 0
    electorate: int = 0
    turnout_wards: int = 0

    def replaced(self, old: Votes, new: Votes) -> Votes:
        """Returns the votes in which one ward's are replaced; a party without any is dropped."""
        if old is new:
            return self
        parties = dict(self.parties)
        for party, votes in new.parties.items():
            parties[party] = parties.get(party, 0) + votes
        for party, votes in old.parties.items():
            parties[party] -= votes
            if not parties[party]:
                del parties[party]
        return Votes(
            parties,
            self.total - old.total + new.total,
            self.wards - old.wards + new.wards,
            self.ballots - old.ballots + new.ballots,
            self.electorate - old.electorate + new.electorate,
            self.turnout_wards - old.turnout_wards + new.turnout_wards,
        )


NO_VOTES = Votes()
"""The votes of no ward, and of one that states neither all votes nor its turnout."""


def add_up(votes: Iterable[Votes]) -> Votes:
    """Returns the votes of several wards together."""
    parties: dict[str, int] = {}
    sums = [0] * (len(NO_VOTES) - 1)
    for each in votes:
        if each is NO_VOTES:
            continue
        for party, number in each.parties.items():
            parties[party] = parties.get(party, 0) + number
        sums = [so_far + more for so_far, more in zip(sums, each[1:], strict=True)]
    return Votes(parties, *sums)


def all_votes(candidates: Sequence[Candidate], nominated: int) -> dict[str, int] | None:
    """Returns each party's votes if everybody's are stated; None if they are not.

    `nominated` is how many stand, 0 if that is not known. Then a list of nobody but the elected
    leaves out the others; and votes of nobody are none.
    """
    votes = [each.votes for each in candidates]
    if None in votes or len(votes) < nominated or not any(votes):
        return None
    if not nominated and all(each.elected for each in candidates):
        return None
    parties: dict[str, int] = {}
    for each in candidates:
        if each.votes:
            party = counted_under(each.party_id, each.party)
            parties[party] = parties.get(party, 0) + each.votes
    return parties


def ballots_of(electorate: int | None, ballots: int | None, percentage: float | None) -> int | None:
    """Returns a ward's ballot papers; None if they, or its electors, are not known.

    Without their number they are reckoned from the turnout in percent, to whole papers.
    """
    if not electorate:
        return None
    if ballots is not None:
        return ballots
    return None if percentage is None else round(percentage / 100 * electorate)
