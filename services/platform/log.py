"""Log lines of every service: JSON on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from schemas.printable import printable

# What stands between scheme and host in a URL may hold a password.
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_SECRET_NAME = re.compile(r"password|secret|token|authorization", re.IGNORECASE)
HIDDEN = "***"

# These libraries write several lines for each connection; only their warnings matter.
_TALKATIVE = (
    "aiokafka",
    "asyncio",
    "apprise",
    "authlib",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "urllib3",
    "uvicorn.access",
)


def configure_log(
    service: str,
    level: Literal["debug", "info", "warning", "error"],
    form: Literal["json", "console"],
) -> None:
    """Sends the log lines of this process, its libraries' included, to standard error.

    Each line holds `service`, `event`, `level` and `timestamp` (UTC, ISO 8601), and an exception
    with its traceback but never with local values. Secrets by name and passwords in URLs are
    hidden. Call once, first thing in a process.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer = _renderer(form)
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _service(service),
    ]
    structlog.configure(
        processors=[*before, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *before],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=number, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def _renderer(form: Literal["json", "console"]) -> list[Processor]:
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=_show_trace
        )
        return [hide_secrets, show_controls, renderer]
    exceptions = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    return [exceptions, hide_secrets, structlog.processors.JSONRenderer()]


def _show_trace(to: TextIO, trace: ExcInfo) -> None:
    """Writes a traceback without local values or passwords, which a terminal obeys nothing in.

    structlog's own shows local values, and is slow enough to hold up a loop.
    """
    text = _CREDENTIALS.sub(f"{HIDDEN}@", "".join(traceback.format_exception(*trace)))
    to.write("".join(f"\n{printable(line)}" for line in text.rstrip().split("\n")))


def _service(name: str) -> Processor:
    """Returns a processor that adds the service's name to a line, in every thread."""

    def add(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        line["service"] = name
        return line

    return add


def hide_secrets(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Returns a log line without secrets: a structlog processor."""
    return {name: _hidden(name, value) for name, value in line.items()}


def show_controls(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Returns a log line that a terminal obeys nothing in: a structlog processor.

    JSON needs none, as it escapes every such character itself.
    """
    return {
        name: printable(value) if isinstance(value, str) else value for name, value in line.items()
    }


def _hidden(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        return _CREDENTIALS.sub(f"{HIDDEN}@", value)
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, inner) for inner in value]
    return value
