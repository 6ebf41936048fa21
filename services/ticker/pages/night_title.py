"""What a night is called, and when its times are."""

from __future__ import annotations

from datetime import date

from services.ticker.pages.wording import night


def night_title(election: str) -> str:
    """Returns the day of an election, such as `22 May 2014`."""
    try:
        poll = date.fromisoformat(election.rpartition(".")[2])
    except ValueError:
        return election
    return f"{poll.day} {poll:%B %Y}"


def times_note(election: str) -> str:
    """Returns in which zone times are, and of which days, as it is said once on each page."""
    found = night(election)
    if found is None:
        return "Times are in UK time."
    first, following = found[0].date(), found[1].date()
    return (
        f"Times are in UK time ({found[0]:%Z}). Those without a date are of the night of"
        f" {first.day} {first:%B} to {following.day} {following:%B %Y}."
    )
