"""Claim: the latest word of one source about one ballot, and what the desk decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

from pydantic_core import to_json

from election.declaration import Declaration
from schemas.source import Trust
from schemas.ward import Candidate, Status

SOURCES_MAX: Final = 8
"""Sources of one ballot. An agency, a council's site, two stringers and the desk are five."""

REFUSED_MAX: Final = 16
"""Words that the desk has refused of one ballot, kept until it accepts or clears something."""

CLEARED: Final = "the desk has decided that nothing stands"
REFUSED: Final = "the desk has refused it"
NO_POLL: Final = "the desk has decided that there was no poll"
SETTLED: Final = frozenset({CLEARED, REFUSED, NO_POLL})
"""Why a word is held about which the desk has decided; nobody checks it any more."""

_CONTENT_BYTES: Final = 16


class Claim(NamedTuple):
    """What a source says of a ballot: its latest word, and the trust it had when it said so."""

    source: str
    trust: Trust
    said: Declaration


class NoPoll(NamedTuple):
    """What a source that is not final says of a ballot on which nobody votes: why, by a status."""

    trust: Trust
    status: Status


class Decision(NamedTuple):
    """What the desk has decided about a ballot, by the content of what was said.

    `ruling` is `accept` if the word with `content` stands wherever it arrives, `clear` if nothing
    stands, `figure` if the desk's own figures do, and blank if it has only refused words.
    `figures` are what stands by it: the desk's own, or what it accepted once somebody has said
    that. `refused` are the contents of refused words. `revision` numbers the decisions of a
    ballot: the newest one rules.
    """

    revision: int
    ruling: Literal["", "accept", "clear", "figure"] = ""
    content: str = ""
    figures: Declaration | None = None
    refused: tuple[str, ...] = ()

    def met_by(self, said: Declaration) -> Decision:
        """Returns the decision, with a word as what stands by it if that is the accepted one."""
        if self.ruling != "accept" or self.figures is not None or not said.states_anything:
            return self
        return self._replace(figures=said) if content_of(said) == self.content else self


class Evidence(NamedTuple):
    """All that was said of a ballot, and what became of it; see `election.evidence.weighing`.

    `claims` are one a source, in the order in which these first spoke. `sources` say what stands,
    `disputed` contradict it, and `held` are those whose words wait, each with the reason. Who said
    what stands, and now something that waits, is in both. `no_polls` are the sources that say that
    there was no poll, and why; see `election.evidence.no_poll`.
    """

    claims: tuple[Claim, ...] = ()
    decision: Decision | None = None
    sources: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    held: Mapping[str, str] = {}
    no_polls: Mapping[str, NoPoll] = {}

    @property
    def is_checked(self) -> bool:
        """Whether any word waits that the desk has not decided about."""
        return any(why not in SETTLED for why in self.held.values())

    @property
    def stands_alone(self) -> bool:
        """Whether what stands is one word that is not `final`, and the desk has not decided it."""
        if len(self.sources) != 1 or (self.decision is not None and self.decision.ruling):
            return False
        trusts = [each.trust for each in self.claims if each.source in self.sources]
        return trusts in (["single"], ["checked"])

    @property
    def agreeing(self) -> tuple[str, ...]:
        """Those who say what stands, without those who now say something that waits."""
        return tuple(source for source in self.sources if source not in self.held)


def content_of(said: Declaration) -> str:
    """Returns an id of what is said, the same whoever says it, under whatever revision and when.

    The order of the candidates makes no difference.
    """
    people = sorted(map(_person, said.candidates))
    figures = (
        said.seats_contested,
        said.casual_vacancies,
        said.num_spoilt_ballots,
        said.num_turnout_reported,
        said.turnout_percentage,
        said.total_electorate,
    )
    return blake2b(to_json((people, figures)), digest_size=_CONTENT_BYTES).hexdigest()


def _person(each: Candidate) -> tuple[str, str, str, int, int, bool]:
    """Returns a candidate so that any two can be sorted; -1 stands for what is not stated."""
    votes = -1 if each.votes is None else each.votes
    elected = -1 if each.elected is None else int(each.elected)
    party = each.party_id or each.party
    return each.candidate, party, each.party, votes, elected, each.tied_vote_winner
