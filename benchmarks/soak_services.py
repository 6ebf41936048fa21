"""The services of a soak: intake, aggregator, nation, notifier, ticker; and what verifies them."""

from __future__ import annotations

import asyncio
import random
import secrets
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine import LIVECOUNT, service
from benchmarks.running import CHECKOUT, Running, environment
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics

VERIFY_TIMEOUT_S = 3_600.0
"""How long the log may take to be counted again: 100,000 declarations take some 15 s."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where what runs listens."""

    intake: int
    ticker: int
    ticker_metrics: int
    webhook: int


@dataclass(frozen=True, slots=True)
class Services:
    """Running services, by name, and how they are reached."""

    settings: Settings
    running: Mapping[str, Running]
    ports: Ports


def started(folder: Path, stack: Stack, within: ExitStack) -> Services:
    """Returns services that run until `within` ends. Their logs are in the folder."""
    settings = stack.endpoints.settings(namespace=f"soak-{secrets.token_hex(4)}")
    asyncio.run(create_topics(settings))
    ports = Ports(*free_ports(4, random.SystemRandom()))
    channels = folder / "channels.toml"
    channels.write_text(
        f'[[channels]]\nname = "cms"\nwebhook = "http://127.0.0.1:{ports.webhook}/"\n'
        "rehearsal = true\n"
    )
    extra = {
        "intake": {"LIVECOUNT_INTAKE_PORT": str(ports.intake)},
        "notifier": {"LIVECOUNT_NOTIFIER_CHANNELS_FILE": str(channels)},
        "ticker": {
            "LIVECOUNT_TICKER_PORT": str(ports.ticker),
            "LIVECOUNT_METRICS_PORT": str(ports.ticker_metrics),
        },
    }
    engines = {"aggregator": LIVECOUNT}
    engines |= {each: service(each) for each in ("intake", "nation", "notifier", "ticker")}
    running = {
        name: within.enter_context(
            Running(engine, settings, folder / f"{name}.log", environment=extra.get(name, {}))
        )
        for name, engine in engines.items()
    }
    return Services(settings, running, ports)


def verify(settings: Settings) -> str:
    """Returns what `livecount verify` says, and with which status it ended if that is not 0."""
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "verify"],
        cwd=CHECKOUT,
        env=environment(settings, "audit"),
        capture_output=True,
        check=False,
        text=True,
        timeout=VERIFY_TIMEOUT_S,
    )
    # The summary comes last, after each difference; on the other stream are remarks of clients.
    said = (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2]
    return f"{said} (status {done.returncode})" if done.returncode else said
