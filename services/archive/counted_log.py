"""An archived log counted by the rules: every council, and the alerts in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from election.certificates.positions import Places, places_after, positioned
from election.council import Council
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.alert import Alert
from schemas.certificate import Certificate
from schemas.ids import election_of
from services.archive.record import ArchivedRecord
from services.following.councils_so_far import CouncilsSoFar
from services.ticker.feed.election_state import CouncilState, ElectionState


@dataclass(slots=True)
class CountedLog:
    """What a log comes to. Alerts are in the order of the log, each with the time of its cause.

    Times are Kafka's, in milliseconds since 1970.
    """

    councils: Mapping[str, Council] = field(default_factory=dict)
    alerts: list[tuple[int, Alert]] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    declarations: int = 0
    not_counted: int = 0
    broken: int = 0
    last_at: dict[str, int] = field(default_factory=dict)


def count_log(records: Iterable[ArchivedRecord], partitions: int) -> CountedLog:
    """Returns what records of declarations come to; they are in order within each partition."""
    so_far = CouncilsSoFar(partitions)
    counted = CountedLog(so_far.councils)
    places: dict[str, Places] = {}
    for record in records:
        if record.is_broken:
            so_far.set_aside([(record.partition, record.offset)])
        step = so_far.add(record)
        counted.declarations += 1
        counted.broken += record.is_broken
        counted.not_counted += bool(step.why_aside)
        if step.changed and step.event is not None and step.effects is not None:
            council = step.event.council
            counted.last_at[council] = record.timestamp
            if step.after is not None:
                known = places.get(council, {})
                places[council] = places_after(
                    known, step.event, step.before, step.after, record.offset
                )
                counted.certificates += [
                    positioned(each, record.partition, places[council])
                    for each in step.effects.certificates
                ]
            counted.alerts += [(record.timestamp, alert) for alert in step.effects.alerts]
    return counted


def election_states(counted: CountedLog) -> list[ElectionState]:
    """Returns each election as the ticker would show it at the end of the log, latest first.

    Councils that were not opened are left out.
    """
    states: dict[str, ElectionState] = {}
    times: dict[str, int] = {}
    for name, council in sorted(counted.councils.items()):
        totals = council_totals(council)
        if totals is None:
            continue
        election = election_of(name)
        state = states.setdefault(election, ElectionState(election))
        times[election] = max(times.get(election, 0), counted.last_at.get(name, 0))
        listed = (ballot for ballot, ward in council.wards.items() if ward.contest is not None)
        wards = {
            ballot: ward_totals(council, ballot).model_dump_json().encode() for ballot in listed
        }
        state.councils[name] = CouncilState(totals.model_dump_json().encode(), wards)
    for at_ms, alert in counted.alerts:
        data = alert.model_dump_json().encode()
        state = states[alert.election]
        if alert.council is not None:
            state.councils[alert.council].alerts_json.append(data)
        state.alert_entries.append((_feed_id(at_ms), data))
    for election, state in states.items():
        state.at = _feed_id(times[election])
    return [states[election] for election in sorted(states, reverse=True)]


def _feed_id(at_ms: int) -> str:
    """Returns the id of an entry of the ticker's feed that was written at a time."""
    return f"{at_ms}-0"
