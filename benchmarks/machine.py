"""Machine: what a measurement was made on, and with which versions."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from services.platform.stack.kafka_jars import KAFKA_VERSION

PACKAGES = (
    "faust-streaming",
    "aiokafka",
    "confluent-kafka",
    "quixstreams",
    "faststream",
    "redis",
    "pydantic",
    "uvloop",
)


def machine() -> dict[str, Any]:
    """Returns processor, cores, memory and system."""
    processor = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_bytes": memory,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Returns the versions of Kafka and of every package that the engines are built on."""
    return {"Apache Kafka": KAFKA_VERSION} | {name: version(name) for name in PACKAGES}


def commit() -> str:
    """Returns the short id of the checkout's commit; blank if git cannot say it."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - git stands in different places
        capture_output=True,
        check=False,
        text=True,
    ).stdout.strip()
