"""Columns: what sources said, and what the desk decided, as a snapshot stores them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from election.declaration import Declaration
from election.evidence.claim import Claim, Decision, Evidence, NoPoll
from election.evidence.whole import WholeClaim, WholeEvidence
from schemas.council_result import CouncilDeclared

Encode = Callable[[Declaration | None], list[Any] | None]
Decode = Callable[[list[Any] | None], Declaration | None]


def evidence_columns(evidence: Evidence, stands: Declaration | None, encode: Encode) -> list[Any]:
    """Returns what was said of a ballot. A word that stands as it was said is not stored again."""
    decision = evidence.decision
    return [
        [
            [each.source, each.trust, None if each.said == stands else encode(each.said)]
            for each in evidence.claims
        ],
        decision and [*decision[:3], encode(decision.figures), decision.refused],
        evidence.sources,
        evidence.disputed,
        evidence.held,
        *([evidence.no_polls] if evidence.no_polls else []),
    ]


def read_evidence(stored: Sequence[Any], stands: Declaration | None, decode: Decode) -> Evidence:
    """Returns what `evidence_columns` wrote beside the same result."""
    claims, decided, sources, disputed, held, *no_polls = stored
    decision = None
    if decided is not None:
        revision, ruling, content, figures, refused = decided
        decision = Decision(revision, ruling, content, decode(figures), tuple(refused))
    return Evidence(
        tuple(_claim(each, stands, decode) for each in claims),
        decision,
        tuple(sources),
        tuple(disputed),
        held,
        {source: NoPoll(*said) for each in no_polls for source, said in each.items()},
    )


def _claim(stored: Sequence[Any], stands: Declaration | None, decode: Decode) -> Claim:
    source, trust, encoded = stored
    said = stands if encoded is None else decode(encoded)
    if said is None:
        raise ValueError(f"claims: {source} says nothing; fold the log anew")
    return Claim(source, trust, said)


def whole_columns(evidence: WholeEvidence) -> list[Any]:
    """Returns what was said of a council as a whole."""
    claims = [
        [each.source, each.trust, each.said.model_dump_json(exclude_defaults=True)]
        for each in evidence.claims
    ]
    return [claims, evidence.sources, evidence.disputed, evidence.held]


def read_whole(stored: Sequence[Any]) -> WholeEvidence:
    """Returns what `whole_columns` wrote."""
    claims, sources, disputed, held = stored
    return WholeEvidence(
        tuple(
            WholeClaim(source, trust, CouncilDeclared.model_validate_json(said))
            for source, trust, said in claims
        ),
        tuple(sources),
        tuple(disputed),
        held,
    )
