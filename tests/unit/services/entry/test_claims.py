"""Which device uses which invitation, whoever reads the claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.session import InvitationClaimed
from services.entry.claims import Claims

AT = datetime(2026, 5, 7, 22, tzinfo=UTC)
PHONE, TABLET = "a" * 32, "b" * 32


def claim(
    key: str = "ann", device: str = PHONE, invitation: str = "", **fields: object
) -> InvitationClaimed:
    """Returns a stringer's claim."""
    given = {
        "key": key,
        "invitation": (invitation or key).encode().hex().rjust(32, "0"),
        "device": device,
        "is_stringers": True,
        "expires": AT + timedelta(days=7),
        "at": AT,
    }
    return InvitationClaimed.model_validate(given | fields)


def heard(*claims: InvitationClaimed) -> Claims:
    """Returns what has heard some claims."""
    made = Claims()
    for each in claims:
        made.hear(each)
    return made


def test_the_first_device_has_an_invitation() -> None:
    """It may claim it again, and no other may."""
    claims = heard(claim(device=PHONE), claim(device=TABLET))

    assert claims.has(claim(device=PHONE))
    assert claims.refusal(claim(device=PHONE)) is None
    assert claims.refusal(claim(device=TABLET)) == "another device"


def test_one_device_is_one_stringers() -> None:
    """Whoever was refused may use another device."""
    claims = heard(claim("ann", PHONE), claim("bob", PHONE))

    assert claims.refusal(claim("bob", PHONE)) == "another stringer"
    assert claims.refusal(claim("bob", TABLET)) is None


def test_a_stringer_who_is_invited_anew_uses_the_same_device() -> None:
    """As after an invitation was lost."""
    claims = heard(claim("ann", PHONE, "first"), claim("ann", PHONE, "second"))

    assert claims.has(claim("ann", PHONE, "second"))


def test_a_device_is_free_once_an_invitation_has_ended() -> None:
    """As for the next election."""
    later = claim("bob", PHONE, at=AT + timedelta(days=7), expires=AT + timedelta(days=300))
    claims = heard(claim("ann", PHONE), later)

    assert claims.has(later)


def test_the_desk_may_share_a_device() -> None:
    """Nobody there is a source."""
    claims = heard(claim("ann", PHONE), claim("eve", PHONE, is_stringers=False))

    assert claims.has(claim("eve", PHONE, is_stringers=False))
