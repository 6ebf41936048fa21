"""The file of keys is read again while the service runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.access.holder import ANYONE
from services.access.key import Key
from services.access.key_ring import UnauthorisedError
from services.access.keys_change import KeysChange, change_between
from services.access.keys_edit import add_key, revoke_key, set_policy
from services.access.keys_file import KeysError, KeysFile
from services.access.second_entry.policy import Policy
from services.access.token import hash_of, new_token
from services.access.watched_keys import WatchedKeys
from tests.support.keys import stringer

AT = datetime(2026, 5, 7, 21, 0, tzinfo=UTC)
NONE = SecretStr("")


class Night:
    """A file of keys, a service that watches it, and what the service says of changes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.first = self.add("agency")
        self.said: list[KeysChange] = []
        self.keys = WatchedKeys(file, NONE, self.said.append)

    def add(self, key_id: str) -> bytes:
        """Adds a key, and returns its token."""
        token = new_token(key_id).encode()
        add_key(self.file, Key(id=key_id, hash=hash_of(token)))
        return token

    async def read_again(self) -> None:
        """Reads the file as often as it takes until a change counts."""
        await self.keys.check()
        await self.keys.check()

    def is_let_in(self, token: bytes) -> bool:
        """Returns whether somebody is let in with a token now."""
        try:
            self.keys.ring.who(token)
        except UnauthorisedError:
            return False
        return True


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A service with one key."""
    return Night(tmp_path / "keys.toml")


async def test_keys_that_are_added_or_revoked_hold_without_a_restart(night: Night) -> None:
    """Both are told to the audit, by their ids."""
    desk = night.add("night-desk")
    assert not night.is_let_in(desk)
    await night.read_again()
    assert night.is_let_in(desk)
    revoke_key(night.file, "agency", AT, "Ann")
    await night.read_again()

    assert not night.is_let_in(night.first)
    assert [each.words for each in night.said] == [
        "added night-desk; 2 valid",
        "revoked agency; 1 valid",
    ]
    assert [each.ids for each in night.said] == [("night-desk",), ("agency",)]


async def test_a_file_that_does_not_change_is_no_news(night: Night) -> None:
    """However often it is read."""
    for _ in range(5):
        await night.keys.check()

    assert night.said == []


async def test_after_a_fault_the_keys_from_before_hold_on(night: Night) -> None:
    """The fault is said once, and is over once the file is mended."""
    sound = night.file.read_text()
    with capture_logs() as logged:
        night.file.write_text(sound.replace('"single"', '"finl"'))
        for _ in range(5):
            await night.keys.check()

    assert night.is_let_in(night.first)
    assert night.keys.remark == "faults in the file of keys: 1"
    (change,) = night.said
    assert "the keys from before hold on" in change.words
    assert "trust: 'finl'" in change.words
    assert [line["log_level"] for line in logged] == ["error"]
    night.file.write_text(sound)
    await night.read_again()
    assert (night.keys.remark, night.keys.faults) == ("", ())
    assert night.said[-1].words == "nothing changed; 1 valid"


async def test_no_content_ends_the_watching(night: Night) -> None:
    """Else no key that is revoked afterwards would ever be refused."""
    sound = night.file.read_text()
    night.file.write_text(f"keys = {'[' * 20_000}")
    await night.read_again()
    assert night.keys.remark
    assert "nested too deeply" in night.said[-1].words
    night.file.write_text(sound)
    await night.read_again()

    assert not night.keys.remark


async def test_a_file_that_has_gone_locks_nobody_out(night: Night) -> None:
    """It is a fault like any other, and over when the file is back."""
    moved = night.file.rename(night.file.with_suffix(".away"))
    await night.read_again()
    assert night.is_let_in(night.first)
    assert night.keys.remark
    moved.rename(night.file)
    await night.read_again()

    assert night.is_let_in(night.first)
    assert not night.keys.remark


async def test_a_file_that_is_just_being_written_is_not_taken_by_half(night: Night) -> None:
    """A change counts once two readings agree."""
    night.add("night-desk")
    whole = night.file.read_text()
    half = whole[: whole.index("[[keys]]", whole.index("[[keys]]") + 1)].replace("agency", "other")
    night.file.write_text(half)
    await night.keys.check()
    night.file.write_text(whole)
    await night.read_again()

    assert [each.words for each in night.said] == ["added night-desk; 2 valid"]


async def test_a_policy_holds_for_every_stringer_without_a_restart(night: Night) -> None:
    """It is told to the audit in words, with the stringers whose trust it changes."""
    token = new_token("ann").encode()
    add_key(night.file, stringer("ann", hash=hash_of(token)))
    await night.read_again()
    set_policy(night.file, Policy(second_entry="always", council="barnet"))
    await night.read_again()

    holder = night.keys.ring.who(token)
    assert holder.trust_for("local.barnet.2026-05-07", "local.2026-05-07") == "second"
    assert holder.trust_for("local.camden.2026-05-07", "local.2026-05-07") == "checked"
    assert night.said[-1].words == "changed ann; second entry always for barnet; 2 valid"
    night.file.write_text(night.file.read_text().partition("\n[[policy]]")[0])
    await night.read_again()
    assert night.said[-1].words == "changed ann; no policy for barnet; 2 valid"


def test_a_change_of_many_policies_is_one_line_that_can_be_read() -> None:
    """The file has them all."""
    many = tuple(Policy(second_entry="never", council=f"c{each}") for each in range(400))
    change = change_between(KeysFile(), KeysFile((), many))

    assert "second entry never for c4; 395 more policies; 0 valid" in change.words


def test_a_fault_at_the_start_is_raised(tmp_path: Path) -> None:
    """A service does not begin with a file that cannot be used."""
    with pytest.raises(KeysError, match="cannot be read"):
        WatchedKeys(tmp_path / "missing", NONE)


async def test_without_a_file_nothing_is_watched() -> None:
    """The single token, or nobody's, is all there is."""
    keys = WatchedKeys(None, NONE)
    await keys.watch()

    assert keys.ring.who(b"") == ANYONE
    assert keys.keys is None


async def test_what_people_change_by_hand_is_told_too(night: Night) -> None:
    """A key that does more than before, one that was taken out, and one that is valid again."""
    revoke_key(night.file, "agency", AT, "Ann")
    night.add("night-desk")
    await night.read_again()
    text = night.file.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("revoked")]
    night.file.write_text(
        "\n".join(lines).replace('id = "night-desk"', 'id = "night-desk"\nper_minute = 9')
    )
    await night.read_again()
    night.file.write_text(text[: text.rindex("[[keys]]")])
    await night.read_again()

    assert [each.words for each in night.said] == [
        "added night-desk; revoked agency; 1 valid",
        "added agency; changed night-desk; 2 valid",
        "revoked agency; removed night-desk; 0 valid",
    ]
