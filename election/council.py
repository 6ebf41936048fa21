"""Council: the state of one council's count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from election.alert_state import AlertKey, RaisedAlert
from election.cached import cached_property
from election.count import Count
from election.evidence.whole import WholeEvidence
from election.opening import Opening
from election.rules.tally import Tally
from election.rules.votes import Votes, add_up
from election.ward import Ward
from election.ward_votes import ward_votes
from schemas.base import Mode
from schemas.council_result import CouncilDeclared
from schemas.ids import from_slug


class Size(NamedTuple):
    """How much is known of a council, or of a part of it.

    `candidates` are those of each ballot: who stood if it has declared, or else the nominees.
    `known_bytes` is what a snapshot takes of it, without the alerts that stand.
    """

    candidates: int = 0
    known_bytes: int = 0

    def with_part(self, before: Size, after: Size) -> Size:
        """Returns the size of a whole in which one part is replaced."""
        return Size(
            self.candidates - before.candidates + after.candidates,
            self.known_bytes - before.known_bytes + after.known_bytes,
        )


NOTHING_KNOWN = Size()

_VOTES_BEFORE = "votes_before"
"""Where a council has the votes before its last ward, with that ward before and after."""


@dataclass(frozen=True)
class Council:
    """Everything known of one council, and its raised alerts. Immutable: a change is a copy.

    `version` counts the changes. `wards` are the listed ones in their order, followed by ballots
    that no opening lists. `tally` is None until the council is opened. `raised` holds the alerts
    that were raised and not withdrawn, by ballot; those of the council itself under "".
    `declared` is the result of the council as a whole that stands, and `evidence` what was said of
    it, None as long as nobody but the source `default` has spoken.
    """

    council: str
    mode: Mode
    version: int = 0
    opening: Opening | None = None
    tally: Tally | None = None
    declared: CouncilDeclared | None = None
    evidence: WholeEvidence | None = None
    wards: Mapping[str, Ward] = field(default_factory=dict)
    settled_at: str | None = None
    raised: Mapping[str, Mapping[AlertKey, RaisedAlert]] = field(default_factory=dict)
    size: Size = NOTHING_KNOWN

    @property
    def name(self) -> str:
        """The council's name, made from its id while it has not been opened."""
        if self.opening is not None:
            return self.opening.opened.name
        return from_slug(self.council.split(".")[1])

    @cached_property
    def count(self) -> Count | None:
        """The count as it stands; None while the council has not been opened."""
        if self.opening is None or self.tally is None:
            return None
        return Count(
            self.opening,
            self.tally,
            self.wards,
            self.declared,
            self.settled_at,
            self.whole_sources,
        )

    @cached_property
    def votes(self) -> Votes:
        """The votes and the turnout of its wards, as far as they are stated."""
        known: tuple[Votes, Ward, Ward] | None = self.__dict__.pop(_VOTES_BEFORE, None)
        if known is None:
            return add_up(map(ward_votes, self.wards.values()))
        before, old, new = known
        return before.replaced(ward_votes(old), ward_votes(new))

    def hand_votes_on(self, after: Council, old: Ward, new: Ward) -> None:
        """Has a council in which one ward is replaced start from the votes of this one.

        So a declaration costs no more late in the night than early. They are added up only once
        somebody asks for them; if nobody has asked for those of this one, nothing is done.
        """
        if "votes" in self.__dict__ or _VOTES_BEFORE in self.__dict__:
            after.__dict__[_VOTES_BEFORE] = self.votes, old, new

    def _copy_to(self, after: Council) -> Council:
        """Returns a copy whose facts are the same, with the votes that were added up."""
        for name in ("votes", _VOTES_BEFORE):
            if name in self.__dict__:
                after.__dict__[name] = self.__dict__[name]
        return after

    @property
    def whole_sources(self) -> int:
        """How many sources say the result of the council as a whole; 0 if there is none."""
        if self.declared is None:
            return 0
        return 1 if self.evidence is None else max(len(self.evidence.agreeing), 1)

    def with_settled_at(self, ballot_paper_id: str | None) -> Council:
        """Returns the council with another ballot as the one that made its control certain."""
        after = replace(self, settled_at=ballot_paper_id)
        after.__dict__["count"] = self.count and self.count.with_settled_at(ballot_paper_id)
        return self._copy_to(after)

    def with_raised(self, raised: Mapping[str, Mapping[AlertKey, RaisedAlert]]) -> Council:
        """Returns the council with these raised alerts; its count is the same."""
        after = replace(self, raised=raised)
        after.__dict__["count"] = self.count
        return self._copy_to(after)
