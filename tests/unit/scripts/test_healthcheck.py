"""The health check of containers: what it asks, and when it ends a service."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scripts.healthcheck import check
from tests.support.checkout import CHECKOUT

TIMEOUT_S = 0.2


@contextmanager
def service(statuses: Mapping[str, int]) -> Iterator[str]:
    """Serves a status for each path inside the context, which yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses[self.path])
            self.end_headers()
            self.wfile.write(b"waiting for Kafka\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield str(server.server_port)
        server.shutdown()


def asked(environment: Mapping[str, str], *arguments: str) -> tuple[int, int]:
    """Returns the exit status, and how often the service was ended."""
    ended: list[None] = []
    status = check(arguments, environment, lambda: ended.append(None), TIMEOUT_S)
    return status, len(ended)


def test_a_service_that_is_ready_is_healthy() -> None:
    """At its own port if it has one, else at that of its metrics."""
    with service({"/health/ready": 200}) as port:
        assert asked({"LIVECOUNT_METRICS_PORT": port}) == (0, 0)
        assert asked({"LIVECOUNT_METRICS_PORT": port}, "aggregator") == (0, 0)
        own = {"LIVECOUNT_METRICS_PORT": "9", "LIVECOUNT_TICKER_PORT": port}
        assert asked(own, "ticker") == (0, 0)


def test_a_service_that_waits_for_another_is_unhealthy_and_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is not ready and says why, but it is live, so a restart would not help."""
    with service({"/health/ready": 503, "/health/live": 200}) as port:
        assert asked({"LIVECOUNT_METRICS_PORT": port}) == (1, 0)

    assert capsys.readouterr().out == "waiting for Kafka\n"


def test_a_service_that_makes_no_progress_is_ended() -> None:
    """It says itself, again and again, that it is not live."""
    with service({"/health/ready": 503, "/health/live": 503}) as port:
        assert asked({"LIVECOUNT_METRICS_PORT": port}) == (1, 1)


def test_a_service_that_takes_connections_and_says_nothing_is_ended() -> None:
    """As a process that was stopped does."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        assert asked({"LIVECOUNT_METRICS_PORT": port}) == (1, 1)


def test_a_service_that_does_not_listen_yet_is_left_alone() -> None:
    """It starts, or has ended."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

    assert asked({"LIVECOUNT_METRICS_PORT": port}) == (1, 0)


def test_there_is_nothing_to_ask_without_a_port() -> None:
    """A command that ends by itself is healthy as long as it runs."""
    assert asked({}) == (0, 0)


def test_it_runs_with_nothing_but_python() -> None:
    """As in the image, where it imports nothing of livecount."""
    script = CHECKOUT / "scripts" / "healthcheck.py"

    assert subprocess.run([sys.executable, "-IS", script], env={}, check=False).returncode == 0
