"""What was made of a thing is kept until another version of it is asked for."""

from __future__ import annotations

from functools import partial

from services.ticker.feed.newest import Newest


def counting(limit: int = 2) -> tuple[Newest[str, str], list[str]]:
    """Returns what remembers, and what was made for it."""
    return Newest(limit), []


def ask(newest: Newest[str, str], made: list[str], key: str, version: bytes) -> str:
    """Returns what was made of a version, and adds to `made` if it was made for this."""

    def make(text: str) -> str:
        made.append(text)
        return text

    return newest.of(key, version, partial(make, f"{key} {version.decode()}"))


def test_a_version_is_made_once() -> None:
    """Pages that show the same ward share what was made of it."""
    newest, made = counting()

    assert [ask(newest, made, "ward", b"1") for _ in range(3)] == ["ward 1"] * 3
    assert made == ["ward 1"]


def test_only_the_newest_version_is_kept() -> None:
    """A ward that is corrected all night takes the memory of one."""
    newest, made = counting()
    for revision in range(10):
        assert ask(newest, made, "ward", b"%d" % revision) == f"ward {revision}"

    assert len(newest) == 1
    assert ask(newest, made, "ward", b"0") == "ward 0"
    assert made[-1] == "ward 0"


def test_the_thing_remembered_longest_makes_room() -> None:
    """No more than the limit are remembered."""
    newest, made = counting(limit=2)
    for key in ("a", "b", "c", "b", "a"):
        ask(newest, made, key, b"1")

    assert made == ["a 1", "b 1", "c 1", "a 1"]
    assert len(newest) == 2


def test_nothing_is_remembered_of_what_cannot_be_made() -> None:
    """A broken version is tried again, and what was there before is not given for it."""
    newest, made = counting()
    ask(newest, made, "ward", b"1")

    for _ in range(2):
        try:
            newest.of("ward", b"2", lambda: f"{1 // 0}")
        except ZeroDivisionError:
            made.append("failed")
    assert made == ["ward 1", "failed", "failed"]
    assert ask(newest, made, "ward", b"1") == "ward 1"
