"""Whether a service is live and ready, served over HTTP together with its metrics."""

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
"""A main loop that has not beaten for half a minute is stuck: its longest wait is ten seconds."""


class Health:
    """A service's own account of its health: its main loop writes, the endpoint's thread reads.

    The service is live as long as it keeps calling `beat`: a main loop that is stuck does not,
    even if its process still answers. It is ready from `ready` until `not_ready`. `remark` is what
    a service that is ready says besides, such as `broken: 2`; blank if there is nothing to say.
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
        self.remark = ""

    def beat(self) -> None:
        """Records that the main loop makes progress. Cheap: call it in every iteration."""
        self._beaten_at = self._clock()

    def ready(self) -> None:
        """Records that the service does its work from now on."""
        self._waiting_for = ""

    def not_ready(self, waiting_for: str) -> None:
        """Records what the service waits for before it can work, such as `Redis`."""
        self._waiting_for = waiting_for

    def live_fault(self) -> str:
        """Returns why the service is not live, or an empty string if it is."""
        silent_s = self._clock() - self._beaten_at
        if silent_s > self._stall_timeout_s:
            return f"no progress for {silent_s:.0f} s, limit {self._stall_timeout_s:.0f} s"
        return ""

    def ready_fault(self) -> str:
        """Returns why the service is not ready, or an empty string if it is."""
        if self._waiting_for:
            return f"waiting for {self._waiting_for}"
        return self.live_fault()


class _Quiet(WSGIRequestHandler):
    """Answers requests without logging them."""

    # In seconds. A client that sends nothing must not block the others for ever.
    timeout = 5.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Writes nothing: probes come every few seconds."""


@contextmanager
def health_endpoint(host: str, port: int, health: Health) -> Iterator[int]:
    """Serves /metrics, /health/live and /health/ready inside the context, which yields the port.

    Health answers 200 and `ok`, or 503 and the reason; a service that is ready adds its remark.
    It is served by a thread of its own, which answers even if the main loop is stuck. Port 0
    serves nothing and yields 0. Raises OSError if the port is taken.
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
        remark = f"; {health.remark}" if health.remark and path == "/health/ready" else ""
        return [f"{fault or f'ok{remark}'}\n".encode()]

    server = make_server(host, port, answer, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
