"""Limits of one council: what no real one has, so that all that is said of it can be stored.

The bounds of what is published and stored follow from these and from those of the schemas;
`tests/property/test_outputs_at_the_bounds.py` derives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from election.conflict import ConflictError
from election.council import Council, Size
from election.rules.tally import Tally
from election.ward import Ward
from schemas.base import PARTIES_MAX, WARDS_MAX

CANDIDATES_IN_ALL_MAX: Final = 3_000
"""Candidates of one council. The most in `nights/` are 546; the limit bounds what a fold costs."""

KNOWN_MAX_BYTES: Final = 500_000
"""What may be known of one council, as `election.snapshot` writes it. The largest in `nights/` has
some 41,000 bytes. The alerts that stand come on top: with the longest texts for every ward and
every notable candidate, the whole state still fits into a message of Kafka, 1 MiB."""


def refuse_ballot(council: Council, ballot: str) -> None:
    """Raises ConflictError if a ballot would be one more than a council may have."""
    if ballot not in council.wards and len(council.wards) >= WARDS_MAX:
        raise ConflictError(
            f"ballot_paper_id: {ballot} would be one more than the {WARDS_MAX} ballots that a"
            " council may have; correct the id"
        )


def refuse_ballots(wards: Mapping[str, Ward]) -> None:
    """Raises ConflictError if an opening leaves a council with more ballots than it may have."""
    if len(wards) > WARDS_MAX:
        raise ConflictError(
            f"wards: {len(wards)} with those declared already, more than the {WARDS_MAX} that a"
            " council may have; correct their ids"
        )


def refuse_size(size: Size, field: str) -> None:
    """Raises ConflictError if a council would have more candidates or bytes than it may have.

    `field` is the one of the event that has most of what was added.
    """
    if size.candidates > CANDIDATES_IN_ALL_MAX:
        raise ConflictError(
            f"candidates: {size.candidates} in the council, more than the {CANDIDATES_IN_ALL_MAX}"
            " that a council may have; leave out whoever does not stand"
        )
    if size.known_bytes > KNOWN_MAX_BYTES:
        raise ConflictError(
            f"{field}: with this, {size.known_bytes} bytes would be known of the council, more than"
            f" the {KNOWN_MAX_BYTES} that a council may have; shorten its names, or correct what"
            " is known already"
        )


def refuse_parties(tally: Tally) -> None:
    """Raises ConflictError if a council would have more parties than it may have."""
    if len(tally.parties) > PARTIES_MAX:
        raise ConflictError(
            f"party: {len(tally.parties)} parties in the council, more than the {PARTIES_MAX} that"
            " a council may have; give each party one id or one label"
        )
