"""Deciding: the log read for the desk, its decision sent, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from election.council import Council
from election.text.ward import ward_line
from election.ward import Ward
from schemas.desk import DeskDecided
from schemas.ids import belongs_to, check_ballot_paper_id
from services.audit.councils import CouncilsInTheLog, Happened, why_aside
from services.declare.round_trip import round_trip
from services.platform.council_name import fits
from services.platform.settings import Settings
from services.review.decision import UnusableDecisionError
from services.review.waiting import of_ward

_MEANWHILE = "somebody else decided in between; see `livecount review show` and decide again"


class Outcome(NamedTuple):
    """What came of a decision: whether it counts, and what stands now, or why it does not."""

    counts: bool
    words: str


async def councils(settings: Settings, name: str | None = None) -> list[Council]:
    """Returns all councils that the log has anything of, or those that a name fits.

    Raises KafkaUnavailableError.
    """
    async with CouncilsInTheLog(settings) as log:
        await log.read_to_end()
        return [each for key, each in log.councils.items() if name is None or fits(name, key)]


async def find_ward(settings: Settings, ballot: str) -> tuple[Council, Ward]:
    """Returns a ballot as the log has it, with its council.

    Raises UnusableDecisionError if nothing is known of it, and KafkaUnavailableError.
    """
    async with _read(settings, ballot) as log:
        return _found(log, ballot)


async def decide(
    settings: Settings, ballot: str, event: Callable[[Council, Ward], DeskDecided]
) -> Outcome:
    """Sends the decision that `event` makes of a ballot as the log has it, and reads on to it.

    Raises what `event` and `find_ward` raise, and KafkaUnavailableError.
    """
    async with _read(settings, ballot) as log:
        decision = event(*_found(log, ballot))
        outcome = Outcome(counts=False, words=_MEANWHILE)
        trip = round_trip(settings, log, [decision], client_id="livecount-review")
        async for _, happened in trip:
            outcome = came_of(decision, happened)
        return outcome


def came_of(decision: DeskDecided, happened: Happened) -> Outcome:
    """Returns what came of a decision that stands in the log."""
    step, after = happened
    why = why_aside(step)
    if after is None or step.effects is None:
        hint = f"\n{_MEANWHILE}" if "another decision" in why else ""
        return Outcome(counts=False, words=f"{why}{hint}")
    ward = after.wards.get(decision.ballot_paper_id)
    known = ward.evidence.decision if ward is not None and ward.evidence is not None else None
    if ward is None or known is None or known.revision > decision.revision:
        return Outcome(counts=False, words=_MEANWHILE)
    if decision.ruling == "accept" and known.figures is None:
        why = "nobody has said that yet; it stands once somebody does"
    line = ward_line(ward, after.name)
    shown = of_ward(after, ward)
    stands = f"; {shown.stands}" if shown.stands else ""
    return Outcome(counts=not why, words=f"{line}{stands}" if not why else f"{line}\n{why}")


@asynccontextmanager
async def _read(settings: Settings, ballot: str) -> AsyncIterator[CouncilsInTheLog]:
    """Yields the log, read to its end, with the council that a ballot belongs to.

    A ballot that is polled on another day than its council is looked for in all of them.
    """
    try:
        kind, organisation, *_, poll = check_ballot_paper_id(ballot).split(".")
    except ValueError as error:
        raise UnusableDecisionError(f"ballot: {ballot!r}: {error}") from error
    for wanted in ({f"{kind}.{organisation}.{poll}"}, set[str]()):
        async with CouncilsInTheLog(settings, wanted) as log:
            await log.read_to_end()
            if ballot in _wards(log) or not wanted:
                yield log
                return


def _wards(log: CouncilsInTheLog) -> set[str]:
    return {ballot for each in log.councils.values() for ballot in each.wards}


def _found(log: CouncilsInTheLog, ballot: str) -> tuple[Council, Ward]:
    for council in log.councils.values():
        if belongs_to(ballot, council.council) and ballot in council.wards:
            return council, council.wards[ballot]
    raise UnusableDecisionError(
        f"ballot: nothing is known of {ballot!r}; `livecount review list` has those that wait"
    )
