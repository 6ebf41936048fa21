"""The Press Association's messages, as they are delivered into a folder."""

from __future__ import annotations

from pathlib import Path

import structlog

from readers.agency_said import AgencyReader
from readers.findings import Findings
from readers.said import Said

_log = structlog.get_logger()


class PressAssociation:
    """Reads the agency's files one after the other.

    A rush counts until the first result of its council has come, and none after it.
    """

    def __init__(self, reader: AgencyReader) -> None:
        self._reader = reader
        self._declared: set[str] = set()

    def read(self, file: Path, findings: Findings) -> Said:
        """Returns what a file says; what it has besides is logged, and is not counted."""
        said = self._reader.read(file, findings)
        for note in said.notes:
            _log.info("noted", file=file.name, note=note)
        self._declared |= {each.council for each in said.results}
        rushes = [each for each in said.rushes if each.council not in self._declared]
        return Said((*rushes, *said.results))
