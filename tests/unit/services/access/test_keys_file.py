"""The file of keys: what it may say, and what is said of its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.access.holder import Holder
from services.access.keys_file import FILE_MAX_BYTES, KEYS_MAX, KeysError, cautions, load_keys

HASH = f"sha256:{'0' * 64}"
IN_BARNET = '[[keys.trusts]]\ncouncil = "barnet"\ntrust = "final"\n'
KEY = f'[[keys]]\nid = "agency"\nhash = "{HASH}"\n'


def file_of(folder: Path, content: str) -> Path:
    """Returns a file with this content."""
    file = folder / "keys.toml"
    file.write_text(content)
    return file


def faults(folder: Path, content: str) -> list[str]:
    """Returns the faults found in a file of keys, without the folder."""
    with pytest.raises(KeysError) as caught:
        load_keys(file_of(folder, content))
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


def test_a_key_is_a_source_of_trust_single_for_everything_unless_it_says_more(
    tmp_path: Path,
) -> None:
    """The least that an entry needs are an id and a hash."""
    (key,) = load_keys(file_of(tmp_path, KEY))

    assert key.holder() == Holder("agency", "single", "source", (), (), None)
    assert HASH not in repr(key)


def test_everything_that_a_key_may_say(tmp_path: Path) -> None:
    """Trust, role, elections, councils, rate, and who added and revoked it when."""
    (key,) = load_keys(
        file_of(
            tmp_path,
            f"{KEY}"
            'trust = "second"\nrole = "desk"\nelections = ["local.2026-05-07"]\n'
            'councils = ["barnet", "local.camden.2026-05-07"]\nper_minute = 30\n'
            'added = 2026-05-01T09:00:00+01:00\nby = "ops@desk-1"\n'
            'revoked = 2026-05-02T09:00:00+01:00\nrevoked_by = "Ann"\n',
        )
    )

    assert key.holder() == Holder(
        "agency",
        "second",
        "desk",
        ("local.2026-05-07",),
        ("barnet", "local.camden.2026-05-07"),
        30,
    )
    assert key.added
    assert key.revoked
    assert (key.revoked - key.added).days == 1


def test_trust_may_differ_by_council_and_by_election(tmp_path: Path) -> None:
    """What is said of a council in one election goes first, then of it in all, then of the rest."""
    tables = "".join(
        f'[[keys.trusts]]\n{kind} = "{place}"\ntrust = "{trust}"\n'
        for kind, place, trust in (
            ("election", "local.2026-05-07", "second"),
            ("council", "barnet", "final"),
            ("council", "local.barnet.2027-05-06", "second"),
        )
    )
    first, other = load_keys(
        file_of(tmp_path, f"{KEY}{tables}{KEY.replace('agency', 'other').replace('0', '1')}")
    )
    holder = first.holder()

    def trust(council: str, poll: str) -> str:
        return holder.trust_for(f"local.{council}.{poll}", f"local.{poll}")

    assert trust("barnet", "2026-05-07") == "final"
    assert trust("barnet", "2027-05-06") == "second"
    assert trust("camden", "2026-05-07") == "second"
    assert trust("camden", "2027-05-06") == "single"
    assert other.trusts == ()
    assert holder.summary().startswith(
        "trust single; trust second for local.2026-05-07; trust final for barnet; trust second for"
        " local.barnet.2027-05-06; role source"
    )


def test_a_revoked_key_may_have_an_id_that_was_reserved_since(tmp_path: Path) -> None:
    """Its entry stays, so that the audit of what it did can be read."""
    content = KEY.replace("agency", "desk") + "revoked = 2026-05-02T09:00:00+01:00\n"

    assert [key.id for key in load_keys(file_of(tmp_path, content))] == ["desk"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "keys.toml: 0 keys; give 1 to 2000"),
        ("keys = 3", "keys.toml: keys: write each key as a [[keys]] table"),
        ("keys = [3]", "keys.toml: keys: write each key as a [[keys]] table"),
        (f"{KEY}\n[[keys]\n", "keys.toml:5: "),
        (f"kees = 1\n{KEY}", "keys.toml: kees: unknown; write [[keys]] tables"),
        (f'{KEY}trust = "finl"\n', "keys.toml:4: key 'agency': trust: 'finl': Input should be"),
        (f"{KEY}per_minute = 0\n", "keys.toml:4: key 'agency': per_minute: 0: "),
        (f"{KEY}\n\nper_minut = 9\n", "keys.toml:6: key 'agency': per_minut: unknown; leave it"),
        (f'{KEY}elections = ["2026-05-07"]\n', "give such as local.2026-05-07"),
        (f'{KEY}elections = ["local.2026-02-30"]\n', "give such as local.2026-05-07"),
        (f'{KEY}councils = [\n"barnet", "Barnet"]\n', "keys.toml:4: key 'agency': councils[1]: "),
        (f"{KEY}added = 2026-05-07T09:00:00\n", "keys.toml:4: key 'agency': added: "),
        (f'[[keys]]\nid = "Agency"\nhash = "{HASH}"\n', "keys.toml:2: key 'Agency': id: "),
        ('[[keys]]\nid = "agency"\n', "keys.toml:1: key 'agency': hash: missing; add it"),
        (f'[[keys]]\nhash = "{HASH}"\n', "keys.toml:1: key 1: id: missing; add it"),
        (KEY.replace("agency", "default"), "is the token of LIVECOUNT_INTAKE_TOKEN; give the key"),
        (KEY.replace("agency", "desk"), "is the newsroom's desk, when it enters a figure"),
        (KEY.replace("agency", "anyone"), "is everybody, where intake asks for no key"),
        (
            f'{KEY}[[keys.trusts]]\ncouncil = "barnet"\n',
            "keys.toml:4: key 'agency': trusts[0].trust",
        ),
        (
            f"{KEY}{IN_BARNET}{IN_BARNET.replace('barnet', 'Barnet')}",
            "keys.toml:8: key 'agency': trusts[1].council: 'Barnet': ",
        ),
        (f"{KEY}{IN_BARNET}{IN_BARNET}", "barnet stands in two tables; leave one of them out"),
        (f'{KEY}{IN_BARNET}election = "local.2026-05-07"\n', "give either council or election"),
        (f'{KEY}[[keys.trusts]]\ntrust = "final"\n', "give either council or election"),
        (KEY + KEY, "keys.toml:5: key 'agency': id: 'agency': used by two keys; revoke one"),
        (KEY + KEY.replace("agency", "desk"), "keys.toml:6: key 'desk': hash: used by two keys"),
    ],
)
def test_a_fault_names_file_line_field_value_and_remedy(
    tmp_path: Path, content: str, expected: str
) -> None:
    """Whoever reads it can mend it at once."""
    assert any(expected in fault for fault in faults(tmp_path, content))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    """Not one after another, a start each."""
    second = '[[keys]]\nid = "desk"\nrole = "chief"\nper_minute = "many"\n'
    found = faults(tmp_path, f'{KEY}trust = "finl"\n{second}')

    assert [fault.partition(": ")[0] for fault in found] == [
        "keys.toml:4",
        "keys.toml:5",
        "keys.toml:7",
        "keys.toml:8",
    ]


def test_a_secret_in_place_of_its_hash_is_not_repeated(tmp_path: Path) -> None:
    """Faults go into logs."""
    (fault,) = faults(tmp_path, KEY.replace(HASH, "agency.a-secret-of-somebody"))

    assert "a-secret" not in fault
    assert fault.startswith("keys.toml:3: key 'agency': hash: not sha256: and 64 digits")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """One that is missing, a folder, one too large, one that is no text, and too many keys."""
    for wrong in (tmp_path / "missing", tmp_path):
        with pytest.raises(KeysError, match="cannot be read"):
            load_keys(wrong)
    large = file_of(tmp_path, "#" * (FILE_MAX_BYTES + 1))
    with pytest.raises(KeysError, match="this is no file of keys"):
        load_keys(large)
    large.write_bytes(b"\xff")
    with pytest.raises(KeysError, match="correct the TOML"):
        load_keys(large)
    assert (
        f"{KEYS_MAX + 1} [[keys]] tables; give at most" in faults(tmp_path, KEY * (KEYS_MAX + 1))[0]
    )


def test_a_file_that_others_may_read_or_change_is_warned_of(tmp_path: Path) -> None:
    """With the mode that it has, and what to do."""
    file = file_of(tmp_path, KEY)
    said = {}
    for mode in (0o600, 0o644, 0o620, 0o666):
        file.chmod(mode)
        said[mode] = "".join(cautions(file))

    assert said[0o600] == ""
    assert "others may read it (mode 644); run chmod 600" in said[0o644]
    assert "others may change it (mode 620)" in said[0o620]
    assert "others may read and change it (mode 666)" in said[0o666]
