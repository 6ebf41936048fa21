"""The origins of declarations, as they come to be counted, and their spans if they are traced."""

from __future__ import annotations

from collections.abc import Sequence

from services.aggregator.decode import LoggedEvent
from services.platform import tracing
from services.platform.origin import Origin, traceparent_of
from services.platform.tracing import Span


def counting_spans(declarations: Sequence[LoggedEvent]) -> tuple[list[LoggedEvent], list[Span]]:
    """Returns declarations with the origins of what will follow from them, and the spans begun.

    A span is in the trace of its declaration, and begins one if that is in none. There are none
    if this process makes no traces.
    """
    if not tracing.is_on():
        return [
            LoggedEvent(each.record, each.event, Origin(each.record.timestamp))
            for each in declarations
        ], []
    spans = [_span(each) for each in declarations]
    marked = [
        LoggedEvent(each.record, each.event, Origin(each.record.timestamp, span.traceparent))
        for each, span in zip(declarations, spans, strict=True)
    ]
    return marked, spans


def _span(logged: LoggedEvent) -> Span:
    record = logged.record
    return tracing.begin(
        f"count {record.topic}",
        "consumer",
        [traceparent_of(record.headers)],
        {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.operation.name": "count",
            "messaging.destination.name": record.topic,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
            "livecount.council": logged.event.council,
            "livecount.event": logged.event.type,
        },
    )
