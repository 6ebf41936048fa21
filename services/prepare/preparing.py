"""Preparing: the records of all sources and a newsroom's corrections, joined into a night."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from readers.council_names import council_words
from readers.party_register import PartyRegister
from readers.public_sources import records
from readers.public_sources.records import ListedBallot, Sources
from readers.todo_file import Todo
from services.prepare.ballots import JoinedBallot, joined_ballot
from services.prepare.context import Context
from services.prepare.corrections import Corrections, Subject
from services.prepare.council_row import CouncilRow
from services.prepare.councils import JoinedCouncil, joined_councils
from services.prepare.tables import Tables
from services.prepare.todo import Todos, in_order

_EXPECTED_SOURCES: Final = (
    (records.EVERY_ELECTION, "polled", "which councils and ballots are polled"),
    (records.DEMOCRACY_CLUB, "nominations", "who stands"),
    (records.ROLL, "councillors", "who holds which seat, and which seats are not up"),
    (records.HISTORY, "compositions", "sizes, control before and the last election"),
    (records.REGISTER, "register", "codes of councils"),
)
"""The sources that a night needs: name, records and what is not known without it."""


def prepare(
    sources: Sources,
    poll: date,
    register: PartyRegister,
    corrections: Corrections,
    *,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Tables:
    """Returns the night of a day, with what is still to be done. Never guesses; pure.

    A correction wins over every source, and what it says is not to do any more. A council whose
    size nobody states is left out, and noted. Calls `progress` after each council.
    """
    context = Context(poll, register, Todos())
    _note_sources(sources, context)
    councils = joined_councils(sources, poll, context.todos)
    of_ballot = _by_ballot(sources)
    night: list[CouncilRow] = []
    for number, council in enumerate(councils, 1):
        ballots = _joined(council, of_ballot, corrections, context)
        row = CouncilRow(council, ballots, corrections, context, sources)
        if row.is_usable:
            night.append(row)
        progress(number, len(councils))
    words = {each.shown: each.words for each in councils}
    return Tables(
        poll=poll,
        councils=tuple(each.cells for each in night),
        standing=tuple(cells for each in night for cells in each.standing_rows),
        results=tuple(cells for each in night for cells in each.ward_rows),
        spells=tuple(spell for each in night for spell in each.spells),
        sources=_named(sources),
        todo=in_order(_left(context.todos.found, corrections, words)),
    )


def with_more(tables: Tables, faults: Iterable[str], failures: Iterable[str]) -> Tables:
    """Returns a night with the faults of its own files, and sources not fetched, to be done too."""
    todos = Todos(dict.fromkeys(tables.todo))
    for fault in faults:
        what = "the files cannot be counted"
        todos.add("fault", what, fault, "correct it in corrections.csv or parties.csv")
    for failure in failures:
        what = "a source could not be fetched: what was there before is used, and may be older"
        todos.add("not fetched", what, failure, "fetch it by hand, or run again")
    return replace(tables, todo=in_order(todos.found))


def _left(found: Iterable[Todo], corrections: Corrections, words: dict[str, str]) -> Iterable[Todo]:
    """Yields what no correction has settled."""
    for each in found:
        council = words.get(each.council) or council_words(each.council)
        if not corrections.settles(council, each.ballot_paper_id, each.what, each.field):
            yield each


def _named(sources: Sources) -> tuple[str, ...]:
    """Returns the files of the sources with what they are, in order."""
    places = [
        each.at for name in Sources.__slots__ if name != "pages" for each in getattr(sources, name)
    ]
    return tuple(sorted({f"{at.source}: {at.file.name}" for at in places}))


def _note_sources(sources: Sources, context: Context) -> None:
    for name, attribute, what in _EXPECTED_SOURCES:
        if not getattr(sources, attribute):
            context.todos.add(
                "source missing",
                f"no file of {name}: {what} is not known from it",
                "none of the files in the folder of sources is of this kind",
                "docs/reference/preparing.md says where to get it",
            )
    for page, here in sources.missing():
        context.todos.add(
            "source incomplete",
            f"{here} of {page.of} items are there; the other pages have to lie beside this one",
            str(page.at),
            "fetch every page: the answer's `next` is the address of the one after it",
        )


def _by_ballot(sources: Sources) -> dict[str, tuple[list[ListedBallot], list[ListedBallot]]]:
    found: dict[str, tuple[list[ListedBallot], list[ListedBallot]]] = {}
    for ballot in sources.elections:
        found.setdefault(ballot.ballot_paper_id, ([], []))[0].append(ballot)
    for ballot in sources.nominations:
        found.setdefault(ballot.ballot_paper_id, ([], []))[1].append(ballot)
    return found


def _joined(
    council: JoinedCouncil,
    of_ballot: dict[str, tuple[list[ListedBallot], list[ListedBallot]]],
    corrections: Corrections,
    context: Context,
) -> list[JoinedBallot]:
    """Returns a council's ballots, each with the number of seats that a correction gives."""
    found = []
    for identifier in council.ballots:
        elections, nominations = of_ballot.get(identifier, ([], []))
        ballot = joined_ballot(identifier, elections, nominations, council.shown, context.todos)
        stated = corrections.of(Subject(council.words, identifier)).get("seats_contested", "")
        if stated.isdecimal():
            ballot = replace(ballot, seats=int(stated))
        found.append(ballot)
    return found
