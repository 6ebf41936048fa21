"""`council.opened`: a council as it stands before the first declaration of the night."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import FailFast, Field, model_validator
from pydantic.dataclasses import dataclass

from schemas.base import (
    CANDIDATES_MAX,
    NOTABLES_MAX,
    PARTIES_MAX,
    SEATS_MAX,
    VALUE,
    WARDS_MAX,
    BallotPaperId,
    Control,
    CouncilId,
    Gss,
    Mode,
    Model,
    Name,
    PartyId,
    PartyKey,
    PartyLabel,
    Revision,
    Seats,
    Seq,
    Source,
    Timestamp,
    Votes,
)
from schemas.ids import belongs_to, election_of
from schemas.previous import Previous, check_previous
from schemas.source import SourceId, Trust

Cycle = Literal["all-out", "thirds", "halves", "other"]
ElectoralSystem = Literal["plurality", "stv"]

Year = Annotated[int, Field(ge=1800, le=2200)]


@dataclass(config=VALUE, frozen=True, slots=True, kw_only=True)
class Nominee:
    """A candidate as nominated, before any vote is counted."""

    candidate: Name = Field(description="The candidate's name as on the ballot paper.")
    party: PartyLabel = Field(default="")
    party_id: PartyId = Field(default="")
    office: Name = Field(
        default="",
        description="What makes the candidate notable, as a wire would put it before the name.",
        examples=["Labour leader"],
    )


class OpenedWard(Model):
    """A ward that is polled in this election."""

    ballot_paper_id: BallotPaperId
    ward: Name = Field(description="The ward's name as the returning officer writes it.")
    ward_gss: Gss = ""
    seats_contested: Annotated[int, Field(ge=1, le=100)] = Field(
        description="Seats to be filled by this ballot."
    )
    candidates: tuple[Nominee, ...] | None = Field(
        default=None,
        max_length=CANDIDATES_MAX,
        description="Nominations; null where they are not known, so that anyone may win.",
    )
    total_electorate: Votes | None = Field(
        default=None, description="Electors entitled to vote in this ballot."
    )
    expected_at: Timestamp | None = Field(
        default=None, description="When the declaration is expected, where anyone has said so."
    )
    replaces: BallotPaperId | None = Field(
        default=None,
        description="The countermanded ballot that this poll replaces.",
    )
    previous: Previous | None = Field(
        default=None,
        description="How the seats that are up were last fought; null where nobody has said.",
    )


class PartyStanding(Model):
    """What a party held before the poll, against both baselines. Null means unknown."""

    party: PartyLabel = ""
    party_id: PartyKey
    seats_eve_of_poll: Seats | None = Field(
        default=None, description="On the eve of poll, defections and by-elections included (PA)."
    )
    seats_last_election: Seats | None = Field(
        default=None, description="At the last election, notional where redrawn (BBC)."
    )
    seats_not_up: Seats | None = Field(
        default=None, description="Seats the party keeps without a poll this time."
    )


class ControlSpell(Model):
    """A time for which a council was under one control."""

    control: Control
    party: PartyLabel = ""
    since: Year = Field(description="Year in which it began.")
    until: Year | None = Field(default=None, description="Null for the spell before this poll.")


class CouncilOpened(Model):
    """The council before the night. A higher revision replaces a lower one as a whole."""

    type: Literal["council.opened"] = "council.opened"
    council: CouncilId
    council_gss: Gss = ""
    name: Name = Field(description="The council's name, without City Council and the like.")
    mode: Mode
    revision: Revision = 1
    source: Source = ""
    source_id: SourceId | None = None
    trust: Trust | None = None
    seq: Seq | None = None
    cycle: Cycle = Field(default="other", description="How much of the council is up.")
    electoral_system: ElectoralSystem = Field(
        default="plurality",
        description="How seats are won: most votes, or single transferable vote.",
    )
    seats_total: Annotated[int, Field(ge=1, le=SEATS_MAX)] = Field(
        description="All seats of the new council: up, not up, vacant and postponed."
    )
    control_before: Control | None = Field(
        default=None, description="Control on the eve of poll; null where unknown. Never derived."
    )
    seats_vacant: Seats | None = Field(
        default=None,
        description="Seats that nobody holds and that are not polled; null where unknown. Any"
        " other seat that is neither up nor held over is open: anybody may have it.",
    )
    wards_unlisted: bool = Field(
        default=False,
        description="Has no effect: seats that nobody accounts for are open in any case. Kept so"
        " that older logs can be read.",
    )
    independents_as_party: bool = Field(
        default=False, description="Whether independents may form a majority together."
    )
    last_election_notional: bool = Field(
        default=False, description="Whether seats_last_election is notional after a redrawing."
    )
    standing: tuple[PartyStanding, ...] = Field(
        default=(),
        max_length=PARTIES_MAX,
        description="What each party held before, one entry a party.",
    )
    # Only the first faulty ward is reported: in two hundred there may be thousands of faults.
    wards: Annotated[tuple[OpenedWard, ...], FailFast()] = Field(
        default=(), max_length=WARDS_MAX, description="The wards that are polled."
    )
    control_history: tuple[ControlSpell, ...] = Field(
        default=(), max_length=100, description="Earlier spells of control, oldest first."
    )

    @property
    def election(self) -> str:
        """The election the council votes in, such as `local.2014-05-22`."""
        return election_of(self.council)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        ballots = [ward.ballot_paper_id for ward in self.wards]
        if len(set(ballots)) < len(ballots):
            twice = sorted({ballot for ballot in ballots if ballots.count(ballot) > 1})
            raise ValueError(f"wards: {twice[0]} is listed twice; list each ballot once")
        for ballot in ballots:
            if not belongs_to(ballot, self.council):
                raise ValueError(
                    f"wards: {ballot} is no ballot of {self.council}; correct one of the two"
                )
        _check_previous(self.wards)
        up = sum(ward.seats_contested for ward in self.wards)
        not_up = sum(party.seats_not_up or 0 for party in self.standing)
        if up + not_up > self.seats_total:
            raise ValueError(
                f"seats_total: {self.seats_total} seats, but {up} are up and {not_up} held over;"
                " correct one of the three"
            )
        if self.seats_vacant is not None and up + not_up + self.seats_vacant > self.seats_total:
            raise ValueError(
                f"seats_vacant: {self.seats_vacant}, but of {self.seats_total} seats {up} are up"
                f" and {not_up} held over; correct one of the four"
            )
        keys = [party.party_id for party in self.standing]
        if len(set(keys)) < len(keys):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise ValueError(f"standing: {twice[0]} is listed twice; list each party once")
        check_notables(self.wards)
        for name in ("seats_eve_of_poll", "seats_last_election", "seats_not_up"):
            held = sum(getattr(party, name) or 0 for party in self.standing)
            if held > SEATS_MAX:
                raise ValueError(
                    f"standing: {name} add up to {held}, more than the {SEATS_MAX} that a council"
                    f" may have; correct {name}"
                )
        return self


def check_notables(wards: tuple[OpenedWard, ...]) -> None:
    """Raises ValueError if more candidates of a council have an office than are ever news."""
    notables = sum(bool(each.office) for ward in wards for each in ward.candidates or ())
    if notables > NOTABLES_MAX:
        raise ValueError(
            f"wards: {notables} candidates have an office, more than the {NOTABLES_MAX} of a"
            " council whose defeat can be news; leave out office of the others"
        )


def _check_previous(wards: tuple[OpenedWard, ...]) -> None:
    for ward in wards:
        if ward.previous is not None:
            check_previous(ward.ballot_paper_id, ward.seats_contested, ward.previous)
