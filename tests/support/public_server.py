"""A local server of public files, which can be slow, throttled, broken or unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Reply:
    """What the server answers to one request; a silent one comes once the server ends."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_off: bool = False
    is_silent: bool = False


@dataclass
class PublicServer:
    """Replies by path, in order; the last one again and again. Requests are kept.

    `posted` are the bodies of those that have one.
    """

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    port: int = 0

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def reply(self, path: str, headers: dict[str, str]) -> Reply:
        self.asked.append((path, headers))
        waiting = self.replies.get(path, [Reply(404)])
        found = waiting[0] if len(waiting) == 1 else waiting.pop(0)
        if found.status == 200 and headers.get("if-none-match") == found.headers.get("ETag", "-"):
            return Reply(304)
        return found


@contextmanager
def public_server() -> Iterator[PublicServer]:
    """A running server on a free port of this machine."""
    served = PublicServer()
    ending = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(served.reply(self.path, headers))

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.posted.append(self.rfile.read(int(headers["content-length"])))
            self._answer(served.reply(self.path, headers))

        def _answer(self, reply: Reply) -> None:
            if reply.is_silent:
                ending.wait()
            self.send_response(reply.status)
            more = 1 if reply.cut_off else 0
            self.send_header("Content-Length", str(len(reply.body) + more))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            # A client that has waited long enough is gone.
            with suppress(ConnectionError):
                self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Writes nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.port = server.server_port
    running = Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        yield served
    finally:
        ending.set()
        server.shutdown()
        server.server_close()
        running.join()
