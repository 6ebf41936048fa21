"""`livecount access`: keys are made, revoked and shown, and the audit is told."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import segno

from schemas.uk_time import UK_TIME
from services.access.holder import Holder
from services.access.key_ring import KeyRing
from services.access.keys_file import load_keys, parse_keys, read_content
from services.platform.accounts import account_settings
from services.platform.clock import uk_now
from services.platform.settings import Settings
from tests.conftest import settings_environment
from tests.support.keys import audit, invited
from tests.support.warm_start import WarmStart

Access = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file of keys will be."""
    return tmp_path / "keys.toml"


@pytest.fixture
def access(settings: Settings, file: Path, warm_start: WarmStart) -> Access:
    """Runs `livecount access` to its end with the account `audit`, and returns what it said."""

    def run(*arguments: str, given: str = "", **further: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LIVECOUNT_")}
        environment |= settings_environment(account_settings(settings, "audit"))
        environment |= {"LIVECOUNT_KEYS_FILE": str(file)} | further
        return warm_start.run("services.cli", ["access", *arguments], environment, given)

    return run


async def test_a_key_from_its_first_day_to_its_last(
    access: Access, settings: Settings, file: Path
) -> None:
    """The token alone is on standard output, once; everything else is told, and to the audit."""
    made = access(
        *("add", "stringer", "--trust", "second", "--council", "barnet", "--council", "camden"),
        *("--election", "local.2026-05-07", "--per-minute", "30", "--by", "Ann"),
    )
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    (key,) = load_keys(file)
    assert KeyRing([key], settings.intake_token).who(token.encode()) == Holder(
        "stringer", "second", "source", ("local.2026-05-07",), ("barnet", "camden"), 30
    )
    summary = (
        "trust second; role source; elections local.2026-05-07; councils barnet, camden;"
        " at most 30 declarations a minute"
    )
    checked = access("check", given=f"{token}\n")
    assert (checked.returncode, checked.stdout) == (0, f"stringer: {summary}\n")
    assert access("check", "--env", "MINE", MINE=token).stdout == checked.stdout
    listed = access("list").stdout
    assert listed.startswith(f"stringer: {summary}; added 2")
    assert listed.endswith(" by Ann\n")

    assert access("revoke", "stringer", "--by", "Bob").stdout == f"revoked stringer in {file}\n"
    refused = access("check", given=token)
    assert refused.returncode == 1
    assert "the key stringer was revoked: nobody is let in with it" in refused.stderr
    assert "; revoked 2" in access("list").stdout

    entries = await audit(settings)
    assert [(each.action, each.who, each.keys, each.result) for each in entries] == [
        ("key added", "Ann", ("stringer",), summary),
        ("key revoked", "Bob", ("stringer",), "revoked"),
    ]
    secret = token.partition(".")[2]
    written = [str(load_keys(file)), listed, checked.stdout, made.stderr, refused.stderr]
    assert not [text for text in (*written, *map(repr, entries)) if secret in text]


POLL = uk_now().date() + timedelta(days=30)
ELECTION = f"local.{POLL}"
INVITE = ("invite", "Siân O’Neill", "--election", ELECTION, "--by", "Ann")


async def test_somebody_is_invited_with_a_link_and_a_qr_code(
    access: Access, settings: Settings, file: Path, tmp_path: Path
) -> None:
    """The link alone is on standard output, once; the audit is told what it lets them do."""
    image = tmp_path / "sian.svg"
    made = access(
        *(*INVITE, "--council", "barnet", "--qr", str(image)),
        LIVECOUNT_ENTRY_URL="https://desk.example.org",
    )
    assert made.returncode == 0, made.stderr
    link, _, token = made.stdout.strip().partition("#")
    assert link == "https://desk.example.org/invitation"
    (key,) = load_keys(file)
    assert KeyRing([key], settings.intake_token).who(token.encode()) == Holder(
        "sian-oneill", "checked", "stringer", (ELECTION,), ("barnet",)
    )
    ends = POLL + timedelta(days=8)
    assert key.expires is not None
    assert (key.person, key.expires.astimezone(UK_TIME).date()) == ("Siân O’Neill", ends)
    assert f"valid until {ends:%-d %B %Y}" in made.stderr
    expected = io.BytesIO()
    segno.make(made.stdout.strip(), micro=False, error="m").save(
        expected, kind="svg", scale=8, border=4
    )
    assert image.read_bytes() == expected.getvalue()
    assert stat.S_IMODE(image.stat().st_mode) == 0o600
    listed = access("list").stdout
    assert listed.startswith("sian-oneill: Siân O’Neill; trust checked; role stringer;")
    assert f"; expires {ends}T00:00:00" in listed
    (entry,) = await audit(settings)
    assert (entry.action, entry.who, entry.keys) == ("key added", "Ann", ("sian-oneill",))
    assert entry.result.startswith("Siân O’Neill: trust checked; role stringer;")
    secret = token.partition(".")[2]
    assert not [text for text in (made.stderr, listed, repr(entry), repr(key)) if secret in text]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("invite", "Ann", "--election", "local.2020-05-07"), "election: local.2020-05-07: is ov"),
        (("invite", "Ann", "--election", "tonight"), "election: Invalid isoformat string"),
        (("invite", "王小明", "--election", ELECTION), "person: '王小明': no id can be"),
        (("invite", "Ann (desk)", "--election", ELECTION), "person: 'Ann (desk)': leave"),
        ((*INVITE, "--council", "Barnet"), "councils[0]: 'Barnet': not a council"),
        ((*INVITE, "--qr", "sian.png"), "qr: 'sian.png': is written as SVG"),
        ((*INVITE, "--id", "desk"), "id: desk: is the newsroom's desk"),
    ],
)
def test_an_invitation_that_cannot_be_is_not_given_out(
    access: Access, file: Path, arguments: tuple[str, ...], named: str
) -> None:
    """What is wrong is named, and nothing is written."""
    refused = access(*arguments)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert named in refused.stderr
    assert not file.exists()


