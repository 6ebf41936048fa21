"""A log from before there were sources, and what the rules made of it then.

`tests/unit/election/before_sources/` has both, as this module wrote them in a checkout of commit
c4eaeb5, the last one of which no event has a source:

    git worktree add ../before c4eaeb5
    cd ../before && PYTHONPATH=$PWD python <this file> <that folder>

They are never written anew: what was counted then has to be counted so for ever.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from election.snapshot import dump
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from services.audit.recount import Recount
from services.intake.message import prepare
from services.platform.partitioner import partition_of
from tests.chaos.rough_night import RoughNight

PARTITIONS = 6
DECLARATIONS, COUNCILS, SEED = 120, 3, 2028
VALUE_BYTES_MAX = 60_000
"""The night has messages of a megabyte, which are rejected for their length and teach nothing."""


def messages() -> list[dict[str, Any]]:
    """Returns a rough night and a past one, Barnet in 2014, as intake wrote them."""
    found = [
        (each.key, each.value, each.headers)
        for each in RoughNight(SEED, DECLARATIONS, COUNCILS, "chaos").parcels
    ]
    past = load_night("barnet-2014")
    for event in (*past.openings, *past.declarations):
        message = prepare(event, "chaos")
        found.append((message.key, message.value, message.headers))
    return [
        {
            "key": None if key is None else key.decode(),
            "headers": [[name, content.decode()] for name, content in headers],
            "value": value.decode(),
        }
        for key, value, headers in found
        if value and len(value) < VALUE_BYTES_MAX and b"\xff" not in value
    ]


def outcome(log: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns what became of each message, and how each council stands at the end, as JSON."""
    count = Recount(PARTITIONS)
    steps = []
    for offset, each in enumerate(log):
        key = each["key"] or "local.council-0001.2026-05-07"
        record = SimpleNamespace(
            topic="chaos.declarations",
            partition=partition_of(key, PARTITIONS),
            offset=offset,
            timestamp=1_778_185_800_000 + offset,
            key=None if each["key"] is None else each["key"].encode(),
            value=each["value"].encode(),
            headers=[(name, content.encode()) for name, content in each["headers"]],
        )
        step = count.add(record)
        alerts = step.effects.alerts if step.effects else ()
        reason = count.rejects.get((record.partition, record.offset))
        steps.append({"rejected": reason, "alerts": [alert.id for alert in alerts]})
    councils = {
        name: {
            "state": dump(counted.council).decode(),
            "totals": totals and totals.model_dump(mode="json"),
            "wards": {
                ballot: ward_totals(counted.council, ballot).model_dump(mode="json")
                for ballot in counted.council.wards
            },
            "alerts": [alert.model_dump(mode="json") for alert in counted.alerts],
        }
        for name, counted in count.councils.items()
        if counted.council is not None
        for totals in [council_totals(counted.council)]
    }
    return {"steps": steps, "councils": councils}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    made = messages()
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in made)
    (folder / "log.jsonl").write_text(lines, encoding="utf-8")
    text = json.dumps(outcome(made), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "outcome.json").write_text(text, encoding="utf-8")
