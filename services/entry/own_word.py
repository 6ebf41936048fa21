"""Own word: what a source has said of a ballot, and what became of it, without others' figures.

A second entry is only one if it was typed blind. So nothing here has a figure that another source
has said of the ballot, nor anything from which one could be worked out: who says the same, who says
something else, and in which fields.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from election.declaration import Declaration
from election.evidence.checks import contradiction
from election.evidence.claim import REFUSED, SETTLED, Claim, Evidence, content_of
from election.evidence.differing import NOTHING_DIFFERS, Differing, differing
from election.text.phrases import listed
from election.ward import Ward
from schemas.ward import Status

OwnState = Literal["counts", "less", "checked", "set aside", "disputed", "taken back"]
"""What became of a source's word: it `counts`; it says `less` than what stands; it is being
`checked`; the desk has `set aside`; it is `disputed`, as another source says something else; or it
was `taken back`."""

_LESS: Final = "it says less than what stands, and changes nothing"


class OwnWord(NamedTuple):
    """A source's latest word and what became of it.

    `why` says in words why it waits, is set aside or is disputed; it is blank if it counts.
    `seconded_by` and `contradicted_by` are the sources that say the same, and something else, and
    `differing` the fields in which these do, which whoever corrects the word finds blank.
    """

    said: Declaration
    state: OwnState
    why: str = ""
    seconded_by: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    differing: Differing = NOTHING_DIFFERS


class OwnNoPoll(NamedTuple):
    """That there is no poll, as a source said last, what became of it and why it waits."""

    status: Status
    state: OwnState
    why: str = ""


def own_no_poll(ward: Ward, source: str) -> OwnNoPoll | None:
    """Returns what a source says of a ballot on which nobody votes; None if it says no such thing.

    It is told of its own word only: whether others say the same is nothing to it, as that would
    not count either.
    """
    evidence = ward.evidence
    said = evidence.no_polls.get(source) if evidence is not None else None
    if said is None or evidence is None:
        return None
    why = evidence.held.get(source, "")
    if not why:
        return OwnNoPoll(said.status, "counts")
    return OwnNoPoll(said.status, "set aside" if why in SETTLED else "checked", why)


def own_state(ward: Ward, source: str) -> OwnState | None:
    """Returns what became of what a source says of a ballot; None if it has said nothing."""
    own = own_no_poll(ward, source) or own_word(ward, source)
    return own.state if own is not None else None


def own_claim(ward: Ward, source: str) -> Claim | None:
    """Returns what a source says of a ballot; None if it has said nothing."""
    claims = ward.evidence.claims if ward.evidence is not None else ()
    return next((claim for claim in claims if claim.source == source), None)


def known_revision(ward: Ward, source: str) -> int:
    """Returns the revision of a source's word of a ballot; 0 if it has said nothing."""
    claim = own_claim(ward, source)
    return claim.said.revision if claim is not None else 0


def own_word(ward: Ward, source: str) -> OwnWord | None:
    """Returns a source's word of a ballot, and what became of it; None if it has said nothing.

    None says nothing of the words of others either: whoever types first and second sees the same.
    """
    claim, evidence = own_claim(ward, source), ward.evidence
    if claim is None or evidence is None:
        return None
    said = claim.said
    if not said.states_anything:
        return OwnWord(said, "taken back")
    if _is_decided(ward, evidence, source):
        return OwnWord(said, *_by_the_desk(evidence, source))
    return _by_the_rules(ward, evidence, claim)


def _by_the_rules(ward: Ward, evidence: Evidence, claim: Claim) -> OwnWord:
    """Returns what became of a word about which the desk has not decided."""
    source, _, said = claim
    others, fields = _contradicting(ward, evidence, claim)
    why = evidence.held.get(source, "")
    if why:
        return OwnWord(said, "checked", _with(why, others), (), others, fields)
    if source not in evidence.sources and source not in evidence.disputed:
        return OwnWord(said, "less", _LESS)
    seconded_by = _seconding(evidence, source)
    if others:
        return OwnWord(said, "disputed", _with("", others), seconded_by, others, fields)
    return OwnWord(said, "counts", "", seconded_by)


def _is_decided(ward: Ward, evidence: Evidence, source: str) -> bool:
    """Returns whether the desk has decided about a word that states something."""
    if evidence.held.get(source) in SETTLED:
        return True
    ruled = evidence.decision.figures if evidence.decision is not None else None
    if ruled is None or ward.declared is None or source in evidence.held:
        return False
    return content_of(ward.declared) == content_of(ruled)


def _by_the_desk(evidence: Evidence, source: str) -> tuple[OwnState, str, tuple[str, ...]]:
    """Returns what the desk has made of a word, why, and who says the same."""
    if source in evidence.agreeing:
        return "counts", "", _seconding(evidence, source)
    if source in evidence.held:
        return "set aside", evidence.held[source], ()
    if source in evidence.disputed:
        return "set aside", "the desk has decided otherwise", ()
    return "less", _LESS, ()


def _seconding(evidence: Evidence, source: str) -> tuple[str, ...]:
    if source not in evidence.agreeing:
        return ()
    return tuple(each for each in evidence.agreeing if each != source)


def _contradicting(
    ward: Ward, evidence: Evidence, claim: Claim
) -> tuple[tuple[str, ...], Differing]:
    """Returns who contradicts a word, and in which fields.

    What stands does, though its source may say something else by now. What the desk has refused,
    and what cannot be right, does not.
    """
    source, _, own = claim
    found: dict[str, Differing] = {}
    if source in evidence.disputed and ward.declared is not None:
        stands = differing(own, ward.declared, ward.system)
        found = dict.fromkeys(evidence.sources, stands)
    for other in evidence.claims:
        said = other.said
        if not said.states_anything or evidence.held.get(other.source) == REFUSED:
            continue
        fields = differing(own, said, ward.system)
        if fields != NOTHING_DIFFERS and contradiction(ward, said) is None:
            found[other.source] = found.get(other.source, NOTHING_DIFFERS) | fields
    together = NOTHING_DIFFERS
    for fields in found.values():
        together |= fields
    return tuple(found), together


def _with(why: str, others: tuple[str, ...]) -> str:
    """Returns why a word waits or is disputed, with who says something else."""
    if not others:
        return why
    say = "says" if len(others) == 1 else "say"
    line = f"{listed(list(others))} {say} something else; look at the declaration again"
    return f"{why}\n{line}" if why else line
