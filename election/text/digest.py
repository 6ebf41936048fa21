"""The line of a digest, and the facts behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import product

from election.nation.part_sum import CouncilSum
from election.nation.since import CalledCouncil, Since
from election.rules.outcome import outcome
from election.text.phrases import clipped, counted, first_that_fits, headline, listed
from election.text.proof import PROOF_MAX_CHARACTERS
from schemas.party import wire_name
from schemas.uk_time import UK_TIME

_CALLS_SHOWN = (12, 8, 6, 4, 3, 2, 1, 0)
"""The councils that change hands for which a line has room, and how few it makes do with."""

_PARTIES_SHOWN = (6, 4, 3, 0)

_PROOF_NAMES_MAX = 30
"""The councils that a line of proof names; the others are counted."""

Wire = Callable[[str | None], str]
"""Returns a party as the wires print it."""


def digest_time(at: datetime) -> str:
    """Returns the time of a digest as a newsroom says it: `02:15`."""
    return f"{at.astimezone(UK_TIME):%H:%M}"


def digest_text(since: Since, at: datetime, councils: CouncilSum, to_come: int, wire: Wire) -> str:
    """Returns the line of a digest: `NIGHT 02:15, since 02:00: 3 councils complete, …`.

    `councils` are all of the night, `to_come` those that are not complete. It names as many
    councils that changed hands as there is room for.
    """
    start = f", since {digest_time(since.start)}" if since.start is not None else ""
    head = f"NIGHT {digest_time(at)}{start}: "
    so_far = f"{councils.complete:,} of {councils.complete + to_come:,} complete"
    texts = (
        head
        + "; ".join(
            filter(
                None,
                (
                    f"{_declared(since)}, {so_far}" if _declared(since) else so_far,
                    _calls(since.called, calls, wire),
                    f"no longer certain: {listed(list(since.reopened[:3]))}"
                    if since.reopened
                    else "",
                    _seats(since, parties, wire),
                    _marks(since),
                ),
            )
        )
        + "."
        for calls, parties in product(_CALLS_SHOWN, _PARTIES_SHOWN)
    )
    return clipped(first_that_fits(texts))


def digest_proof(since: Since, wire: Wire) -> tuple[str, ...]:
    """Returns all that a digest is about, one kind of change a line."""
    changes = [_call(each, wire) for each in since.called]
    lines = (
        _names("complete", since.completed),
        _names("control", changes),
        _names("no longer certain or complete", since.reopened),
        _names("marks", since.marks),
        _seats(since, len(since.seats), wire),
    )
    return tuple(clipped(line, PROOF_MAX_CHARACTERS) for line in lines if line)


def wire_of(labels: Mapping[str, str]) -> Wire:
    """Returns how the wires print the parties of a night."""
    return lambda party: wire_name(party or "", labels.get(party or "", ""))


def _declared(since: Since) -> str:
    parts = []
    if since.completed:
        parts.append(f"{counted(len(since.completed), 'council')} declared")
    elif since.wards > 0:
        parts.append(f"{counted(since.wards, 'ward')} declared")
    return ", ".join(parts)


def _calls(called: Iterable[CalledCouncil], shown_max: int, wire: Wire) -> str:
    """Returns who gained and lost which councils, and how many are held."""
    changes = [_call(each, wire) for each in called if each.is_change]
    shown = changes[:shown_max]
    more = len(changes) - len(shown)
    if more:
        shown.append(f"{more:,} more changed hands" if shown else f"{more:,} changed hands")
    held = sum(1 for each in called if not each.is_change and each.before is not None)
    if held:
        shown.append(f"{held:,} held")
    return ", ".join(shown)


def _call(each: CalledCouncil, wire: Wire) -> str:
    label = outcome(each.before, each.now)
    return headline(each.name, label, wire(each.now), wire(each.before))


def _seats(since: Since, shown_max: int, wire: Wire) -> str:
    if not shown_max or not since.seats:
        return ""
    shown = [f"{wire(party)} {seats}" for party, seats in since.seats.items()]
    return f"seats won {', '.join(shown[:shown_max])}"


def _marks(since: Since) -> str:
    return listed(list(since.marks[-2:]))


def _names(what: str, names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _PROOF_NAMES_MAX
    shown = [*every[:_PROOF_NAMES_MAX], *([f"{more:,} more"] if more > 0 else [])]
    return f"{what}: {', '.join(shown)}" if shown else ""
