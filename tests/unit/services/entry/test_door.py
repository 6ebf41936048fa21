"""Who decides is a person with a name that can stand in the log."""

from __future__ import annotations

import pytest

from services.access.key import PERSON_CHARACTERS_MAX
from services.entry.door import UnusableNameError, person_of


@pytest.mark.parametrize("name", ["Ann Able", " Ann Able ", "Siân O’Neill-Åström", "A"])
def test_a_name_is_taken_as_it_is_written(name: str) -> None:
    """Without the blanks around it."""
    assert person_of(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "Ann\nBob",
        "Ann\u202eelbA",
        "Ann\u200b",
        "Ann (desk-2)",
        "\udcff",
        "A" * (PERSON_CHARACTERS_MAX + 1),
    ],
)
def test_a_name_that_could_be_taken_for_another_is_refused(name: str) -> None:
    """Blank, in two lines, with what cannot be seen, with a key's id behind it, or too long."""
    with pytest.raises(UnusableNameError, match="name: "):
        person_of(name)
