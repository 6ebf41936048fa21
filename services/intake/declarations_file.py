"""Reads files of events, one JSON object on each line, in the form that the log has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from readers.findings import Findings
from readers.parties_file import shipped_register
from readers.party_register import PartyRegister
from schemas.events import Event, decode_event
from schemas.refusal import refusals
from services.intake.message import TooLargeError, prepare
from services.intake.parsing import RefusedError
from services.intake.parties import with_known_parties
from services.intake.poll import PollError, check_poll
from services.platform.mode import ModeError

FILE_MAX_BYTES = 1_073_741_824
"""The largest file, 1 GiB: about a hundred nights. A larger one has to be split."""


def read_declarations(
    file: Path, namespace: str, today: date, register: PartyRegister | None = None
) -> list[Event]:
    """Returns the events of a file in its order; empty lines are skipped.

    Parties get the ids that `register` has for them, by default the register of the package.

    Raises UnusableFilesError with every fault found (`file:line: field: value: remedy`) if a
    line holds no event, or one that the namespace does not accept on this day, or if there is no
    event.
    """
    findings = Findings()
    events: list[Event] = []
    register = register or shipped_register()
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
            events.append(_event(line, namespace, today, register))
        except RefusedError as error:
            for refusal in error.refusals:
                findings.fault(file, number, str(refusal))
        except (ModeError, PollError, TooLargeError) as error:
            findings.fault(file, number, str(error))
    findings.raise_if_unusable()
    if not events:
        findings.fault(file, 1, "holds no event; write one JSON object on each line")
    findings.raise_if_unusable()
    return events


def _event(line: bytes, namespace: str, today: date, register: PartyRegister) -> Event:
    """Returns the event in a line; raises RefusedError if it holds none, and what is wrong in it.

    Raises ModeError, PollError and TooLargeError if the namespace does not accept it on this day.
    """
    try:
        event = with_known_parties(decode_event(line), register)
    except ValidationError as error:
        raise RefusedError(refusals(error)) from error
    check_poll(event.council, namespace, today)
    prepare(event, namespace)
    return event


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(FILE_MAX_BYTES + 1)
    if len(content) > FILE_MAX_BYTES:
        raise OSError(0, f"more than {FILE_MAX_BYTES} bytes")
    return content
