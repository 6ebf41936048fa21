"""Claims: what sources have said of one ballot, weighed where they meet their council."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from election.conflict import ConflictError, ContradictionError, HeldError
from election.council import Council
from election.declaration import Declaration, declaration
from election.evidence.agreement import completes
from election.evidence.checks import contradiction
from election.evidence.claim import (
    REFUSED_MAX,
    Claim,
    Decision,
    Evidence,
    content_of,
)
from election.evidence.decisive import would_be_close, would_decide
from election.evidence.no_poll import waiting, waits_for_the_desk
from election.evidence.odd import odd
from election.evidence.weighing import Doubts, Standing, weigh
from election.no_polls import with_ruled_status
from election.room import refuse_too_many_seats
from election.rules.tally import replaced
from election.said_of_ballot import evidence_of, refuse_one_more
from election.text.figures import figures_line
from election.ward import Ward
from schemas.council_result import CouncilDeclared
from schemas.desk import DeskDecided
from schemas.events import Event
from schemas.source import DEFAULT_SOURCE
from schemas.ward import WardDeclared, WardStatus


class Weighed(NamedTuple):
    """A ward with what stands of it now.

    `held` says why the word that was just said waits, and `disputed` what it contradicts; both
    are blank if it counts, or only adds to what stands.
    """

    ward: Ward
    held: str = ""
    disputed: str = ""


def is_of_a_source(event: WardDeclared, ward: Ward) -> bool:
    """Returns whether a result has to be weighed: somebody else than the `default` source spoke.

    A night of that source alone, as all nights were before there were others, takes another way.
    """
    return event.source_id is not None or ward.evidence is not None


def refuse_alone(event: Event) -> None:
    """Raises HeldError if an event needs more trust than its source has.

    An opening is for sources with the trust `final`, and a notice that moves no seats is not for
    those with the trust `second`. One that moves seats waits for the desk, and results are weighed.
    """
    if isinstance(event, WardDeclared | CouncilDeclared | DeskDecided):
        return
    if event.trust in {None, "final"} or waits_for_the_desk(event):
        return
    if isinstance(event, WardStatus) and event.trust != "second":
        return
    raise HeldError(
        f"source_id: {event.source_id} is trusted as {event.trust}, and {event.type} counts only"
        " from a source that is trusted as final; let such a source say it"
    )


def heard(event: WardDeclared, council: Council, ward: Ward) -> Weighed | None:
    """Returns a ward with the word of a source; None if that is as it was.

    Within one source the latest word stands: a lower revision is stale, the same content is a
    repeat, and other content replaces what it said. What waits is weighed again if it is said
    again, and is a repeat if it still waits for the same reason. Raises ConflictError if the
    ballot has more sources than it may have.
    """
    evidence = evidence_of(ward)
    source, said = event.source_id or DEFAULT_SOURCE, declaration(event)
    claims = {claim.source: claim for claim in evidence.claims}
    known = claims.get(source)
    decision = evidence.decision and evidence.decision.met_by(said)
    if known is not None:
        if said.revision < known.said.revision:
            if decision == evidence.decision:
                return None
            # It is what the desk has accepted, and stands by that, though its source has moved on.
            return Weighed(weighed(council, ward, evidence.claims, decision))
        if said.revision == known.said.revision and content_of(said) == content_of(known.said):
            if source not in evidence.held:
                return None
            said = known.said
    refuse_one_more(evidence, source)
    claims[source] = Claim(source, event.trust or "final", said)
    new = weighed(council, ward, tuple(claims.values()), decision, source)
    return None if new == ward else _with_reasons(new, source, said)


def decided(event: DeskDecided, council: Council, ward: Ward) -> Weighed | None:
    """Returns a ward with a decision of the desk; None if a newer one is known, or the same.

    Raises ConflictError if another decision of the same revision is known, and ContradictionError
    if what the desk lets stand cannot be right.
    """
    evidence = evidence_of(ward)
    known = evidence.decision or Decision(0)
    decision = _decision(event, known)
    for claim in evidence.claims:
        decision = decision.met_by(claim.said)
    if event.revision <= known.revision:
        if event.revision == known.revision and _rules_otherwise(decision, known):
            raise ConflictError(
                f"revision: {event.revision} is known with another decision; give the next one a"
                " higher revision"
            )
        return None
    ward = with_ruled_status(ward, known, decision, council)
    wrong = _wrong(council, ward, decision.figures) if decision.figures is not None else ""
    if wrong:
        raise ContradictionError(wrong)
    return Weighed(weighed(council, ward, evidence.claims, decision))


def _rules_otherwise(one: Decision, other: Decision) -> bool:
    """Returns whether two decisions differ; what was accepted may have been said since."""
    if one.ruling != "accept":
        return one != other
    return one._replace(figures=None) != other._replace(figures=None)


def weighed(
    council: Council,
    ward: Ward,
    claims: Sequence[Claim],
    decision: Decision | None,
    speaker: str = "",
) -> Ward:
    """Returns a ward with what stands of its claims, beside what is known of its council.

    `speaker` is the source of a word that has just come, as for `weigh`; that there was no poll it
    says no more.
    """
    before = _stood(ward)
    doubts = Doubts(
        wrong=lambda said: _wrong(council, ward, said),
        odd=lambda said: "\n".join(odd(said, ward.ballot_paper_id, council.wards)),
        decisive=lambda said: _decisive(council, ward, said),
        close=lambda said: _close(ward, said),
    )
    standing = weigh(claims, decision, doubts, ward.system, before, speaker)
    declared = standing.declared
    if declared is not None and before.declared is not None and ward.result is not None:
        declared = _told_as(declared, before.declared, ward)
    said = evidence_of(ward).no_polls
    no_polls = {source: each for source, each in said.items() if source != speaker}
    waits = waiting(no_polls, decision, ward.status.status if ward.status else None)
    evidence = Evidence(
        tuple(claims),
        decision,
        standing.sources,
        standing.disputed,
        {**standing.held, **waits},
        no_polls,
    )
    return replace(ward, declared=declared, fits=True, evidence=evidence)


def _told_as(declared: Declaration, before: Declaration, ward: Ward) -> Declaration:
    """Returns what stands as a correction of what stood, unless it only completes that."""
    if content_of(declared) == content_of(before):
        return declared._replace(correction=before.correction)
    if completes(before, declared, ward.system):
        return declared._replace(correction=before.correction)
    return declared._replace(correction=declared.correction or "transcription")


def _stood(ward: Ward) -> Standing:
    """Returns what stands of a ward, and what became of each word."""
    said, declared = evidence_of(ward), ward.declared
    held = {source: why for source, why in said.held.items() if source not in said.no_polls}
    if declared is None or not ward.fits or not declared.states_anything:
        return Standing(None, held=held)
    return Standing(declared, said.sources, said.disputed, held)


def _wrong(council: Council, ward: Ward, said: Declaration) -> str:
    wrong = contradiction(ward, said)
    if wrong:
        return wrong
    try:
        refuse_too_many_seats(council, ward, said)
    except ConflictError as conflict:
        return str(conflict)
    return ""


def _decisive(council: Council, ward: Ward, said: Declaration) -> str:
    """Returns what would be decided, or taken back, by a result; blank if nothing would be."""
    count = council.count
    if council.tally is None or count is None or ward.contest is None:
        return f"{ward.ballot_paper_id} is not opened yet; it waits for that, or a second source"
    new = replace(ward, declared=said, fits=True)
    after = replace(
        council,
        tally=replaced(council.tally, ward.contribution, new.contribution),
        wards={**council.wards, ward.ballot_paper_id: new},
    ).count
    why = would_decide(count, after)
    return f"{why}; it waits for a second source, or the desk" if why else ""


def _close(ward: Ward, said: Declaration) -> str:
    why = would_be_close(replace(ward, declared=said, fits=True))
    return f"{why}; it waits for a second source, or the desk" if why else ""


def _with_reasons(ward: Ward, source: str, said: Declaration) -> Weighed:
    evidence = ward.evidence or Evidence()
    if source in evidence.held:
        return Weighed(ward, held=evidence.held[source])
    if source not in evidence.disputed or ward.declared is None:
        return Weighed(ward)
    stands = f"{', '.join(evidence.sources)}: {figures_line(ward.declared)}"
    return Weighed(
        ward,
        disputed=f"candidates: {figures_line(said)} by {source}, but what stands is by {stands};"
        " correct one of them, or decide at the desk",
    )


def _decision(event: DeskDecided, known: Decision) -> Decision:
    """Returns what the desk has decided by now: what it refused before stays refused."""
    match event.ruling:
        case "accept":
            return Decision(event.revision, "accept", event.content or "")
        case "clear":
            return Decision(event.revision, "clear")
        case "figure":
            figures = declaration(event.figure) if event.figure is not None else None
            return Decision(event.revision, "figure", figures=figures)
        case "refuse":
            content = event.content or ""
            refused = tuple(dict.fromkeys((*known.refused, content)))[-REFUSED_MAX:]
            if known.ruling == "accept" and known.content == content:
                return Decision(event.revision, refused=refused)
            return known._replace(revision=event.revision, refused=refused)
