"""Samples of a running stack: what each process, Redis and Kafka take at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from services.platform.names import Keys
from services.platform.topic_log import Log

Sample = dict[str, float]
"""Figures by name. Names begin with whose they are: `aggregator memory_bytes`."""

CLIENTS = "livecount_ticker_stream_clients"


def process_sample(name: str, pid: int) -> Sample:
    """Returns a process's resident bytes, open files and threads.

    Raises FileNotFoundError if it has ended.
    """
    proc = Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line
    )
    return {
        f"{name} memory_bytes": int(status["VmRSS"].split()[0]) * 1_024,
        f"{name} files": sum(1 for _ in (proc / "fd").iterdir()),
        f"{name} threads": int(status["Threads"]),
    }


async def redis_sample(redis: Redis, keys: Keys, election: str) -> Sample:
    """Returns Redis's bytes, its keys, and the entries of the election's feed.

    Alerts of councils are a list that nothing is removed from, so they are told apart.
    """
    used = (await redis.info("memory"))["used_memory"]
    councils: Any = await redis.smembers(keys.councils(election))
    alerts = [keys.alerts(each.decode()) for each in councils]
    async with redis.pipeline(transaction=False) as pipeline:
        for each in alerts:
            # Of every element, as their sizes differ.
            pipeline.memory_usage(each, samples=0)
        for each in alerts:
            pipeline.llen(each)
        answers = await pipeline.execute()
    alerts_bytes = sum(each or 0 for each in answers[: len(alerts)])
    return {
        "redis used_bytes_without_alerts": used - alerts_bytes,
        "redis alerts_bytes": alerts_bytes,
        "redis alerts": sum(answers[len(alerts) :]),
        "redis keys": await redis.dbsize(),
        "redis feed_entries": await redis.xlen(keys.feed(election)),
    }


def kafka_sample(directory: Path, namespace: str) -> Sample:
    """Returns the bytes of each topic's log in a broker's directory, and of all."""
    found: Sample = {"kafka log_bytes": 0}
    for file in directory.glob(f"{namespace}.*/*.log"):
        topic = file.parent.name.rpartition("-")[0].removeprefix(f"{namespace}.")
        name = f"kafka log_bytes of {topic}"
        try:
            size = file.stat().st_size
        except FileNotFoundError:
            # Kafka removes segments that it has compacted.
            continue
        found[name] = found.get(name, 0) + size
        found["kafka log_bytes"] += size
    return found


async def lag_sample(log: Log) -> Sample:
    """Returns how many messages each group has not committed yet."""
    of_group = {
        "aggregator": log.topics.declarations,
        "nation": log.topics.night,
        "notifier": log.topics.alerts,
    }
    found: Sample = {}
    for service, topic in of_group.items():
        # What is committed is asked first, so that the lag is never below what it is.
        committed = await log.committed(service, topic)
        ends = await log.ends(topic)
        found[f"{service} lag"] = sum(end - committed.get(each, 0) for each, end in ends.items())
    return found


async def clients_sample(client: httpx.AsyncClient, metrics_port: int) -> Sample:
    """Returns how many event streams the ticker says it has."""
    text = (await client.get(f"http://127.0.0.1:{metrics_port}/metrics")).text
    line = next(each for each in text.splitlines() if each.startswith(CLIENTS))
    return {"ticker clients": float(line.split()[-1])}


def processes_sample(pids: Mapping[str, int]) -> Sample:
    """Returns the figures of several processes."""
    found: Sample = {}
    for name, pid in pids.items():
        found |= process_sample(name, pid)
    return found
