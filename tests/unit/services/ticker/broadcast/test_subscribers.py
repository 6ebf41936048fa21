from __future__ import annotations

import pytest

from services.ticker.broadcast.subscriber import Subscriber
from services.ticker.broadcast.subscribers import (
    CLIENTS_MAX,
    DESK_CLIENTS_MAX,
    Subscribers,
    TooManySubscribersError,
)
from tests.support.recorded_stream import RecordedStream


def test_a_subscriber_added_while_the_process_stops_is_closed_at_once() -> None:
    """A stream that opens after the others were closed ends by itself."""
    subscribers = Subscribers()
    subscribers.close()
    subscriber = Subscriber()
    subscribers.add("feed", subscriber)

    assert RecordedStream(subscriber).ended


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


def filled(subscribers: Subscribers, address: str, count: int) -> list[Subscriber]:
    """Returns that many subscribers of one address, added in this order."""
    made = [Subscriber(address=address) for _ in range(count)]
    for each in made:
        subscribers.add("feed", each)
    return made


def test_one_address_cannot_take_the_places_of_all_others() -> None:
    """Who has less than an equal share gets the newest place of the address that has most."""
    subscribers = Subscribers(clients_max=10)
    greedy = filled(subscribers, "192.0.2.1", 10)
    with pytest.raises(TooManySubscribersError):
        filled(subscribers, "192.0.2.1", 1)
    filled(subscribers, "192.0.2.2", 5)

    assert len(subscribers) == 10
    assert set(subscribers.of("feed")) >= set(greedy[:5])
    displaced = RecordedStream(greedy[9])
    assert b'"displaced"' in displaced.received
    assert displaced.ended
    with pytest.raises(TooManySubscribersError):
        filled(subscribers, "192.0.2.2", 1)


def test_a_displaced_subscriber_is_removed_only_once() -> None:
    """That its connection ends later changes nothing any more."""
    subscribers = Subscribers(clients_max=2)
    _, newest = filled(subscribers, "192.0.2.1", 2)
    filled(subscribers, "192.0.2.2", 1)
    subscribers.remove("feed", newest)

    assert len(subscribers) == 2


def test_many_addresses_share_equally() -> None:
    """While each has its share, one more address displaces nobody and is refused."""
    subscribers = Subscribers(clients_max=4)
    for number in range(4):
        filled(subscribers, f"192.0.2.{number}", 1)
    with pytest.raises(TooManySubscribersError):
        filled(subscribers, "192.0.2.9", 1)

    assert len(subscribers) == 4


def test_places_of_the_desk_are_kept() -> None:
    """The desk gets its streams although readers have taken all others, up to its own limit."""
    subscribers = Subscribers(clients_max=3)
    filled(subscribers, "192.0.2.1", 3)
    desks = [Subscriber() for _ in range(DESK_CLIENTS_MAX)]
    for desk in desks:
        subscribers.add_to_desk("desk", desk)
    with pytest.raises(TooManySubscribersError):
        subscribers.add_to_desk("desk", Subscriber())
    subscribers.remove("desk", desks[0])
    subscribers.add_to_desk("desk", Subscriber())

    assert len(subscribers) == 3 + DESK_CLIENTS_MAX


def test_the_4001st_stream_of_one_address_is_refused() -> None:
    """All places but no more can be taken by one address, behind which many readers may be."""
    subscribers = Subscribers()
    filled(subscribers, "192.0.2.1", CLIENTS_MAX)
    with pytest.raises(TooManySubscribersError):
        filled(subscribers, "192.0.2.1", 1)

    assert len(subscribers) == CLIENTS_MAX
