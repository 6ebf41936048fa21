"""The page of containers names the variables, folders and versions of the compose file."""

from __future__ import annotations

import re

from tests.support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "operations" / "containers.md").read_text(encoding="utf-8")
COMPOSE = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")


def test_every_variable_that_can_be_set_is_named() -> None:
    """Those that `make compose-up` sets itself are not."""
    variables = set(re.findall(r"(?<!\$)\$\{(\w+):-", COMPOSE))

    made = {"LIVECOUNT_VERSION", "LIVECOUNT_REVISION"}
    assert {name for name in variables - made if f"`{name}`" not in PAGE} == set()


def test_every_folder_that_is_mounted_is_named() -> None:
    """With its place in the container."""
    mounted = re.findall(r"source: \./\.local/(\S+)\n\s+target: (\S+)", COMPOSE)

    assert mounted
    for source, target in mounted:
        assert re.search(rf"^\|.*`{source}`.*\| `{target}` \|", PAGE, re.MULTILINE), source


def test_the_versions_of_docker_are_those_that_are_asked_for() -> None:
    """The page, the compose file and the script name the same ones."""
    script = (CHECKOUT / "scripts" / "docker-version").read_text(encoding="utf-8")

    assert "Docker Engine 25 or newer, Compose 2.24 or newer" in PAGE
    assert "# Needs Docker Engine 25 (start_interval) and Compose 2.24" in COMPOSE
    assert "install 25 or newer" in script
    assert "install 2.24 or newer" in script


def test_the_measured_table_is_there() -> None:
    """With a row for each container that lasts, as the check wrote it."""
    (table,) = re.findall(r"<!-- figures: begin -->\n(.*)<!-- figures: end -->", PAGE, re.DOTALL)
    rows = re.findall(r"^\| ([a-z-]+) \| \S+B \|", table, re.MULTILINE)

    lasting = {"aggregator", "entry", "intake", "kafka", "nation", "notifier", "redis", "ticker"}
    assert set(rows) == lasting | {"feed-folder"}
