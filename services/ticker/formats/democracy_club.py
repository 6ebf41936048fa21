"""The columns of Democracy Club's data download with the field group "results".

Source: candidates.democracyclub.org.uk/data. People have no ids here, so `person_id` is blank.
"""

from __future__ import annotations

from typing import Final

from services.ticker.formats.ward_table import Columns, Line, WardTable, of_candidate, of_ward


def _flag(*, value: bool | None) -> str:
    return "" if value is None else "t" if value else "f"


def _rank(line: Line) -> int | None:
    """Returns the place of a candidate by votes; None where not everybody's are known."""
    votes = [each.votes for each in line.ward.candidates]
    known = [each for each in votes if each is not None]
    if line.candidate is None or line.candidate.votes is None or len(known) < len(votes):
        return None
    own = line.candidate.votes
    return 1 + sum(each > own for each in known)


DEMOCRACY_CLUB_COLUMNS: Final[Columns] = {
    "person_id": lambda _: "",
    "person_name": of_candidate("candidate"),
    "election_id": of_ward("council"),
    "ballot_paper_id": of_ward("ballot_paper_id"),
    "election_date": lambda line: line.poll,
    "organisation_name": lambda line: line.council,
    "party_name": of_candidate("party"),
    "party_id": of_candidate("party_id"),
    "post_label": of_ward("ward"),
    "gss": of_ward("ward_gss"),
    "cancelled_poll": lambda line: _flag(
        value=line.ward.status in {"uncontested", "countermanded"}
    ),
    "seats_contested": of_ward("seats_contested"),
    "votes_cast": of_candidate("votes"),
    "elected": lambda line: _flag(value=line.elected),
    "tied_vote_winner": lambda line: _flag(
        value=None if line.candidate is None else line.candidate.tied_vote_winner
    ),
    "rank": _rank,
    "turnout_reported": of_ward("num_turnout_reported"),
    "spoilt_ballots": of_ward("num_spoilt_ballots"),
    "total_electorate": of_ward("total_electorate"),
    "turnout_percentage": of_ward("turnout_percentage"),
    "results_source": of_ward("source"),
}

DEMOCRACY_CLUB: Final = WardTable(DEMOCRACY_CLUB_COLUMNS)
