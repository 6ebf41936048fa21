"""The page of feeds shows files that can be read, and names every setting and command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from readers.addresses import read_addresses
from readers.agency_ids import read_agency_ids
from readers.councils import Councils, read_councils
from readers.findings import Findings
from readers.parties_file import shipped_register
from services.feeds.asking import PATIENCE
from services.feeds.folder import SUFFIXES
from services.platform.settings import Settings
from tests.support.checkout import CHECKOUT
from tests.support.columns_read import CELLS, read_by
from tests.support.night_writer import COUNCILS

PAGE = (CHECKOUT / "docs" / "operations" / "feeds.md").read_text(encoding="utf-8")
COMMANDS = (CHECKOUT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")


@pytest.fixture
def councils(tmp_path: Path) -> Councils:
    file = tmp_path / "councils.csv"
    row = "2027-05-06,Exampleborough,E07999001,thirds,30,PP52,0"
    file.write_text(f"{COUNCILS}\n{row}\n", encoding="utf-8")
    return read_councils(file, Findings(), shipped_register())


def example(name: str, folder: Path) -> Path:
    (text,) = re.findall(rf"```csv title={re.escape(name)}\n(.*?)```", PAGE, re.DOTALL)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_examples_can_be_read(councils: Councils, tmp_path: Path) -> None:
    """The list of addresses and the table of ids, without a fault."""
    findings = Findings()
    (address,) = read_addresses(example("moderngov.csv", tmp_path), councils, findings)
    ids = read_agency_ids(example("pa-ids.csv", tmp_path), councils, findings)

    assert findings.faults == ()
    assert "```csv title=moderngov.csv\ncouncil,address\n" in PAGE
    assert read_by(["readers/addresses"], CELLS) == {"council", "address"}
    assert address.council.name == ids.councils["1201"].name == "Exampleborough"
    assert ids.parties == {"662": "PP53"}


def test_every_feed_and_every_setting_of_feeds_is_named() -> None:
    """A new one is not forgotten."""
    feeds = set(re.findall(r"## `livecount feed ([\w-]+)`", COMMANDS))
    settings = {name for name in Settings.model_fields if name.startswith("feed_")}

    assert feeds == set(re.findall(r"^\| `livecount feed ([\w-]+)", PAGE, re.MULTILINE))
    assert settings
    assert all(f"`LIVECOUNT_{name.upper()}`" in PAGE for name in settings)


def test_the_page_says_how_long_a_server_may_take_and_which_files_are_read() -> None:
    """As the code has it."""
    assert f"may take {PATIENCE.answer_s_max:.0f} seconds" in PAGE
    assert f"silent for {PATIENCE.read_timeout_s:.0f} seconds" in PAGE
    assert all(f"`{suffix}`" in PAGE for suffix in SUFFIXES)


def test_the_feeds_of_compose_are_named_with_their_addresses_and_files() -> None:
    """Services, ports, secrets and folders are those of the compose file."""
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    feeds = {name: each for name, each in compose["services"].items() if "feed-" in name}
    (env,) = re.findall(r"```sh title=\.env\n(.*?)```", PAGE, re.DOTALL)

    shown = re.findall(r"=http://([\w-]+):(\d+)", env)
    assert shown
    for name, port in shown:
        assert feeds[name]["environment"]["LIVECOUNT_METRICS_PORT"] == port
    for name, each in feeds.items():
        assert f"`{name}`" in PAGE
        (secret,) = each["secrets"]
        assert secret["source"].removeprefix("livecount_feed") in PAGE
        for folder in each["volumes"]:
            assert f"`{folder['source'].removeprefix('./')}`" in PAGE
