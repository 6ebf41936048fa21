"""How many declarations a key may send in a minute."""

from __future__ import annotations

import pytest

from services.access.holder import DEFAULT, Holder
from services.access.rates import OverRateError, Rates

AGENCY = Holder("agency", per_minute=10)
DESK = Holder("desk", per_minute=10)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Returns the time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the rates."""
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Rates:
    """Rates of which nothing is used."""
    return Rates(clock)


def wait_s(rates: Rates, holder: Holder, events: int) -> float | None:
    """Returns how long a holder is told to wait with declarations."""
    with pytest.raises(OverRateError) as caught:
        rates.take(holder, events)
    return caught.value.wait_s


def test_a_minutes_worth_may_come_at_once_and_more_has_to_wait(rates: Rates, clock: Clock) -> None:
    """After the time that it is told, and not before, what was refused is taken."""
    rates.take(AGENCY, 10)
    told = wait_s(rates, AGENCY, 5)

    assert told == 30.0
    clock.now += 29.9
    assert wait_s(rates, AGENCY, 5) == pytest.approx(0.1)
    clock.now += 0.1
    rates.take(AGENCY, 5)


def test_what_is_refused_does_not_count(rates: Rates) -> None:
    """Whoever asks too often is not kept out for longer."""
    rates.take(AGENCY, 8)
    for _ in range(100):
        assert wait_s(rates, AGENCY, 3) == 6.0

    rates.take(AGENCY, 2)


def test_more_than_a_minutes_worth_in_one_request_never_fits(rates: Rates) -> None:
    """To wait would be no remedy."""
    assert wait_s(rates, AGENCY, 11) is None


def test_what_kafka_did_not_take_is_given_back(rates: Rates) -> None:
    """Whoever sends the same again after an outage has not used up anything."""
    for _ in range(5):
        rates.take(AGENCY, 10)
        rates.give_back(AGENCY, 10)

    rates.take(AGENCY, 10)


def test_each_key_has_a_rate_of_its_own_and_some_have_none(rates: Rates) -> None:
    """One source cannot use up another's; the default key has no limit."""
    rates.take(AGENCY, 10)
    rates.take(DESK, 10)
    for _ in range(100):
        rates.take(DEFAULT, 2_000)


def test_no_minute_has_more_than_twice_the_rate(rates: Rates, clock: Clock) -> None:
    """A full bucket at its beginning and what a minute adds: then it is the rate for ever."""
    taken = 0
    for _ in range(1_200):
        try:
            rates.take(AGENCY, 1)
            taken += 1
        except OverRateError:
            pass
        clock.now += 0.05

    assert 19 <= taken <= 20
