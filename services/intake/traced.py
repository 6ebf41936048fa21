"""The span of a request that declares, with which the trace of its declarations begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from schemas.envelope import TRACEPARENT
from services.access.holder import Holder
from services.intake.message import Message
from services.platform import tracing
from services.platform.errors import KafkaUnavailableError
from services.platform.tracing import Span


@contextmanager
def posted(headers: Mapping[str, str], holder: Holder) -> Iterator[Span]:
    """The span of a request, in its sender's trace if its header `traceparent` names one.

    What is refused is no error of intake.
    """
    span = tracing.begin(
        "POST /v1/declarations",
        "server",
        [headers.get("traceparent", "")],
        {
            "http.request.method": "POST",
            "http.route": "/v1/declarations",
            "livecount.key": holder.id,
        },
    )
    error = ""
    try:
        yield span
    except KafkaUnavailableError:
        error = "Kafka is unavailable"
        raise
    except Exception as reason:
        span.mark(f"not taken: {type(reason).__name__}")
        raise
    finally:
        span.end(error)


def traced(messages: Sequence[Message], span: Span) -> list[Message]:
    """Returns messages that carry a span on; as they are if nothing is traced."""
    if not span.traceparent:
        return list(messages)
    carried = (TRACEPARENT, span.traceparent.encode())
    return [replace(each, headers=[*each.headers, carried]) for each in messages]
