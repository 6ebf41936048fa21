"""The results and alerts of an archive, in each form that the ticker serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.ticker.feed.election_state import ElectionState
from services.ticker.feed.entry import as_of
from services.ticker.formats.atom import alerts_atom, of_election
from services.ticker.formats.democracy_club import DEMOCRACY_CLUB
from services.ticker.formats.lga import LGA
from services.ticker.formats.press_association import press_association_json
from services.ticker.formats.results import RESULTS
from services.ticker.routes.csv_tables import councils_csv
from services.ticker.routes.formats import opened


def result_files(states: Sequence[ElectionState]) -> Iterator[tuple[str, bytes]]:
    """Yields each file of results, under the names that they have below `/v1/elections`."""
    for state in states:
        folder = f"results/{state.election}"
        councils = opened(state)
        yield f"{folder}/councils.csv", councils_csv(state.opened(), as_of(state.at))
        yield f"{folder}/results.csv", RESULTS.table(councils)
        yield f"{folder}/democracy-club.csv", DEMOCRACY_CLUB.table(councils)
        yield f"{folder}/lga.csv", LGA.table(councils)
        yield f"{folder}/press-association.json", press_association_json(councils)
        alerts = alerts_atom(of_election(state.election), state.alert_entries, limit=None)
        yield f"{folder}/alerts.atom", alerts
