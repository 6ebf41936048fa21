"""What people of an identity provider may do, by their groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.access.holder import Holder
from services.access.keys_edit import block_person
from services.access.keys_file import KeysError, parse_keys
from services.access.people import PREFIX, Blocked, People, person_id
from tests.support.keys import added

ISSUER = "https://login.example.org"
GROUPS = """
[[groups]]
group = "night-desk"
role = "desk"

[[groups]]
group = "stringers-camden"
role = "stringer"
councils = ["camden"]
elections = ["local.2026-05-07"]
per_minute = 30

[[blocked]]
person = "oidc-mallory"
"""


def said(text: str) -> People:
    """Returns what a file of keys says of people."""
    return parse_keys(text.encode(), Path("keys.toml")).people


def test_a_group_lets_its_people_do_what_a_key_would() -> None:
    """Each under an id of their own."""
    assert said(GROUPS).holder("oidc-ann", "stringers-camden") == Holder(
        "oidc-ann", "checked", "stringer", ("local.2026-05-07",), ("camden",), 30
    )
    assert said(GROUPS).holder("oidc-ann", "others") is None
    assert said(GROUPS).holder("oidc-mallory", "night-desk") is None


def test_of_several_groups_the_first_of_the_file_holds() -> None:
    """In whatever order the provider names them."""
    people = said(GROUPS)

    assert people.group_of(["others", "stringers-camden", "night-desk"]) == "night-desk"
    assert people.group_of(["others"]) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f'{GROUPS}[[groups]]\ngroup = "night-desk"\nrole = "desk"', "'night-desk': group: "),
        ('[[groups]]\ngroup = "a"\nrole = "source"', "keys.toml:3: group 'a': role: 'source': not"),
        ('[[groups]]\ngroup = "a"\nrole = "boss"', "keys.toml:3: group 'a': role: 'boss': "),
        ('[[groups]]\nrole = "desk"', "keys.toml:1: group 1: group: "),
        (f'{GROUPS}[[blocked]]\nperson = "ann"', "blocked 'ann': person: 'ann'"),
        ('groups = "all"', "keys.toml: groups: write each group as a [[groups]] table"),
        ("", "0 keys; give 1 to"),
    ],
)
def test_a_fault_in_a_group_is_named_with_its_line(text: str, named: str) -> None:
    """As for keys."""
    with pytest.raises(KeysError) as caught:
        said(text)

    assert any(named in fault for fault in caught.value.faults), caught.value.faults


def test_the_id_of_a_person_never_changes_and_is_nobody_elses() -> None:
    """It can be read if the subject can, and has its place among ids of sources."""
    assert person_id(ISSUER, "Ann.Able") == person_id(ISSUER, "Ann.Able")
    others = [(ISSUER, "ann-able"), ("https://other.example", "Ann.Able"), (ISSUER, "Ann.Able ")]
    ids = {person_id(*each) for each in others} | {person_id(ISSUER, "Ann.Able")}

    assert len(ids) == 4
    assert person_id(ISSUER, "Ann.Able").startswith("oidc-ann-able-")
    for subject in ("", "é", "A" * 300, "0b8f1d4e-6c1e-4b8e-9f3e-3a1f5f0c2d77", "---"):
        assert Blocked(person=person_id(ISSUER, subject))


def test_no_key_may_be_called_as_such_a_person(tmp_path: Path) -> None:
    """Its words would count as theirs."""
    with pytest.raises(KeysError, match=f"{PREFIX} begins the ids"):
        added(tmp_path / "keys.toml", "oidc-ann")


def test_a_person_is_blocked_once_and_keys_and_groups_stay(tmp_path: Path) -> None:
    """As the command writes it."""
    file = tmp_path / "keys.toml"
    file.write_text(GROUPS)
    added(file, "agency")
    before = parse_keys(file.read_bytes(), file)
    block_person(file, Blocked(person="oidc-ann", by="Bob"))
    after = parse_keys(file.read_bytes(), file)

    assert after.people.is_blocked("oidc-ann")
    assert (after.keys, after.people.groups) == (before.keys, before.people.groups)
    with pytest.raises(KeysError, match="is blocked already"):
        block_person(file, Blocked(person="oidc-ann", by="Bob"))
