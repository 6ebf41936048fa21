"""Size: how many seats a council has, and what its sources leave open about that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from election.text.phrases import counted
from readers.public_sources.records import REGISTER, ROLL, Composition, Sources
from services.prepare.ballots import JoinedBallot
from services.prepare.context import Context
from services.prepare.councils import JoinedCouncil
from services.prepare.tables import Cells
from services.prepare.todo import said

_A_YEAR: Final = timedelta(days=366)
"""A council that began in the year before its poll, or begins after it, is new."""


class Size(NamedTuple):
    """The seats of a council: all, those up, and whether it is known who keeps the others.

    `total` is None if nobody states it.
    """

    total: int | None
    up: int
    is_kept_known: bool = True


def is_new(council: JoinedCouncil, sources: Sources, context: Context) -> bool:
    """Returns whether neither roll nor history has a council, nor the register for long.

    All three have to be there, as otherwise it is only not known.
    """
    entry = council.registered
    if not (sources.register and sources.councillors and sources.compositions):
        return False
    started = entry.started if entry else None
    is_recent = started is not None and started > context.poll - _A_YEAR
    return not (council.councillors or council.compositions) and (is_recent or entry is None)


def size_of(  # noqa: PLR0913 - all that is said of a size
    council: JoinedCouncil,
    ballots: tuple[Sequence[JoinedBallot], Sequence[JoinedBallot]],
    standing: Sequence[Cells],
    context: Context,
    *,
    stated: str,
    new: bool,
) -> Size:
    """Returns the size of a council. Never one by which anything could be called too soon.

    `ballots` are those that are up, and those of which the number of seats is not known; `stated`
    is what the newsroom says of the size.
    """
    listed, unknown = ballots
    up = sum(each.seats or 0 for each in listed if _is_on_the_day(each, listed))
    reckoning = _Reckoning(council, context, up, len(unknown), _kept(standing))
    if stated.isdecimal():
        return Size(int(stated), up)
    latest = council.composition(context.poll.year - 1)
    if latest is not None and latest.total:
        return reckoning.beside(latest, latest.total)
    return reckoning.of_new() if new and up and not unknown else reckoning.left_out()


def _kept(standing: Sequence[Cells]) -> int:
    """Returns the seats that parties keep, corrections included."""
    stated = (row.get("seats_not_up", "") for row in standing)
    return sum(int(seats) for seats in stated if seats.isdecimal())


def _is_on_the_day(ballot: JoinedBallot, listed: Sequence[JoinedBallot]) -> bool:
    """Returns whether no later ballot that replaces a ballot is listed beside it."""
    return all(each.replaces != ballot.ballot_paper_id for each in listed)


class _Reckoning(NamedTuple):
    """The seats of a council as ballots and roll have them."""

    council: JoinedCouncil
    context: Context
    up: int
    unknown: int
    kept: int

    def beside(self, latest: Composition, total: int) -> Size:
        """Returns the size that the history states, or a larger one if that is too small."""
        least = self.up + self.kept + self.unknown
        stated = said(counted(total, "seat"), latest.at)
        if self.up + self.kept > total:
            self._differ(
                "more seats are up and held over than the council has",
                stated,
                f"{self.up} up and {self.kept} held over",
                "seats that are not up are written as unknown; after a redrawing every seat is up",
                "seats_not_up",
            )
            return Size(max(total, self.up), self.up, is_kept_known=False)
        if least > total:
            written = f"{least} seats are written, so that nothing is called too soon"
            what = "the size of the council differs"
            self._differ(what, stated, self._in_words(), written, "seats_total")
            return Size(least, self.up)
        if least < total:
            self.context.todos.add(
                "seats not accounted for",
                f"{total - least} of {total} seats are open to anyone",
                f"{self._in_words()}; {stated}",
                "the council: say seats_vacant if nobody holds them and they are not polled,"
                " seats_total if boundaries were redrawn",
                council=self.council.shown,
                settles="seats_vacant",
            )
        return Size(total, self.up)

    def of_new(self) -> Size:
        """Returns the size of a new council, of which every seat is up."""
        self.context.todos.add(
            "new council",
            f"taken as new: all of its {self.up} seats are up, and nobody held one",
            f"neither {ROLL} nor the history has it, nor {REGISTER} for long",
            "the order that makes the council; say seats_total",
            council=self.council.shown,
            settles="seats_total",
        )
        return Size(self.up, self.up)

    def left_out(self) -> Size:
        """Returns that the size is not known."""
        self.context.todos.add(
            "left out",
            "the number of all its seats is not known, so that the council is left out",
            "no history has it" + ", nor the seats of every ballot" * bool(self.unknown),
            "the council; say seats_total",
            council=self.council.shown,
            settles="seats_total",
        )
        return Size(None, self.up)

    def _in_words(self) -> str:
        words = f"{self.up} seats are up and {self.kept} are not"
        if self.unknown:
            more = counted(self.unknown, "more ballot")
            words += f", and {more} of unknown size"
        return words

    def _differ(self, what: str, one: str, other: str, written: str, settles: str) -> None:
        shown = self.council.shown
        self.context.todos.conflict(what, one, other, written, council=shown, settles=settles)
