"""Count: an opened council and what follows from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from election.cached import cached_property
from election.flip import CouncilFlip, council_flip
from election.opening import Opening, labels
from election.rules import certainty
from election.rules.baseline import seat_changes
from election.rules.certainty import Range
from election.rules.outcome import outcome
from election.rules.tally import Tally
from election.ward import Ward
from schemas.alert import Outcome
from schemas.council_result import CouncilDeclared
from schemas.party import NOC, wire_name


@dataclass(frozen=True)
class Count:
    """One version of an opened council. What follows from it is computed on first access.

    `declared` is the council's result as a whole, if there is one, and `whole_sources` how many
    sources say it.
    """

    opening: Opening
    tally: Tally
    wards: Mapping[str, Ward]
    declared: CouncilDeclared | None = None
    settled_at: str | None = None
    whole_sources: int = 0

    @property
    def name(self) -> str:
        """The council's name."""
        return self.opening.opened.name

    @property
    def seats_total(self) -> int:
        """All seats of the new council."""
        return self.opening.opened.seats_total

    @property
    def majority(self) -> int:
        """The number of seats that gives control."""
        return self.opening.majority

    @cached_property
    def council_result(self) -> CouncilDeclared | None:
        """The council's result as a whole as long as it counts; None if the wards count."""
        return certainty.council_result_in_force(
            self.declared, self.tally, self.seats_total, self.opening.opened.seats_vacant
        )

    @cached_property
    def unaccounted(self) -> int:
        """Seats that are open without a ward: nobody accounts for them, or says they are vacant."""
        vacant = self.opening.opened.seats_vacant
        if self.council_result is None:
            return certainty.unaccounted_seats(self.tally, self.seats_total, vacant)
        if certainty.is_final(self.council_result, self.seats_total, vacant):
            return 0
        declared = sum(party.seats for party in self.council_result.seats)
        return self.seats_total - declared - (vacant or 0)

    @cached_property
    def open_to_any(self) -> int:
        """Open seats that even a party that nobody has listed can still win."""
        return self.unaccounted + (0 if self.council_result else self.tally.open_to_any)

    @cached_property
    def ranges(self) -> Mapping[str, Range]:
        """How many seats every party holds, can reach and cannot lose."""
        if self.council_result is not None:
            return certainty.council_result_ranges(
                self.council_result, self.tally.parties, self.unaccounted
            )
        return certainty.ranges(self.tally, self.unaccounted)

    @cached_property
    def contenders(self) -> Mapping[str, Range]:
        """The parties that may control and can still reach a majority."""
        marked = self.opening.opened.independents_as_party
        return certainty.contenders(self.ranges, self.majority, independents_as_party=marked)

    @cached_property
    def ranked(self) -> Sequence[tuple[str, Range]]:
        """The contenders, most seats first."""
        return sorted(self.contenders.items(), key=lambda each: (-each[1].held, each[0]))

    @cached_property
    def held(self) -> Mapping[str, int]:
        """The seats that each party holds, not up and won so far, most seats first."""
        held = [(-seats.held, party) for party, seats in self.ranges.items()]
        return {party: -seats for seats, party in sorted(held)}

    @property
    def complete(self) -> bool:
        """Whether every seat that is up is decided: nothing is awaited, not even a later poll.

        Control is certain then. A council without wards is complete once it is declared as a
        whole.
        """
        if self.tally.still_open and self.declared is None:
            return False
        polled = self.council_result is not None or bool(self.tally.wards)
        return polled and not self.still_open

    @property
    def before_any_vote(self) -> bool:
        """Whether no vote is declared: what is certain rests on seats not up and nominations."""
        if self.complete or self.council_result is not None:
            return False
        return not self.tally.filled or not any(
            ward.counts and ward.result is not None for ward in self.wards.values()
        )

    @cached_property
    def changes_eve_of_poll(self) -> Mapping[str, int | None]:
        """Each party's change of seats since the eve of poll; see `_changes`."""
        return _changes(self, self.opening.seats_eve_of_poll)

    @cached_property
    def changes_last_election(self) -> Mapping[str, int | None]:
        """Each party's change of seats since the last election; see `_changes`."""
        return _changes(self, self.opening.seats_last_election)

    @cached_property
    def control(self) -> str | None:
        """The control that is certain; None while undetermined."""
        return certainty.certain_control(
            self.contenders, self.majority, open_to_any=self.open_to_any
        )

    @property
    def control_before(self) -> str | None:
        """Control on the eve of poll; None if unknown."""
        return self.opening.control_before

    @property
    def outcome(self) -> Outcome | None:
        """How control compares with the control before."""
        return outcome(self.control_before, self.control)

    @cached_property
    def incumbent_out(self) -> bool:
        """Whether the party in control before can no longer reach a majority."""
        return certainty.incumbent_out(
            self.control_before, self.ranges, self.majority, open_to_any=self.open_to_any
        )

    @property
    def filled(self) -> int:
        """Seats filled at this poll so far."""
        return certainty.filled_seats(self.tally, self.ranges, self.council_result)

    @property
    def won_known(self) -> bool:
        """Whether what was won at this poll is known apart from the seats that were not up."""
        return self.council_result is None or _won_known(self, self.council_result)

    @property
    def still_open(self) -> int:
        """Seats that wards without a result can still fill."""
        return self.unaccounted + (0 if self.council_result else self.tally.still_open)

    @property
    def vacant(self) -> int:
        """Seats that nobody holds and nobody can win at this poll. The total includes them."""
        return self.seats_total - sum(self.held.values()) - self.still_open

    @cached_property
    def flip(self) -> CouncilFlip | None:
        """The fewest voters who would have cost the controlling party its majority, and where.

        None while no party controls or holds a majority, and if the majority cannot be lost.
        """
        return _flip(self)

    @property
    def votes_to_flip(self) -> int | None:
        """How many voters would have cost the controlling party its majority; None as `flip`."""
        return None if self.flip is None else self.flip.voters

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Each party's name. The opening's name takes precedence over any declaration's."""
        return _names(self)

    @cached_property
    def _wire_names(self) -> Mapping[str, str]:
        names = self.names
        if names is self.opening.labels:
            return self.opening.wire_names
        return {party: wire_name(party, label) for party, label in names.items()}

    def wire(self, party: str | None) -> str:
        """Returns a party as the wires print it."""
        party = party or ""
        return self._wire_names.get(party) or wire_name(party, "")

    def with_settled_at(self, ballot_paper_id: str | None) -> Count:
        """Returns the count with another ballot as the one that made its control certain.

        The values in the cache that depend only on seats are carried over.
        """
        after = replace(self, settled_at=ballot_paper_id)
        after.__dict__.update(
            {name: self.__dict__[name] for name in _OF_SEATS if name in self.__dict__}
        )
        return after


