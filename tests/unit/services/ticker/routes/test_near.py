from __future__ import annotations

import pytest

from services.ticker.routes.near import words_of


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("local.durham.2021-05-06", "Durham"),
        ("local.nowhere.high-ash.2014-05-22", "High Ash"),
        ("local.nowhere.ash.by.2014-05-22", "Ash"),
        ("local.2014-05-22", ""),
        ("local.", ""),
    ],
)
def test_the_words_of_an_address_are_its_most_particular_part(identifier: str, words: str) -> None:
    """Of a ballot its ward, of a council its name."""
    assert words_of(identifier) == words
