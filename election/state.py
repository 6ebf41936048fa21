"""State: a council's count as bytes, and back."""

from __future__ import annotations

import json
from typing import Any

from election.claim import Claim, Standing
from election.council import Council, Ward
from election.share import NOTHING, share
from election.tally import open_tally
from schemas.council import CouncilOpened, OpenedWard
from schemas.council_result import CouncilDeclared
from schemas.ward import WardDeclared, WardStatus


def dump(council: Council) -> bytes:
    """Returns a council's state as JSON. Blocks for no one; the same state, the same bytes."""
    return json.dumps(
        {
            "council": council.council,
            "mode": council.mode,
            "version": council.version,
            "opened": _plain(council.opened),
            "opened_digest": council.opened_digest,
            "declared": _plain(council.declared),
            "wards": {
                ballot: [
                    _plain(ward.listed),
                    _plain(ward.declared),
                    _plain(ward.status),
                    ward.share.wards,
                ]
                for ballot, ward in council.wards.items()
            },
            "settled_at": council.settled_at,
            "standing": [[*key, *each] for key, each in council.standing.items()],
        },
        separators=(",", ":"),
    ).encode()


def _plain(
    fact: CouncilOpened | CouncilDeclared | OpenedWard | WardDeclared | WardStatus | None,
) -> Any:
    return None if fact is None else fact.model_dump(mode="json", exclude_defaults=True)


def load(state: bytes) -> Council:
    """Returns the council that `dump` wrote. Raises ValueError for any other bytes."""
    held = json.loads(state)
    opened = held["opened"] and _load(CouncilOpened, held["opened"])
    wards = {}
    for ballot, (listed, declared, status, counts) in held["wards"].items():
        ward = Ward(
            listed and _load(OpenedWard, listed),
            declared and _load(WardDeclared, declared),
            status and _load(WardStatus, status),
        )
        counted = NOTHING
        if counts:
            counted = share(ward.listed, ward.declared, ward.status, opened.electoral_system)
        wards[ballot] = Ward(ward.listed, ward.declared, ward.status, counted)
    return Council(
        council=held["council"],
        mode=held["mode"],
        version=held["version"],
        opened=opened,
        opened_digest=held["opened_digest"],
        declared=held["declared"] and _load(CouncilDeclared, held["declared"]),
        wards=wards,
        tally=opened and open_tally(opened, (ward.share for ward in wards.values())),
        settled_at=held["settled_at"],
        standing={
            (kind, subject): Standing(Claim(*claim), alert_id, text)
            for kind, subject, claim, alert_id, text in held["standing"]
        },
    )


def _load(model: Any, fact: Any) -> Any:
    return model.model_validate_json(json.dumps(fact))
