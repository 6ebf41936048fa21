"""Previous: how the seats of a ward that are now up were last fought, and by whom they were won."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from schemas.base import EARLIEST, LATEST, VALUE, Model, PartyId, PartyLabel, Seats, Votes

PARTIES_OF_POLL_MAX = 30
"""Parties of one earlier poll of one ward. The longest ballot papers of UK local elections have
some 20."""

POLLS_OF_WARD_MAX = 5
"""Earlier polls at which the seats of one ward were last fought: the ordinary one, and by-elections
for some of them. Wards have three seats, seldom more."""


def _check_day(day: date) -> date:
    if EARLIEST.date() <= day < LATEST.date():
        return day
    raise ValueError(f"not between {EARLIEST.year} and {LATEST.year}; give the day of the poll")


Day = Annotated[date, AfterValidator(_check_day)]
"""A day between EARLIEST and LATEST."""


@dataclass(config=VALUE, frozen=True, slots=True, kw_only=True)
class PreviousParty:
    """What one party had at an earlier poll. Null means unknown."""

    party: PartyLabel = Field(default="")
    party_id: PartyId = Field(default="")
    votes: Votes | None = Field(
        default=None,
        description="Votes of its best-placed candidate; where one seat was fought, and under"
        " single transferable vote (first preferences), those of all its candidates.",
    )
    seats: Seats | None = Field(
        default=None, description="The seats it won that day, of those that are up now."
    )


class PreviousPoll(Model):
    """An earlier poll at which seats that are now up were last fought."""

    last_fought: Day = Field(description="The day of that poll.")
    parties: tuple[PreviousParty, ...] = Field(
        default=(),
        max_length=PARTIES_OF_POLL_MAX,
        description="Everybody who stood, by party; empty where that is not known.",
    )
    turnout_percentage: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None, description="Turnout of that poll in percent; null where unknown."
    )


class Previous(Model):
    """How the seats of a ward that are now up were last fought: an entry for each earlier day."""

    same_boundaries: bool = Field(
        description="Whether the ward has had the same boundaries since; if not, nothing is"
        " compared."
    )
    polls: tuple[PreviousPoll, ...] = Field(
        min_length=1,
        max_length=POLLS_OF_WARD_MAX,
        description="The ordinary election, and by-elections at which any of the seats was fought"
        " since.",
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        days = [poll.last_fought for poll in self.polls]
        if len(set(days)) < len(days):
            raise ValueError("polls: one day is listed twice; give each earlier poll once")
        if not self.same_boundaries and any(poll.parties for poll in self.polls):
            raise ValueError(
                "polls: parties of a ward whose boundaries have changed since; nothing is compared"
                " then, so leave them out"
            )
        return self


def check_previous(ballot: str, seats_contested: int, previous: Previous) -> None:
    """Raises ValueError if what a ward was before cannot go together with what it is now.

    That is so of an earlier poll that is not earlier, and of more seats than are up.
    """
    poll = ballot.rpartition(".")[2]
    for each in previous.polls:
        if each.last_fought.isoformat() >= poll:
            raise ValueError(
                f"previous: last fought on {each.last_fought}, which is not before the poll of"
                f" {ballot}; correct last_fought"
            )
    won = sum(party.seats or 0 for each in previous.polls for party in each.parties)
    if won > seats_contested:
        raise ValueError(
            f"previous: {won} seats were won, but {seats_contested} are up in {ballot}; count those"
            " alone that are up now"
        )
