"""The audit decodes records without the aggregator's code; both must agree."""

from __future__ import annotations

from types import SimpleNamespace

from schemas.reject import Reject
from services.aggregator.decode import decode
from services.following.decode import Rejection
from services.following.decode import decode as audit_decode
from services.platform.partitioner import partition_of
from tests.chaos.rough_night import RoughNight

PARTITIONS = 6


def test_audit_and_aggregator_read_a_rough_night_alike() -> None:
    """Every message of a night, and every kind of malformed one, is the same event or fault."""
    reasons = set()
    night = RoughNight(5, 6_000, 100, "chaos", at_the_bounds=True)
    for offset, parcel in enumerate(night.parcels):
        key = (parcel.key or b"local.council-0001.2026-05-07").decode()
        record = SimpleNamespace(
            topic="chaos.declarations",
            partition=partition_of(key, PARTITIONS),
            offset=offset,
            timestamp=0,
            key=parcel.key,
            value=parcel.value,
            headers=parcel.headers,
        )
        ours, theirs = decode(record, PARTITIONS), audit_decode(record, PARTITIONS)
        if isinstance(ours, Reject):
            assert isinstance(theirs, Rejection)
            assert ours.reason == theirs.reason
            reasons.add(theirs.reason)
        else:
            assert ours.event == theirs

    assert reasons == {"payload", "envelope", "key", "conflict", "too_large"}
