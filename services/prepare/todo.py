"""Todo: what could not be known of a night, why, and where to look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from readers.public_sources.records import Place
from readers.todo_file import Todo


@dataclass(slots=True)
class Todos:
    """Collects what is to be done, in the order in which it is found."""

    found: dict[Todo, None] = field(default_factory=dict)

    def add(  # noqa: PLR0913 - one argument a column
        self,
        reason: str,
        what: str,
        why: str,
        where: str,
        *,
        council: str = "",
        ballot: str = "",
        settles: str = "",
    ) -> None:
        """Adds one thing, once."""
        self.found[Todo(council, ballot, reason, settles, what, why, where)] = None

    def conflict(  # noqa: PLR0913 - both sides, and what is about them
        self,
        what: str,
        one: object,
        other: object,
        written: str,
        *,
        council: str,
        ballot: str = "",
        settles: str = "",
    ) -> None:
        """Adds two sources that differ: both are named, with what is written.

        `one` and `other` are what `said` returns. Their values are part of what is to be done, so
        that it is not settled any more once one of them is another.
        """
        values = " or ".join(str(each).partition(": ")[0] for each in (one, other))
        self.add(
            "conflict",
            f"{what}: {values}",
            f"{one}; {other}",
            f"ask the council; {written}",
            council=council,
            ballot=ballot,
            settles=settles,
        )


def said(value: object, at: Place) -> str:
    """Returns what a source says, and where."""
    return f"{value}: {at}"


def in_order(todos: Iterable[Todo]) -> tuple[Todo, ...]:
    """Returns what is to be done by council, ballot and reason; what is of no council first."""
    return tuple(sorted(todos))
