"""Councils as they stand at some place of the log."""

from __future__ import annotations

from aiokafka.structs import ConsumerRecord

from schemas.envelope import Envelope, message_type
from schemas.events import Event, encode_event
from services.following.councils_so_far import CouncilsSoFar
from services.following.decode import Record
from services.platform.partitioner import partition_of
from tests.support.polls import COUNCIL, folded, opened, ward, won

OTHER = "local.loamshire.2026-05-07"
NIGHT = [opened(ward("ash"), ward("beech")), won("ash", "PP53"), won("beech", "PP52")]


def record(offset: int, event: Event) -> Record:
    """Returns the record that an event stands in."""
    envelope = Envelope(id="test", source="/test", type=message_type(event.type))
    key, value = event.council.encode(), encode_event(event)
    partition = partition_of(event.council, 8)
    headers = tuple(envelope.headers())
    return ConsumerRecord(
        "rehearsal.declarations", partition, offset, 0, 0, key, value, None, 0, 0, headers
    )


def test_the_councils_are_those_of_the_rules_as_far_as_the_log_was_read() -> None:
    """Each step has its council before and after, and the place is known."""
    so_far = CouncilsSoFar(8)
    steps = [so_far.add(record(place, event)) for place, event in enumerate(NIGHT)]

    assert so_far.councils == {COUNCIL: folded(*NIGHT)}
    assert so_far.read_to == {partition_of(COUNCIL, 8): 3}
    assert (steps[2].before, steps[2].after) == (folded(*NIGHT[:2]), folded(*NIGHT))


def test_of_too_many_councils_the_one_changed_least_recently_is_left_out() -> None:
    """Nothing more is said of it, rather than something that leaves out what came before."""
    so_far = CouncilsSoFar(8, councils_max=1)
    elsewhere = opened(ward("oak")).model_copy(update={"council": OTHER, "wards": ()})
    so_far.add(record(0, NIGHT[0]))
    so_far.add(record(1, elsewhere))
    step = so_far.add(record(2, NIGHT[1]))

    assert set(so_far.councils) == {OTHER}
    assert (so_far.is_left_out(COUNCIL), so_far.is_left_out(OTHER)) == (True, False)
    assert not step.changed
