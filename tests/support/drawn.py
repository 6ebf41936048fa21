"""Pages of past nights as files, drawn without a server: what a reader sees, and nothing live."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from readers.night import load_night
from services.archive.counted_log import count_log, election_states
from services.pages.assets import asset, asset_url
from services.ticker.broadcast.page_key import CouncilPage, NightPage, PageKey, WardPage
from services.ticker.feed.election_state import ElectionState
from services.ticker.pages.document import PageFrame, document
from services.ticker.pages.embed import Embed
from services.ticker.pages.render import render
from tests.support.archived import PARTITIONS, log_of


@cache
def night_so_far(name: str, portion: float) -> ElectionState:
    """Returns a past night after a portion of its declarations, its councils counted at once."""
    night = load_night(name)
    events = list(night.on_the_night)
    random.Random(1).shuffle(events)
    log = log_of([*night.openings, *events[: int(portion * len(events))]])
    (state,) = election_states(count_log(log, PARTITIONS))
    return state


def drawn(
    folder: Path, state: ElectionState, key: PageKey, template: str = "", *, is_wall: bool = False
) -> str:
    """Writes a page and the style sheet into a folder; returns the address of the page."""
    own = {NightPage: "night.html", CouncilPage: "council.html", WardPage: "ward.html"}
    frame = PageFrame(
        template or own[type(key)],
        "",
        is_wall=is_wall,
        slider=None,
        is_archived=True,
        embed=Embed("auto", "livecount", "/") if template.startswith("embed") else None,
    )
    made = document(frame, key, render(state, key), state, state.at).decode()
    (folder / "pages.css").write_bytes(asset("pages.css"))
    place = folder / f"{len(list(folder.iterdir()))}.html"
    place.write_text(made.replace(asset_url("pages.css"), "pages.css"), encoding="utf-8")
    return place.as_uri()
