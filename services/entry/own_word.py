"""Own word: what a source has said of a ballot, and what became of it, without others' figures."""

from __future__ import annotations

from typing import Literal, NamedTuple

from election.declaration import Declaration
from election.evidence.claim import CLEARED, REFUSED, Claim
from election.ward import Ward

OwnState = Literal["counts", "less", "checked", "set aside", "disputed", "taken back"]
"""What became of a source's word: it `counts`; it says `less` than what stands; it is being
`checked`; the desk has `set aside`; it is `disputed`, as another source says something else; or it
was `taken back`."""


class OwnWord(NamedTuple):
    """A source's latest word, what became of it, why it waits, and who else says the same."""

    said: Declaration
    state: OwnState
    why: str = ""
    seconded_by: tuple[str, ...] = ()


def own_claim(ward: Ward, source: str) -> Claim | None:
    """Returns what a source says of a ballot; None if it has said nothing."""
    claims = ward.evidence.claims if ward.evidence is not None else ()
    return next((claim for claim in claims if claim.source == source), None)


def own_word(ward: Ward, source: str) -> OwnWord | None:
    """Returns a source's word of a ballot, and what became of it; None if it has said nothing."""
    claim, evidence = own_claim(ward, source), ward.evidence
    if claim is None or evidence is None:
        return None
    if not claim.said.states_anything:
        return OwnWord(claim.said, "taken back")
    if source in evidence.held:
        why = evidence.held[source]
        return OwnWord(claim.said, "set aside" if why in {CLEARED, REFUSED} else "checked", why)
    if source in evidence.disputed:
        return OwnWord(claim.said, "disputed")
    if source not in evidence.sources:
        return OwnWord(claim.said, "less")
    others = tuple(each for each in evidence.agreeing if each != source)
    return OwnWord(claim.said, "disputed" if evidence.disputed else "counts", "", others)
