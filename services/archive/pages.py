"""The ticker's pages as files that open from a folder, without a server, a script or a network."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.pages.assets import asset
from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey, WardPage
from services.ticker.broken import report
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import as_of
from services.ticker.feed.summaries import summary_of
from services.ticker.pages.document import PageFrame, document
from services.ticker.pages.how_it_works import how_it_works
from services.ticker.pages.night_title import night_title
from services.ticker.pages.render import render
from services.ticker.pages.templates import page
from services.ticker.routes.api import council_json
from services.ticker.routes.csv_tables import wards_csv

INDEX: Final = "index.html"
"""The page to open: the night, or a list of them if there are several."""

STYLES: Final = "pages.css"

HOW: Final = "how-it-works.html"

_LINK: Final = re.compile(r'\b(href|src)="(/[^"#]*)(#[^"]*)?"')
"""An address within the ticker. Texts of others cannot look like one: their quotes are escaped."""

_ALERT: Final = re.compile(r"/elections/[^/]+/alerts/([0-9a-f]{32})")
"""The address of one alert."""


@dataclass(slots=True)
class Site:
    """The pages of some elections, by path. `left_out` has the addresses that could not be made."""

    elections: Sequence[ElectionState]
    left_out: list[str] = field(default_factory=list)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yields each file: its path in the folder, and what is in it.

        A page that cannot be made is reported, and added to `left_out`.
        """
        yield STYLES, asset("pages.css")
        yield HOW, _relative(how_it_works(is_archived=True), HOW, {})
        if len(self.elections) != 1:
            yield INDEX, _relative(self._list(), INDEX, {})
        for state in self.elections:
            places = self._places(state)
            yield from _data(state)
            for address, key, template in _pages(state):
                try:
                    made = _page(state, key, template)
                    yield places[address], _relative(made, places[address], places)
                except Exception as error:  # noqa: BLE001 -- the log is archived whatever it shows
                    report("page", address, error)
                    self.left_out.append(address)

    def _list(self) -> str:
        return page(
            "elections.html",
            elections=[(summary_of(each), night_title(each.election)) for each in self.elections],
            title="Elections",
            rehearsal=any(summary_of(each).is_rehearsal for each in self.elections),
            wall=False,
            archived=True,
        )

    def _places(self, state: ElectionState) -> dict[str, str]:
        """Returns where each page of an election is, by its address in the ticker."""
        places = {address: _place(address) for address, _, _ in _pages(state)}
        if len(self.elections) == 1:
            places[_night(state)] = INDEX
        return places


def _pages(state: ElectionState) -> Iterator[tuple[str, PageKey, str]]:
    yield _night(state), NightPage(), "night.html"
    for totals in state.opened():
        council = f"/councils/{totals.council}"
        yield council, CouncilPage(totals.council), "council.html"
        for ward in state.councils[totals.council].wards:
            ballot = ward.ballot_paper_id
            yield f"{council}/wards/{ballot}", WardPage(totals.council, ballot), "ward.html"


def _data(state: ElectionState) -> Iterator[tuple[str, bytes]]:
    """Yields what pages of councils link to: the council as JSON, and its wards as a table."""
    for totals in state.opened():
        council = state.councils[totals.council]
        address = f"/v1/councils/{totals.council}"
        yield _data_place(address), council_json(state.at, council)
        table = wards_csv(council.wards, totals, as_of(state.at))
        yield _data_place(f"{address}/wards.csv"), table


def _night(state: ElectionState) -> str:
    return f"/elections/{state.election}"


def _page(state: ElectionState, key: PageKey, template: str) -> str:
    frame = PageFrame(template, "", is_wall=False, slider=None, is_archived=True)
    return document(frame, key, render(state, key), state, state.at).decode()


def _place(address: str) -> str:
    """Returns the path of the page with an address. Ids have no signs that a file name lacks."""
    return f"{address[1:]}.html"


def _data_place(address: str) -> str:
    """Returns the path of the data with an address below `/v1`: beside the council's page."""
    path = address.removeprefix("/v1/")
    return path if path.endswith(".csv") else f"{path}.json"


def certificate_place(alert: str) -> str:
    """Returns the path of an alert's certificate in an archive, to which its page links."""
    return _data_place(f"/v1/alerts/{alert}/certificate")


def _relative(made: str, place: str, places: Mapping[str, str]) -> bytes:
    """Returns a page whose links lead to files of the same folder."""

    def link(found: re.Match[str]) -> str:
        attribute, address, fragment = found.groups(default="")
        alert = _ALERT.fullmatch(address)
        if alert is not None:
            # It has no page of its own here, and stands on this one.
            return f'{attribute}="#alert-{alert[1]}"'
        target = _target(html.unescape(address), places)
        relative = posixpath.relpath(target, posixpath.dirname(place) or ".")
        return f'{attribute}="{html.escape(relative)}{fragment}"'

    return _LINK.sub(link, made).encode()


def _target(address: str, places: Mapping[str, str]) -> str:
    if address == "/":
        return INDEX
    if address == "/how-it-works":
        return HOW
    if address.startswith("/static/"):
        return STYLES
    if address.startswith("/v1/"):
        return _data_place(address)
    if address.startswith("/elections/"):
        return places.get(address) or _place(address)
    # An alert may be about a ballot that its council no longer lists: one that was countermanded.
    return places.get(address) or places[address.partition("/wards/")[0]]
