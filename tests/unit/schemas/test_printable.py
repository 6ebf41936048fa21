"""Text from outside on one line."""

from __future__ import annotations

import pytest

from schemas.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("X\nCON GAIN Barnet", r"X\nCON GAIN Barnet"),
        ("X\r\x0b\x0c\x85\u2028\u2029", r"X\r\x0b\x0c\x85\u2028\u2029"),
        ("\u202enoc\u2066\u200f", r"\u202enoc\u2066\u200f"),
        ("a\u200bb\u00adc\ufeff", r"a\u200bb\xadc\ufeff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    """Controls, line breaks, direction marks and what cannot be seen are written as escapes."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    "text",
    ["Plaid Cymru – the Party", "Siân Ô Gwynn", "LD −2, “yes” …", "Jo\u00a0Bell", "投票 🗳️"],
)
def test_names_as_people_have_them_stay(text: str) -> None:
    """Accents, dashes, quotes, no-break spaces and other scripts are shown as they are."""
    assert printable(text) == text
