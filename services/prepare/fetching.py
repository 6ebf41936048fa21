"""Fetching: the files of public sources, asked for only if they have changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import orjson

from services.platform.polite import FetchError, PoliteClient
from services.platform.settings import Settings
from services.prepare.atomic import write_bytes

PAGES_MAX: Final = 500
"""The most pages of one answer: a whole day of the largest source has some fifty."""

_INDEX: Final = ".fetched.json"
"""What was fetched, from where, and how to ask whether it has changed; beside the files."""


class Wanted(NamedTuple):
    """A source that is fetched, and the address of its first page."""

    name: str
    address: str


class Fetched(NamedTuple):
    """What became of a source: how many files were new, or why it was not fetched."""

    name: str
    files: int
    new: int
    failure: str = ""


def wanted(settings: Settings, poll: date) -> tuple[Wanted, ...]:
    """Returns the sources that have an address; several addresses of one are numbered."""
    addresses = {
        "every-election": settings.source_every_election,
        "democracy-club": settings.source_democracy_club,
        "roll": settings.source_roll,
        "history": settings.source_history,
        "register": settings.source_register,
    }
    return tuple(
        Wanted(f"{name}-{number}" if number > 1 else name, each.replace("{date}", str(poll)))
        for name, several in addresses.items()
        for number, each in enumerate(several.split(), 1)
    )


def fetch(
    sources: Iterable[Wanted],
    folder: Path,
    client: PoliteClient,
    *,
    progress: Callable[[Fetched], None] = lambda _fetched: None,
) -> tuple[Fetched, ...]:
    """Fetches sources into a folder, one after the other, and returns what became of each.

    A source is replaced only once all of its pages are there, so that no night is made of half of
    one; if it fails, its earlier files stay. Calls `progress` after each. Raises OSError if the
    folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = _read_index(folder)
    found = []
    for each in sources:
        try:
            pages = _pages(each, folder, index.get(each.name, {}), client)
        except FetchError as error:
            fetched = Fetched(each.name, 0, 0, f"{each.address}: {error}")
        else:
            fetched = _keep(each, folder, index, pages)
        found.append(fetched)
        progress(fetched)
    return tuple(found)


class _Page(NamedTuple):
    """A page: where it is, its text if that is new, and how to ask for it again."""

    address: str
    file: str
    body: bytes | None
    etag: str
    last_modified: str


def _pages(
    source: Wanted, folder: Path, known: dict[str, Any], client: PoliteClient
) -> list[_Page]:
    """Returns every page of a source. Raises FetchError."""
    pages: list[_Page] = []
    address: str | None = source.address
    seen: set[str] = set()
    while address:
        if address in seen or len(seen) >= PAGES_MAX:
            raise FetchError(f"has no end: page {len(seen) + 1} is {address}")
        seen.add(address)
        page = _page(source, address, len(pages) + 1, folder, known.get(address, {}), client)
        pages.append(page)
        body = page.body if page.body is not None else (folder / page.file).read_bytes()
        address = _next(body, source.address)
    return pages


def _page(  # noqa: PLR0913, PLR0917 - a page of a source, and what is known of it
    source: Wanted,
    address: str,
    number: int,
    folder: Path,
    known: dict[str, str],
    client: PoliteClient,
) -> _Page:
    file = known.get("file", "")
    has_it = bool(file) and (folder / file).is_file()
    etag, changed = (known.get(name, "") if has_it else "" for name in ("etag", "last_modified"))
    answer = client.get(address, etag=etag, last_modified=changed)
    if answer.body is None:
        return _Page(address, file, None, answer.etag or etag, answer.last_modified or changed)
    if not answer.body.strip():
        raise FetchError("answers with nothing")
    kind = "json" if answer.body.lstrip()[:1] in {b"{", b"["} else "csv"
    name = f"{source.name}-{number:03}.{kind}"
    return _Page(address, name, answer.body, answer.etag, answer.last_modified)


def _next(body: bytes, first: str) -> str | None:
    """Returns the address of the page after one; never one of another host.

    Raises FetchError if the page names another host.
    """
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FetchError(f"answers with broken JSON: {error}") from error
    address = answer.get("next")
    if not isinstance(address, str) or not address:
        return None
    if urlsplit(address).hostname != urlsplit(first).hostname:
        raise FetchError(f"its next page is on another host: {address}")
    # Behind a proxy an answer may name itself without encryption.
    return urlsplit(address)._replace(scheme=urlsplit(first).scheme).geturl()


def _keep(
    source: Wanted, folder: Path, index: dict[str, dict[str, Any]], pages: list[_Page]
) -> Fetched:
    """Writes the new pages of a source, removes those that are gone, and notes all of them."""
    earlier = {each["file"] for each in index.get(source.name, {}).values()}
    for page in pages:
        if page.body is not None:
            write_bytes(folder / page.file, page.body)
    for file in earlier - {page.file for page in pages}:
        (folder / file).unlink(missing_ok=True)
    index[source.name] = {
        page.address: {
            "file": page.file,
            "etag": page.etag,
            "last_modified": page.last_modified,
        }
        for page in pages
    }
    write_bytes(folder / _INDEX, json.dumps(index, indent=1).encode())
    return Fetched(source.name, len(pages), sum(page.body is not None for page in pages))


def _read_index(folder: Path) -> dict[str, dict[str, Any]]:
    """Returns what was fetched before; nothing if the file is missing or broken."""
    try:
        found = orjson.loads((folder / _INDEX).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
