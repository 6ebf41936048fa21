"""Examples of what national totals are counted from, and of these: London, 22 May 2014.

Figures: `nights/london-2014`, whose `night.toml` names the sources. The projection is that of the
BBC, as it was published on 23 May 2014.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from schemas.national import (
    Milestone,
    NationalCouncils,
    NationalParty,
    NationalTotals,
    Projection,
)
from schemas.night import DigestDue, ProjectionStated
from schemas.party import CONSERVATIVE, LABOUR, LIBERAL_DEMOCRATS, NOC

LONDON = "local.2014-05-22"

_DUE = datetime(2014, 5, 23, 2, 15, tzinfo=timezone(timedelta(hours=1)))
_SHARE = Projection(
    name="Projected national share",
    source="BBC",
    shares={CONSERVATIVE: 29.0, LABOUR: 31.0, LIBERAL_DEMOCRATS: 13.0, "PP85": 17.0},
    entered_by="night editor",
)

DIGEST_DUE = DigestDue(election=LONDON, mode="rehearsal", due_at=_DUE)

PROJECTION_STATED = ProjectionStated(election=LONDON, mode="rehearsal", projection=_SHARE)

NATIONAL = NationalTotals(
    election=LONDON,
    mode="rehearsal",
    version=659,
    councils=NationalCouncils(
        total=32,
        opened=32,
        decided=31,
        complete=30,
        awaited=2,
        before_unknown=30,
        wards_total=629,
        wards_declared=627,
        seats_declared=1845,
    ),
    parties=(
        NationalParty(
            party_id=LABOUR,
            party="Labour Party",
            councils=20,
            councils_change=0,
            councils_change_covers=1,
            seats_won=1055,
            seats_won_covers=32,
            seats_defended=22,
            seats_defended_covers=1,
            seats_to_come=22,
            seats_to_come_covers=1,
            change_last_election=195,
            change_last_election_covers=30,
            votes=2617544,
            votes_covers=32,
            vote_share=43.0,
        ),
        NationalParty(party_id=NOC, councils=1, councils_change=0, councils_change_covers=1),
    ),
    milestones=(
        Milestone(
            id="d2f0a3c8f15f4f0cbd2d7d6a2f6a3c1e",
            mark="Half of the councils decided",
            text="MILESTONE Half of the councils decided: 16 of 32 councils, with Hillingdon.",
            council="local.hillingdon.2014-05-22",
        ),
    ),
    projections=(_SHARE,),
)
