"""Folding of a batch, so that a declaration that cannot be counted is set aside by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

from schemas.reject import Reject
from services.aggregator.changes import Changes
from services.aggregator.council_cache import CachedCouncil
from services.aggregator.decode import LoggedEvent, broken_reject
from services.aggregator.steps import Steps


class Folded(NamedTuple):
    """Changes, all of which can be published and stored, and the rejects of these councils."""

    changes: Changes
    rejects: list[Reject]


async def fold(
    declarations: Sequence[LoggedEvent], councils: Mapping[str, CachedCouncil], steps: Steps
) -> AsyncIterator[Folded]:
    """Folds a batch in the order given; yields first the councils that have alerts, then others.

    `councils` has the councils of all the declarations. What is yielded may be published, and
    no council is in both. Each council is tried as it is after the batch. If it cannot be
    written out, the council's own declarations are folded again in halves, one on top of the
    other, until the one that breaks it stands by itself: it becomes a reject, and the others
    count as if it had not come. No other council is folded again.
    """
    changes = Changes(councils, steps)
    rejects = [
        (logged.event.council, reject) for logged in declarations if (reject := changes.add(logged))
    ]
    urgent = {council for council, change in changes.items() if change.alerts}
    if urgent:
        found = [reject for council, reject in rejects if council in urgent]
        yield await _tried(changes.only(urgent), found, declarations)
    found = [reject for council, reject in rejects if council not in urgent]
    yield await _tried(changes.without(urgent), found, declarations)


async def _tried(
    changes: Changes, rejects: list[Reject], declarations: Sequence[LoggedEvent]
) -> Folded:
    """Writes changes out, and folds the declarations of councils for which that fails again."""
    broken = await changes.write_out()
    if not broken:
        return Folded(changes, rejects)
    parts = [changes.without(broken)]
    found = [reject for reject in rejects if (reject.key or b"").decode() not in broken]
    for council, error in broken.items():
        own = [logged for logged in declarations if logged.event.council == council]
        if len(own) == 1:
            found.append(broken_reject(own[0].record, error))
            continue
        at = {council: changes.before(council)}
        for half in (own[: len(own) // 2], own[len(own) // 2 :]):
            # A batch has up to thousands of declarations, and heartbeats must not wait for all.
            await asyncio.sleep(0)
            async for folded in fold(half, at, changes.steps):
                at = at | dict(folded.changes.updated_councils())
                parts.append(folded.changes)
                found += folded.rejects
    return Folded(Changes.merged(parts), found)
