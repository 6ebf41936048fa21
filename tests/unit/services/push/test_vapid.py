"""The newsroom's keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.push.vapid import Vapid, VapidKeyError, new_private_key
from tests.support.push_server import vapid_claims

AT = datetime(2026, 5, 7, 22, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


def test_a_token_is_for_one_push_service_and_for_less_than_a_day() -> None:
    """It is signed with the key whose public half the page has, and names the contact."""
    vapid = Vapid(new_private_key(), "mailto:desk@example.org", Clock())
    claims = vapid_claims(vapid.authorization("https://web.push.apple.com"))

    assert claims == {
        "aud": "https://web.push.apple.com",
        "sub": "mailto:desk@example.org",
        "exp": int((AT + timedelta(hours=12)).timestamp()),
        "k": vapid.public_key,
    }


def test_a_token_is_used_again_until_shortly_before_its_end() -> None:
    """Signing is dear, and a token that ends while it travels is refused."""
    clock = Clock()
    vapid = Vapid(new_private_key(), "mailto:desk@example.org", clock)
    first = vapid.authorization("https://web.push.apple.com")
    clock.at += timedelta(hours=10)
    again = vapid.authorization("https://web.push.apple.com")
    clock.at += timedelta(hours=1, minutes=1)
    later = vapid_claims(vapid.authorization("https://web.push.apple.com"))

    assert again == first
    assert later["exp"] == int((clock.at + timedelta(hours=12)).timestamp())


@pytest.mark.parametrize("key", ["", "short", "A" * 43, "?" * 43, "ä" * 43, "_" * 43])
def test_a_key_that_cannot_be_used_is_refused_without_being_shown(key: str) -> None:
    """With the setting's name and the command that makes one."""
    with pytest.raises(VapidKeyError, match="livecount push keys") as refused:
        Vapid(key, "mailto:desk@example.org", Clock())

    assert "LIVECOUNT_PUSH_PRIVATE_KEY" in str(refused.value)
    assert not key or key not in str(refused.value)
