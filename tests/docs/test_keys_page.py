"""The page of keys shows a file that can be used, and explains every field."""

from __future__ import annotations

import re
from pathlib import Path

from schemas.audit_entry import AuditEntry
from services.access.key import Key
from services.access.keys_file import load_keys, parse_keys
from services.access.people import Group
from services.access.second_entry.policy import Policy
from services.entry.audit_page import LOOKED_THROUGH_MAX, SHOWN_MAX
from services.entry.routes.gate import PER_MINUTE
from services.entry.sessions import IDLE_S, SESSION_S
from services.platform.topics import AUDIT_RETENTION_MS
from tests.support.checkout import CHECKOUT

PEOPLE = (CHECKOUT / "docs" / "operations" / "people.md").read_text(encoding="utf-8")
PAGE = (CHECKOUT / "docs" / "operations" / "keys.md").read_text(encoding="utf-8")


def rows() -> set[str]:
    """Returns the fields that the page's tables explain."""
    first = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    return {name for cell in first for name in re.findall(r"`(\w+)`", cell)}


def test_the_example_of_a_file_of_keys_can_be_used(tmp_path: Path) -> None:
    """With a source's key and a person's, and all that keys may say but for being revoked."""
    example, _ = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "keys.toml"
    file.write_text(example)
    fields = [set(key.model_fields_set) for key in load_keys(file)]

    assert set().union(*fields) == set(Key.model_fields) - {"revoked", "revoked_by"}


def test_the_example_of_policies_can_be_used(tmp_path: Path) -> None:
    """Beside keys, with everything in it that a policy may say."""
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    found = parse_keys("\n".join(examples).encode(), tmp_path / "keys.toml")

    said = {name for policy in found.policies for name in policy.model_fields_set}
    assert said == set(Policy.model_fields) <= rows()


def test_every_field_of_a_key_and_of_the_audit_is_explained() -> None:
    """A new field is not forgotten."""
    assert set(Key.model_fields) <= rows()
    assert set(AuditEntry.model_fields) - {"type"} <= rows()


def test_the_example_of_groups_can_be_used() -> None:
    """With everything in it that a group may say."""
    (example,) = re.findall(r"```toml\n(.*?)```", PEOPLE, re.DOTALL)
    groups = parse_keys(example.encode(), Path("keys.toml")).people.groups

    assert set().union(*(each.model_fields_set for each in groups)) == set(Group.model_fields)


def test_the_page_of_people_has_the_limits_of_the_code() -> None:
    """Of sessions, of requests and of the audit's page."""
    assert f"| after {IDLE_S // 60} minutes |" in PEOPLE
    assert f"| after {SESSION_S // 3_600} hours | after {SESSION_S // 3_600} hours |" in PEOPLE
    assert f"| a person | {PER_MINUTE} requests a minute |" in PEOPLE
    assert f"Among the newest {LOOKED_THROUGH_MAX:,} it shows {SHOWN_MAX};" in PEOPLE


def test_the_page_says_how_long_the_audit_is_kept() -> None:
    """In days, as the topic has it."""
    assert f"kept for {AUDIT_RETENTION_MS // 86_400_000} days" in PAGE
