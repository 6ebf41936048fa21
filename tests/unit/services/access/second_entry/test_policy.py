"""When a stringer's word needs a second person, by council and election."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.source import Trust
from services.access.key import Key
from services.access.keys_edit import add_key, revoke_key, set_policy
from services.access.keys_file import KeysError, load_keys
from services.access.second_entry.policy import Policy
from tests.support.keys import AGENCY, STRINGER, stringer

AT = datetime(2026, 5, 7, 21, 0, tzinfo=UTC)
ALWAYS = '[[policy]]\nsecond_entry = "always"\n'
IN_BARNET = f'{ALWAYS}council = "barnet"\n'


def file_of(folder: Path, content: str) -> Path:
    file = folder / "keys.toml"
    file.write_text(content)
    return file


def faults(folder: Path, content: str) -> list[str]:
    with pytest.raises(KeysError) as caught:
        load_keys(file_of(folder, content))
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


def trust(key: Key, council: str, poll: str = "2026-05-07") -> Trust:
    return key.holder().trust_for(f"local.{council}.{poll}", f"local.{poll}")


def test_a_stringer_is_checked_where_nobody_has_said_otherwise(tmp_path: Path) -> None:
    """A second person types what is decisive, a knife edge or odd."""
    (key,) = load_keys(file_of(tmp_path, STRINGER))

    assert trust(key, "barnet") == "checked"


@pytest.mark.parametrize(
    ("policy", "expected"), [("always", "second"), ("decisive", "checked"), ("never", "final")]
)
def test_a_policy_says_how_far_every_stringers_word_counts(
    tmp_path: Path, policy: str, expected: Trust
) -> None:
    """And nobody else's."""
    written = f'{AGENCY}{STRINGER}[[policy]]\nsecond_entry = "{policy}"\n'
    agency, ann = load_keys(file_of(tmp_path, written))

    assert trust(ann, "barnet") == expected
    assert trust(agency, "barnet") == "single"


def test_of_policies_the_most_specific_holds(tmp_path: Path) -> None:
    """A council in one election, then in all, then an election, then everywhere."""
    written = "".join(
        f'[[policy]]\nsecond_entry = "{policy}"\n{place}\n'
        for policy, place in (
            ("never", ""),
            ("always", 'election = "local.2026-05-07"'),
            ("decisive", 'council = "barnet"'),
            ("always", 'council = "local.barnet.2027-05-06"'),
        )
    )
    (ann,) = load_keys(file_of(tmp_path, written + STRINGER))

    assert trust(ann, "camden", "2027-05-06") == "final"
    assert trust(ann, "camden") == "second"
    assert trust(ann, "barnet") == "checked"
    assert trust(ann, "barnet", "2027-05-06") == "second"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("policy = 3", "keys.toml: policy: write each policy as a [[policy]] table"),
        (
            f'{STRINGER}[[policy]]\nsecond_entry = "sometimes"\n',
            "policy 1: second_entry: 'sometimes': Input should be",
        ),
        (f'{STRINGER}{ALWAYS}[[policy]]\ncouncil = "barnet"\n', "policy 2: second_entry: missing"),
        (f'{ALWAYS}council = "Barnet"\n{STRINGER}', "keys.toml:3: policy 1: council: 'Barnet': "),
        (f'{IN_BARNET}election = "local.2026-05-07"\n', "give either council or election, or none"),
        (IN_BARNET * 2, "keys.toml:6: policy 2: council: 'barnet': has a policy already; "),
        (ALWAYS * 2, "keys.toml:4: policy 2: second_entry: 'always': there is one already "),
        (
            "".join(f'{ALWAYS}council = "c{each}"\n' for each in range(2_001)),
            "keys.toml: 2001 [[policy]] tables; give at most 2000 of them",
        ),
        (f'{STRINGER}trust = "final"\n', "trust: 'final': a stringer's comes from the policy"),
        (
            f'{STRINGER}[[keys.trusts]]\ncouncil = "barnet"\ntrust = "final"\n',
            "trusts: a stringer's comes from the policy",
        ),
    ],
)
def test_a_fault_in_a_policy_names_line_field_value_and_remedy(
    tmp_path: Path, content: str, expected: str
) -> None:
    """Whoever reads it can mend it at once; and no stringer's key says how far it is trusted."""
    assert any(expected in fault for fault in faults(tmp_path, content))


def test_a_policy_is_set_and_set_anew_in_its_place(tmp_path: Path) -> None:
    """What people have written beside it stays."""
    file = file_of(tmp_path, f"# ours\n{STRINGER}")
    set_policy(file, Policy(second_entry="always", council="barnet"))
    set_policy(file, Policy(second_entry="never"))
    file.write_text(file.read_text().replace('"always"', '"always" # the mayor lost by two'))
    set_policy(file, Policy(second_entry="decisive", council="barnet"))

    (ann,) = load_keys(file)
    assert (trust(ann, "barnet"), trust(ann, "camden")) == ("checked", "final")
    assert file.read_text().count("[[policy]]") == 2
    assert '"decisive" # the mayor lost by two\n' in file.read_text()
    assert file.read_text().startswith("# ours\n")


def test_keys_are_added_and_revoked_beside_policies(tmp_path: Path) -> None:
    """A stringer's is written without a trust, and has the one of the policy at once."""
    file = file_of(tmp_path, AGENCY)
    set_policy(file, Policy(second_entry="always"))
    add_key(file, stringer("bob"))
    revoke_key(file, "agency", AT, "Ann")

    agency, bob = load_keys(file)
    assert agency.revoked == AT
    assert trust(bob, "barnet") == "second"
    assert 'trust = "second"' not in file.read_text()


def test_nobody_is_given_a_stringers_key_with_a_trust_of_its_own(tmp_path: Path) -> None:
    """It would not hold, so it is said."""
    file = file_of(tmp_path, AGENCY)
    with pytest.raises(KeysError, match="trust: 'final': a stringer's comes from the policy"):
        add_key(file, stringer("bob", trust="final"))

    assert file.read_text() == AGENCY


@pytest.mark.parametrize(
    "content",
    ["", f'policy = [{{second_entry = "always"}}]\n{STRINGER}', f"{STRINGER}[[policy]]\n"],
)
def test_a_file_with_a_fault_or_in_another_form_is_left_to_people(
    tmp_path: Path, content: str
) -> None:
    """As it is for keys."""
    file = file_of(tmp_path, content)
    with pytest.raises(KeysError):
        set_policy(file, Policy(second_entry="never"))

    assert file.read_text() == content
