from __future__ import annotations

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.access.wrong_tokens import (
    ADDRESSES_MAX,
    FORGIVEN_EVERY_S,
    WRONG_MAX,
    TooManyWrongTokensError,
)
from services.ticker.desk.guard import DeskGuard, WrongTokenError

TOKEN = "a-token-of-the-desk"  # noqa: S105 -- used only by this test
RIGHT = f"Bearer {TOKEN}"
WRONG = "Bearer something-else-altogether"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Returns the time in seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The guard's clock."""
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> DeskGuard:
    """A guard that nobody has asked yet."""
    return DeskGuard(SecretStr(TOKEN), clock)


def exhaust(guard: DeskGuard, address: str) -> None:
    """Presents as many wrong tokens as an address may."""
    for _ in range(WRONG_MAX):
        with pytest.raises(WrongTokenError):
            guard.admit(WRONG, address)


def test_an_address_that_guesses_has_to_wait(guard: DeskGuard, clock: Clock) -> None:
    """After ten wrong tokens the next is not looked at, right or wrong, until time has passed."""
    exhaust(guard, "192.0.2.1")
    for presented in (WRONG, RIGHT):
        with pytest.raises(TooManyWrongTokensError) as refused:
            guard.admit(presented, "192.0.2.1")
    clock.now += refused.value.wait_s

    guard.admit(RIGHT, "192.0.2.1")


def test_other_addresses_are_admitted_meanwhile(guard: DeskGuard) -> None:
    """Whoever guesses shuts out nobody but the address they guess from."""
    exhaust(guard, "192.0.2.1")

    guard.admit(RIGHT, "192.0.2.2")


def test_a_guesser_gets_ten_tries_a_minute(guard: DeskGuard, clock: Clock) -> None:
    """However often an address tries, few of its tokens are looked at."""
    looked_at = 0
    for _ in range(6_000):
        clock.now += 0.01
        try:
            guard.admit(WRONG, "192.0.2.1")
        except WrongTokenError:
            looked_at += 1
        except TooManyWrongTokensError:
            continue

    assert looked_at <= WRONG_MAX + 60 / FORGIVEN_EVERY_S + 1


def test_a_request_without_a_token_is_no_guess(guard: DeskGuard) -> None:
    """A browser asks without one first, however often."""
    for _ in range(WRONG_MAX * 2):
        with pytest.raises(WrongTokenError):
            guard.admit("", "192.0.2.1")

    guard.admit(RIGHT, "192.0.2.1")


def test_wrong_tokens_are_logged_by_address_and_never_themselves(guard: DeskGuard) -> None:
    """One line for each that was looked at, and one for all that were not."""
    with capture_logs() as lines:
        exhaust(guard, "192.0.2.1")
        for _ in range(50):
            with pytest.raises(TooManyWrongTokensError):
                guard.admit(WRONG, "192.0.2.1")

    assert len(lines) == WRONG_MAX + 1
    assert {line["address"] for line in lines} == {"192.0.2.1"}
    assert "something-else" not in str(lines)


def test_addresses_are_forgotten_in_the_end(guard: DeskGuard) -> None:
    """Many addresses do not fill the memory; the one longest quiet is forgotten first."""
    exhaust(guard, "192.0.2.1")
    for number in range(ADDRESSES_MAX):
        with pytest.raises(WrongTokenError):
            guard.admit(WRONG, f"198.51.100.{number}")

    guard.admit(RIGHT, "192.0.2.1")
