"""The polls that a namespace takes: those near today, and in a rehearsal those of any past."""

from __future__ import annotations

from datetime import date

from schemas.ids import POLL_NEAR_DAYS, poll_is_near
from services.platform.mode import namespace_mode


class PollError(ValueError):
    """An event is of a poll that cannot be counted now, so that its date is mistaken."""


def check_poll(council: str, namespace: str, today: date) -> None:
    """Raises PollError if the poll of a council's election is too far from a day.

    A rehearsal takes past polls of any age.
    """
    poll = date.fromisoformat(council.rpartition(".")[2])
    is_past_rehearsal = namespace_mode(namespace) == "rehearsal" and poll <= today
    if not is_past_rehearsal and not poll_is_near(council, today):
        raise PollError(
            f"council: the poll of {council} is more than {POLL_NEAR_DAYS} days from {today};"
            " correct the date of the poll"
        )
