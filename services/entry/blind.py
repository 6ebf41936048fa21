"""Blind: a council as somebody may see it who says something of a ballot. No I/O."""

from __future__ import annotations

from dataclasses import replace

from election.council import Council
from election.transitions import with_ward
from election.ward import Ward


def without_words(council: Council, ward: Ward) -> Council:
    """Returns a council in which nobody has said a result of a ballot.

    What is foreseen beside it says nothing of what others say of the ballot: whoever tries figures
    until no warning is left would else copy theirs, and be no second source.
    """
    if ward.declared is None and ward.evidence is None:
        return council
    alone = replace(ward, declared=None, evidence=None, fits=True)
    return with_ward(council, ward, alone, "candidates").council
