"""A ward's story: what its result changes since its seats were last fought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from election.rules.majority import counted_under
from election.rules.shares import Swing, shares, swing, votes_by_party
from election.rules.turnout import Poll, turnout
from election.ward import Ward
from schemas.previous import Previous, PreviousPoll

_ALL_VOTED = 100.0


class Story(NamedTuple):
    """What a ward's result changes since its seats were last fought.

    `won` are the seats won now by party, and `held` those that each party was last elected to of
    the seats that are up; None unless they are known of every seat, and comparable. `votes` are
    what the shares now are reckoned by, and empty if they are not all stated. `before` is the
    earlier poll that shares and turnout are set beside; None if nothing is comparable. Shares and
    turnout are in percent.
    """

    previous: Previous
    won: Mapping[str, int]
    held: Mapping[str, int] | None
    votes: Mapping[str, int]
    shares: Mapping[str, Fraction]
    before: PreviousPoll | None
    shares_before: Mapping[str, Fraction]
    swing: Swing | None
    turnout: float | None

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which the seats were last fought, the earliest first.

        An earlier poll of which nobody won a seat that is up is none of them, unless all are so.
        """
        polls = [*filter(_filled, self.previous.polls)] or self.previous.polls
        return tuple(sorted(poll.last_fought for poll in polls))

    @property
    def changes(self) -> dict[str, int] | None:
        """Each party's seats now less those it held; None if these are not known."""
        if self.held is None:
            return None
        return {
            party: self.won.get(party, 0) - self.held.get(party, 0)
            for party in dict.fromkeys((*self.won, *self.held))
        }

    @property
    def turnout_change(self) -> float | None:
        """Turnout now less that before, in points; None unless both are known."""
        before = self.before.turnout_percentage if self.before is not None else None
        if before is None or self.turnout is None:
            return None
        return round(self.turnout - before, 1)


def story_of(ward: Ward) -> Story | None:
    """Returns the story of a ward in which every seat is decided.

    None before that, for a ballot that does not count, and if nobody has said what was before.
    """
    previous = ward.contest.previous if ward.contest is not None else None
    if previous is None or not ward.contribution.decided:
        return None
    won = {party: each.won for party, each in ward.contribution.parties.items() if each.won}
    votes = _votes(ward)
    now = shares(votes)
    before = _compared_with(previous) if previous.same_boundaries else None
    shares_before = _shares_before(before) if before is not None else {}
    return Story(
        previous=previous,
        won=won,
        held=_held(previous, ward.contribution.seats) if previous.same_boundaries else None,
        votes=votes,
        shares=now,
        before=before,
        shares_before=shares_before,
        swing=swing(now, shares_before),
        turnout=_turnout(ward),
    )


def _filled(poll: PreviousPoll) -> bool:
    """Returns whether an earlier poll has filled a seat that is up, or may have."""
    return not poll.parties or any(each.seats != 0 for each in poll.parties)


def _votes(ward: Ward) -> dict[str, int]:
    declared = ward.declared
    if declared is None:
        return {}
    found = votes_by_party(declared.candidates, declared.seats_contested, ward.system)
    return found or {}


def _held(previous: Previous, seats: int) -> dict[str, int] | None:
    """Returns the seats that each party was last elected to; None unless every seat's is known."""
    held: dict[str, int] = {}
    for poll in previous.polls:
        for each in poll.parties:
            if each.seats is None:
                return None
            if each.seats:
                party = counted_under(each.party_id, each.party)
                held[party] = held.get(party, 0) + each.seats
    return held if sum(held.values()) == seats else None


def _compared_with(previous: Previous) -> PreviousPoll:
    """Returns the poll that last filled most of the seats; the earliest of several.

    That is the ordinary election, unless a by-election has filled more of the seats since.
    """
    return min(
        previous.polls,
        key=lambda poll: (-sum(each.seats or 0 for each in poll.parties), poll.last_fought),
    )


def _shares_before(poll: PreviousPoll) -> dict[str, Fraction]:
    """Returns each party's share at an earlier poll; empty unless everybody's votes are known."""
    votes: dict[str, int] = {}
    for each in poll.parties:
        if each.votes is None:
            return {}
        party = counted_under(each.party_id, each.party)
        votes[party] = max(votes.get(party, 0), each.votes)
    return shares(votes)


def _turnout(ward: Ward) -> float | None:
    """Returns a ward's turnout as it was reported, or reckoned from its ballot papers.

    None if it is not known, and if it is above 100%, which is a slip that compares with nothing.
    """
    declared = ward.declared
    if declared is None:
        return None
    found = declared.turnout_percentage
    if found is None:
        electorate = declared.total_electorate
        if electorate is None and ward.contest is not None:
            electorate = ward.contest.total_electorate
        found = turnout([Poll(electorate, declared.num_turnout_reported, None)])
    return found if found is None or found <= _ALL_VOTED else None
