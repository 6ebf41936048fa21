"""Checks declarations beside the councils of the log, while Kafka is taking them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Final, NamedTuple

import structlog

from election.council import Council
from election.foreseen import foreseen
from readers.party_register import PartyRegister
from readers.unmatched_parties import unmatched, warnings
from schemas.events import Event, decode_event
from schemas.printable import printable
from services.following.followed_councils import FollowedCouncils
from services.intake.message import Message
from services.intake.producer import Acknowledgement

CHECKED_MAX: Final = 200
"""Events of one request that are checked, as many as a council may have wards; a check takes some
0.2 ms, and the answer waits for all. Of the others the answer says that they are not."""

LINES_MAX: Final = 20
"""Warnings of one event; an opening may have one for each of its wards."""

LINE_CHARACTERS_MAX: Final = 500
"""Characters of one warning; two results side by side may have a hundred candidates."""

ANSWER_CHARACTERS_MAX: Final = 262_144
"""Characters of all warnings of an answer, 256 KiB: some 2,500 lines."""

UNREAD_MAX: Final = 100
"""Declarations of a partition that may be ahead of the councils here. It is usually none, and a
few that came at the same time; more means that the log is not read as fast as it grows."""

SENT_ITERATIONS: Final = 12
"""Iterations of the event loop from here to the request with the declaration, some nine and a few
to spare. It goes first, so that Kafka works meanwhile."""

_log = structlog.get_logger(__name__)


class Checked(NamedTuple):
    """What there is to say of an event, and whether it was looked at beside its council."""

    warnings: tuple[str, ...]
    is_checked: bool = True


class Checker:
    """Says what events lead to in their councils as they were before. Nothing waits for the log.

    What it says decides nothing: the same rules count the log, and an event that cannot be checked
    is taken all the same.
    """

    def __init__(self, followed: FollowedCouncils, register: PartyRegister) -> None:
        self._followed = followed
        self._register = register

    async def beside(
        self,
        messages: Sequence[Message],
        sending: Coroutine[object, object, list[Acknowledgement]],
    ) -> tuple[list[Acknowledgement], list[Checked]]:
        """Sends messages, and checks their events meanwhile; returns what came of both.

        The events are seen one after the other, on top of the councils as they are now. Raises
        what `sending` raises, and nothing of its own.
        """
        # A council is replaced and never changed, so these stay as they were before the events.
        named = {message.key.decode() for message in messages}
        known = {
            name: self._followed.councils.get(name) for name in named if self._followed.knows(name)
        }
        check = asyncio.create_task(self._check_all(messages[:CHECKED_MAX], known))
        try:
            acknowledged = await sending
        except BaseException:
            check.cancel()
            raise
        found = await check
        found += [_too_many(message) for message in messages[CHECKED_MAX:]]
        behind = self._behind(acknowledged)
        return acknowledged, [
            _behind(each, message, behind[at.partition]) if behind[at.partition] else each
            for each, message, at in zip(found, messages, acknowledged, strict=True)
        ]

    def _behind(self, acknowledged: Sequence[Acknowledgement]) -> dict[int, int]:
        """Returns how many earlier declarations are unread here, by partition; 0 if few."""
        first: dict[int, int] = {}
        for partition, offset in acknowledged:
            first[partition] = min(offset, first.get(partition, offset))
        unread = {number: place - self._followed.read_to(number) for number, place in first.items()}
        return {number: count if count > UNREAD_MAX else 0 for number, count in unread.items()}

    async def _check_all(
        self, messages: Sequence[Message], known: Mapping[str, Council | None]
    ) -> list[Checked]:
        councils = dict(known)
        for _ in range(SENT_ITERATIONS):
            await asyncio.sleep(0)
        found: list[Checked] = []
        room = ANSWER_CHARACTERS_MAX
        for message in messages:
            name = message.key.decode()
            if name not in known:
                found.append(self._unknown(message))
                continue
            try:
                event = decode_event(message.value)
                before = councils[name]
                councils[name], lines = foreseen(event, before)
                lines = (*lines, *await self._of_parties(event, before))
            except Exception:  # noqa: BLE001 -- what cannot be checked is taken all the same
                _log.exception("a declaration cannot be checked", council=name, id=message.id)
                found.append(_not_checked(message, "livecount failed to"))
                continue
            lines = _bounded(lines, room)
            room -= sum(map(len, lines))
            found.append(Checked(lines))
            # Requests that came since must not wait for all of this one.
            await asyncio.sleep(0)
        return found

    async def _of_parties(self, event: Event, council: Council | None) -> Sequence[str]:
        opening = council.opening if council is not None else None
        labels = unmatched(event, self._register, opening.labels if opening is not None else ())
        if not labels:
            return ()
        # Seldom, and it takes up to a tenth of a second.
        return await asyncio.to_thread(lambda: tuple(warnings(event, labels, self._register)))

    def _unknown(self, message: Message) -> Checked:
        if not self._followed.is_caught_up:
            return _not_checked(message, "intake has yet to read the log")
        return _not_checked(message, "others have changed more recently than this council")


def _not_checked(message: Message, why: str) -> Checked:
    return Checked((f"not checked: {why}; {_remedy(message)}",), is_checked=False)


def _too_many(message: Message) -> Checked:
    return _not_checked(
        message, f"only the first {CHECKED_MAX} events of a request are, send fewer at once"
    )


def _behind(checked: Checked, message: Message, unread: int) -> Checked:
    """Returns what was found of an event beside a council that may have changed since."""
    if not checked.is_checked:
        return checked
    why = f"intake has yet to read {unread} declarations before this one"
    return Checked((*checked.warnings, *_not_checked(message, why).warnings), is_checked=False)


def _remedy(message: Message) -> str:
    return f"`livecount explain {message.key.decode()}` says what became of it"


def _bounded(lines: Sequence[str], room: int) -> tuple[str, ...]:
    """Returns warnings that fit into an answer, and if some do not, how many."""
    shown: list[str] = []
    for line in lines[:LINES_MAX]:
        text = printable(line)
        if len(text) > LINE_CHARACTERS_MAX:
            text = f"{text[: LINE_CHARACTERS_MAX - 1]}…"
        if len(text) > room:
            break
        shown.append(text)
        room -= len(text)
    more = len(lines) - len(shown)
    return (*shown, f"{more} more, see `livecount rejects list`") if more else tuple(shown)
