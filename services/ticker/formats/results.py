"""`results.csv`: the form of livecount's own files, so that a count can be counted again."""

from __future__ import annotations

from typing import Final, get_args

from schemas.ward import Status
from services.ticker.formats.ward_table import Columns, Line, WardTable, of_candidate, of_ward

_STATUSES: Final = frozenset(get_args(Status))


def _status(line: Line) -> str:
    return line.ward.status if line.ward.status in _STATUSES else ""


def _elected(line: Line) -> bool | None:
    """Returns whether a candidate is elected; blank without a contest, as the status says it."""
    return None if line.ward.status == "uncontested" else line.elected


RESULTS_COLUMNS: Final[Columns] = {
    "election_date": lambda line: line.poll,
    "council": lambda line: line.council,
    "council_gss": lambda line: line.council_gss,
    "ward": of_ward("ward"),
    "ward_gss": of_ward("ward_gss"),
    "seats_contested": of_ward("seats_contested"),
    "candidate": of_candidate("candidate"),
    "party": of_candidate("party"),
    "party_id": of_candidate("party_id"),
    "votes": of_candidate("votes"),
    "elected": _elected,
    "electorate": of_ward("total_electorate"),
    "turnout_pct": of_ward("turnout_percentage"),
    "source": of_ward("source"),
    "declared_at": lambda line: line.ward.declared_at and line.ward.declared_at.isoformat(),
    "status": _status,
    "tied_vote_winner": of_candidate("tied_vote_winner"),
    "spoilt": of_ward("num_spoilt_ballots"),
    "ballots_cast": of_ward("num_turnout_reported"),
    "ballot_paper_id": of_ward("ballot_paper_id"),
}

RESULTS: Final = WardTable(RESULTS_COLUMNS, has_nobody=True)
