"""The recount leaves out what the aggregator has on record as broken."""

from __future__ import annotations

from aiokafka.structs import ConsumerRecord

from schemas.events import Event, encode_event
from services.audit.decode import Record
from services.audit.recount import ON_RECORD, Recount
from services.platform.partitioner import partition_of
from tests.support.polls import COUNCIL, folded, opened, ward, won

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