_OF_SEATS = (
    "council_result",
    "unaccounted",
    "open_to_any",
    "ranges",
    "contenders",
    "ranked",
    "control",
    "incumbent_out",
)


def _changes(count: Count, before: Mapping[str, int | None]) -> Mapping[str, int | None]:
    """Returns the seats that each party has now less those it had at a baseline.

    Empty until the council is complete: what the declared seats were before is not known ward by
    ward, and what is held so far less all that was held would be a loss that is none. None for a
    party whose seats before nobody has stated.
    """
    return seat_changes(count.held, before) if count.complete else {}


def _won_known(count: Count, result: CouncilDeclared) -> bool:
    opened = count.opening.opened
    if opened.cycle == "all-out" or all(party.seats_won is not None for party in result.seats):
        return True
    standing = opened.standing
    return bool(standing) and all(party.seats_not_up is not None for party in standing)


def _flip(count: Count) -> CouncilFlip | None:
    control = count.control
    if control is None or control == NOC:
        return None
    lost = count.ranges[control].held - count.majority + 1
    return council_flip(count.wards.values(), control, lost) if lost > 0 else None


def _names(count: Count) -> Mapping[str, str]:
    known = count.opening.labels
    if count.ranges.keys() <= known.keys():
        return known
    result = count.council_result
    described = [(party.party_id, party.party) for party in result.seats] if result else []
    for ward in count.wards.values():
        if ward.counts and ward.declared is not None:
            described += [(each.party_id, each.party) for each in ward.declared.candidates]
    return {**labels(described), **known}
