"""Doubts about a ward: why words of its sources wait, or are disputed."""

from __future__ import annotations

from election.text.figures import figures_line
from election.ward import Ward


def in_doubt(ward: Ward) -> dict[str, str]:
    """Returns why the word of a source waits or is disputed, by source; empty if none does."""
    said, declared = ward.evidence, ward.declared
    if said is None:
        return {}
    doubts = dict(said.held)
    if declared is not None:
        stands = f"{', '.join(said.sources)}: {figures_line(declared)}"
        for claim in said.claims:
            if claim.source in said.disputed:
                doubts[claim.source] = f"{figures_line(claim.said)}, but what stands is by {stands}"
    return doubts
