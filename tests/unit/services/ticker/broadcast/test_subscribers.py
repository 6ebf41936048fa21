from __future__ import annotations

import pytest

from services.ticker.broadcast.subscriber import Subscriber
from services.ticker.broadcast.subscribers import Subscribers, TooManySubscribersError


async def test_a_subscriber_added_while_the_process_stops_is_closed_at_once() -> None:
    """A stream that opens after the others were closed ends by itself."""
    subscribers = Subscribers()
    subscribers.close()
    subscriber = Subscriber()
    subscribers.add("feed", subscriber)

    assert await subscriber.take() is None


def test_a_place_that_becomes_free_can_be_taken() -> None:
    """The limit counts the subscribers that are connected now."""
    subscribers = Subscribers(clients_max=1)
    first, second = Subscriber(), Subscriber()
    subscribers.add("feed", first)
    with pytest.raises(TooManySubscribersError):
        subscribers.add("feed", second)
    subscribers.remove("feed", first)
    subscribers.add("feed", second)

    assert len(subscribers) == 1
