"""The channels file."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.notifier.channels import CONSOLE
from services.notifier.channels_file import CHANNELS_MAX, ChannelsError, load_channels
from services.notifier.senders.signature import sign, signing_key

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 -- published as an example


def faults(folder: Path, content: str, environment: dict[str, str] | None = None) -> list[str]:
    """Returns the faults found in a channels file, without its name."""
    file = folder / "channels.toml"
    file.write_text(content)
    with pytest.raises(ChannelsError) as caught:
        load_channels(file, environment or {})
    return [fault.removeprefix(f"{file}: ") for fault in caught.value.faults]


def test_without_a_file_there_is_the_console() -> None:
    """Without a channels file, alerts are printed, rehearsals included."""
    assert load_channels(None) == (CONSOLE,)
    assert CONSOLE.rehearsal


def test_channel_is_live_unless_marked(tmp_path: Path) -> None:
    """A channel is sent rehearsals only if it is marked for them."""
    file = tmp_path / "channels.toml"
    file.write_text('[[channels]]\nname = "public"\nurl = "console://"\n')

    (channel,) = load_channels(file, {})
    assert not channel.rehearsal


def test_secrets_are_read_from_environment_or_files(tmp_path: Path) -> None:
    """A channels file can be shared: its secrets are kept elsewhere, and never shown."""
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    file = tmp_path / "channels.toml"
    file.write_text(
        'page_url = "https://count.example"\n[[channels]]\nname = "cms"\n'
        f'webhook = "env:CMS"\nsecret = "file:{tmp_path}/secret"\n'
    )

    (channel,) = load_channels(file, {"CMS": "https://cms.example/hooks/1234"})
    assert channel.webhook == "https://cms.example/hooks/1234"
    assert channel.secret == SECRET
    assert channel.page_url == "https://count.example"
    for shown in (repr(channel), channel.summary()):
        assert "1234" not in shown
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", f"0 channels; give 1 to {CHANNELS_MAX}"),
        ("channels = 3", "channels: write each channel as a [[channels]] table"),
        ("[chanels]\n", "chanels: unknown; write [[channels]] tables"),
        ("[[channels]\n", "Expected ']]'"),
        ("a = " + "[" * 100_000, "nested too deeply; this is no file of channels"),
        ("#" * 2_000_000, "more than 1048576 bytes; name another file"),
        ('[[channels]]\nname = "a"\n', "channel 'a': url: give either url or webhook"),
        ('[[channels]]\nname = "A b"\nurl = "x"\n', "name: 'A b': String should match"),
        (
            '[[channels]]\nname = "a"\nurl = "x"\nkind = ["control"]\n',
            "channel 'a': kind: unknown; leave it out or correct its name",
        ),
        ('[[channels]]\nname = "a"\nurl = "x"\nkinds = ["controls"]\n', "kinds[0]: 'controls'"),
        ('[[channels]]\nname = "a"\nurl = "x"\nrehearsal = "no"\n', "rehearsal: 'no'"),
        ('[[channels]]\nname = "a"\nurl = "x"\nquiet_hours = "night"\n', "such as 23:00-07:00"),
        ('[[channels]]\nname = "a"\nurl = "x"\nsecret = "y"\n', "signs webhooks alone"),
        (
            '[[channels]]\nname = "a"\nwebhook = "http://x"\ndigest_minutes = 5\n',
            "a webhook is given one alert each",
        ),
        (
            '[[channels]]\nname = "a"\nurl = "env:NOT_SET"\n',
            "url: environment variable NOT_SET is not set; set it",
        ),
        ('[[channels]]\nname = "a"\nurl = "file:/none"\n', "url: /none cannot be read"),
        ('[[channels]]\nname = "a"\nwebhook = "ftp://x"\n', "no http:// or https:// URL"),
        (
            '[[channels]]\nname = "a"\nurl = "x"\nchanges_only = true\nkinds = ["decider"]\n',
            "changes_only: decider never says that control changes; leave one of them out",
        ),
        ('[[channels]]\nname = "a"\nurl = 2014-05-22\n', "write text, numbers or lists"),
    ],
)
def test_fault_names_channel_field_and_remedy(tmp_path: Path, content: str, expected: str) -> None:
    """A message about a channels file says what is wrong and what to do about it."""
    (fault,) = faults(tmp_path, content)

    assert expected in fault


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    """Two faulty channels and a name used twice are three faults."""
    one = '[[channels]]\nname = "a"\nurl = "x"\n'

    assert len(faults(tmp_path, f"{one}{one}" + '[[channels]]\nname = "b"\n')) == 2


def test_signature_is_that_of_the_standard() -> None:
    """A published example of Standard Webhooks gets the published signature."""
    signature = sign(
        signing_key(SECRET),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 100_000], ids=["no text", "large"])
def test_a_file_that_is_no_secret_is_a_fault_that_names_it(tmp_path: Path, content: bytes) -> None:
    """And nothing of what is in it."""
    (tmp_path / "secret").write_bytes(content)
    table = f'[[channels]]\nname = "a"\nwebhook = "file:{tmp_path}/secret"\nsecret = "env:S"\n'

    (fault,) = faults(tmp_path, table, {"S": SECRET})

    assert f"webhook: {tmp_path}/secret is no secret" in fault
    assert "xxx" not in fault


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%"])
def test_weak_secrets_are_refused(secret: str) -> None:
    """A secret must be whsec_ and 24 to 64 bytes in base64, as the specification asks."""
    with pytest.raises(ValueError, match="openssl rand"):
        signing_key(secret)
