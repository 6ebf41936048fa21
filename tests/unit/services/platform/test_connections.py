"""Who has to give up a place when a server is full."""

from __future__ import annotations

import resource

import pytest

from services.platform.connections import (
    FILES_RESERVED,
    UNREAD_BYTES_MAX,
    ConnectionLimits,
    Reason,
    Register,
    within_file_limit,
)


class Fake:
    """A connection that notes why it was dropped."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.dropped: list[Reason] = []
        self.late = False

    def drop(self, reason: Reason) -> None:
        self.dropped.append(reason)
        self.register.leave(self)

    def overdue(self, now: float) -> bool:
        return self.late and now > 0


def register(total_max: int = 3, per_client_max: int = 3) -> Register:
    return Register(ConnectionLimits(total_max, per_client_max))


def admitted(places: Register, client: str | None = "a") -> Fake:
    connection = Fake(places)
    assert places.admit(connection, client)
    return connection


def test_the_longest_silent_connection_gives_up_its_place() -> None:
    """If all places are taken, whoever has waited longest without a request goes."""
    places = register()
    first, second, third = (admitted(places, client) for client in "abc")
    admitted(places, "d")

    assert first.dropped == ["displaced"]
    assert second.dropped == third.dropped == []
    assert len(places) == 3


def test_a_request_at_work_keeps_its_place() -> None:
    """A connection whose whole request has come is never displaced; if all work, one is refused."""
    places = register(total_max=2)
    working, silent = admitted(places, "a"), admitted(places, "b")
    places.works(working)
    newer = admitted(places, "c")
    assert (working.dropped, silent.dropped) == ([], ["displaced"])

    places.works(newer)
    assert not places.admit(Fake(places), "d")
    assert len(places) == 2

    places.waits(working, known=True)
    admitted(places, "d")
    assert working.dropped == ["displaced"]


def test_a_client_that_was_answered_goes_after_strangers() -> None:
    """Among those that wait, a client that has had an answer before goes last."""
    places = register(total_max=2)
    known, stranger = admitted(places, "a"), admitted(places, "b")
    places.waits(known, known=True)
    admitted(places, "c")

    assert (known.dropped, stranger.dropped) == ([], ["displaced"])


def test_one_address_displaces_only_its_own() -> None:
    """A client with as many connections as one may have gives up one of its own for the next."""
    places = register(total_max=10, per_client_max=2)
    other = admitted(places, "b")
    first, second = admitted(places, "a"), admitted(places, "a")
    third = admitted(places, "a")
    assert (other.dropped, first.dropped, second.dropped) == ([], ["displaced"], [])

    places.works(second)
    places.works(third)
    assert not places.admit(Fake(places), "a")
    assert places.admit(Fake(places), "b")


def test_proxies_keep_their_places() -> None:
    """A trusted proxy's connections are not limited as one client's, and are not displaced."""
    places = register(total_max=3, per_client_max=1)
    proxies = [admitted(places, None) for _ in range(3)]

    assert not places.admit(Fake(places), "a")
    assert [proxy.dropped for proxy in proxies] == [[], [], []]


def test_what_slow_readers_leave_unread_is_bounded() -> None:
    """If too much waits in memory, the reader that has been slow for longest goes."""
    places = register()
    first, second = admitted(places), admitted(places)
    places.reads_slowly(first, UNREAD_BYTES_MAX // 2, 10.0)
    places.reads_slowly(second, UNREAD_BYTES_MAX // 2, 11.0)
    assert first.dropped == []

    third = admitted(places)
    places.reads_slowly(third, 1, 12.0)
    assert (first.dropped, second.dropped, third.dropped) == (["unread"], [], [])

    places.reads(second)
    places.reads_slowly(third, UNREAD_BYTES_MAX, 13.0)
    assert third.dropped == []


def test_the_late_are_swept_away() -> None:
    """A sweep ends the connections whose clients have taken too long, and no others."""
    places = register()
    late, prompt = admitted(places), admitted(places)
    late.late = True
    places.sweep(1.0)

    assert (late.dropped, prompt.dropped, len(places)) == (["too_slow"], [], 1)


def test_the_limit_of_open_files_is_raised_as_far_as_needed() -> None:
    """The soft limit is raised for the connections; if the hard one is lower there are fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        assert within_file_limit(ConnectionLimits(1_000, 10)) == ConnectionLimits(1_000, 10)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 1_000 + FILES_RESERVED
        fewer = within_file_limit(ConnectionLimits(hard, 10))
        assert fewer == ConnectionLimits(hard - FILES_RESERVED, 10)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("client", ["a", None])
def test_leaving_twice_changes_nothing(client: str | None) -> None:
    """A connection gives its place back once, however often it ends."""
    places = register()
    connection = admitted(places, client)
    places.leave(connection)
    places.leave(connection)

    assert len(places) == 0
