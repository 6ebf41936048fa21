"""Whole claims: what sources have said of a council as a whole, weighed beside its facts."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from election.conflict import ConflictError
from election.council import Council
from election.evidence.checks import council_contradiction
from election.evidence.claim import SOURCES_MAX
from election.evidence.decisive import would_decide
from election.evidence.whole import (
    WholeClaim,
    WholeDoubts,
    WholeEvidence,
    WholeStanding,
    seats_by_party,
    weigh_whole,
)
from election.room import too_many_seats
from election.rules.certainty import is_final
from election.text.figures import seats_line, seats_wait_line
from schemas.council_result import CouncilDeclared
from schemas.source import DEFAULT_SOURCE


class WeighedWhole(NamedTuple):
    """What stands of a council as a whole now, and what was said of it.

    `held` says why the word that was just said waits, and `disputed` what it contradicts; both
    are blank if it counts, or only says less than what stands.
    """

    standing: WholeStanding
    held: str = ""
    disputed: str = ""


def whole_heard(event: CouncilDeclared, council: Council) -> WeighedWhole | None:
    """Returns a council's result as a whole with the word of a source; None if that is as it was.

    Within one source the latest word stands: a lower revision is stale, the same content is a
    repeat, and other content replaces what it said. What waits is weighed again if it is said
    again, and is a repeat if it still waits for the same reason. Raises ConflictError if there are
    more sources than there may be.
    """
    evidence = said_of_whole(council)
    source = event.source_id or DEFAULT_SOURCE
    said = event.model_copy(update={"source_id": None, "trust": None})
    claims = {claim.source: claim for claim in evidence.claims}
    known = claims.get(source)
    if known is not None:
        if said.revision < known.said.revision:
            return None
        if _is_repeat(said, known.said):
            if source not in evidence.held:
                return None
            said = known.said
    elif len(claims) >= SOURCES_MAX:
        raise ConflictError(
            f"source_id: {source} would be one more than the {SOURCES_MAX} sources that a council's"
            f" result may have; let one of {', '.join(claims)} correct its word"
        )
    claims[source] = WholeClaim(source, event.trust or "final", said)
    before = WholeStanding(council.declared, evidence)
    new = weigh_whole(tuple(claims.values()), _doubts(council), before, source)
    return None if new == before else _with_reasons(new, source, said)


def said_of_whole(council: Council) -> WholeEvidence:
    """Returns what was said of a council as a whole: what stands, if only `default` has spoken."""
    if council.evidence is not None:
        return council.evidence
    if council.declared is None:
        return WholeEvidence()
    claim = WholeClaim(DEFAULT_SOURCE, "final", council.declared)
    return WholeEvidence((claim,), sources=(DEFAULT_SOURCE,))


def whole_weighed_again(council: Council) -> WholeStanding:
    """Returns what stands of the words about a council as a whole that was just opened."""
    evidence, declared = said_of_whole(council), council.declared
    if declared is not None and _wrong(council, declared):
        declared = None
    before = WholeStanding(declared, evidence)
    return weigh_whole(evidence.claims, _doubts(council), before)


def _doubts(council: Council) -> WholeDoubts:
    return WholeDoubts(
        is_final=lambda said: _is_final(council, said),
        wrong=lambda said: _wrong(council, said),
        decisive=lambda said: _decisive(council, said),
    )


def _is_repeat(said: CouncilDeclared, known: CouncilDeclared) -> bool:
    return (seats_by_party(said), said.final, said.revision) == (
        seats_by_party(known),
        known.final,
        known.revision,
    )


def _is_final(council: Council, said: CouncilDeclared) -> bool:
    if council.opening is None:
        return said.final
    opened = council.opening.opened
    return is_final(said, opened.seats_total, opened.seats_vacant)


def _wrong(council: Council, said: CouncilDeclared) -> str:
    if council.opening is None or council.tally is None:
        return ""
    opened = council.opening.opened
    return too_many_seats(said, opened) or council_contradiction(said, opened, council.tally) or ""


def _decisive(council: Council, said: CouncilDeclared) -> str:
    """Returns what would be decided, or taken back, by a result; blank if nothing would be."""
    count = council.count
    if count is None:
        return f"{council.council} is not opened yet; it waits for that, or a second source"
    why = would_decide(count, replace(council, declared=said).count)
    return f"{why}; it waits for a second source" if why else ""


def _with_reasons(new: WholeStanding, source: str, said: CouncilDeclared) -> WeighedWhole:
    evidence = new.evidence
    if source in evidence.held:
        return WeighedWhole(new, held=seats_wait_line(said, evidence.held[source]))
    if source not in evidence.disputed or new.declared is None:
        return WeighedWhole(new)
    stands = f"{', '.join(evidence.sources)}: {seats_line(new.declared)}"
    return WeighedWhole(
        new,
        disputed=f"seats: {seats_line(said)} by {source}, but what stands is by {stands};"
        " correct one of them, or let a source that is trusted as final say it",
    )
