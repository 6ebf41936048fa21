"""ModernGov's `GetElectionResults`, as councils serve it themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from readers.addresses import CouncilAddress
from readers.councils import Councils
from readers.file_kind import is_xml
from readers.findings import Findings
from readers.modern_gov import read_modern_gov
from readers.said import Said, SaidReader
from readers.text_file import decoded
from services.feeds.asking import Asking, LaterError, beginning
from services.feeds.piece import Piece, ShapeError, read_piece
from services.platform.polite import FetchError


class ModernGov:
    """The councils of a list, asked one after the other; one that fails holds up no other."""

    def __init__(
        self, addresses: Sequence[CouncilAddress], asking: Asking, reader: SaidReader
    ) -> None:
        self._addresses = _named(addresses)
        self._asking = asking
        self._reader = reader
        self._heard: dict[str, bytes] = {}

    def look(self) -> tuple[Piece, ...]:
        """Asks every council, and returns what each says."""
        return tuple(self._piece(name, each) for name, each in self._addresses.items())

    def _piece(self, name: str, of: CouncilAddress) -> Piece:
        try:
            answer = self._asking.ask(of.address)
        except (FetchError, LaterError) as error:
            return Piece(name, broken=str(error))
        content = blake2b(answer).digest()
        if self._heard.get(name) == content:
            return Piece(name, is_new=False)
        piece = read_piece(name, lambda findings: self._said(name, answer, of, findings))
        if not piece.broken:
            self._heard[name] = content
        return piece

    def _said(self, name: str, answer: bytes, of: CouncilAddress, findings: Findings) -> Said:
        """Raises ShapeError."""
        text = decoded(answer)
        if text is None or not is_xml(text):
            raise ShapeError(f"answers with no XML; {beginning(answer)}")
        rows = read_modern_gov(Path(name), text, Councils((of.council,)), findings)
        if not rows:
            why = findings.faults[0].message if findings.faults else "lists no ward"
            raise ShapeError(f"{why}; {beginning(answer)}")
        return self._reader.read(rows, findings)


def _named(addresses: Sequence[CouncilAddress]) -> dict[str, CouncilAddress]:
    """Returns each address by its council's name, numbered from its second one on."""
    times: Counter[str] = Counter()
    found = {}
    for each in addresses:
        times[each.council.name] += 1
        number = times[each.council.name]
        found[f"{each.council.name} {number}" if number > 1 else each.council.name] = each
    return found
