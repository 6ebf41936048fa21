"""A night's stringers: who sends what, and under which key."""

from __future__ import annotations

from pathlib import Path

from benchmarks.entry_load import WARDS, keys_file, shared
from benchmarks.load import Night, places
from services.access.keys_file import load_keys

STOOD = places(Night(councils=10, wards=WARDS))
SHARES = shared(STOOD, 30, seed=2014)


def test_every_ward_is_one_stringers() -> None:
    """All have as many as the others, but for one."""
    sent = [each.ballot_paper_id for share in SHARES for each in share]

    assert sorted(sent) == sorted(ward.ballot for place in STOOD for ward in place.wards)
    assert {len(share) for share in SHARES} == {6, 7}


def test_each_has_a_key_for_their_own_councils(tmp_path: Path) -> None:
    """The file is one that intake reads."""
    people = keys_file(tmp_path / "keys.toml", SHARES)
    keys = load_keys(tmp_path / "keys.toml")

    assert [key.id for key in keys] == [name for name, _ in people]
    assert all(
        set(key.councils) == {each.council for each in share}
        for key, share in zip(keys, SHARES, strict=True)
    )
