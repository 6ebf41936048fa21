"""The feed of a past night as the aggregator writes it, without Redis, at times of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator

from election.council import Council
from election.fold import apply
from election.totals import council_totals
from election.ward_totals import ward_totals
from readers.night import load_night
from services.ticker.feed.entry import Entry

BEGIN_MS = 1_620_334_805_000
"""The time of the first entry: five seconds after the polls of 6 May 2021 closed."""


def fed(name: str, apart_ms: int = 6_000) -> Iterator[Entry]:
    """Yields the entries of a night whose councils are counted side by side, in a fixed order.

    Openings come a millisecond apart, and declarations `apart_ms` milliseconds.
    """
    night = load_night(name)
    declarations = list(night.on_the_night)
    random.Random(1).shuffle(declarations)
    councils: dict[str, Council] = {}
    time_ms = BEGIN_MS
    for number, event in enumerate([*night.openings, *declarations]):
        council, effects = apply(event, councils.get(event.council))
        councils[event.council] = council
        said = [("ward", ward_totals(council, ballot)) for ballot in effects.ballots]
        totals = council_totals(council)
        everything = [*said, *([("totals", totals)] if totals else [])]
        everything += [("alert", alert) for alert in effects.alerts]  # type: ignore[misc]
        for place, (kind, model) in enumerate(everything):
            assert model is not None
            fields = {
                b"type": kind.encode(),
                b"council": event.council.encode(),
                b"data": model.model_dump_json().encode(),
            }
            yield Entry.read(f"{time_ms}-{place}".encode(), fields)
        time_ms += 1 if number < len(night.openings) else apart_ms
