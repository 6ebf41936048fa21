"""Health: a stuck service says so, and a service that waits says for what."""

from __future__ import annotations

import random
import socket
import urllib.error
import urllib.request

import pytest

from services.platform.health import PROBES_MAX, Health, health_endpoint
from services.platform.metrics import INTAKE_DECLARATIONS
from services.platform.stack.ports import free_ports


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def ask(port: int, path: str) -> tuple[int, str]:
    """Returns the status and text of an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_silent_loop_is_not_live() -> None:
    """A service whose loop has not come round in time is not live, and says for how long."""
    clock = Clock()
    health = Health(stall_timeout_s=30.0, clock=clock)
    health.ready()

    clock.now_s = 30.0
    assert (health.live_fault(), health.ready_fault()) == ("", "")

    clock.now_s = 31.0
    assert health.live_fault() == "no progress for 31 s, limit 30 s"
    assert health.ready_fault() == "no progress for 31 s, limit 30 s"

    health.beat()
    assert (health.live_fault(), health.ready_fault()) == ("", "")


def test_a_service_says_what_it_waits_for() -> None:
    """A service is not ready before it says so, nor while it waits for something."""
    health = Health()
    assert health.ready_fault() == "waiting for its start"

    health.ready()
    assert health.ready_fault() == ""

    health.not_ready("Redis")
    assert health.ready_fault() == "waiting for Redis"
    assert health.live_fault() == ""


def test_the_endpoint_answers_over_http() -> None:
    """Health is 200 or 503 with the reason; metrics are in Prometheus' text form."""
    health = Health()
    INTAKE_DECLARATIONS.labels("refused").inc()

    with health_endpoint("127.0.0.1", 0, health) as port:
        assert port == 0
    with health_endpoint("127.0.0.1", free_ports(1, random.Random())[0], health) as port:
        assert ask(port, "/health/live") == (200, "ok\n")
        assert ask(port, "/health/ready") == (503, "waiting for its start\n")
        health.ready()
        assert ask(port, "/health/ready") == (200, "ok\n")
        status, text = ask(port, "/metrics")
        assert status == 200
        assert 'livecount_intake_declarations_total{outcome="refused"}' in text
        assert ask(port, "/")[0] == 404

    with pytest.raises(urllib.error.URLError):
        ask(port, "/health/live")


def test_silent_probes_hold_up_no_other() -> None:
    """With more silent connections than threads a probe is answered."""
    health = Health()
    health.ready()
    with health_endpoint("127.0.0.1", free_ports(1, random.Random())[0], health) as port:
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(2 * PROBES_MAX)]
        silent[0].sendall(b"GET /health/live HT")
        assert ask(port, "/health/live") == (200, "ok\n")
        assert ask(port, "/health/ready") == (200, "ok\n")
        for each in silent:
            each.close()


def test_a_service_that_is_ready_may_add_a_remark() -> None:
    """It answers 200 and says more than `ok`; a service that is not ready says only why."""
    health = Health()
    with health_endpoint("127.0.0.1", *free_ports(1, random.Random(5)), health) as port:
        health.remark = "broken: 2"
        assert ask(port, "/health/ready") == (503, "waiting for its start\n")
        health.ready()

        assert ask(port, "/health/ready") == (200, "ok; broken: 2\n")
        assert ask(port, "/health/live") == (200, "ok\n")
