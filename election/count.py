"""Count: an opened council and what follows from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from election.cached import kept
from election.opening import Opening, labels
from election.rules import certainty
from election.rules.baseline import seat_changes
from election.rules.certainty import Range
from election.rules.contribution import NO_PART
from election.rules.outcome import outcome
from election.rules.tally import Tally
from election.rules.votes_to_flip import council_votes_to_flip
from election.ward import Ward
from schemas.alert import Outcome
from schemas.council_result import CouncilDeclared
from schemas.party import NOC, wire_name


@dataclass(frozen=True)
class Count:
    """One version of an opened council. What follows is worked out when it is first asked for."""

    opening: Opening
    tally: Tally
    wards: Mapping[str, Ward]
    declared: CouncilDeclared | None = None
    settled_at: str | None = None

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
        """The seats that control takes."""
        return self.opening.majority

    @kept
    def whole(self) -> CouncilDeclared | None:
        """The council's result as a whole where it speaks; None where the wards do."""
        return certainty.whole_result(self.declared, self.tally, self.seats_total)

    @property
    def unlisted(self) -> int:
        """Seats that are open without a ward, as the source declares the council as a whole."""
        if self.whole or not self.opening.opened.wards_unlisted:
            return 0
        return self.seats_total - self.tally.seats - self.tally.not_up

    @kept
    def anyones(self) -> int:
        """Open seats that a party nobody has listed can still win."""
        return 0 if self.whole else self.tally.anyones + self.unlisted

    @kept
    def ranges(self) -> Mapping[str, Range]:
        """How many seats every party holds, can reach and cannot lose."""
        if self.whole is not None:
            return certainty.whole_ranges(self.whole, self.tally.lines)
        return certainty.ranges(self.tally, self.seats_total, self.unlisted)

    @kept
    def contenders(self) -> Mapping[str, Range]:
        """The parties that may control and can still reach a majority."""
        marked = self.opening.opened.independents_as_party
        return certainty.contenders(self.ranges, self.majority, independents_as_party=marked)

    @kept
    def ranked(self) -> Sequence[tuple[str, Range]]:
        """The contenders, the one with most seats first."""
        return sorted(self.contenders.items(), key=lambda each: (-each[1].held, each[0]))

    @kept
    def held(self) -> Mapping[str, int]:
        """The seats each party holds, not up and won so far, the party with most first."""
        held = [(-seats.held, party) for party, seats in self.ranges.items()]
        return {party: -seats for seats, party in sorted(held)}

    @kept
    def changes_eve_of_poll(self) -> Mapping[str, int | None]:
        """Each party's seats against the eve of poll; None where those are not known."""
        return seat_changes(self.held, self.opening.seats_eve_of_poll)

    @kept
    def changes_last_election(self) -> Mapping[str, int | None]:
        """Each party's seats against the last election; None where those are not known."""
        return seat_changes(self.held, self.opening.seats_last_election)

    @kept
    def control(self) -> str | None:
        """The control that is certain; None while undetermined."""
        return certainty.certain_control(self.contenders, self.majority, anyones=self.anyones)

    @property
    def before(self) -> str | None:
        """Control on the eve of poll; None where unknown."""
        return self.opening.before

    @property
    def outcome(self) -> Outcome | None:
        """What the control means against the one before."""
        return outcome(self.before, self.control)

    @kept
    def incumbent_out(self) -> bool:
        """Whether the party in control before can no longer reach a majority."""
        return certainty.incumbent_out(
            self.before, self.ranges, self.majority, anyones=self.anyones
        )

    @property
    def filled(self) -> int:
        """Seats filled at this poll so far."""
        return certainty.filled_seats(self.tally, self.ranges, self.whole)

    @property
    def still_open(self) -> int:
        """Seats that wards without a result can still fill."""
        return 0 if self.whole else self.tally.still_open + self.unlisted

    @property
    def vacant(self) -> int:
        """Seats that nobody holds and nobody can win at this poll. They stay in the total."""
        vacant = certainty.vacant_seats(self.tally, self.ranges, self.whole, self.seats_total)
        return max(0, vacant - self.unlisted)

    @kept
    def votes_to_flip(self) -> int | None:
        """The fewest voters who would have cost the controlling party its majority.

        None while nobody controls or holds a majority, and where it cannot be lost.
        """
        return _votes_to_flip(self)

    @kept
    def names(self) -> Mapping[str, str]:
        """What each party is called. The opening's name for it goes before any declaration's."""
        return _names(self)

    @kept
    def _wires(self) -> Mapping[str, str]:
        names = self.names
        if names is self.opening.labels:
            return self.opening.wires
        return {party: wire_name(party, label) for party, label in names.items()}

    def wire(self, party: str | None) -> str:
        """Returns a party as the wires print it."""
        party = party or ""
        return self._wires.get(party) or wire_name(party, "")

    def settled(self, ballot_paper_id: str | None) -> Count:
        """Returns the count with another ballot at which its control became certain.

        What was worked out of its seats alone stays.
        """
        after = replace(self, settled_at=ballot_paper_id)
        after.__dict__.update(
            {name: self.__dict__[name] for name in _OF_SEATS if name in self.__dict__}
        )
        return after


_OF_SEATS = ("whole", "anyones", "ranges", "contenders", "ranked", "control", "incumbent_out")


def _votes_to_flip(count: Count) -> int | None:
    control = count.control
    if control is None or control == NOC:
        return None
    lost = count.ranges[control].held - count.majority + 1
    if lost < 1:
        return None
    costs = [
        ward.costs(control)
        for ward in count.wards.values()
        if ward.share.decided and ward.share.parts.get(control, NO_PART).won
    ]
    return council_votes_to_flip(costs, lost)


def _names(count: Count) -> Mapping[str, str]:
    known = count.opening.labels
    if count.ranges.keys() <= known.keys():
        return known
    whole = count.whole
    described = [(party.party_id, party.party) for party in whole.seats] if whole else []
    for ward in count.wards.values():
        if ward.counts and ward.declared is not None:
            described += [(each.party_id, each.party) for each in ward.declared.candidates]
    return {**labels(described), **known}
