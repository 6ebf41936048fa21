"""Checks: what was looked at before the polls close, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from election.council import Council
from election.text.phrases import counted
from readers.findings import UnusableFilesError
from readers.todo_file import NAME, Todo
from schemas.council import CouncilOpened
from services.access.keys_file import KeysError, load_keys
from services.declare.plan import plan
from services.declare.planned import Planned
from services.notifier.channels_file import ChannelsError, load_channels
from services.notifier.senders.open import unusable
from services.platform.clock import uk_now
from services.platform.mode import namespace_mode
from services.platform.settings import Settings
from services.readiness.night_files import NightFiles

_DECLARE: Final = "livecount declare with the folder opens it"


class Check(NamedTuple):
    """One thing that was looked at: what is so, and what is left to do, each in one line."""

    found: str
    left: tuple[str, ...]


def all_checks(
    files: NightFiles, councils: Mapping[str, Council], settings: Settings
) -> tuple[Check, ...]:
    """Returns every check of a night's files, beside the councils as the log has them.

    Reads the files of keys and of channels that the settings name; changes and sends nothing.
    """
    night = files.night
    planned = plan((*night.openings, *night.declarations), councils, number=True)
    return (
        councils_check(planned),
        nominations_check(night.openings),
        keys_check(settings),
        channels_check(settings),
        todo_check(files.todo),
    )


def checks_without_files(error: UnusableFilesError, settings: Settings) -> tuple[Check, ...]:
    """Returns what can be checked if the files of a night have faults, these first."""
    faults = Check("the files of the night cannot be used", tuple(str(error).splitlines()))
    return faults, keys_check(settings), channels_check(settings)


def councils_check(planned: Sequence[Planned]) -> Check:
    """Returns which councils are not open, or otherwise than the files say.

    `planned` is what declaring the files would do.
    """
    openings = [(each.event, each) for each in planned if isinstance(each.event, CouncilOpened)]
    left = [
        f"{event.name}: not opened; {_DECLARE}" for event, each in openings if each.outcome == "new"
    ]
    left += (
        f"{event.name}: the files have changed since it was opened; declare them again"
        for event, each in openings
        if each.outcome == "changed"
    )
    known = {event.council for event, each in openings if each.outcome == "unchanged"}
    others = [
        each
        for each in planned
        if each.event.council in known and not isinstance(each.event, CouncilOpened)
    ]
    # To declare it again would not help.
    aside = [each for _, each in openings if each.outcome == "set aside"]
    aside += (each for each in others if each.outcome == "set aside")
    left += (f"{'; '.join(each.words.splitlines())}; correct the files" for each in aside)
    waiting = sum(each.is_sent and each.outcome != "set aside" for each in others)
    if waiting:
        left.append(f"{counted(waiting, 'notice')} of the files not in the log; declare them again")
    return Check(f"{len(known)} of {len(openings)} councils open as the files say", tuple(left))


def nominations_check(openings: Iterable[CouncilOpened]) -> Check:
    """Returns which wards have no nominations, so that anyone can win them."""
    wards = [(each, ward) for each in openings for ward in each.wards]
    left = tuple(
        f"{ward.ward}, {council.name}: nominations are not known"
        for council, ward in wards
        if ward.candidates is None
    )
    return Check(f"{len(wards) - len(left)} of {len(wards)} wards with nominations", left)


def keys_check(settings: Settings) -> Check:
    """Returns whether anybody may declare over HTTP, and what is wrong with the keys.

    Both sources and stringers may, with a key that is not revoked and has not expired.
    """
    file = settings.keys_file
    if file is None:
        if settings.intake_token.get_secret_value():
            return Check("1 key: the token of intake", ())
        what = "set LIVECOUNT_KEYS_FILE, and add a key of each source with access add"
        return Check("no keys", (what,))
    try:
        keys = [key for key in load_keys(file) if not key.ended(uk_now())]
    except KeysError as error:
        return Check("no keys", tuple(error.faults))
    sources = [key.id for key in keys if key.role == "source"]
    stringers = [key.id for key in keys if key.role == "stringer"]
    if not sources and not stringers:
        what = f"{file}: no key of a source; add one with access add, or invite stringers"
        return Check("no keys of sources", (what,))
    found = [
        f"{counted(len(ids), what)}: {', '.join(ids)}"
        for ids, what in ((sources, "source"), (stringers, "stringer"))
        if ids
    ]
    return Check(f"keys of {'; '.join(found)}", ())


def channels_check(settings: Settings) -> Check:
    """Returns whether anybody is told of an alert, and which channels cannot be used."""
    file = settings.notifier_channels_file
    if file is None:
        what = "alerts go to the console alone; name a file in LIVECOUNT_NOTIFIER_CHANNELS_FILE"
        return Check("no channels", (f"{what}, here and for the notifier",))
    try:
        channels = load_channels(file)
    except ChannelsError as error:
        return Check("no channels", tuple(str(error).splitlines()))
    mode = namespace_mode(settings.namespace)
    told = [each.name for each in channels if mode == "live" or each.rehearsal]
    left = [f"channel {name}: {why}" for name, why in unusable(channels).items()]
    if not told:
        left.append(f"{file}: no channel is told of a rehearsal; set rehearsal = true")
    names = f": {', '.join(told)}" if told else ""
    return Check(f"{counted(len(told), 'channel')}{names}", tuple(left))


def todo_check(todo: Sequence[Todo]) -> Check:
    """Returns what `todo.csv` still lists."""
    left = tuple(f"{each.council or 'all'}: {each.reason}: {each.what}" for each in todo)
    return Check(f"{counted(len(todo), 'thing')} in {NAME}", left)
