"""Sources by the titles that a night's `night.toml` gives them, instead of by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from readers.night_toml import NightToml
from schemas.desk import DeskDecided
from schemas.events import Event

CHARS_MAX: Final = 300
"""Characters of an event's source; a source whose titles are longer keeps its ids."""


def with_titles(events: Iterable[Event], toml: NightToml) -> tuple[Event, ...]:
    """Returns events whose source is a title if it was the id of one in `night.toml`.

    A source of several ids, such as `hoc-2022+gicentre-2022`, is named by all of their titles.

    Readers are shown the source of each result, and an id says nothing to them.
    """
    titles = {source.id: source.title for source in toml.sources}
    return tuple(_titled(each, titles) for each in events)


def _titled(event: Event, titles: Mapping[str, str]) -> Event:
    if isinstance(event, DeskDecided):
        return event
    ids = event.source.split("+")
    if not all(each in titles for each in ids):
        return event
    named = "; ".join(titles[each] for each in ids)
    return event.model_copy(update={"source": named}) if len(named) <= CHARS_MAX else event
