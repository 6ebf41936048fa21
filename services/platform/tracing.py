"""Traces: what becomes of a declaration, from its POST to the phones and pages that tell of it.

Each service makes a span of what it does with a declaration, or with what follows from one, and
hands the span's `traceparent` on. Nothing is made, and what makes and sends spans is not imported,
unless `LIVECOUNT_TRACES_URL` names a collector: see docs/decisions/0023-traces.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Literal, Protocol

from services.platform.settings import Settings

Kind = Literal["server", "producer", "consumer", "client", "internal"]
Attributes = Mapping[str, str | int]


class Span(Protocol):
    """A part of a trace that has begun. `traceparent` is blank if nothing is traced."""

    @property
    def traceparent(self) -> str:
        """Where what follows belongs: for a header of that name (W3C Trace Context)."""

    def mark(self, event: str) -> None:
        """Notes that something has happened now."""

    def end(self, error: str = "") -> None:
        """Ends the span now; `error` says what went wrong, blank for nothing. Never blocks."""


class Tracer(Protocol):
    """What begins spans. Neither blocks nor raises, whatever the collector does."""

    def begin(
        self,
        name: str,
        kind: Kind,
        parents: Sequence[str],
        attributes: Attributes,
    ) -> Span:
        """Begins a span now, in the trace of the first parent, linked to the others."""

    def stop(self) -> None:
        """Sends what waits, within a bounded time."""


class _NoSpan:
    """The span of what is not traced."""

    traceparent = ""

    def mark(self, event: str) -> None:
        """Does nothing."""

    def end(self, error: str = "") -> None:
        """Does nothing."""


NO_SPAN: Final[Span] = _NoSpan()

_tracers: Final[list[Tracer]] = []
"""The tracer of this process, as metrics are its own; empty if it traces nothing."""


def is_on() -> bool:
    """Returns whether this process makes traces."""
    return bool(_tracers)


def begin(
    name: str, kind: Kind, parents: Sequence[str] = (), attributes: Attributes | None = None
) -> Span:
    """Begins a span now; NO_SPAN if this process makes no traces.

    `parents` are `traceparent`s, of which blank ones are left out. The span is in the trace of the
    first and linked to the others. Without any it begins a trace.
    """
    if not _tracers:
        return NO_SPAN
    return _tracers[0].begin(name, kind, [each for each in parents if each], attributes or {})


@contextmanager
def tracing(settings: Settings, service: str) -> Iterator[None]:
    """Makes traces inside the context, if the settings name a collector.

    At its end what waits is sent, within seconds. A collector that is away delays nothing: spans
    are sent by a thread, and dropped if too many wait.
    """
    if not settings.traces_url:
        yield
        return
    # Imported only now: it takes a third of a second, and memory.
    from services.platform.collector import CollectorTracer  # noqa: PLC0415 -- see above

    tracer = CollectorTracer(
        settings.traces_url,
        settings.traces_token.get_secret_value(),
        service=service,
        namespace=settings.namespace,
    )
    _tracers.append(tracer)
    try:
        yield
    finally:
        _tracers.remove(tracer)
        tracer.stop()
