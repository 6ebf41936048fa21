"""The title of a night: the day of its poll. No I/O."""

from __future__ import annotations

from datetime import date


def night_title(election: str) -> str:
    """Returns the day of an election, such as `22 May 2014`; the id itself if it has none."""
    try:
        poll = date.fromisoformat(election.rpartition(".")[2])
    except ValueError:
        return election
    return f"{poll.day} {poll:%B %Y}"
