import re
from pathlib import Path

from services.notifier.channels import Channel
from services.notifier.channels_file import load_channels
from tests.support.checkout import CHECKOUT

GUIDE = CHECKOUT / "docs" / "guides" / "alerts.md"


def test_the_example_of_a_channels_file_can_be_used(tmp_path: Path) -> None:
    """The channels file that the guide shows is one that the notifier takes."""
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    secret = tmp_path / "secret"
    secret.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    file = tmp_path / "channels.toml"
    file.write_text(example.replace("/run/secrets/cms-webhook", str(secret)))
    environment = dict.fromkeys(re.findall(r'"env:([A-Z_]+)"', example), "console://")

    channels = load_channels(file, environment)

    assert len(channels) == 8
    assert [channel.name for channel in channels if channel.rehearsal] == ["data-desk"]


def test_every_field_of_a_channel_is_explained() -> None:
    """The guide's table has a row for each field that a channel has."""
    rows = set(re.findall(r"^\| `(\w+)` \|", GUIDE.read_text(), re.MULTILINE))

    assert set(Channel.model_fields) <= rows
