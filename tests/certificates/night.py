"""Certified nights: the certificates of a past night, with its alerts and its log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checker.check import Log
from election.certificates.positions import Places, places_after, positioned
from election.council import Council
from election.fold import apply
from readers.night import load_night
from schemas.events import Event, encode_event


@dataclass(frozen=True)
class CertifiedNight:
    """Certificates as JSON values, alerts by id, and the log that they follow from."""

    certificates: list[dict[str, Any]]
    alerts: dict[str, dict[str, Any]]
    lines: list[str]
    log: Log


def certified(events: Iterable[Event]) -> CertifiedNight:
    """Returns the certificates of events that are counted in their order, in one partition."""
    councils: dict[str, Council] = {}
    places: dict[str, Places] = {}
    certificates, alerts, lines = [], {}, []
    for offset, event in enumerate(events):
        before = councils.get(event.council)
        after, effects = apply(event, before)
        assert effects.failure is None
        councils[event.council] = after
        known = places_after(places.get(event.council, {}), event, before, after, offset)
        places[event.council] = known
        certificates += [
            json.loads(positioned(each, 0, known).model_dump_json())
            for each in effects.certificates
        ]
        alerts |= {each.id: json.loads(each.model_dump_json()) for each in effects.alerts}
        record = {"partition": 0, "offset": offset, "value": encode_event(event).decode()}
        lines.append(json.dumps(record))
    return CertifiedNight(certificates, alerts, lines, Log(lines))


def certified_night(name: str) -> CertifiedNight:
    """Returns the certificates of a night in `nights/`."""
    night = load_night(name)
    return certified((*night.openings, *night.declarations))