def test_a_qr_code_that_cannot_be_written_leaves_the_link_valid(
    access: Access, file: Path, tmp_path: Path
) -> None:
    """It is printed all the same, and the status says that something was left out."""
    made = access(*INVITE, "--qr", str(tmp_path / "nowhere" / "sian.svg"))

    assert made.returncode == 3
    assert "/invitation#sian-oneill." in made.stdout
    assert "No such file or directory; the link is valid without it" in made.stderr
    assert [key.id for key in load_keys(file)] == ["sian-oneill"]


def test_the_second_of_a_name_is_given_another_id(access: Access, file: Path) -> None:
    """Two people are never one source."""
    access(*INVITE)
    refused = access(*INVITE)
    made = access(*INVITE, "--id", "sian-of-camden")

    assert (refused.returncode, made.returncode) == (2, 0)
    assert "there is such a key" in refused.stderr
    assert [key.id for key in load_keys(file)] == ["sian-oneill", "sian-of-camden"]


async def test_a_person_of_the_identity_provider_is_blocked(
    access: Access, settings: Settings, file: Path
) -> None:
    """The audit is told; what is no such person's id is refused."""
    access("add", "agency", "--by", "Bob")
    done = access("block", "oidc-ann", "--by", "Bob")
    again = access("block", "oidc-ann")
    wrong = access("block", "ann")

    assert (done.returncode, done.stdout) == (0, f"blocked oidc-ann in {file}\n")
    assert (again.returncode, wrong.returncode) == (2, 2)
    assert "is blocked already" in again.stderr
    assert "give the id of a person as the audit has it, which begins with oidc-" in wrong.stderr
    assert parse_keys(read_content(file), file).people.is_blocked("oidc-ann")
    (_, entry) = await audit(settings)
    assert (entry.action, entry.who, entry.keys) == ("person blocked", "Bob", ("oidc-ann",))


