"""The file of keys as a running service has it: read again when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from pydantic import SecretStr

from services.access.key import Key
from services.access.key_ring import KeyRing
from services.access.keys_change import KeysChange, change_between
from services.access.keys_file import KeysError, KeysFile, cautions, parse_keys, read_content
from services.access.people import People
from services.platform.clock import uk_now
from services.platform.metrics import ACCESS_KEYS_FAULTS

CHECK_INTERVAL_S: Final = 1.0
"""How often the file is read. A change counts once two readings agree, so that a file that is just
being written is not taken by half: a key is added or revoked within two seconds."""

_log = structlog.get_logger()


class WatchedKeys:
    """The keys that hold now, in `ring`, and all that the file says, in `current`.

    After a fault what was said before it holds on. `faults` are those of the file as it is now, one
    line each. `on_change` is called for every later change, and for every later fault of it.
    Without a file `current` is None, and there is the token alone, for ever. `clock` returns the
    time, by which keys expire. Raises KeysError if the file has a fault at the start.
    """

    def __init__(
        self,
        file: Path | None,
        token: SecretStr,
        on_change: Callable[[KeysChange], None] = lambda _: None,
        clock: Callable[[], datetime] = uk_now,
    ) -> None:
        self._file = file
        self._token = token
        self._clock = clock
        self.on_change = on_change
        self.faults: tuple[str, ...] = ()
        self.current: KeysFile | None = None
        self._taken: bytes | None = None
        self._seen: bytes | None = None
        if file is not None:
            self._taken = self._seen = read_content(file)
            self.current = parse_keys(self._taken, file)
            self._warn()
        self.ring = KeyRing(self.keys, token, clock)

    @property
    def keys(self) -> tuple[Key, ...] | None:
        """The keys that hold now; None without a file."""
        return self.current.keys if self.current is not None else None

    @property
    def people(self) -> People:
        """What people of an identity provider may do now."""
        return self.current.people if self.current is not None else People()

    @property
    def remark(self) -> str:
        """What there is to say of a service that is ready; blank if nothing."""
        return f"faults in the file of keys: {len(self.faults)}" if self.faults else ""

    async def watch(self) -> None:
        """Reads the file every CHECK_INTERVAL_S, until it is cancelled."""
        while self._file is not None:
            await asyncio.sleep(CHECK_INTERVAL_S)
            await self.check()

    async def check(self) -> None:
        """Reads the file once, in a thread: neither a slow disk nor many keys hold up the loop."""
        if self._file is None:
            return
        try:
            content = await asyncio.to_thread(read_content, self._file)
        except KeysError as error:
            self._seen = self._taken = None
            self._refuse(error.faults)
            return
        agreed, self._seen = content == self._seen, content
        if not agreed or content == self._taken:
            return
        self._taken = content
        try:
            read = await asyncio.to_thread(parse_keys, content, self._file)
        except KeysError as error:
            self._refuse(error.faults)
            return
        self._take(read)

    def _take(self, read: KeysFile) -> None:
        change = change_between(self.current or KeysFile(), read)
        self.current, self.faults = read, ()
        self.ring = KeyRing(read.keys, self._token, self._clock)
        ACCESS_KEYS_FAULTS.set(0)
        _log.info("the file of keys was read again", file=str(self._file), change=change.words)
        self._warn()
        self.on_change(change)

    def _refuse(self, faults: tuple[str, ...]) -> None:
        if faults == self.faults:
            return
        self.faults = faults
        ACCESS_KEYS_FAULTS.set(len(faults))
        for fault in faults:
            _log.error("the file of keys has a fault; the keys from before hold on", fault=fault)
        self.on_change(KeysChange(faults=faults))

    def _warn(self) -> None:
        for caution in cautions(self._file) if self._file else ():
            _log.warning("the file of keys is open to others", caution=caution)
