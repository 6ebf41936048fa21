"""Ballots: what the log has of them, for whoever says or decides something about one."""

from __future__ import annotations

from election.council import Council
from election.ward import Ward
from schemas.ids import belongs_to
from services.access.holder import Holder
from services.following.followed_councils import FollowedCouncils


class UnknownBallotError(LookupError):
    """Nothing is known of a ballot."""


class StillReadingError(Exception):
    """The log has not been read to its end since the start."""


class Ballots:
    """The ballots of all councils as the log has them now."""

    def __init__(self, councils: FollowedCouncils) -> None:
        self._councils = councils

    def find(self, ballot: str) -> tuple[Council, Ward]:
        """Returns a ballot with its council. Raises UnknownBallotError and StillReadingError."""
        if not self._councils.is_caught_up:
            raise StillReadingError
        for council in self._councils.councils.values():
            ward = council.wards.get(ballot)
            if ward is not None and belongs_to(ballot, council.council):
                return council, ward
        raise UnknownBallotError(ballot)

    def councils_of(self, holder: Holder) -> list[Council]:
        """Returns the opened councils that a key may declare of. Raises StillReadingError."""
        if not self._councils.is_caught_up:
            raise StillReadingError
        return [
            council
            for council in self._councils.councils.values()
            if council.opening is not None
            and holder.may_declare_of(council.council, council.opening.opened.election)
        ]