async def test_a_key_may_count_otherwise_for_a_council_or_an_election(
    access: Access, settings: Settings, file: Path
) -> None:
    """By what is given with it; what cannot be is named."""
    made = access(
        *("add", "agency", "--trust-for", "barnet=final"),
        *("--trust-for", "local.2026-05-07=second"),
    )
    (key,) = load_keys(file)
    said = (("barnet", "final"), ("local.2026-05-07", "second"))
    assert KeyRing([key], settings.intake_token).who(made.stdout.strip().encode()).trusts == said

    wrong = access("add", "other", "--trust-for", "Barnet=final", "--trust-for", "camden")
    assert wrong.returncode == 2
    assert "trusts[0].council: 'Barnet': " in wrong.stderr
    assert "trusts[1].trust: " in wrong.stderr


async def test_a_policy_is_set_shown_and_told_to_the_audit(
    access: Access, settings: Settings, file: Path
) -> None:
    """For everywhere or for one place; every stringer has its trust from then on."""
    invited(file, "ann")
    assert access("policy").stdout == "second entry decisive\n"
    done = access("policy", "always", "--council", "barnet", "--by", "Ann")
    assert (done.returncode, done.stdout) == (0, f"second entry always for barnet in {file}\n")
    assert access("policy", "never", "--by", "Bob").returncode == 0

    assert access("policy").stdout == "second entry never\nsecond entry always for barnet\n"
    assert access("list").stdout.startswith(
        "ann: Ann; trust final; trust second for barnet; role str"
    )
    entries = await audit(settings, "policy set")
    assert [(each.who, each.keys, each.result) for each in entries] == [
        ("Ann", (), "second entry always for barnet"),
        ("Bob", (), "second entry never"),
    ]


async def test_the_audit_is_printed_for_people_and_as_json(access: Access) -> None:
    """All of it, or what is about one key."""
    for name in ("agency", "night-desk"):
        assert access("add", name, "--by", "Ann").returncode == 0
    text = access("log").stdout.splitlines()
    assert [line.split("  ")[1:4] for line in text] == [
        ["Ann", "key added", "agency"],
        ["Ann", "key added", "night-desk"],
    ]
    (only,) = access("log", "--key", "night-desk", "--json").stdout.splitlines()
    assert json.loads(only)["keys"] == ["night-desk"]


def test_without_kafka_a_key_is_revoked_all_the_same(access: Access, file: Path) -> None:
    """Whoever has lost a key does not wait for the audit; status 3 says that it was not told."""
    nowhere = {"LIVECOUNT_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    made = access("add", "agency", **nowhere)
    revoked = access("revoke", "agency", **nowhere)

    assert [made.returncode, revoked.returncode] == [3, 3]
    assert "the audit was not told, the change stands" in revoked.stderr
    assert load_keys(file)[0].revoked
    assert made.stdout.strip().startswith("agency.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Agency"), "id: 'Agency': "),
        (("add", "default"), "is the token of LIVECOUNT_INTAKE_TOKEN"),
        (("add", "x", "--council", "Barnet"), "councils[0]: 'Barnet': not a council"),
        (("policy", "always", "--council", "Barnet"), "council: 'Barnet': not a council"),
        (
            ("policy", "never", "--council", "barnet", "--election", "local.2026-05-07"),
            "give either council or election, or none of them",
        ),
        (("policy", "never"), "0 keys; give 1 to 2000"),
        (("revoke", "x"), "no such key; see `livecount access list`"),
        (("list",), "cannot be read"),
        (("check",), "standard input: no token; give it there"),
        (("check", "--env", "MINE"), "MINE: no token; give it there"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(
    access: Access, file: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Status 2, and no file is made."""
    done = access(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert not file.exists()


def test_the_single_token_is_recognised_as_the_key_default(access: Access) -> None:
    """Also where there is no file of keys."""
    token = "the-single-token-of-before"  # noqa: S105 -- good only here
    found = access("check", given=token, LIVECOUNT_INTAKE_TOKEN=token, LIVECOUNT_KEYS_FILE="")

    assert found.stdout.startswith("default: trust final; role desk; elections all;")
