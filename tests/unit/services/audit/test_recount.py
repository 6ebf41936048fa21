"""The recount leaves out what the aggregator has on record as broken."""

from __future__ import annotations

from aiokafka.structs import ConsumerRecord

from election.snapshot import dump
from election.totals import council_totals
from election.ward_totals import ward_totals
from schemas.events import Event, encode_event
from services.audit.difference import council_differences
from services.audit.recount import Recount
from services.audit.stored import StoredCouncil
from services.following.decode import Record
from services.following.step import ON_RECORD
from services.platform.partitioner import partition_of
from tests.support.polls import COUNCIL, ballot, folded, opened, ward, won

PARTITION = partition_of(COUNCIL, 8)
NIGHT = [opened(ward("ash"), ward("beech")), won("ash", "PP53"), won("beech", "PP52")]


def record(offset: int, event: Event) -> Record:
    """Returns the record that an event stands in."""
    key, value = event.council.encode(), encode_event(event)
    return ConsumerRecord(
        "rehearsal.declarations", PARTITION, offset, 0, 0, key, value, None, 0, 0, ()
    )


def test_what_is_on_record_as_broken_is_not_counted_though_it_could_be() -> None:
    """Redis and the alerts are compared with what was decided, not with what this version can."""
    recount = Recount(8, broken={(PARTITION, 1)})
    steps = [recount.add_event(record(place, event), event) for place, event in enumerate(NIGHT)]

    assert recount.councils[COUNCIL].council == folded(NIGHT[0], NIGHT[2])
    assert recount.rejects == {(PARTITION, 1): "broken"}
    assert steps[1].rejection is not None
    assert steps[1].rejection.detail == ON_RECORD


def test_sent_again_it_counts_at_its_new_place() -> None:
    """The record is of a place in the log, not of a message."""
    recount = Recount(8, broken={(PARTITION, 1)})
    for place, event in enumerate([*NIGHT, NIGHT[1]]):
        recount.add_event(record(place, event), event)

    assert recount.councils[COUNCIL].council == folded(NIGHT[0], NIGHT[2], NIGHT[1])


def test_what_is_kept_and_does_not_count_is_among_the_rejects() -> None:
    """It changes its council and is on the topic of rejects as well."""
    recount = Recount(8)
    events = [*NIGHT, won("elm", "PP52"), won("ash", "PP52", revision=2, correction=None)]
    steps = [recount.add_event(record(place, event), event) for place, event in enumerate(events)]

    assert recount.rejects == {(PARTITION, 3): "parked"}
    assert steps[3].changed
    assert recount.councils[COUNCIL].offset == 4


def test_what_cannot_be_right_is_rejected_and_changes_nothing() -> None:
    """The reason tells it from what merely differs."""
    recount = Recount(8)
    opening = opened(ward("ash", 1, {"PP52": 1}))
    for place, event in enumerate([opening, won("ash", "PP53")]):
        step = recount.add_event(record(place, event), event)

    assert recount.rejects == {(PARTITION, 1): "contradiction"}
    assert not step.changed


def test_redis_has_no_ward_that_the_council_does_not_list() -> None:
    """A difference is told for one that is there, and none for one that is not."""
    recount = Recount(8)
    for place, event in enumerate([*NIGHT, won("elm", "PP52")]):
        recount.add_event(record(place, event), event)
    counted = recount.councils[COUNCIL]
    assert counted.council is not None
    totals = council_totals(counted.council)
    assert totals is not None
    wards = {
        name: ward_totals(counted.council, name).model_dump_json().encode()
        for name in counted.council.wards
    }
    found = StoredCouncil(
        version=counted.council.version,
        offset=counted.offset,
        partition=PARTITION,
        state=dump(counted.council),
        totals=totals.model_dump_json().encode(),
        wards=wards,
        alerts=tuple(alert.model_dump_json().encode() for alert in counted.alerts),
    )
    listed = {name: each for name, each in wards.items() if "elm" not in name}

    assert list(council_differences(COUNCIL, counted, found._replace(wards=listed))) == []
    assert [str(each) for each in council_differences(COUNCIL, counted, found)] == [
        f"ward: {ballot('elm')}: in Redis, but the council does not list it"
    ]
