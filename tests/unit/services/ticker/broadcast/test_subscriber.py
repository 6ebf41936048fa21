from __future__ import annotations

import pytest

from services.ticker.broadcast.subscriber import BACKLOG_BYTES, TOO_SLOW, Listener
from services.ticker.broadcast.subscribers import Audience, AudienceFullError


async def test_what_waits_comes_in_order_and_as_one_piece() -> None:
    """A reader that was busy gets everything offered meanwhile, then waits."""
    listener = Listener()
    listener.offer(b"one ")
    listener.offer(b"two")

    assert await listener.take() == b"one two"
    listener.close()
    assert await listener.take() is None


async def test_a_reader_too_far_behind_is_told_and_let_go() -> None:
    """Over the limit nothing is left out in silence: the reason comes, then the end."""
    listener = Listener()
    for _ in range(5):
        listener.offer(b"x" * (BACKLOG_BYTES // 4))
    listener.offer(b"later")

    assert await listener.take() == TOO_SLOW
    assert await listener.take() is None


async def test_a_connection_on_which_nothing_moves_is_cut() -> None:
    """A piece on its way for longer than the limit ends the connection, a shorter one does not."""
    cut: list[str] = []
    listener = Listener()
    listener.cut = lambda: cut.append("cut")
    listener.sending_since = 100.0

    listener.cut_if_stuck(now=129.0)
    assert cut == []
    listener.cut_if_stuck(now=131.0)
    assert cut == ["cut"]


async def test_who_comes_while_the_process_stops_is_let_go_at_once() -> None:
    """A stream admitted after the end was called ends by itself."""
    audience = Audience()
    audience.close()
    listener = Listener()
    audience.admit("feed", listener)

    assert await listener.take() is None


def test_a_place_that_becomes_free_can_be_taken() -> None:
    """The limit counts those who are there now."""
    audience = Audience(clients_max=1)
    first, second = Listener(), Listener()
    audience.admit("feed", first)
    with pytest.raises(AudienceFullError):
        audience.admit("feed", second)
    audience.dismiss("feed", first)
    audience.admit("feed", second)

    assert len(audience) == 1
