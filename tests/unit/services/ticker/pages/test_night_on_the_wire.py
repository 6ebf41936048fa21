"""What one declaration costs on the wire of everybody who has a night's page open."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import groupby

from election.nation.night import apply
from election.nation.plan import NightPlan
from election.nation.state import Night
from election.nation.totals import national_totals, parts
from readers.local_authorities import place
from services.pages.live_view import LiveView
from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.page_key import NightPage
from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import milliseconds
from services.ticker.feed.nation_state import NationState
from services.ticker.feed.parsing import parse_totals
from services.ticker.pages.render import render
from tests.support.fed_night import fed

PLAN = NightPlan(place_of=place)
COUNCILS = 143
EVERY = 60
"""Of so many declarations one is measured: each takes some 40 ms to render."""

USUAL_BYTES_MAX = 2_000
LARGEST_BYTES_MAX = 3_000


def nation(night: Night) -> NationState:
    """Returns the totals of a night as the nation service stores them."""
    totals = {
        f"{part.kind}:{part.name}": national_totals(night, part.kind, part.name, PLAN)
        for part in parts(night)
    }
    stored = {name: each.model_dump_json().encode() for name, each in totals.items()}
    whole = next(name for name in stored if name.startswith("night:"))
    return NationState(stored.pop(whole), stored)


def sent_bytes() -> Iterator[int]:
    """Yields what some of the night's declarations cost each reader, compressed."""
    state, night, live_view = ElectionState("local.2021-05-06"), None, None
    for number, (_, moment) in enumerate(
        groupby(fed("england-2021"), lambda entry: milliseconds(entry.id))
    ):
        for entry in moment:
            state.apply(entry)
            if entry.kind == "totals":
                night = apply(parse_totals(entry.data), night, PLAN).night
        if number < COUNCILS or number % EVERY > 1 or night is None:
            continue
        state.nation = nation(night)
        view = render(state, NightPage())
        if live_view is None:
            live_view = LiveView(view, state.at)
            continue
        events = live_view.update(view, state.at)
        if number % EVERY == 1 and events is not None:
            yield len(Frame(events).gzipped)


def test_a_declaration_costs_a_reader_of_the_night_two_kilobytes_at_most() -> None:
    """Nine of ten do; one that decides a council brings its alert and its place in every list."""
    sizes = sorted(sent_bytes())

    assert len(sizes) > 40
    assert statistics.quantiles(sizes, n=10)[-1] <= USUAL_BYTES_MAX
    assert sizes[-1] <= LARGEST_BYTES_MAX
