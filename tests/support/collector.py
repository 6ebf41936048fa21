"""A collector of traces: a real receiver of OTLP over HTTP, for tests."""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Span(NamedTuple):
    """A span as it arrived; ids are in hexadecimal digits, times in nanoseconds since 1970."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, str]
    events: tuple[str, ...]
    error: str


class Collector:
    """An HTTP server that keeps every span it is sent, and the tokens it was sent them with."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.tokens: set[str] = set()
        application = web.Application()
        application.router.add_post("/v1/traces", self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def of(self, trace: str) -> dict[str, Span]:
        """Returns the spans of a trace by the service that made them, the last of each."""
        return {span.service: span for span in self.spans if span.trace == trace}

    async def _receive(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers.get("authorization", ""))
        sent = ExportTraceServiceRequest()
        sent.ParseFromString(await request.read())
        for resource in sent.resource_spans:
            of = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.spans.append(
                        Span(
                            of["service.name"],
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            span.start_time_unix_nano,
                            span.end_time_unix_nano,
                            {each.key: each.value.string_value for each in span.attributes},
                            tuple(event.name for event in span.events),
                            span.status.message,
                        )
                    )
        return web.Response()
