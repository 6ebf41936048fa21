"""An example of every message: Childs Hill, Barnet, 22 May 2014.

Figures: `nights/barnet-2014`, whose `night.toml` names the sources.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

from schemas.alert import Alert
from schemas.alert_seats import AlertSeats
from schemas.base import Model
from schemas.certificate_example import CERTIFICATE
from schemas.council import CouncilOpened, Nominee, OpenedWard, PartyStanding
from schemas.council_result import CouncilDeclared, PartySeats
from schemas.delivery import Delivery
from schemas.desk import DeskDecided
from schemas.flip import Flip
from schemas.log_head import LogHead, PartitionHead
from schemas.national_examples import DIGEST_DUE, NATIONAL, PROJECTION_STATED
from schemas.party import CONSERVATIVE, LABOUR, LIBERAL_DEMOCRATS
from schemas.people_examples import AUDIT, CLAIMED, ENDED, HELD_BACK, RELEASED, SUBSCRIBED
from schemas.reject import Reject
from schemas.story_examples import PREVIOUS, STORY
from schemas.totals import CouncilTotals, PartyTotals
from schemas.ward import Candidate, WardDeclared, WardStatus
from schemas.ward_totals import WardTotals

BARNET = "local.barnet.2014-05-22"
CHILDS_HILL = "local.barnet.childs-hill.2014-05-22"
ALERT_ID = "5f0c1a9e7d3b42868c5d0e4f6a7b8c9d"

_DECLARED = datetime(2014, 5, 23, 5, 10, tzinfo=timezone(timedelta(hours=1)))
_READ = datetime(2014, 5, 23, 4, 10, 2, tzinfo=UTC)
_NAMES = {
    CONSERVATIVE: "Conservative and Unionist Party",
    LABOUR: "Labour Party",
    LIBERAL_DEMOCRATS: "Liberal Democrats",
}
_VOTES = (
    ("Ryde, Shimon", CONSERVATIVE, 1544, True),
    ("Zinkin, Peter", CONSERVATIVE, 1536, True),
    ("Cohen, Jack B.", LIBERAL_DEMOCRATS, 1509, True),
    ("Grover, Rohit R.", CONSERVATIVE, 1500, False),
    ("Smith, Andrew", LABOUR, 1463, False),
)
_CANDIDATES = tuple(
    Candidate(candidate=name, party=_NAMES[party], party_id=party, votes=votes, elected=elected)
    for name, party, votes, elected in _VOTES
)


def _flip(voters: int, left: str, gone_to: str) -> Flip:
    sides = [[each for each in _CANDIDATES if each.candidate == name] for name in (left, gone_to)]
    return Flip(
        ballot_paper_id=CHILDS_HILL,
        ward="Childs Hill",
        seats=1,
        voters=voters,
        votes_from=tuple(sides[0]),
        votes_to=tuple(sides[1]),
    )


OPENED = CouncilOpened(
    council=BARNET,
    council_gss="E09000003",
    name="Barnet",
    mode="rehearsal",
    source="nights/barnet-2014",
    cycle="all-out",
    seats_total=63,
    control_before=CONSERVATIVE,
    standing=(
        PartyStanding(
            party=_NAMES[CONSERVATIVE],
            party_id=CONSERVATIVE,
            seats_eve_of_poll=38,
            seats_last_election=39,
            seats_not_up=0,
        ),
    ),
    wards=(
        OpenedWard(
            ballot_paper_id=CHILDS_HILL,
            ward="Childs Hill",
            ward_gss="E05000045",
            seats_contested=3,
            candidates=tuple(
                Nominee(candidate=name, party=_NAMES[party], party_id=party)
                for name, party, _, _ in _VOTES
            ),
            previous=PREVIOUS,
        ),
    ),
)

WARD_DECLARED = WardDeclared(
    council=BARNET,
    ballot_paper_id=CHILDS_HILL,
    mode="rehearsal",
    source="nights/barnet-2014",
    seq=21,
    declared_at=_DECLARED,
    seats_contested=3,
    candidates=_CANDIDATES,
)

WARD_STATUS = WardStatus(
    council=BARNET,
    ballot_paper_id=CHILDS_HILL,
    mode="rehearsal",
    revision=1,
    status="recount",
    recount=1,
    source="nights/barnet-2014",
)

COUNCIL_DECLARED = CouncilDeclared(
    council=BARNET,
    mode="rehearsal",
    source="nights/barnet-2014",
    seats=(
        PartySeats(party=_NAMES[CONSERVATIVE], party_id=CONSERVATIVE, seats=32),
        PartySeats(party=_NAMES[LABOUR], party_id=LABOUR, seats=30),
        PartySeats(party=_NAMES[LIBERAL_DEMOCRATS], party_id=LIBERAL_DEMOCRATS, seats=1),
    ),
)

DESK_DECIDED = DeskDecided(
    council=BARNET,
    ballot_paper_id=CHILDS_HILL,
    mode="rehearsal",
    revision=1,
    ruling="accept",
    content="5f0c1a9e7d3b42868c5d0e4f6a7b8c9d",
    by="night editor",
    reason="read back from the declaration sheet",
    decided_at=_DECLARED,
)

TOTALS = CouncilTotals(
    council=BARNET,
    council_gss="E09000003",
    name="Barnet",
    election="local.2014-05-22",
    mode="rehearsal",
    cycle="all-out",
    version=22,
    seats_total=63,
    majority=32,
    parties=(
        PartyTotals(
            party_id=CONSERVATIVE,
            party=_NAMES[CONSERVATIVE],
            seats_not_up=0,
            seats_won=32,
            seats=32,
            best=35,
            least=32,
            needs=0,
            seats_eve_of_poll=38,
            seats_last_election=39,
        ),
    ),
    seats_declared=60,
    seats_vacant=0,
    wards_declared=20,
    wards_total=21,
    control_before=CONSERVATIVE,
    control=CONSERVATIVE,
    control_name=_NAMES[CONSERVATIVE],
    outcome="hold",
    change=False,
    incumbent_out=False,
    settled_at=CHILDS_HILL,
    votes_to_flip=38,
    flip_at=(_flip(38, "Zinkin, Peter", "Smith, Andrew"),),
    seats_to_change=1,
    headline="CON HOLD Barnet",
    explanation="CON HOLD Barnet: 32 of 63 so far, majority 32, 1 ward to come.",
)

WARD_TOTALS = WardTotals(
    ballot_paper_id=CHILDS_HILL,
    council=BARNET,
    ward="Childs Hill",
    ward_gss="E05000045",
    seats_contested=3,
    status="declared",
    revision=1,
    source="nights/barnet-2014",
    declared_at=_DECLARED,
    candidates=_CANDIDATES,
    seats_won={CONSERVATIVE: 2, LIBERAL_DEMOCRATS: 1},
    margin=9,
    knife_edge=True,
    votes_to_flip=5,
    flip_at=(_flip(5, "Cohen, Jack B.", "Grover, Rohit R."),),
    text=(
        "Childs Hill, Barnet: CON 2, LD 1, last seat by 9 votes, 5 voters moving from"
        " Cohen, Jack B. (LD) to Grover, Rohit R. (CON) would have changed it; CON gain 2 from LD"
        " since 6 May 2010"
    ),
    story=STORY,
)

ALERT = Alert(
    id=ALERT_ID,
    kind="control",
    action="raise",
    election="local.2014-05-22",
    council=BARNET,
    council_gss="E09000003",
    name="Barnet",
    mode="rehearsal",
    control=CONSERVATIVE,
    outcome="hold",
    change=False,
    from_=CONSERVATIVE,
    to=CONSERVATIVE,
    cause=CHILDS_HILL,
    cause_revision=1,
    ward="Childs Hill",
    seq=21,
    caused_at=_DECLARED,
    flip_at=(_flip(38, "Zinkin, Peter", "Smith, Andrew"),),
    text="CON HOLD Barnet: 32 of 63 so far, majority 32, 1 ward to come, settled at Childs Hill.",
    beat="flash",
    paragraph="The Conservatives have kept control of Barnet. With the election in one ward put"
    " off, they have 32 of its 63 seats; 32 make a majority. The result in Childs Hill made it"
    " certain.",
    seats=(
        AlertSeats(party_id=CONSERVATIVE, party="Conservatives", seats=32),
        AlertSeats(party_id=LABOUR, party="Labour", seats=27),
        AlertSeats(party_id="PP90", party="Liberal Democrats", seats=1),
    ),
)

REJECT = Reject(
    topic="live.declarations",
    partition=3,
    offset=1207,
    timestamp=_READ,
    reason="payload",
    detail="seats_contested: 0; give at least 1",
    key=b64encode(BARNET.encode()),
    value=b64encode(b'{"type": "ward.declared", "seats_contested": 0}'),
    headers=(("ce_specversion", b64encode(b"1.0")),),
)

DELIVERY = Delivery(
    alert_id=ALERT_ID,
    channel="newsdesk",
    status="sent",
    council=BARNET,
    text="REHEARSAL: CON HOLD Barnet: 32 of 63 so far, majority 32, 1 ward to come.",
    attempts=1,
    at=_READ,
)

LOG_HEAD = LogHead(
    namespace="live",
    partitions=(
        PartitionHead(
            partition=3,
            first_offset=0,
            end_offset=1207,
            messages=1207,
            root="5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            last_at=_READ,
        ),
    ),
)

EXAMPLES: dict[str, Model] = {
    "council.opened": OPENED,
    "ward.declared": WARD_DECLARED,
    "ward.status": WARD_STATUS,
    "council.declared": COUNCIL_DECLARED,
    "desk.decided": DESK_DECIDED,
    "totals": TOTALS,
    "ward": WARD_TOTALS,
    "alert": ALERT,
    "certificate": CERTIFICATE,
    "digest.due": DIGEST_DUE,
    "projection.stated": PROJECTION_STATED,
    "national": NATIONAL,
    "reject": REJECT,
    "delivery": DELIVERY,
    "alerts.held_back": HELD_BACK,
    "alerts.released": RELEASED,
    "audit": AUDIT,
    "invitation.claimed": CLAIMED,
    "session.ended": ENDED,
    "push.subscription": SUBSCRIBED,
    "log_head": LOG_HEAD,
}
"""An example of every message and stored value, by name."""
