"""Whether a service is live and ready, served over HTTP together with its metrics."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from services.platform.metrics import READY

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

STALL_TIMEOUT_S = 30.0
"""A main loop that has not beaten for half a minute is stuck: its longest wait is ten seconds."""

PROBE_TIMEOUT_S = 5.0
"""How long one read of a probe's request may take; a probe sends it at once."""

PROBES_MAX = 64
"""Requests answered at the same time, each in a thread. If there are more, the one that has been
open longest is closed: a probe is answered within milliseconds, so that one is none."""


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
        self._lacking = ""
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

    def lacks(self, what: str) -> None:
        """Records what a service that works otherwise cannot reach, such as `Kafka`; '' if nothing.

        It is not ready for as long.
        """
        self._lacking = what

    def live_fault(self) -> str:
        """Returns why the service is not live, or an empty string if it is."""
        silent_s = self._clock() - self._beaten_at
        if silent_s > self._stall_timeout_s:
            return f"no progress for {silent_s:.0f} s, limit {self._stall_timeout_s:.0f} s"
        return ""

    def ready_fault(self) -> str:
        """Returns why the service is not ready, or an empty string if it is."""
        waiting_for = self._lacking or self._waiting_for
        if waiting_for:
            return f"waiting for {waiting_for}"
        return self.live_fault()


class _Quiet(WSGIRequestHandler):
    """Answers requests without logging them."""

    timeout = PROBE_TIMEOUT_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Writes nothing: probes come every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    """Answers every probe in a thread of its own, so that a silent one holds up no other."""

    daemon_threads = True
    # The threads of probes that are still silent are not waited for at the end.
    block_on_close = False
    request_queue_size = PROBES_MAX

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._lock = threading.Lock()
        self._open: dict[socket.socket, None] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begins a thread for a request; closes the oldest if there are too many."""
        with self._lock:
            self._open[request] = None
            surplus = next(iter(self._open)) if len(self._open) > PROBES_MAX else None
            if surplus is not None:
                del self._open[surplus]
        if surplus is not None:
            with contextlib.suppress(OSError):
                # Its thread, which waits in a read, sees the end and closes it.
                surplus.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Closes a request that was answered or given up."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Writes nothing: a probe went away, or took too long."""


@contextlib.contextmanager
def health_endpoint(host: str, port: int, health: Health) -> Iterator[int]:
    """Serves /metrics, /health/live and /health/ready inside the context, which yields the port.

    Health answers 200 `ok`, or 503 and the reason; a service that is ready adds its remark. It is
    served by threads of its own, which answer even if the main loop is stuck, or other probes are
    silent. Port 0 serves nothing and yields 0. Raises OSError if the port is taken.
    """
    if port == 0:
        yield 0
        return
    metrics = make_wsgi_app()
    READY.set_function(lambda: float(not health.ready_fault()))
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

    server = make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
