"""Push fan-out: from an alert until the last of many browsers' messages was accepted.

Everybody follows one council. The push service is another process on this machine, which accepts
at once and reads nothing; on two cores it takes part of the time. The browsers' messages are
encrypted for each, as always.

    python -m benchmarks.push_fanout --browsers 10000 --alerts 5
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid.utils import b64urlencode

from benchmarks.engine import service
from benchmarks.machine import machine
from benchmarks.running import Running
from benchmarks.waiting import answers, until
from schemas.alert import Alert
from schemas.envelope import content_id
from schemas.push_subscription import Following, PushSubscription
from services.platform import kafka
from services.platform.names import Topics
from services.platform.namespace import remove
from services.platform.settings import Settings
from services.platform.stack.ports import free_ports
from services.platform.stack.stack import Stack
from services.platform.topics import create_topics
from services.push.vapid import new_private_key

COUNCIL: Final = "local.barnet.2014-05-22"
KEYS: Final = 200
"""Different pairs of keys; making one takes as long as encrypting a message."""

SERVER: Final = """
import asyncio, sys, time
taken, last = 0, 0.0
async def serve(reader, writer):
    global taken, last
    try:
        while True:
            head = (await reader.readuntil(b"\\r\\n\\r\\n")).lower()
            if head.startswith(b"get"):
                body = b"%d %.6f" % (taken, last)
                head = b"HTTP/1.1 200 OK\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body)
                writer.write(head + body)
                continue
            length = int(head.partition(b"content-length:")[2].partition(b"\\r\\n")[0])
            await reader.readexactly(length)
            taken, last = taken + 1, time.time()
            writer.write(b"HTTP/1.1 201 Created\\r\\ncontent-length: 0\\r\\n\\r\\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""
"""The push service: it counts what it accepts, and says when the last came."""


def subscriptions(number: int, origin: str) -> list[PushSubscription]:
    """Returns browsers that follow the council's calls."""
    keys = []
    for _ in range(KEYS):
        point = ec.generate_private_key(ec.SECP256R1()).public_key()
        raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys.append((b64urlencode(raw), b64urlencode(secrets.token_bytes(16))))
    return [
        PushSubscription(
            endpoint=f"{origin}/{each}-{'x' * 150}",
            p256dh=keys[each % KEYS][0],
            auth=keys[each % KEYS][1],
            following=(Following(about=COUNCIL, kinds=("calls",)),),
            at=datetime.now(UTC),
        )
        for each in range(number)
    ]


def an_alert(number: int) -> Alert:
    """Returns a call of the council, with a paragraph of the usual length."""
    return Alert(
        id=content_id(f"alert {number}".encode()),
        kind="control",
        action="raise",
        election="local.2014-05-22",
        council=COUNCIL,
        name="Barnet",
        mode="rehearsal",
        text="CON HOLD Barnet: 32 of 63.",
        paragraph="The Conservatives have held Barnet. " * 8,
    )


async def measure(
    settings: Settings, running: Running, push: str, service_url: str, asked: argparse.Namespace
) -> dict[str, Any]:
    """Returns the figures of one run."""
    times, memory, cpu_s = [], [], []
    producer = kafka.producer(settings, "bench")
    async with httpx.AsyncClient(trust_env=False, timeout=30.0) as client:
        await until(lambda: answers(client, f"{push}/health/ready"), "push's start")
        await producer.start()
        idle = running.sample().memory_peak_bytes
        for number in range(asked.alerts + 1):
            alert = an_alert(number)
            began = time.time()
            await producer.send_and_wait(
                Topics(settings.namespace).alerts,
                alert.model_dump_json().encode(),
                key=COUNCIL.encode(),
            )
            wanted, last = (number + 1) * asked.browsers, 0.0
            while True:
                running.check()
                taken, _, at = (await client.get(service_url)).text.partition(" ")
                if int(taken) >= wanted:
                    last = float(at)
                    break
                await asyncio.sleep(0.2)
            # The first fan-out opens the connections.
            if number:
                times.append(last - began)
            usage = running.sample()
            memory.append(usage.memory_peak_bytes)
            cpu_s.append(usage.cpu_s[""])
        await producer.stop()
    return {
        "browsers": asked.browsers,
        "alerts": len(times),
        "last_accepted_s": {
            "median": round(statistics.median(times), 2),
            "least": round(min(times), 2),
            "most": round(max(times), 2),
        },
        "a_second": round(asked.browsers / statistics.median(times)),
        "processor_ms_each": round(
            1_000 * (cpu_s[-1] - cpu_s[0]) / (len(times) * asked.browsers), 2
        ),
        "memory_peak_mb": {"before": idle >> 20, "after": max(memory) >> 20},
    }


async def run(stack: Stack, logs: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Returns the figures, on a namespace of its own."""
    settings = stack.endpoints.settings(namespace=f"bench-{secrets.token_hex(4)}")
    service_port, push_port = free_ports(2, random.SystemRandom())
    service_url = f"http://127.0.0.1:{service_port}"
    await create_topics(settings)
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(service_port))
    try:
        producer = kafka.producer(settings, "bench")
        await producer.start()
        topic = Topics(settings.namespace).subscriptions
        for each in subscriptions(asked.browsers, service_url):
            await producer.send(topic, each.model_dump_json().encode(), key=each.id.encode())
        await producer.flush()
        await producer.stop()
        environment = {
            "LIVECOUNT_PUSH_PORT": str(push_port),
            "LIVECOUNT_PUSH_CONTACT": "mailto:bench@example.org",
            "LIVECOUNT_PUSH_PRIVATE_KEY": new_private_key(),
            "LIVECOUNT_PUSH_SERVICES": service_url,
        }
        began = time.monotonic()
        log = logs / "push.log"
        with Running(service("push"), settings, log, environment=environment) as running:
            found = await measure(
                settings, running, f"http://127.0.0.1:{push_port}", service_url, asked
            )
        return {**found, "run_s": round(time.monotonic() - began, 1)}
    finally:
        server.kill()
        await server.wait()
        await remove(settings)


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, default=10_000, help="subscribed to one council")
    parser.add_argument("--alerts", type=int, default=5, help="alerts that are measured")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="livecount-bench-") as name:
        logs = Path(name)
        with Stack(logs / "stack") as stack:
            figures = asyncio.run(run(stack, logs, asked))
    print(json.dumps({"machine": machine(), "load_before": round(load, 2), **figures}, indent=2))


if __name__ == "__main__":
    main()
