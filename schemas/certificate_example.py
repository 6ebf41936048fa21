"""An example of a certificate: two wards of one seat, Barnet in small."""

from __future__ import annotations

import json

from schemas.certificate import (
    Certificate,
    OpeningFact,
    OpenParty,
    OpenWard,
    PartyRange,
    Positions,
    SeatsOf,
    WardFact,
    sha256_of,
)
from schemas.party import CONSERVATIVE, LABOUR

_COUNTED = "local.barnet.childs-hill.2014-05-22"
_OPEN = "local.barnet.hale.2014-05-22"

_MADE = Certificate(
    alert="5f0c1a9e7d3b42868c5d0e4f6a7b8c9d",
    kind="control",
    election="local.2014-05-22",
    council="local.barnet.2014-05-22",
    name="Barnet",
    certain=CONSERVATIVE,
    seats_total=3,
    majority=2,
    seats_vacant=0,
    independents_as_party=False,
    opening=OpeningFact(revision=1, sha256=sha256_of({"council": "local.barnet.2014-05-22"})),
    not_up=(SeatsOf(party_id=CONSERVATIVE, seats=1),),
    council_result=None,
    wards=(
        WardFact(
            ballot_paper_id=_COUNTED,
            ward="Childs Hill",
            basis="result",
            revision=1,
            sources=2,
            sha256=sha256_of({"ballot_paper_id": _COUNTED}),
            seats=1,
            won=(SeatsOf(party_id=CONSERVATIVE, seats=1),),
            still_open=0,
        ),
    ),
    open_wards=(
        OpenWard(
            ballot_paper_id=_OPEN,
            ward="Hale",
            seats=1,
            open_to_any=False,
            parties=tuple(
                OpenParty(party_id=party, candidates=1, most=1, fewest=0)
                for party in (CONSERVATIVE, LABOUR)
            ),
        ),
    ),
    unaccounted=0,
    parties=(
        PartyRange(
            party_id=CONSERVATIVE,
            party="Conservative and Unionist Party",
            held=2,
            least=2,
            best=3,
        ),
        PartyRange(party_id=LABOUR, party="Labour Party", held=0, least=0, best=1),
    ),
    sum="Conservative and Unionist Party: 2 of 3 seats at least, 1 not up and 1 won;"
    " 2 are a majority.",
    sha256="0" * 64,
    positions=Positions(partition=3, offsets={"council.opened": 17, _COUNTED: 52}),
)

_HASHED = _MADE.model_dump_json(exclude={"sha256", "positions"})

CERTIFICATE = _MADE.model_copy(
    update={"sha256": sha256_of(json.loads(json.dumps(json.loads(_HASHED), sort_keys=True)))}
)
"""The facts' own hashes are made up; all else adds up."""
