"""Ready: what is left to do before the polls close, as the log, the keys and the files have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from election.text.phrases import counted
from readers.night import Night
from schemas.council import CouncilOpened
from services.access.keys_file import KeysError, load_keys
from services.audit.councils import CouncilsInTheLog
from services.declare.plan import plan
from services.declare.planned import Planned
from services.notifier.channels_file import ChannelsError, load_channels
from services.notifier.senders.open import unusable
from services.platform.mode import namespace_mode
from services.platform.settings import Settings
from services.prepare.todo import Todo

_DECLARE: Final = "livecount declare with the folder opens it"


class Check(NamedTuple):
    """One thing that was looked at: what is so, and what is left to do, each in one line."""

    found: str
    left: tuple[str, ...]


async def log_checks(settings: Settings, night: Night) -> tuple[Check, ...]:
    """Returns whether the councils of a night are open in the log as its files say.

    Reads the log to its end, and sends nothing. Raises KafkaUnavailableError.
    """
    events = (*night.openings, *night.declarations)
    async with CouncilsInTheLog(settings, {each.council for each in night.openings}) as log:
        await log.read_to_end()
        planned = plan(events, log.councils, number=True, rejected=log.rejected)
    return councils_check(planned), nominations_check(night.openings)


def councils_check(planned: Sequence[Planned]) -> Check:
    """Returns which councils are not open, or otherwise than the files say."""
    openings = [each for each in planned if isinstance(each.event, CouncilOpened)]
    left = [
        f"{_name(each.event)}: not opened; {_DECLARE}" for each in openings if each.outcome == "new"
    ]
    left += (
        f"{_name(each.event)}: the files have changed since it was opened; declare them again"
        for each in openings
        if each.outcome in {"changed", "set aside"}
    )
    known = {each.event.council for each in openings if each.outcome == "unchanged"}
    waiting = sum(each.is_sent for each in planned if each.event.council in known)
    if waiting:
        left.append(f"{counted(waiting, 'notice')} of the files not in the log; declare them again")
    return Check(f"{len(known)} of {len(openings)} councils open as the files say", tuple(left))


def _name(event: object) -> str:
    return event.name if isinstance(event, CouncilOpened) else ""


def nominations_check(openings: Iterable[CouncilOpened]) -> Check:
    """Returns which wards have no nominations, so that anyone can win them."""
    wards = [(each, ward) for each in openings for ward in each.wards]
    left = tuple(
        f"{ward.ward}, {council.name}: nominations are not known"
        for council, ward in wards
        if ward.candidates is None
    )
    return Check(f"{len(wards) - len(left)} of {len(wards)} wards with nominations", left)


def keys_check(settings: Settings, file: Path | None) -> Check:
    """Returns whether any source may declare over HTTP, and what is wrong with the keys."""
    if file is None:
        if settings.intake_token.get_secret_value():
            return Check("1 key: the token of intake", ())
        what = "no key: set LIVECOUNT_KEYS_FILE, and add a key of each source with access add"
        return Check("no keys", (what,))
    try:
        keys = [key for key in load_keys(file) if key.revoked is None]
    except KeysError as error:
        return Check("no keys", tuple(error.faults))
    sources = [key.id for key in keys if key.role == "source"]
    left = () if sources else (f"{file}: no key of a source; add one with access add",)
    return Check(f"{counted(len(sources), 'key')} of sources: {', '.join(sources)}", left)


def channels_check(settings: Settings, file: Path | None) -> Check:
    """Returns whether anybody is told of an alert, and which channels cannot be used."""
    if file is None:
        what = "no channels: alerts go to the console alone; set LIVECOUNT_NOTIFIER_CHANNELS_FILE"
        return Check("no channels", (what,))
    try:
        channels = load_channels(file)
    except ChannelsError as error:
        return Check("no channels", tuple(str(error).splitlines()))
    mode = namespace_mode(settings.namespace)
    told = [each.name for each in channels if mode == "live" or each.rehearsal]
    left = [f"channel {name}: {why}" for name, why in unusable(channels).items()]
    if not told:
        left.append(f"{file}: no channel is told of a rehearsal; set rehearsal = true")
    return Check(f"{counted(len(told), 'channel')}: {', '.join(told)}", tuple(left))


def todo_check(todo: Sequence[Todo]) -> Check:
    """Returns what `todo.csv` still lists."""
    left = tuple(f"{each.council or 'all'}: {each.reason}: {each.what}" for each in todo)
    return Check(f"{counted(len(todo), 'thing')} in todo.csv", left)
