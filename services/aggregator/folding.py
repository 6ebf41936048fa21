"""Folding of a batch, so that a declaration that cannot be counted is set aside by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.reject import Reject
from services.aggregator.changes import Changes, set_aside
from services.aggregator.council_cache import CachedCouncil
from services.aggregator.decode import LoggedEvent
from services.aggregator.steps import Steps


class Folded(NamedTuple):
    """Changes, all of which can be published and stored, and the rejects of their councils."""

    changes: Changes
    rejects: list[Reject]


async def fold(
    declarations: Sequence[LoggedEvent], councils: Mapping[str, CachedCouncil], steps: Steps
) -> AsyncIterator[Folded]:
    """Folds a batch in the order given; yields first the councils that have alerts, then others.

    `councils` has the councils of all the declarations. What is yielded may be published, and
    no council is in both. Each council is tried as it is after the batch. If it cannot be
    written out, its own declarations are folded again, `one_by_one`; no other council's are.
    """
    changes = Changes(councils, steps)
    rejects = [
        (logged.event.council, reject) for logged in declarations if (reject := changes.add(logged))
    ]
    urgent = {council for council, change in changes.items() if change.alerts}
    others = {logged.event.council for logged in declarations} - urgent
    for chosen in (urgent, others) if urgent else (others,):
        part = changes.only(chosen)
        broken = await part.write_out()
        sound = chosen - broken.keys()
        parts = [part.only(sound)]
        found = [reject for council, reject in rejects if council in sound]
        if broken:
            again = [logged for logged in declarations if logged.event.council in broken]
            retried = await one_by_one(again, councils, steps)
            parts.append(retried.changes)
            found += retried.rejects
        yield Folded(Changes.merged(parts), found)


async def one_by_one(
    declarations: Iterable[LoggedEvent], councils: Mapping[str, CachedCouncil], steps: Steps
) -> Folded:
    """Folds declarations, each on top of those before it that can be written out.

    The others become rejects. Writing a council out takes four times as long as a fold, so
    this is only for councils that have a declaration that fails.
    """
    now = dict(councils)
    together, rejects = Changes(councils, steps), []
    for logged in declarations:
        # There may be thousands, and heartbeats must not wait for all.
        await asyncio.sleep(0)
        alone = Changes(now, steps)
        reject = alone.add(logged)
        if reject is None and (errors := await alone.write_out()):
            reject = set_aside(logged, errors[logged.event.council])
        if reject is not None:
            rejects.append(reject)
            continue
        now.update(alone.updated_councils())
        together.absorb(alone)
    return Folded(together, rejects)
