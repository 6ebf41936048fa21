"""An engine: something that does the job. No client library is needed to know them by name."""

from __future__ import annotations

from dataclasses import dataclass

from services.platform.accounts import ADMIN


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that does the job: its name, how it is started, and what it is built on.

    livecount's services have their own account of Kafka and Redis, as ever; the peers have the
    administrator's, which is not slower.
    """

    name: str
    title: str
    arguments: tuple[str, ...]
    packages: tuple[str, ...]
    account: str = ADMIN


def service(name: str) -> Engine:
    """Returns one of livecount's services."""
    return Engine(name, name, ("-m", "services.cli", name, "run"), (), account=name)


def peer(name: str, title: str, *packages: str, module: str = "", extra: str = "") -> Engine:
    """Returns an engine of `benchmarks.engines`."""
    arguments = ("-m", f"benchmarks.engines.{module or name}", *([extra] if extra else []))
    return Engine(name, title, arguments, packages)


LIVECOUNT = Engine(
    "livecount",
    "livecount",
    ("-m", "services.cli", "aggregator", "run"),
    ("faust-streaming", "aiokafka", "redis"),
    account="aggregator",
)
PEERS = (
    peer("faust_naive", "Faust, naive", "faust-streaming", "aiokafka"),
    peer("faust_batched", "Faust, noack_take", "faust-streaming", "aiokafka"),
    peer(
        "faust_documented",
        "livecount on documented Faust only",
        "faust-streaming",
        "aiokafka",
        "redis",
    ),
    peer("aiokafka_getmany", "aiokafka, getmany", "aiokafka"),
    peer("confluent_consume", "confluent-kafka, consume", "confluent-kafka"),
    peer("quix", "Quix Streams", "quixstreams", "confluent-kafka"),
    peer("faststream_batch", "FastStream, batch", "faststream", "aiokafka"),
    peer(
        "confluent_lean",
        "confluent-kafka, livecount's outputs",
        "confluent-kafka",
        module="confluent_consume",
        extra="--lean",
    ),
)
ECHO = peer("echo", "aiokafka echo, no work", "aiokafka")
