"""Start-up: from the start of each service to the first piece of work done; import times."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from redis import Redis

from benchmarks.bed import namespace, produce
from benchmarks.engine import LIVECOUNT, Engine
from benchmarks.librdkafka import librdkafka
from benchmarks.messages import Message, backlog, expected
from benchmarks.running import Running
from election.fold import apply
from schemas.events import decode_event
from services.platform.names import Keys, Topics
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack

POLL_S = 0.01
START_TIMEOUT_S = 60.0

IMPORTS = (
    "services.cli",
    "services.aggregator.service",
    "services.intake.server",
    "services.notifier.service",
    "services.ticker.app",
    "services.rehearsal.tally",
    "election.fold",
)


@dataclass(slots=True)
class Start:
    """How long a service took to its first piece of work, in seconds."""

    service: str
    seconds: float = 0.0
    fault: str | None = None

    def plain(self) -> dict[str, Any]:
        """Returns the start for JSON."""
        return asdict(self)


def measure(stack: Stack, logs: Path) -> list[Start]:
    """Returns one start of each service, each in a namespace of its own."""
    load = backlog(400)
    found = [
        _start(stack, logs, LIVECOUNT, load[:1], _counted(load[0])),
        _start(stack, logs, _service("notifier"), [], _delivered(), alert=_alert(load)),
    ]
    for name, setting, probe in (
        ("intake", "LIVECOUNT_INTAKE_PORT", _accepted(load[0])),
        ("ticker", "LIVECOUNT_TICKER_PORT", _shown),
    ):
        (port,) = free_ports(1, random.Random(time.time_ns()))  # noqa: S311 - a port
        engine = _service(name)
        found.append(
            _start(
                stack,
                logs,
                engine,
                [],
                lambda s, p=probe, n=port: p(s, n),
                extra={setting: str(port)},
            )
        )
    return found


def _service(name: str) -> Engine:
    return Engine(name, name, ("-m", "services.cli", name, "run"), (), account=name)


def _start(  # noqa: PLR0913 - what differs between the services
    stack: Stack,
    logs: Path,
    engine: Engine,
    load: list[Message],
    done: Callable[[Settings], bool],
    *,
    alert: Message | None = None,
    extra: dict[str, str] | None = None,
) -> Start:
    result = Start(engine.name)
    with namespace(stack) as settings:
        produce(settings, load)
        if alert is not None:
            producer = Producer(librdkafka(settings))
            producer.produce(
                Topics(settings.namespace).alerts, alert.value, alert.key, headers=alert.headers
            )
            producer.flush(30)
        log = logs / f"start-{engine.name}-{settings.namespace}.log"
        with Running(engine, settings, log, environment=extra or {}) as running:
            start = time.perf_counter()
            try:
                _until(done, settings, running)
            except (RuntimeError, TimeoutError) as error:
                result.fault = str(error)
            result.seconds = time.perf_counter() - start
    return result


def _until(done: Callable[[Settings], bool], settings: Settings, running: Running) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not done(settings):
        running.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not ready after {START_TIMEOUT_S:g} s")
        time.sleep(POLL_S)


def _counted(first: Message) -> Callable[[Settings], bool]:
    def done(settings: Settings) -> bool:
        redis = Redis.from_url(settings.redis_url.get_secret_value())
        key = Keys(settings.namespace).council(first.key.decode())
        return redis.hget(key, "version") is not None

    return done


def _alert(load: list[Message]) -> Message:
    """Returns the first alert that a load makes, as the aggregator publishes it."""
    councils: dict[str, Any] = {}
    for each in load:
        event = decode_event(each.value)
        councils[event.council], happened = apply(event, councils.get(event.council))
        if happened.alerts:
            alert = happened.alerts[0]
            headers = [(name, value) for name, value in each.headers if name != "ce_type"]
            headers = [(n, alert.id.encode() if n == "ce_id" else v) for n, v in headers]
            headers.append(("ce_type", b"livecount.alert.v1"))
            return Message(each.key, alert.model_dump_json().encode(), headers)
    raise ValueError(f"none of {expected(load).declarations} declarations makes an alert")


def _delivered() -> Callable[[Settings], bool]:
    consumers: list[Consumer] = []

    def done(settings: Settings) -> bool:
        # One client for all checks: connecting each time would take the processor from the service.
        if not consumers:
            consumers.append(Consumer({**librdkafka(settings), "group.id": "bench-start"}))
        place = TopicPartition(Topics(settings.namespace).deliveries, 0)
        return bool(consumers[0].get_watermark_offsets(place, timeout=5)[1])

    return done


def _accepted(message: Message) -> Callable[[Settings, int], bool]:
    def done(_: Settings, port: int) -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/declarations",
            data=message.value,
            headers={"content-type": "application/json"},
        )
        return _answers(request)

    return done


def _shown(_: Settings, port: int) -> bool:
    return _answers(urllib.request.Request(f"http://127.0.0.1:{port}/"))


def _answers(request: urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - only loopback
            return bool(answer.status < 300)
    except urllib.error.HTTPError as error:
        if error.code == 503:
            return False
        raise RuntimeError(f"{request.full_url}: {error.code} {error.read(500)!r}") from error
    except OSError:
        return False


def imports(repeats: int) -> dict[str, float]:
    """Returns how long each service's modules take to import, in seconds; medians."""
    return {
        module: statistics.median(_import_s(module) for _ in range(repeats)) for module in IMPORTS
    }


def _import_s(module: str) -> float:
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        check=True,
        text=True,
    )
    return float(done.stdout)
