"""The places of an HTTP server's connections: how many there are, and who has to give one up.

Somebody who connects and sends nothing, half a request or a body without an end takes no place
from anybody: if a place is needed, the connection that has waited longest goes first. Only a
connection whose whole request has come, and is being answered, keeps its place.
"""

from __future__ import annotations

import resource
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import structlog

from services.platform.metrics import HTTP_CONNECTIONS_CLOSED

FILES_RESERVED: Final = 256
"""Open files that are no connection of a client: Kafka, Redis, logs, and some to spare."""

UNREAD_BYTES_MAX: Final = 134_217_728
"""What may wait in memory for slow readers, 128 MiB: a quarter of what a container has."""

UNREAD_GRACE_S: Final = 1.0
"""A response is always unread for a moment; after a second its reader is slow."""

FREE_AGAIN_SHARE: Final = 0.1
"""Once a tenth of the places was free, it is news again that all are taken."""

_log = structlog.get_logger()

Reason = Literal["too_slow", "too_large", "displaced", "full", "unread", "stopping"]


class Connection(Protocol):
    """What the register knows of a connection."""

    def drop(self, reason: Reason) -> None:
        """Ends the connection at once, and takes it out of the register."""

    def overdue(self, now: float) -> bool:
        """Returns whether the client has taken too long over what it does now."""

    def waits_for_client(self) -> bool:
        """Returns whether it is the client's turn to do something."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The most connections of a server, and of one client's address among them."""

    total_max: int
    per_client_max: int


class FullLog:
    """Logs that all places of a kind are taken: once, until a good part of them was free again."""

    def __init__(self, kind: str, places_max: int) -> None:
        self._kind = kind
        self._places_max = places_max
        self._said = False

    def full(self) -> None:
        """Notes that there is no free place; the next client is answered 503, or another goes."""
        if not self._said:
            _log.warning("all places are taken", kind=self._kind, places=self._places_max)
            self._said = True

    def taken(self, places: int) -> None:
        """Notes how many places are taken after one was given back."""
        if places <= self._places_max * (1 - FREE_AGAIN_SHARE):
            self._said = False


_Waiting = OrderedDict[Connection, None]


@dataclass(slots=True)
class _Client:
    """The connections of one client. Those that may go wait in order, the longest first."""

    count: int = 0
    new: _Waiting = field(default_factory=OrderedDict)
    idle: _Waiting = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class _Unread:
    since: float
    size_bytes: int


class Register:
    """Every connection of one server. Not for use by several threads."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._members: dict[Connection, str | None] = {}
        self._clients: dict[str, _Client] = {}
        self._all = _Client()
        self._unread: OrderedDict[Connection, _Unread] = OrderedDict()
        self._unread_bytes = 0
        self._full_log = FullLog("connections", limits.total_max)

    def __len__(self) -> int:
        return self._all.count

    def admit(self, connection: Connection, client: str | None) -> bool:
        """Gives a connection a place; returns False if there is none for it.

        A place that somebody only waits in is freed for it. `client` is what the limit for each
        client counts it as; None stands for a trusted proxy, which has many clients and keeps
        its places.
        """
        own = self._clients.get(client) if client is not None else None
        if own is not None and own.count >= self._limits.per_client_max and not _displace(own):
            return False
        if self._all.count >= self._limits.total_max:
            self._full_log.full()
            if not _displace(self._all):
                return False
        self._members[connection] = client
        self._all.count += 1
        if client is not None:
            # Looked up again: if the last connection of a client was displaced it is gone.
            self._clients.setdefault(client, _Client()).count += 1
            self.waits(connection, known=False)
        return True

    def waits(self, connection: Connection, *, known: bool) -> None:
        """Notes that a connection waits for its client, from now on; it may have to go.

        Clients that have had an answer before, which are `known`, go after all others.
        """
        client = self._members.get(connection)
        if client is None:
            return
        self.works(connection)
        for group in (self._all, self._clients[client]):
            (group.idle if known else group.new)[connection] = None

    def works(self, connection: Connection) -> None:
        """Notes that a connection's whole request has come: it keeps its place."""
        client = self._members.get(connection)
        if client is None:
            return
        for group in (self._all, self._clients[client]):
            group.new.pop(connection, None)
            group.idle.pop(connection, None)

    def leave(self, connection: Connection) -> None:
        """Takes a connection out; nothing happens if it is not in."""
        if connection not in self._members:
            return
        self.works(connection)
        self.reads(connection)
        client = self._members.pop(connection)
        self._all.count -= 1
        self._full_log.taken(self._all.count)
        if client is not None:
            own = self._clients[client]
            own.count -= 1
            if not own.count:
                del self._clients[client]

    def replace(self, connection: Connection, by: Connection) -> None:
        """Puts one connection in the place of another, which does not wait for its client."""
        if connection in self._members:
            self.works(connection)
            self._members[by] = self._members.pop(connection)

    def reads_slowly(self, connection: Connection, size_bytes: int, now: float) -> None:
        """Notes that this much of a response waits for its reader.

        If too much waits in all, connections that have waited longest are ended.
        """
        self.reads(connection)
        if connection not in self._members:
            return
        self._unread[connection] = _Unread(now, size_bytes)
        self._unread_bytes += size_bytes
        while self._unread_bytes > UNREAD_BYTES_MAX:
            slowest, unread = next(iter(self._unread.items()))
            if now - unread.since < UNREAD_GRACE_S:
                break
            slowest.drop("unread")

    def reads(self, connection: Connection) -> None:
        """Notes that a reader has taken what waited for it."""
        unread = self._unread.pop(connection, None)
        if unread is not None:
            self._unread_bytes -= unread.size_bytes

    def sweep(self, now: float) -> None:
        """Ends every connection whose client has taken too long. Takes 3 ms for ten thousand."""
        for connection in [each for each in self._members if each.overdue(now)]:
            connection.drop("too_slow")

    def let_go(self) -> int:
        """Ends every connection that waits for its client, and returns how many there were."""
        waiting = [each for each in self._members if each.waits_for_client()]
        for connection in waiting:
            connection.drop("stopping")
        return len(waiting)


def _displace(group: _Client) -> bool:
    """Ends the connection that has waited longest; returns False if none waits."""
    for waiting in (group.new, group.idle):
        if waiting:
            next(iter(waiting)).drop("displaced")
            return True
    return False


def closed(reason: Reason) -> None:
    """Counts a connection that was closed or refused."""
    HTTP_CONNECTIONS_CLOSED.labels(reason).inc()


def within_file_limit(limits: ConnectionLimits) -> ConnectionLimits:
    """Raises this process's limit of open files as far as it may and needs to.

    Returns the limits, with fewer connections in all if the system allows no more, which is logged.
    """
    wanted = limits.total_max + FILES_RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    total_max = max(1, min(limits.total_max, allowed - FILES_RESERVED))
    if total_max < limits.total_max:
        _log.warning(
            "too few open files are allowed; allow more (ulimit -Hn, or LimitNOFILE of systemd)",
            open_files=allowed,
            open_files_needed=wanted,
            connections=total_max,
            connections_wanted=limits.total_max,
        )
    return ConnectionLimits(total_max, limits.per_client_max)
