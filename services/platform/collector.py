"""Spans as OpenTelemetry's SDK makes them, and sends them to a collector (OTLP over HTTP).

The provider is this module's own and never the process's: libraries that trace by themselves if
there is one for all, as FastAPI and redis-py do, would send what requests contain.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Final

import requests
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_NAMESPACE, Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.platform.tracing import Attributes, Kind, Span

SPANS_WAITING_MAX: Final = 8_192
"""Spans in memory, some 10 MB. If more wait, as while the collector is away, spans are dropped."""

SPANS_PER_REQUEST_MAX: Final = 512
"""Spans sent in one request: some 200 kB."""

SEND_EVERY_MS: Final = 500
"""How long a span waits for others to share its request."""

SEND_TIMEOUT_S: Final = 5.0
"""How long a request may take, retries included; then its spans are lost."""

STOP_TIMEOUT_S: Final = 2.0
"""How long what waits may take to be sent at the end: an orderly stop has other things to do."""

ATTRIBUTE_CHARACTERS_MAX: Final = 300
"""The longest value of an attribute, as of an id."""

_KINDS: Final[dict[Kind, trace.SpanKind]] = {
    "server": trace.SpanKind.SERVER,
    "producer": trace.SpanKind.PRODUCER,
    "consumer": trace.SpanKind.CONSUMER,
    "client": trace.SpanKind.CLIENT,
    "internal": trace.SpanKind.INTERNAL,
}
_propagator: Final = TraceContextTextMapPropagator()

# It warns of each attempt that is tried again, and of each span dropped; what is lost is an error.
logging.getLogger("opentelemetry").setLevel(logging.ERROR)


class _Span:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _propagator.inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get("traceparent", "")

    def mark(self, event: str) -> None:
        self._span.add_event(event)

    def end(self, error: str = "") -> None:
        if error:
            self._span.set_status(trace.Status(trace.StatusCode.ERROR, error))
        self._span.end()


class CollectorTracer:
    """Makes every span there is, whatever the sender of a declaration says of sampling.

    `url` is the collector's address and `token` what it asks for, blank if nothing. A night has
    some ten thousand declarations, so none is left out. OTEL_RESOURCE_ATTRIBUTES is added to
    `service` and `namespace`, as the standard has it.
    """

    def __init__(self, url: str, token: str, *, service: str, namespace: str) -> None:
        # As everywhere here, no proxy is taken from the environment: it would be told a token.
        self._session = requests.Session()
        self._session.trust_env = False
        self._exporter = OTLPSpanExporter(
            endpoint=f"{url}/v1/traces",
            headers={"authorization": f"Bearer {token}"} if token else {},
            timeout=SEND_TIMEOUT_S,
            session=self._session,
        )
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create(
                {SERVICE_NAME: f"livecount-{service}", SERVICE_NAMESPACE: namespace}
            ),
            span_limits=SpanLimits(max_attribute_length=ATTRIBUTE_CHARACTERS_MAX),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                self._exporter,
                max_queue_size=SPANS_WAITING_MAX,
                schedule_delay_millis=SEND_EVERY_MS,
                max_export_batch_size=SPANS_PER_REQUEST_MAX,
            )
        )
        self._tracer = self._provider.get_tracer("livecount")

    def begin(self, name: str, kind: Kind, parents: Sequence[str], attributes: Attributes) -> Span:
        """Begins a span now, in the trace of the first parent, linked to the others.

        A parent that cannot be read is none.
        """
        contexts = [_propagator.extract({"traceparent": each}) for each in parents]
        others = [trace.get_current_span(each).get_span_context() for each in contexts[1:]]
        return _Span(
            self._tracer.start_span(
                name,
                # Without a parent it begins a trace, whatever a library has made current.
                context=contexts[0] if contexts else Context(),
                kind=_KINDS[kind],
                attributes=dict(attributes),
                links=[trace.Link(each) for each in others if each.is_valid],
            )
        )

    def stop(self) -> None:
        """Sends what waits, for STOP_TIMEOUT_S at most; the rest is lost."""
        flushing = threading.Thread(target=self._provider.force_flush, daemon=True)
        flushing.start()
        flushing.join(STOP_TIMEOUT_S)
        self._exporter.shutdown()  # type: ignore[no-untyped-call] # it has no types
        self._session.close()
