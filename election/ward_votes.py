"""The votes and the turnout that a ward adds to its council's."""

from __future__ import annotations

from election.rules.votes import NO_VOTES, Votes, all_votes, ballots_of
from election.ward import Ward


def ward_votes(ward: Ward) -> Votes:
    """Returns a ward's votes and turnout, as far as they are stated.

    A ward has none as long as it does not count, and before its result, as a running score is not
    its votes. A tie that awaits the lot has all its votes.
    """
    declared, listed = ward.declared, ward.contest
    if declared is None or listed is None or not ward.counts or not ward.fits:
        return NO_VOTES
    if ward.result is None and not ward.tied:
        return NO_VOTES
    parties = all_votes(declared.candidates, len(listed.nominees))
    electorate = declared.total_electorate or listed.total_electorate
    ballots = ballots_of(electorate, declared.num_turnout_reported, declared.turnout_percentage)
    polled = ballots is not None
    return Votes(
        parties or {},
        sum(parties.values()) if parties else 0,
        int(parties is not None),
        ballots or 0,
        (electorate or 0) if polled else 0,
        int(polled),
    )
