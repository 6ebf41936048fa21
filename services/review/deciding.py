"""Deciding: the log read for the desk, its decision sent, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, NamedTuple

from election.council import Council
from election.evidence.no_poll import ruled_no_poll
from election.text.ward import ward_line
from election.ward import Ward
from schemas.audit_entry import AuditEntry
from schemas.desk import DeskDecided
from schemas.envelope import read_headers
from schemas.ids import belongs_to, check_ballot_paper_id
from schemas.uk_time import UK_TIME
from services.access.audit_fields import about, result_field
from services.access.operator import operator
from services.access.trail import write_entry
from services.audit.councils import CouncilsInTheLog
from services.declare.round_trip import round_trip
from services.following.step import Step
from services.platform.council_name import fits
from services.platform.errors import KafkaUnavailableError
from services.platform.settings import Settings
from services.review.decision import UnusableDecisionError
from services.review.waiting import of_ward

SOURCE: Final = "/livecount/review"
"""The `ce_source` of what `livecount review` writes to the audit."""

_MEANWHILE = (
    "somebody else decided in between; look at the ballot again, and decide if it still has to be"
)


class Outcome(NamedTuple):
    """What came of a decision: whether it counts, and what stands now, or why it does not.

    `remark` is what else there is to say, such as that the audit could not be told.
    """

    counts: bool
    words: str
    remark: str = ""


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
        async for _, step in trip:
            outcome = await _noted(settings, decision, step, came_of(decision, step))
        return outcome


async def _noted(
    settings: Settings, decision: DeskDecided, step: Step, outcome: Outcome
) -> Outcome:
    """Tells the audit of a decision that is in the log; it stands if that fails."""
    record = step.record
    message = read_headers((name, content or b"") for name, content in record.headers).id
    entry = AuditEntry(
        at=datetime.now(UK_TIME),
        action="decided",
        who=operator(),
        person=decision.by,
        about=(about(decision, message, record.partition, record.offset),),
        events=1,
        result=result_field(f"{decision.ruling}: {decision.reason}\n{outcome.words}"),
    )
    try:
        await write_entry(settings, entry, SOURCE)
    except KafkaUnavailableError as error:
        return outcome._replace(remark=f"the audit was not told, the decision stands: {error}")
    return outcome


def came_of(decision: DeskDecided, step: Step) -> Outcome:
    """Returns what came of a decision that stands in the log."""
    after, why = step.after, step.why_aside
    if after is None or step.effects is None:
        hint = f"\n{_MEANWHILE}" if "another decision" in why else ""
        return Outcome(counts=False, words=f"{why}{hint}")
    ward = after.wards.get(decision.ballot_paper_id)
    known = ward.evidence.decision if ward is not None and ward.evidence is not None else None
    if ward is None or known is None or known.revision > decision.revision:
        return Outcome(counts=False, words=_MEANWHILE)
    has_no_poll = ruled_no_poll(known) is not None
    if decision.ruling == "accept" and known.figures is None and not has_no_poll:
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
