"""Transition: a council after an event, and what all kinds of events have in common."""

from __future__ import annotations

from typing import NamedTuple

from election.conflict import ConflictError
from election.council import NOTHING_KNOWN, Council
from election.evidence.checks import council_contradiction
from election.limits import refuse_parties, refuse_size
from election.opened_wards import unlisted
from election.rules.tally import replaced
from election.snapshot import ward_size
from election.ward import Ward

REVISIONS_AHEAD_MAX = 100
"""How far a revision may be above the last one known. The highest revision counts, so a mistyped or
malicious one would shut out every later correction; a real result has a handful."""


class Transition(NamedTuple):
    """A council after an event, and the ballots whose ward entries changed.

    `parked` says why the event, or what it makes doubtful, is kept and does not count, `held` why
    the word of a source waits, and `disputed` what it contradicts. All are blank if all counts.
    """

    council: Council
    ballots: tuple[str, ...]
    parked: str = ""
    held: str = ""
    disputed: str = ""


def refuse_jump(revision: int, known: int) -> None:
    """Raises ConflictError if a revision is further above the known one than any real one is."""
    if revision > known + REVISIONS_AHEAD_MAX:
        raise ConflictError(
            f"revision: {revision} is more than {REVISIONS_AHEAD_MAX} above {known}, the last one"
            " known; number revisions one by one"
        )


def refuse_another(revision: int, known: int, *, differs: bool) -> None:
    """Raises ConflictError if an event of a known revision has other content."""
    if revision == known and differs:
        raise ConflictError(
            f"revision: {revision} is known with other content; give a correction a higher revision"
        )


def known_ward(council: Council, ballot: str) -> Ward:
    """Returns what is known of a ballot, of which nothing may be."""
    ward = council.wards.get(ballot)
    if ward is not None:
        return ward
    opened = council.opening.opened if council.opening else None
    return Ward(ballot, system=opened.electoral_system if opened else "plurality")


def with_ward(council: Council, old: Ward, new: Ward, field: str) -> Transition:
    """Returns a council in which one ward is replaced.

    `field` is the one of the event that has most of what was added, for the message if the
    council would have more than it may. Raises ConflictError then.
    """
    is_known = old.ballot_paper_id in council.wards
    before = ward_size(old) if is_known else NOTHING_KNOWN
    size = council.size.with_part(before, ward_size(new))
    refuse_size(size, field)
    tally = council.tally
    if tally is not None:
        tally = replaced(tally, old.contribution, new.contribution)
        refuse_parties(tally)
    wards = dict(council.wards)
    wards[new.ballot_paper_id] = new
    changed = Council(
        council.council,
        council.mode,
        council.version + 1,
        council.opening,
        tally,
        council.declared,
        council.evidence,
        wards,
        council.settled_at,
        council.raised,
        size,
    )
    council.hand_votes_on(changed, old, new)
    parked = unopened(changed)
    if not parked and new.contest is None:
        parked = unlisted(new.ballot_paper_id, council.name)
    if not parked and council.declared is not None:
        parked = _against_whole(council, changed)
    return Transition(changed, (new.ballot_paper_id,), parked)


def unopened(council: Council) -> str:
    """Returns why what was said of a council does not count yet; blank once it is opened."""
    if council.opening is not None:
        return ""
    return f"council: {council.council} has not been opened; kept, and counted once it is"


def _against_whole(before: Council, after: Council) -> str:
    """Returns what is wrong if a ward is the first that the result of its whole council rules out.

    That result stays in force until every ward has declared, so the ward does not count yet.
    """
    wrong = []
    for council in (before, after):
        count = council.count
        whole = count.council_result if count is not None else None
        if count is None or whole is None:
            return ""
        wrong.append(council_contradiction(whole, count.opening.opened, count.tally))
    if wrong[0] or not wrong[1]:
        return ""
    return f"{wrong[1]}; the ward is kept, and counted once every ward has declared"
