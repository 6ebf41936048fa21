from __future__ import annotations

from services.ticker.broadcast.subscriber import QUEUE_BYTES_MAX, TOO_SLOW, Subscriber


async def test_what_waits_comes_in_order_and_joined() -> None:
    """A client that was busy gets everything queued meanwhile, then waits."""
    subscriber = Subscriber()
    subscriber.enqueue(b"one ")
    subscriber.enqueue(b"two")

    assert await subscriber.take() == b"one two"
    subscriber.close()
    assert await subscriber.take() is None


async def test_a_client_too_far_behind_is_told_and_disconnected() -> None:
    """Over the limit nothing is left out silently: the reason comes, then the end."""
    subscriber = Subscriber()
    for _ in range(5):
        subscriber.enqueue(b"x" * (QUEUE_BYTES_MAX // 4))
    subscriber.enqueue(b"later")

    assert await subscriber.take() == TOO_SLOW
    assert await subscriber.take() is None


async def test_a_connection_whose_write_is_stuck_is_aborted() -> None:
    """A write that takes longer than the limit ends the connection, a shorter one does not."""
    aborted: list[str] = []
    subscriber = Subscriber()
    subscriber.abort = lambda: aborted.append("aborted")
    subscriber.sending_since = 100.0

    subscriber.abort_if_stuck(now=129.0)
    assert aborted == []
    subscriber.abort_if_stuck(now=131.0)
    assert aborted == ["aborted"]
