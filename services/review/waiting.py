"""Waiting: the ballots about which the desk has something to decide. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from election.council import Council
from election.evidence.claim import Claim, Evidence, NoPoll, content_of
from election.evidence.no_poll import content_of_no_poll
from election.text.doubts import in_doubt, why_not_counted
from election.text.figures import figures_line, no_poll_line
from election.ward import Ward
from schemas.source import DEFAULT_SOURCE, Trust
from schemas.ward import MOVES_SEATS
from services.audit.ward_states import State, ward_state

CONTENT_SHOWN: Final = 8
"""Characters of a content's id that are shown: enough to tell the words of a night apart."""

Became = Literal["stands", "adds nothing", "held", "disputed"]
"""What became of a word: it `stands`, or says so; it says less than what stands; it is `held`; or
it is `disputed`, as it contradicts what stands."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a source says of a ballot, its content's id, what became of it, and why."""

    source: str
    trust: Trust
    content: str
    became: Became
    why: str
    figures: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ballot with something held, disputed or parked, and all that its sources say of it.

    `stands` are the figures of what stands, blank if nothing does. `decisions` is the revision of
    the desk's last decision, 0 if it has made none, and `ruling` what that lets stand: `accept`,
    `clear` or `figure`, blank if it has only refused words.
    """

    ballot_paper_id: str
    council: str
    name: str
    state: State
    stands: str
    decisions: int
    ruling: str
    words: tuple[Word, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the ballot as `livecount review list --json` prints it."""
        return {
            "ballot_paper_id": self.ballot_paper_id,
            "council": self.council,
            "name": self.name,
            "state": self.state,
            "stands": self.stands,
            "decisions": self.decisions,
            "ruling": self.ruling,
            "words": [
                {name: getattr(word, name) for name in Word.__dataclass_fields__}
                for word in self.words
            ],
        }


def waiting(councils: Iterable[Council]) -> list[Waiting]:
    """Returns the ballots with something held, disputed or parked.

    Those about which the desk has decided nothing come first, then all in the order of their ids.
    """
    found = [
        one
        for council in councils
        for ward in council.wards.values()
        if _may_wait(ward)
        and (
            (one := of_ward(council, ward)).state in {"held", "conflict", "parked"}
            or any(word.became in {"held", "disputed"} for word in one.words)
        )
    ]
    return sorted(found, key=lambda each: (each.decisions > 0, each.ballot_paper_id))


def _may_wait(ward: Ward) -> bool:
    """Returns whether anything of a ballot can wait; of most wards of a night nothing does."""
    said = ward.evidence
    if said is not None and (said.held or said.disputed):
        return True
    return not ward.fits or (ward.contest is None and ward.declared is not None)


def of_ward(council: Council, ward: Ward) -> Waiting:
    """Returns what the desk is told of a ballot, also if there is nothing to decide about it."""
    ballot = ward.ballot_paper_id
    decision = ward.evidence.decision if ward.evidence else None
    no_polls = ward.evidence.no_polls if ward.evidence else {}
    doubts = in_doubt(ward)
    return Waiting(
        ballot_paper_id=ballot,
        council=council.council,
        name=f"{ward.name}, {council.name}",
        state=ward_state(ward)["state"],
        stands=_stands(ward),
        decisions=decisions_of(ward),
        ruling=decision.ruling if decision else "",
        words=(
            *(_word(claim, ward, doubts) for claim in claims_of(ward)),
            *(_no_poll(source, each, doubts) for source, each in no_polls.items()),
        ),
    )


def _stands(ward: Ward) -> str:
    if ward.declared is not None:
        return figures_line(ward.declared) if ward.fits else ""
    return no_poll_line(ward.notice) if ward.notice in MOVES_SEATS else ""


def _no_poll(source: str, said: NoPoll, doubts: Mapping[str, str]) -> Word:
    """Returns what a source says of a ballot on which nobody votes.

    A word of a source that is final stands at once, and is none of these.
    """
    why = doubts.get(source, "")
    content = content_of_no_poll(said.status)
    became: Became = "held" if why else "stands"
    return Word(source, said.trust, content, became, why, no_poll_line(said.status))


def decisions_of(ward: Ward) -> int:
    """Returns the revision of the desk's last decision about a ballot, 0 if it has made none."""
    decision = ward.evidence.decision if ward.evidence is not None else None
    return decision.revision if decision is not None else 0


def contents_of(ward: Ward) -> tuple[str, ...]:
    """Returns the contents' ids of all that sources say of a ballot."""
    no_polls = ward.evidence.no_polls.values() if ward.evidence is not None else ()
    said = (content_of(claim.said) for claim in claims_of(ward))
    of_no_polls = (content_of_no_poll(each.status) for each in no_polls)
    return tuple(dict.fromkeys((*said, *of_no_polls)))


def claims_of(ward: Ward) -> tuple[Claim, ...]:
    """Returns what sources say of a ballot, also if only the `default` source has spoken."""
    if ward.evidence is not None:
        return ward.evidence.claims
    return (Claim(DEFAULT_SOURCE, "final", ward.declared),) if ward.declared is not None else ()


def _word(claim: Claim, ward: Ward, doubts: Mapping[str, str]) -> Word:
    said = ward.evidence or Evidence()
    doubt = doubts.get(claim.source, "")
    became: Became = "adds nothing"
    if claim.source in said.held or not ward.fits:
        became, doubt = "held", doubt or why_not_counted(ward)
    elif claim.source in said.disputed:
        became = "disputed"
    elif claim.source in said.sources or ward.evidence is None:
        became = "stands"
    return Word(
        claim.source,
        claim.trust,
        content_of(claim.said),
        became,
        doubt,
        figures_line(claim.said),
    )
