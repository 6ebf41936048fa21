"""Nights of several sources that contradict each other, before the checker with their log."""

from __future__ import annotations

import json

import pytest

from checker.check import Log, check
from election.certificates.positions import Places, places_after, positioned
from election.council import Council
from election.fold import apply
from schemas.events import encode_event
from tests.chaos.rough_night import RoughNight

DECLARATIONS, COUNCILS = 3_000, 50


@pytest.mark.parametrize("seed", [7, 11])
def test_every_certificate_of_a_rough_night_holds_with_its_log(seed: int) -> None:
    """Notices come and go, and results stand that sources say in other words."""
    rough = RoughNight(seed, DECLARATIONS, COUNCILS, "x", at_the_bounds=False, of_sources=True)
    councils: dict[str, Council] = {}
    places: dict[str, Places] = {}
    certificates, lines = [], []
    for offset, event in enumerate(each.event for each in rough.parcels if each.event):
        before = councils.get(event.council)
        after, effects = apply(event, before)
        councils[event.council] = after
        known = places_after(places.get(event.council, {}), event, before, after, offset)
        places[event.council] = known
        certificates += [positioned(each, 0, known) for each in effects.certificates]
        value = encode_event(event).decode()
        lines.append(json.dumps({"partition": 0, "offset": offset, "value": value}))

    log = Log(lines)
    wrong = [check(json.loads(each.model_dump_json()), log)[0] for each in certificates]

    assert len(certificates) > COUNCILS
    assert [each for each in wrong if each] == []
