"""Democracy Club's ballots of a day, page after page of its API."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from readers.findings import Findings
from readers.said import Said, SaidReader
from readers.said_files import said_on_pages
from schemas.events import ballot_of
from services.feeds.asking import Asking, LaterError, beginning
from services.feeds.piece import Piece, ShapeError, read_piece
from services.platform.polite import FetchError

PAGES_MAX: Final = 500
"""The most pages of an answer: a whole day has some fifty."""

BYTES_MAX: Final = 256 * 1024 * 1024
"""The most bytes of all pages together, which are kept: a whole day has some 30 MiB."""


class DemocracyClub:
    """The ballots at an address, and at those of its further pages.

    Nothing is made of some of the pages: an answer counts once all of them are there.
    """

    def __init__(self, address: str, asking: Asking, reader: SaidReader) -> None:
        self._address = address
        self._asking = asking
        self._reader = reader
        self._name = urlsplit(address).hostname or address
        self._heard = b""
        self._declared: frozenset[str] = frozenset()

    def look(self) -> tuple[Piece, ...]:
        """Asks for every page, and returns what all of them say."""
        try:
            pages = self._pages()
            content = blake2b(b"".join(pages)).digest()
            if content == self._heard:
                return (Piece(self._name, is_new=False),)
        except (FetchError, LaterError, ShapeError) as error:
            return (Piece(self._name, broken=str(error)),)
        piece = read_piece(self._name, lambda findings: self._said(pages, findings))
        if not piece.broken:
            self._heard = content
        return (piece,)

    def _said(self, pages: list[bytes], findings: Findings) -> Said:
        """Raises ShapeError."""
        texts = [
            (Path(f"{self._name}-page-{number}"), page.decode())
            for number, page in enumerate(pages, 1)
        ]
        said = said_on_pages(texts, self._reader, findings)
        if said is None:
            raise ShapeError("has ballots of another shape: without ballot_paper_id or candidacies")
        self._tell_of_gone(said, texts[0][0], findings)
        return said

    def _tell_of_gone(self, said: Said, page: Path, findings: Findings) -> None:
        """Adds a fault for each ballot that had a result, and has none now that can be read.

        One that is listed without votes and marks takes it back instead.
        """
        listed = {ballot_of(each) for each in (*said.results, *said.silent)}
        for ballot in sorted(self._declared - listed):
            what = f"{ballot} had a result, and has none now that can be read"
            findings.fault(page, 1, f"ballot_paper_id: {what}; it stands until the desk clears it")
        self._declared |= frozenset(map(ballot_of, said.results))
        self._declared -= frozenset(map(ballot_of, said.silent))

    def _pages(self) -> list[bytes]:
        """Returns every page. Raises FetchError, LaterError and ShapeError."""
        pages: list[bytes] = []
        address: str | None = self._address
        seen: dict[str, None] = {}
        size = 0
        while address:
            if address in seen or len(seen) >= PAGES_MAX or size > BYTES_MAX:
                raise ShapeError(f"has no end: page {len(seen) + 1} is {address}")
            seen[address] = None
            page = self._asking.ask(address)
            size += len(page)
            pages.append(page)
            address = self._next(page)
        self._asking.forget_others(frozenset(seen))
        return pages

    def _next(self, page: bytes) -> str | None:
        """Returns the address of the page after one. Raises ShapeError if it is none."""
        try:
            answer: Any = orjson.loads(page)
        except orjson.JSONDecodeError as error:
            raise ShapeError(f"answers with no JSON: {error}; {beginning(page)}") from None
        if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
            raise ShapeError(f"answers with JSON of another shape; {beginning(page)}")
        address = answer.get("next")
        if not isinstance(address, str) or not address:
            return None
        first = urlsplit(self._address)
        if urlsplit(address).hostname != first.hostname:
            raise ShapeError(f"names its next page on another host: {address}")
        # Behind a proxy an answer may name itself without encryption.
        return urlsplit(address)._replace(scheme=first.scheme).geturl()
