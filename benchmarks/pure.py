"""The pure fold: what one core can do without any I/O, and what a council costs in memory.

Run as `python -m benchmarks.pure speed N`, `sources N`, `scale COUNCILS` or `memory COUNCILS
WARDS`; each prints one JSON object, from a process of its own so that nothing is warm or full
before. Seconds are the process's own processor time, which other work on the machine affects least.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.load import Night, Place, declared, places
from benchmarks.messages import backlog, messages
from election.council import Council
from election.fold import apply
from election.snapshot import dump
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.events import Event, decode_event
from schemas.source import Trust
from schemas.ward import WardDeclared
from services.platform.garbage import collect_less_often

SCALE_DECLARATIONS = 5_000
SCALE_WARDS = 4


def run(*arguments: str | int) -> dict[str, Any]:
    """Returns the results of a measurement, made in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.pure", *map(str, arguments)],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        check=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def speed(declarations: int) -> dict[str, Any]:
    """Returns declarations a second: with decoding and validation, and only the fold."""
    load = [message.value for message in backlog(declarations)]
    start = time.process_time()
    _fold([decode_event(value) for value in load[: declarations // 2]])
    unaided_s = (time.process_time() - start) * 2
    collect_less_often()
    for value in load:
        # Ids are checked once and remembered; a night's are soon all known.
        decode_event(value)
    start = time.process_time()
    _fold([decode_event(value) for value in load])
    all_s = time.process_time() - start
    events = [decode_event(value) for value in load]
    start = time.process_time()
    councils = _fold(events)
    fold_s = time.process_time() - start
    return {
        "declarations": declarations,
        "decode_validate_fold_per_s": declarations / all_s,
        "fold_per_s": declarations / fold_s,
        "python_default_per_s": declarations / unaided_s,
        "decode_us": (all_s - fold_s) / declarations * 1e6,
        "fold_us": fold_s / declarations * 1e6,
        **_outputs(list(councils.values())),
    }


def _fold(events: list[Event]) -> dict[str, Council]:
    councils: dict[str, Council] = {}
    for event in events:
        councils[event.council], _ = apply(event, councils.get(event.council))
    return councils


def _outputs(councils: list[Council]) -> dict[str, float]:
    """Returns what each output costs, in microseconds: these come once a council and batch."""
    some = councils[:160]
    wards = [(council, ballot) for council in some for ballot in list(council.wards)[:3]]
    return {
        "totals_us": _each_us(lambda c: council_totals(c).model_dump_json(), some),  # type: ignore[union-attr]
        "state_us": _each_us(dump, some),
        "ward_us": _each_us(lambda each: ward_totals(*each).model_dump_json(), wards),
    }


def _each_us(make: Any, of: list[Any]) -> float:
    start = time.process_time()
    for each in of:
        make(each)
    return (time.process_time() - start) / len(of) * 1e6


def sources(declarations: int) -> dict[str, Any]:
    """Returns what the fold of one and the same night costs, by the trust of its one source.

    `none` is a night without sources. All but the results of wards are said by a source that is
    `final`, as only that may. `state_bytes` is what a council takes at the end.
    """
    events = [decode_event(message.value) for message in backlog(declarations)]
    collect_less_often()
    found: dict[str, Any] = {"declarations": declarations}
    trusts: tuple[Trust | None, ...] = (None, "final", "single", "second")
    for trust in trusts:
        said = [event if trust is None else _said(event, trust) for event in events]
        _fold(said)
        start = time.process_time()
        councils = _fold(said)
        found[trust or "none"] = {
            "fold_us": (time.process_time() - start) / declarations * 1e6,
            "state_bytes": sum(len(dump(each)) for each in councils.values()) / len(councils),
        }
    return found


def _said(event: Event, trust: Trust) -> Event:
    needed = trust if isinstance(event, WardDeclared) else "final"
    return event.model_copy(update={"source_id": "agency", "trust": needed})


def scale(councils: int) -> dict[str, Any]:
    """Returns what a declaration costs with so many councils in memory, in microseconds."""
    held, template = _held(councils, SCALE_WARDS)
    chance = random.Random(councils)  # noqa: S311 - a load to repeat, no secret
    # Two results of each ward that alternate, so that each correction changes as much as the last.
    pattern = [
        [message.value for message in messages(declared(template, ward, chance, 2) for _ in "ab")]
        for ward in template.wards
    ]
    revisions: dict[tuple[int, int], int] = {}
    values = []
    for number in range(SCALE_DECLARATIONS):
        place = chance.randrange(councils), number % SCALE_WARDS
        revision = revisions[place] = revisions.get(place, 1) + 1
        value = _renamed(pattern[place[1]][revision % 2], str(place[0]))
        # Each is newer than the last of its ward, so that none is ignored.
        values.append(value.replace(b'"revision":2', b'"revision":%d' % revision))
    for value in values:
        decode_event(value)
    collect_less_often()
    start = time.process_time()
    for value in values:
        event = decode_event(value)
        council, happened = apply(event, held[event.council])
        held[event.council] = council
        # As live, when a batch holds one declaration: nothing is saved by coalescing.
        _written(council, happened.ballots)
    elapsed = time.process_time() - start
    return {"councils": councils, "declaration_us": elapsed / len(values) * 1e6}


def _written(council: Council, ballots: tuple[str, ...]) -> None:
    found = council_totals(council)
    assert found is not None
    found.model_dump_json()
    dump(council)
    for ballot in ballots:
        ward_totals(council, ballot).model_dump_json()


def memory(councils: int, wards: int) -> dict[str, Any]:
    """Returns the resident bytes that so many declared councils of so many wards take."""
    before = _resident_bytes()
    held, _ = _held(councils, wards)
    return {
        "councils": councils,
        "wards": wards,
        "bytes": _resident_bytes() - before,
        "held": len(held),
    }


def _held(councils: int, wards: int) -> tuple[dict[str, Council], Place]:
    """Returns so many councils, opened and declared: one made-up council under many names.

    Each was written out once, as after its last batch, and holds what it keeps from that.
    """
    template = places(Night(2, wards))[1]
    chance = random.Random(wards)  # noqa: S311 - a load to repeat, no secret
    events = [template.opening, *(declared(template, ward, chance) for ward in template.wards)]
    values = [message.value for message in messages(events)]
    held: dict[str, Council] = {}
    for number in range(councils):
        for value in values:
            event = decode_event(_renamed(value, str(number)))
            held[event.council], _ = apply(event, held.get(event.council))
        _written(held[event.council], ())
    return held, template


def _renamed(value: bytes, name: str) -> bytes:
    return value.replace(b"shire-1.", b"shire-%s." % name.encode())


def _resident_bytes() -> int:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1_024


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    made = {"speed": speed, "sources": sources, "scale": scale, "memory": memory}[kind](
        *map(int, numbers)
    )
    print(json.dumps(made))
