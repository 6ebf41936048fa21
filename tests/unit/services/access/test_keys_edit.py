"""Adding and revoking keys in a file that people edit too."""

from __future__ import annotations

import fcntl
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.access.key import Key, TrustFor
from services.access.keys_edit import add_key, revoke_key
from services.access.keys_file import KeysError, load_keys
from services.access.token import hash_of, new_token

AT = datetime(2026, 5, 7, 21, 0, tzinfo=UTC)


def key(key_id: str, **fields: object) -> Key:
    """Returns a key with a secret of its own."""
    made = {"id": key_id, "hash": hash_of(new_token(key_id).encode()), "added": AT, "by": "Ann"}
    return Key.model_validate(made | fields)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file of keys will be."""
    return tmp_path / "keys.toml"


def test_what_is_added_is_what_is_read(file: Path) -> None:
    """The file is made for the first key, and only its owner may read it."""
    full = key(
        "night-desk",
        trust="final",
        role="desk",
        elections=("local.2026-05-07",),
        councils=("barnet", "local.camden.2026-05-07"),
        per_minute=30,
        trusts=(
            TrustFor(council="barnet", trust="second"),
            TrustFor(election="local.2026-05-07", trust="single"),
        ),
        by='Zoë "the desk" 🗳',
    )
    agency = key("agency")
    for each in (agency, full):
        add_key(file, each)

    assert load_keys(file) == (agency, full)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_file_may_begin_empty(file: Path) -> None:
    """With nothing, or with what somebody wants to say first."""
    for content in ("", "# ours\n"):
        file.write_text(content)
        add_key(file, key("agency"))

        assert [each.id for each in load_keys(file)] == ["agency"]
        assert content in file.read_text()


def test_comments_and_order_stay(file: Path) -> None:
    """What people have written beside the keys is still there after both commands."""
    add_key(file, key("agency"))
    file.write_text(f"# ours\n{file.read_text()}# the agency's desk: 020 7946 0000")
    add_key(file, key("night-desk"))
    revoke_key(file, "agency", AT, "Zoë 🗳")

    text = file.read_text()
    assert text.startswith("# ours\n")
    assert "# the agency's desk: 020 7946 0000\n" in text
    agency, desk = load_keys(file)
    assert (agency.id, agency.revoked, agency.revoked_by) == ("agency", AT, "Zoë 🗳")
    assert (desk.id, desk.revoked) == ("night-desk", None)


def test_an_id_is_given_again_only_once_its_key_is_revoked(file: Path) -> None:
    """A source can have a new secret under its id, and never two that are valid."""
    old, new = key("agency"), key("agency")
    add_key(file, old)
    with pytest.raises(KeysError, match="there is such a key; revoke it first"):
        add_key(file, new)
    revoke_key(file, "agency", AT, "Ann")
    add_key(file, new)

    assert [each.revoked for each in load_keys(file)] == [AT, None]
    revoke_key(file, "agency", AT, "Ann")
    assert [each.revoked for each in load_keys(file)] == [AT, AT]


def test_what_cannot_be_done_changes_nothing(file: Path) -> None:
    """The reason is said, and the bytes stay."""
    add_key(file, key("agency"))
    revoke_key(file, "agency", AT, "Ann")
    before = file.read_bytes()

    with pytest.raises(KeysError, match="was revoked at 2026-05-07"):
        revoke_key(file, "agency", AT, "Ann")
    with pytest.raises(KeysError, match="no such key"):
        revoke_key(file, "night-desk", AT, "Ann")
    with pytest.raises(KeysError, match="is the token of LIVECOUNT_INTAKE_TOKEN"):
        add_key(file, key("default"))
    with pytest.raises(KeysError, match="is the newsroom's desk"):
        add_key(file, key("desk"))
    with pytest.raises(KeysError, match="cannot be written"):
        add_key(file.parent / "missing" / "keys.toml", key("night-desk"))
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", ["[[keys]\n", '[[keys]]\nid = "x"\n', "keys = 3\n"])
def test_a_file_with_a_fault_is_not_changed(file: Path, content: str) -> None:
    """It is to be mended first, so that nothing is added to what nobody can read."""
    file.write_text(content)
    with pytest.raises(KeysError):
        add_key(file, key("agency"))

    assert file.read_text() == content


def test_tables_in_another_form_are_left_to_people(file: Path) -> None:
    """TOML has other ways to write the same; they are read, and not edited."""
    agency = key("agency")
    file.write_text(f'keys = [{{id = "agency", hash = "{agency.hash}"}}]\n')
    before = file.read_text()

    for change in (
        lambda: add_key(file, key("night-desk")),
        lambda: revoke_key(file, "agency", AT, "A"),
    ):
        with pytest.raises(KeysError):
            change()
    assert file.read_text() == before


def test_a_link_stays_and_what_it_points_to_is_changed(file: Path) -> None:
    """Configuration is often linked from elsewhere."""
    elsewhere = file.parent / "elsewhere"
    elsewhere.mkdir()
    file.symlink_to(elsewhere / "real.toml")
    add_key(file, key("agency"))

    assert file.is_symlink()
    assert [each.id for each in load_keys(elsewhere / "real.toml")] == ["agency"]


def test_two_commands_do_not_change_a_file_at_the_same_time(file: Path) -> None:
    """The second is told so, as what it would write does not have what the first adds."""
    add_key(file, key("agency"))
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(KeysError, match="another command changes it now"):
            add_key(file, key("night-desk"))
    finally:
        os.close(folder)

    add_key(file, key("night-desk"))
    assert len(load_keys(file)) == 2
