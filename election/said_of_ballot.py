"""Said of a ballot: what is known of what its sources say, and how many of them there may be."""

from __future__ import annotations

from election.conflict import ConflictError
from election.evidence.claim import SOURCES_MAX, Claim, Evidence
from election.ward import Ward
from schemas.source import DEFAULT_SOURCE


def evidence_of(ward: Ward) -> Evidence:
    """Returns what was said of a ward: what stands, if nobody but `default` has spoken."""
    if ward.evidence is not None:
        return ward.evidence
    if ward.declared is None:
        return Evidence()
    by = (DEFAULT_SOURCE,) if ward.fits and ward.declared.states_anything else ()
    return Evidence((Claim(DEFAULT_SOURCE, "final", ward.declared),), sources=by)


def refuse_one_more(evidence: Evidence, source: str) -> None:
    """Raises ConflictError if a source would be one more than a ballot may have."""
    known = dict.fromkeys((*(claim.source for claim in evidence.claims), *evidence.no_polls))
    if source not in known and len(known) >= SOURCES_MAX:
        raise ConflictError(
            f"source_id: {source} would be one more than the {SOURCES_MAX} sources that a ballot"
            f" may have; let one of {', '.join(known)} correct its word"
        )
