"""Reads files of events, one JSON object on each line, in the form that the log has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from readers.findings import Findings
from schemas.events import Event, decode_event
from schemas.refusal import refusals
from services.intake.message import TooLargeError, prepare
from services.intake.poll import PollError, check_poll
from services.platform.mode import ModeError

FILE_MAX_BYTES = 1_073_741_824
"""The largest file, 1 GiB: about a hundred nights. A larger one has to be split."""


def read_declarations(file: Path, namespace: str, today: date) -> list[Event]:
    """Returns the events of a file in its order; empty lines are skipped.

    Raises UnusableFilesError with every fault found (`file:line: field: value: remedy`) if a
    line holds no event, or one that the namespace does not accept on this day, or if there is no
    event.
    """
    findings = Findings()
    events: list[Event] = []
    content = b""
    try:
        content = _read(file)
    except OSError as error:
        findings.fault(file, 1, f"cannot be read: {error.strerror}; check its name and rights")
    findings.raise_if_unusable()
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            event = decode_event(line)
            check_poll(event.council, namespace, today)
            prepare(event, namespace)
        except ValidationError as error:
            for refusal in refusals(error):
                findings.fault(file, number, str(refusal))
        except (ModeError, PollError, TooLargeError) as error:
            findings.fault(file, number, str(error))
        else:
            events.append(event)
    findings.raise_if_unusable()
    if not events:
        findings.fault(file, 1, "holds no event; write one JSON object on each line")
    findings.raise_if_unusable()
    return events


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(FILE_MAX_BYTES + 1)
    if len(content) > FILE_MAX_BYTES:
        raise OSError(0, f"more than {FILE_MAX_BYTES} bytes")
    return content
