"""A night's stringers: who sends what, and by which invitation."""

from __future__ import annotations

from pathlib import Path

from benchmarks.entry_load import WARDS, shared
from benchmarks.load import Night, places
from benchmarks.stringers import invite
from services.access.keys_file import load_keys
from services.access.token import hash_of

STOOD = places(Night(councils=10, wards=WARDS))
SHARES = shared(STOOD, 30, seed=2014)


def test_every_ward_is_one_stringers() -> None:
    """All have as many as the others, but for one."""
    sent = [each.ballot_paper_id for share in SHARES for each in share]

    assert sorted(sent) == sorted(ward.ballot for place in STOOD for ward in place.wards)
    assert {len(share) for share in SHARES} == {6, 7}


def test_each_is_invited_to_their_own_councils(tmp_path: Path) -> None:
    """The file is one that entry reads, and nobody's result needs a second."""
    theirs = [{each.council for each in share} for share in SHARES]
    tokens = invite(tmp_path / "keys.toml", [list(each) for each in theirs], second_entry="never")
    keys = load_keys(tmp_path / "keys.toml")

    assert [(key.role, set(key.councils)) for key in keys] == [
        ("stringer", each) for each in theirs
    ]
    assert [key.hash for key in keys] == [hash_of(token.encode()) for token in tokens]
    assert {key.trust for key in keys} == {"final"}
