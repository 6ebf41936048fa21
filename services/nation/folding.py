"""The fold of a batch of `night`, election by election. No I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import structlog

from election.nation.place import WHOLE_NIGHT, Part
from election.nation.state import Night
from schemas.alert import Alert
from schemas.reject import Reject, broken_detail
from schemas.totals import CouncilTotals
from services.engine.set_aside import reject
from services.nation.decode import LoggedWord
from services.nation.rules import BrokenError, Rules, Written

log = structlog.get_logger(__name__)


class CachedNight(NamedTuple):
    """A night, and the offset of the last message that changed it; of a new one neither."""

    night: Night | None = None
    offset: int | None = None


NEW_NIGHT = CachedNight()
"""A night of which nothing was said yet."""


@dataclass(slots=True)
class NightFold:
    """One election's fold: what Redis has before it, the result, and what changed.

    `offset` is that of the last message that changed the night, `counted` how many did.
    """

    election: str
    partition: int
    before: CachedNight
    night: Night | None
    offset: int = -1
    counted: int = 0
    councils: dict[str, None] = field(default_factory=dict)
    parts: set[Part] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    encoded_alerts: list[tuple[str, bytes]] = field(default_factory=list)
    written: Written | None = None

    def add(self, word: LoggedWord, rules: Rules) -> Reject | None:
        """Folds one message. Returns a reject if it contradicts what is known, or breaks.

        One whose offset the night has reached already changes nothing: it is being read again.
        """
        before = self.before.offset
        if before is not None and word.record.offset <= before:
            return None
        try:
            change = rules.folded(word.said, self.night)
            encoded = rules.alerts(change.alerts)
        except BrokenError as error:
            return _set_aside(word, error)
        if change.refused:
            return reject(word.record, "conflict", change.refused)
        if change.night is self.night:
            return None
        self.night, self.offset = change.night, word.record.offset
        self.counted += 1
        if change.changed_parts:
            # Each change has a version of its own, which the totals of the night have.
            self.parts |= change.changed_parts | {WHOLE_NIGHT}
        self.alerts += change.alerts
        self.encoded_alerts += encoded
        if isinstance(word.said, CouncilTotals):
            self.councils[word.said.council] = None
        return None

    def copied(self) -> NightFold:
        """Returns a copy, which can be added to without changing this one."""
        return replace(
            self,
            councils=dict(self.councils),
            parts=set(self.parts),
            alerts=list(self.alerts),
            encoded_alerts=list(self.encoded_alerts),
        )

    def write_out(self, rules: Rules) -> None:
        """Makes what is stored and published of the night. Raises BrokenError."""
        if self.night is not None and self.counted:
            self.written = rules.written(self.night, self.councils, self.parts)

    def write_out_whole(self, rules: Rules) -> None:
        """Makes all of the night anew, as a rebuild needs it. Raises BrokenError."""
        if self.night is not None:
            parts = {*self.night.parts, WHOLE_NIGHT} if self.night.version else set[Part]()
            self.written = rules.written(self.night, list(self.night.councils), parts)


async def fold(
    words: Sequence[LoggedWord], nights: Mapping[str, CachedNight], rules: Rules
) -> tuple[list[NightFold], list[Reject]]:
    """Folds messages in the order given; returns each changed night, written out, and rejects.

    `nights` has the night of each of the messages. A night that cannot be written out is folded
    again, message by message, and the messages at which it fails are set aside. Yields to the
    event loop between any two messages, so that heartbeats are sent however many there are.
    """
    found: list[NightFold] = []
    rejects: list[Reject] = []
    for election in dict.fromkeys(word.said.election for word in words):
        own = [word for word in words if word.said.election == election]
        folded, refused = await _together(own, nights[election], rules)
        try:
            folded.write_out(rules)
        except BrokenError:
            folded, refused = await _one_by_one(own, nights[election], rules)
        rejects += refused
        if folded.counted:
            found.append(folded)
    return found, rejects


async def _together(
    words: Sequence[LoggedWord], before: CachedNight, rules: Rules
) -> tuple[NightFold, list[Reject]]:
    folded, rejects = _begun(words[0], before), []
    for word in words:
        await asyncio.sleep(0)
        if refused := folded.add(word, rules):
            rejects.append(refused)
    return folded, rejects


async def _one_by_one(
    words: Sequence[LoggedWord], before: CachedNight, rules: Rules
) -> tuple[NightFold, list[Reject]]:
    """Folds messages of one election, each on top of those before it that can be written out.

    Writing a night out takes many times as long as a fold, so this is only for one that fails.
    """
    folded, rejects = _begun(words[0], before), []
    for word in words:
        await asyncio.sleep(0)
        folded, refused = add_checked(folded, word, rules)
        if refused is not None:
            rejects.append(refused)
    return folded, rejects


def add_checked(
    folded: NightFold, word: LoggedWord, rules: Rules
) -> tuple[NightFold, Reject | None]:
    """Returns a fold with a message added if it can be written out, or else as it was."""
    trial = folded.copied()
    refused = trial.add(word, rules)
    if refused is None:
        try:
            trial.write_out(rules)
        except BrokenError as error:
            refused = _set_aside(word, error)
    return (folded, refused) if refused is not None else (trial, None)


def _begun(word: LoggedWord, before: CachedNight) -> NightFold:
    return NightFold(word.said.election, word.record.partition, before, before.night)


def _set_aside(word: LoggedWord, error: BrokenError) -> Reject:
    """Logs, with its trace, that livecount failed for a message, and returns its reject."""
    record = word.record
    log.error(
        "message of the night broken",
        partition=record.partition,
        offset=record.offset,
        detail=str(error),
        exc_info=error,
    )
    return reject(record, "broken", broken_detail(str(error)))
