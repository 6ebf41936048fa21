"""Origins: what an alert carries beside its content, and what is measured by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from services.platform.origin import (
    FEED_MS,
    FEED_TRACEPARENT,
    Origin,
    arrived,
    of_entry,
    of_message,
    traceparent_of,
)

TRACEPARENT = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
MS = 1_400_000_000_123


def measured(at: str) -> tuple[float, float]:
    """Returns how many were measured, and their seconds in all."""
    count, total = (
        REGISTRY.get_sample_value(f"livecount_declaration_seconds_{name}", {"at": at}) or 0.0
        for name in ("count", "sum")
    )
    return count, total


@pytest.mark.parametrize("origin", [Origin(MS), Origin(MS, TRACEPARENT)])
def test_an_origin_comes_back_from_headers_and_from_a_feed(origin: Origin) -> None:
    """As it was, traced or not."""
    fields = {FEED_MS: str(origin.declaration_ms), FEED_TRACEPARENT: origin.traceparent}
    entry = {name.encode(): value.encode() for name, value in fields.items() if value}

    assert of_message([("ce_id", b"1"), *origin.headers()]) == origin
    assert of_entry(entry) == origin
    assert traceparent_of(origin.headers()) == origin.traceparent


@given(st.lists(st.tuples(st.sampled_from(["ce_declarationms", "traceparent"]), st.binary())))
def test_headers_of_strangers_never_raise(headers: list[tuple[str, bytes]]) -> None:
    """What cannot be read is no origin, and is told all the same."""
    found = of_message(headers)

    assert found is None or found.declaration_ms >= 0
    assert traceparent_of(headers) in {
        "",
        *(value.decode("utf-8", "replace") for _, value in headers),
    }


def test_a_message_from_before_has_no_origin() -> None:
    """Then nothing is measured."""
    before = measured("page")
    arrived("page", of_message([("ce_id", b"1")]), MS / 1_000)

    assert of_message([("ce_id", b"1")]) is None
    assert measured("page") == before


@pytest.mark.parametrize(("later_s", "expected_s"), [(1.5, 1.5), (600.0, 600.0), (-3.0, 0.0)])
def test_news_is_measured_from_kafkas_time_of_the_declaration(
    later_s: float, expected_s: float
) -> None:
    """After an outage that is minutes; a clock that is behind the broker's gives none."""
    count, total = measured("channel")
    arrived("channel", Origin(MS), MS / 1_000 + later_s)

    assert measured("channel")[0] == count + 1
    assert measured("channel")[1] - total == pytest.approx(expected_s, abs=1e-5)
