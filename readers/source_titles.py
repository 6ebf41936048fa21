"""Sources by the titles that a night's `night.toml` gives them, instead of by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from readers.night_toml import NightToml
from schemas.desk import DeskDecided
from schemas.events import Event


def with_titles(events: Iterable[Event], toml: NightToml) -> tuple[Event, ...]:
    """Returns events whose source is a title if it was the id of one in `night.toml`.

    Readers are shown the source of each result, and an id says nothing to them.
    """
    titles = {source.id: source.title for source in toml.sources}
    return tuple(_titled(each, titles) for each in events)


def _titled(event: Event, titles: Mapping[str, str]) -> Event:
    if isinstance(event, DeskDecided) or event.source not in titles:
        return event
    return event.model_copy(update={"source": titles[event.source]})
