"""An invitation: its key's id, its end and its link."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from schemas.uk_time import UK_TIME
from services.access.invitations.invitation import expires_after, id_of, link_of
from services.access.key import INVITED_DAYS_MAX, Key
from services.access.token import hash_of
from services.platform.settings import Settings
from services.platform.topics import AUDIT_RETENTION_MS

ADDED = datetime(2026, 5, 1, tzinfo=UK_TIME)
ENDS = ADDED + timedelta(days=10)


@pytest.mark.parametrize(
    ("person", "key_id"),
    [
        ("Ann Able", "ann-able"),
        ("Siân O’Neill-Åström", "sian-oneill-astrom"),
        ("  D'Arcy, J. ", "darcy-j"),
        ("A" * 60, "a" * 40),
        ("王小明", ""),
    ],
)
def test_a_persons_key_is_called_after_them(person: str, key_id: str) -> None:
    """In letters, digits and hyphens; blank if the name has none of them."""
    assert id_of(person) == key_id


def test_an_invitation_ends_a_week_after_the_last_poll() -> None:
    """At midnight in the United Kingdom."""
    elections = ("local.2026-05-07", "local.2026-03-05")

    assert expires_after(elections) == datetime(2026, 5, 15, tzinfo=UK_TIME)
    with pytest.raises(ValueError, match="tonight"):
        expires_after(["tonight"])


def test_the_token_stands_where_browsers_send_it_to_nobody() -> None:
    """Behind the `#` of the address that people use."""
    assert link_of(Settings(), "ann.x") == "http://127.0.0.1:8002/invitation#ann.x"
    public = Settings(entry_url="https://desk.example.org", intake_token=SecretStr(""))
    assert link_of(public, "ann.x") == "https://desk.example.org/invitation#ann.x"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"role": "stringer"}, "person: the role stringer is a person's"),
        ({"role": "viewer"}, "person: the role viewer is a person's"),
        ({"role": "admin"}, "person: the role admin is a person's"),
        ({"person": "Ann", "added": ADDED, "expires": ENDS}, "the role source is nobody's own"),
        ({"role": "stringer", "person": "Ann", "added": ADDED}, "expires: an invitation has"),
        ({"role": "stringer", "person": "Ann", "expires": ENDS}, "expires: an invitation has"),
        (
            {
                "role": "desk",
                "person": "Ann",
                "added": ADDED,
                "expires": ADDED + timedelta(days=INVITED_DAYS_MAX, seconds=1),
            },
            "expires: more than 366 days",
        ),
        (
            {"role": "desk", "person": "Ann (desk-1)", "added": ADDED, "expires": ENDS},
            "leave out brackets",
        ),
    ],
)
def test_a_key_that_is_no_invitation_and_no_sources_is_refused(
    fields: dict[str, object], named: str
) -> None:
    """A person has a name and an end, and a source has no name of its own."""
    with pytest.raises(ValidationError, match=named.replace("(", "\\(")):
        Key.model_validate({"id": "ann", "hash": hash_of(b"ann.x")} | fields)


def test_which_device_is_whose_is_known_for_longer_than_any_invitation_is_valid() -> None:
    """So that none is claimed a second time when the claim is forgotten."""
    assert timedelta(milliseconds=AUDIT_RETENTION_MS) > timedelta(days=INVITED_DAYS_MAX)
