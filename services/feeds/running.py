"""Running: a feed as a process, with its night, its key, its health, and an end."""

from __future__ import annotations

import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from readers.night import read_places
from readers.said import SaidReader
from services.feeds.asking import PATIENCE, Asking
from services.feeds.door import TIMEOUT_S, WAIT_MAX_S, Door
from services.feeds.feed import Feed
from services.feeds.piece import Source
from services.feeds.report import Report
from services.feeds.words import Words
from services.platform.health import Health, health_endpoint
from services.platform.mode import namespace_mode
from services.platform.polite import PoliteClient
from services.platform.settings import Settings

FOLDER_EVERY_S: Final = 1.0
"""Seconds between two looks at a folder: a file is read a second after it was written."""

STALL_TIMEOUT_S: Final = PATIENCE.answer_s_max + PATIENCE.read_timeout_s + TIMEOUT_S + WAIT_MAX_S
"""A feed that has done nothing for so long is stuck: it is longer than each of its waits."""

_BEAT_S: Final = 5.0

_log = structlog.get_logger()


class ContactError(ValueError):
    """Nobody is named who asks; the message says how to."""


def night_reader(folder: Path, settings: Settings) -> SaidReader:
    """Returns a reader beside the files of a night. Raises UnusableFilesError."""
    councils, standing, results = (
        folder / name for name in ("councils.csv", "standing.csv", "results.csv")
    )
    places = read_places(councils, standing, results, settings.parties_file)
    return SaidReader(places, namespace_mode(settings.namespace))


@contextmanager
def asking(settings: Settings) -> Iterator[Asking]:
    """Gives a client of public addresses for as long as the context lasts.

    Raises ContactError if the settings do not name who asks.
    """
    if not settings.fetch_contact:
        what = "not set; say who asks, such as desk@newsroom.example"
        raise ContactError(f"LIVECOUNT_FETCH_CONTACT: {what}")
    who = f"livecount ({settings.fetch_contact})"
    with PoliteClient(who, PATIENCE) as client:
        yield Asking(client, settings.feed_every_s, time.monotonic)


def run(source: Source, reader: SaidReader, settings: Settings, every_s: float) -> None:
    """Feeds intake until the process is told to end, which it may be at any moment.

    Raises OSError if the port of health and metrics is taken.
    """
    # Nothing has to be finished: what intake has not acknowledged is read and sent again.
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    health = Health(STALL_TIMEOUT_S)

    def rest(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            health.beat()
            time.sleep(min(left, _BEAT_S))
        health.beat()

    door = Door(settings.feed_intake_url, settings.feed_token, secrets.token_hex(8), rest)
    report = Report(health, reader.places.councils, lambda: datetime.now(UTC))
    with ExitStack() as stack:
        stack.enter_context(health_endpoint(settings.metrics_host, settings.metrics_port, health))
        stack.enter_context(door)
        health.ready()
        _log.info(
            "feeding", intake=settings.feed_intake_url, councils=len(reader.places.councils.all)
        )
        Feed(source, Words(time.monotonic), door, report).run(_every(rest, every_s))


def _every(rest: Callable[[float], None], seconds: float) -> Callable[[], None]:
    return lambda: rest(seconds)


def _end(*_: object) -> None:
    sys.exit(0)
