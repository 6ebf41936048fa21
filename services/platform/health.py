"""Whether a service lives and is ready, told over HTTP beside its metrics."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

STALL_TIMEOUT_S = 30.0
"""A service that has not come round for half a minute is stuck: its longest wait is ten seconds."""


class Health:
    """What a service says of itself. Written by its main loop, read by the endpoint's thread.

    It is live while `beat` is called again and again: a loop that is stuck falls silent, even
    where its process still answers. It is ready once it says so, until it says otherwise.
    """

    def __init__(
        self,
        stall_timeout_s: float = STALL_TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stall_timeout_s = stall_timeout_s
        self._clock = clock
        self._beaten_at = clock()
        self._waiting_for = "its start"

    def beat(self) -> None:
        """Says that the main loop has just come round. Cheap: call it at every turn."""
        self._beaten_at = self._clock()

    def ready(self) -> None:
        """Says that the service does its work from now on."""
        self._waiting_for = ""

    def not_ready(self, waiting_for: str) -> None:
        """Says what the service waits for before it can work, such as `Redis`."""
        self._waiting_for = waiting_for

    def live_fault(self) -> str:
        """Returns why the service does not count as live, or an empty string."""
        silent_s = self._clock() - self._beaten_at
        if silent_s > self._stall_timeout_s:
            return f"no progress for {silent_s:.0f} s, limit {self._stall_timeout_s:.0f} s"
        return ""

    def ready_fault(self) -> str:
        """Returns why the service is not ready, or an empty string."""
        if self._waiting_for:
            return f"waiting for {self._waiting_for}"
        return self.live_fault()


class _Quiet(WSGIRequestHandler):
    """Answers without a log line for each question."""

    # Seconds; one client that sends nothing may not keep the others waiting for ever.
    timeout = 5.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Writes nothing: probes come every few seconds."""


@contextmanager
def health_endpoint(host: str, port: int, health: Health) -> Iterator[int]:
    """Serves /metrics, /health/live and /health/ready while the context lasts; gives its port.

    Health answers 200 `ok`, or 503 and why. A thread of its own serves, so that the answer
    comes, and is honest, when the main loop is stuck. Port 0 serves nothing and gives 0. Raises
    OSError where the port is taken.
    """
    if port == 0:
        yield 0
        return
    metrics = make_wsgi_app()
    faults = {"/health/live": health.live_fault, "/health/ready": health.ready_fault}

    def answer(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environment["PATH_INFO"]
        if path == "/metrics":
            page: Iterable[bytes] = metrics(environment, start_response)
            return page
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        if path not in faults:
            start_response("404 Not Found", headers)
            return [b"try /metrics, /health/live or /health/ready\n"]
        fault = faults[path]()
        start_response("503 Service Unavailable" if fault else "200 OK", headers)
        return [f"{fault or 'ok'}\n".encode()]

    server = make_server(host, port, answer, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
