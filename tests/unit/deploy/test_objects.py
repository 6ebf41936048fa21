"""The manifests for Kubernetes are objects that its API takes, and none is missing."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from services.cli import app
from tests.support.checkout import CHECKOUT
from tests.support.manifests import (
    COMPOSE,
    ELSEWHERE,
    FILES,
    FOLDER,
    FOLDERS,
    NEWEST,
    OLDEST,
    PODS,
    WORKLOADS,
    container,
    pod_of,
)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_object_is_one_that_the_api_takes(file: Path, version: str) -> None:
    """Of the oldest version that they are for and the newest, with no field that it ignores."""
    for each in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        assert kubernetes_validate.validate(each, version, strict=True) == version


def test_a_field_that_is_misspelt_would_be_found() -> None:
    """Kubernetes itself would ignore it."""
    wrong = copy.deepcopy(WORKLOADS["ticker"])
    pod_of(wrong)["terminationGraceSeconds"] = 45

    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGraceSeconds"):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


def test_every_file_is_applied() -> None:
    """By the kustomization of its folder, and each folder by that of a newsroom, if it wants it."""
    text = (FOLDER / "newsroom" / "kustomization.yaml").read_text(encoding="utf-8")
    listed = set(re.findall(r"^  (?:# )?- \.\./(\w+)$", text, re.MULTILINE))

    assert {folder.name for folder in FOLDERS} == {"newsroom", *listed}
    for folder in FOLDERS:
        made = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
        files = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml", "fill.yaml"}
        assert {each for each in made["resources"] if not each.startswith("..")} == files


def test_every_service_of_compose_is_there() -> None:
    """But those of which the page says why not, and none with another command."""
    assert set(WORKLOADS) == set(COMPOSE) - ELSEWHERE
    for name in WORKLOADS:
        assert container(name)["args"] == COMPOSE[name]["command"]


def test_every_pod_runs_the_image_of_this_version() -> None:
    """Which the newsroom's kustomization names once, with a place for its digest."""
    file = FOLDER / "newsroom" / "kustomization.yaml"
    (image,) = yaml.safe_load(file.read_text(encoding="utf-8"))["images"]
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert image["newTag"] == project["version"]
    assert "digest: sha256:" in file.read_text(encoding="utf-8")
    for name in PODS:
        whole = f"{image['newName']}:{image['newTag']}"
        assert container(name)["image"] == (whole if name == "fill-night" else image["name"])


def test_every_command_exists() -> None:
    """As `livecount` has them."""
    for name in WORKLOADS:
        command: Any = get_command(app)
        for word in container(name)["args"]:
            if hasattr(command, "commands"):
                command = command.commands[word]
