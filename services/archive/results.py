"""The results of an archive, in each form that the ticker serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.ticker.feed.election_state import ElectionState
from services.ticker.routes.csv_tables import councils_csv


def result_files(states: Sequence[ElectionState]) -> Iterator[tuple[str, bytes]]:
    """Yields each file of results: its path in the folder, and what is in it."""
    for state in states:
        folder = f"results/{state.election}"
        yield f"{folder}/councils.csv", councils_csv(state.opened())
