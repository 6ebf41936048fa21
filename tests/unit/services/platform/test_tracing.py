"""Traces that are off, and the settings that switch them on."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from services.platform import tracing
from services.platform.settings import Settings
from tests.support.checkout import CHECKOUT

SERVICES = (
    "services.intake.server",
    "services.aggregator.service",
    "services.notifier.service",
    "services.push.service",
    "services.ticker.server",
)


def test_without_a_collector_no_service_loads_what_makes_and_sends_spans() -> None:
    """They take memory and time only if they are asked for.

    Of the SDK, redis-py loads the metrics whenever they are installed.
    """
    program = f"import sys, {', '.join(SERVICES)}\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()

    assert set(SERVICES) <= set(loaded)
    heavy = (
        "services.platform.collector",
        "opentelemetry.sdk.trace",
        "opentelemetry.exporter",
        "google.protobuf",
    )
    assert [name for name in loaded if name.startswith(heavy)] == []


def test_without_a_collector_nothing_is_begun() -> None:
    """Nothing gets a header, and what is begun is the same nothing each time."""
    with tracing.tracing(Settings(), "intake"):
        span = tracing.begin("POST", "server", ["00-" + "a" * 32 + "-" + "b" * 16 + "-01"])

        assert not tracing.is_on()
        assert span is tracing.NO_SPAN
        assert span.traceparent == ""
        span.mark("something")
        span.end("failed")


@pytest.mark.parametrize(
    "url",
    [
        "collector:4318",
        "ftp://collector:4318",
        "http://",
        "http://user:open-sesame@collector:4318",
        "http://collector:4318/?token=open-sesame",
        "http://[collector",
    ],
)
def test_an_address_that_is_no_collectors_is_refused(url: str) -> None:
    """The error names the setting and a remedy, and shows no secret that may be in it."""
    with pytest.raises(ValidationError, match="traces_url") as refused:
        Settings(traces_url=url)

    assert "http://127.0.0.1:4318" in str(refused.value)
    assert "open-sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("", ""),
        ("http://127.0.0.1:4318/", "http://127.0.0.1:4318"),
        ("https://collector.example/otlp", "https://collector.example/otlp"),
    ],
)
def test_an_address_may_have_a_path(url: str, kept: str) -> None:
    """A slash at its end is nothing; without an address there are no traces."""
    assert Settings(traces_url=url).traces_url == kept
