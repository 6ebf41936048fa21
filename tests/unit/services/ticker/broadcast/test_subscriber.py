from __future__ import annotations

from services.ticker.broadcast.frame import Frame
from services.ticker.broadcast.subscriber import QUEUE_BYTES_MAX, TOO_SLOW, Subscriber
from tests.support.recorded_stream import RecordedStream


def test_what_waits_comes_in_order() -> None:
    """A client gets what was queued before it connected and while it was slow, then the rest."""
    subscriber = Subscriber()
    subscriber.enqueue(Frame(b"one "))
    stream = RecordedStream(subscriber)
    stream.is_paused = True
    subscriber.enqueue(Frame(b"two "))
    assert stream.received == b"one "
    stream.go_on()
    subscriber.enqueue(Frame(b"three"))

    assert stream.received == b"one two three"
    assert not stream.ended


def test_a_stream_ends_after_what_is_queued() -> None:
    """Closing loses nothing that a slow client has not taken yet; nothing comes after the end."""
    subscriber = Subscriber()
    stream = RecordedStream(subscriber, is_paused=True)
    subscriber.enqueue(Frame(b"one"))
    subscriber.close()
    assert not stream.ended
    stream.go_on()
    subscriber.enqueue(Frame(b"two"))

    assert stream.received == b"one"
    assert stream.ended


def test_a_client_that_becomes_slow_again_gets_the_rest_later() -> None:
    """What does not fit any more stays in its order."""
    subscriber = Subscriber()
    for name in (b"one ", b"two ", b"three"):
        subscriber.enqueue(Frame(name))

    class OneAtATime(RecordedStream):
        def write(self, chunks: bytes) -> None:
            super().write(chunks)
            self.is_paused = True

    stream = OneAtATime(subscriber)
    assert stream.received == b"one "
    stream.go_on()
    subscriber.enqueue(Frame(b" four"))
    stream.go_on()
    stream.go_on()

    assert stream.received == b"one two three four"


def test_a_client_too_far_behind_is_told_and_disconnected() -> None:
    """Over the limit nothing is left out silently: the reason comes, then the end."""
    subscriber = Subscriber()
    for _ in range(5):
        subscriber.enqueue(Frame(b"x" * (QUEUE_BYTES_MAX // 4)))
    subscriber.enqueue(Frame(b"later"))
    stream = RecordedStream(subscriber)

    assert stream.received == TOO_SLOW.events
    assert stream.ended


def test_the_end_of_a_connection_is_told_once() -> None:
    """Whoever counts the streams hears of each end once, and nothing is kept for who has gone."""
    ended: list[Subscriber] = []
    subscriber = Subscriber()
    subscriber.on_end = ended.append
    stream = RecordedStream(subscriber)
    subscriber.gone()
    subscriber.gone()
    subscriber.enqueue(Frame(b"later"))

    assert ended == [subscriber]
    assert stream.received == b""
