from __future__ import annotations

from services.push.hourly import ADDRESSES_MAX, Hourly


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def test_who_takes_too_many_is_told_when_there_is_room_again() -> None:
    """After that time one more is taken; others are not concerned."""
    clock = Clock()
    hourly = Hourly(clock, per_hour=60)

    assert [hourly.take("a") for _ in range(60)] == [0.0] * 60
    wait_s = hourly.take("a")
    assert wait_s == 60.0
    assert hourly.take("b") == 0.0
    clock.s += wait_s
    assert hourly.take("a") == 0.0
    assert hourly.take("a") > 0.0


def test_no_flood_of_addresses_fills_the_memory() -> None:
    """The one that was quiet longest is forgotten."""
    hourly = Hourly(Clock(), per_hour=1)
    hourly.take("first")
    for number in range(ADDRESSES_MAX):
        hourly.take(str(number))

    assert hourly.take(str(ADDRESSES_MAX - 1)) > 0.0
    assert hourly.take("first") == 0.0
