"""Examples of what the second stage reads and publishes."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.national import (
    Milestone,
    NationalCouncils,
    NationalParty,
    NationalTotals,
    Projection,
)
from schemas.night import DigestDue, ProjectionStated

_ELECTION = "local.2014-05-22"
_MILESTONE = "0d9f3c5b7a1e4826b3c7d9e1f2a4b6c8"

_PROJECTION = Projection(
    name="Projected national share",
    source="The BBC",
    shares={"PP53": 31.0, "PP52": 29.0},
    published_at=datetime(2014, 5, 23, 12, tzinfo=UTC),
    entered_by="Ann",
)

DIGEST_DUE = DigestDue(
    election=_ELECTION, mode="live", due_at=datetime(2014, 5, 23, 4, 15, tzinfo=UTC)
)

PROJECTION_STATED = ProjectionStated(election=_ELECTION, mode="live", projection=_PROJECTION)

NATIONAL = NationalTotals(
    election=_ELECTION,
    mode="live",
    version=7,
    councils=NationalCouncils(
        total=2, not_opened=("Croydon",), opened=1, decided=1, complete=1, awaited=1
    ),
    parties=(
        NationalParty(
            party_id="PP53",
            party="Labour Party",
            councils=1,
            councils_change=1,
            councils_change_covers=1,
            gained_from={"NOC": 1},
            seats_won=32,
            seats_won_covers=1,
        ),
    ),
    milestones=(
        Milestone(
            id=_MILESTONE,
            mark="First council for Labour",
            text="MILESTONE First council for Labour: Barnet",
            council="local.barnet.2014-05-22",
        ),
    ),
    projections=(_PROJECTION,),
)
