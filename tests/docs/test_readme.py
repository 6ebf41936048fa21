import re
import subprocess
from pathlib import Path

import pytest
import typer

from services.cli import app
from tests.support.checkout import CHECKOUT

PAGES = sorted(
    page
    for page in [
        *CHECKOUT.glob("*.md"),
        *CHECKOUT.glob("docs/**/*.md"),
        *CHECKOUT.glob("benchmarks/**/*.md"),
    ]
    if page.name != "CHANGELOG.md"
)


def test_no_page_has_the_marks_of_an_unfinished_merge() -> None:
    """What Git leaves where two changes meet is for whoever merges them, and for no reader."""
    marks = re.compile(r"^(<{7}|>{7}|\|{7}) |^={7}$", re.MULTILINE)

    assert [
        page.name for page in [*PAGES, CHECKOUT / "CHANGELOG.md"] if marks.search(page.read_text())
    ] == []


def shell_lines(page: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link to a file of the project names a file that is there."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    missing = [
        target
        for target in targets
        if "://" not in target and not (page.parent / target).resolve().exists()
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_make_target_named_is_there(page: Path) -> None:
    """If a page says to run make, make has that target."""
    targets = {line.split()[1] for line in shell_lines(page) if line.startswith("make ")}
    for target in targets:
        tried = subprocess.run(
            ["make", "--dry-run", target],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert tried.returncode == 0, tried.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_command_named_is_there(page: Path) -> None:
    """A page that shows a livecount command shows one that exists, with options it has."""
    for line in shell_lines(page):
        words = line.split()
        if words[0] != "livecount":
            continue
        command = typer.main.get_command(app)
        rest = words[1:]
        while getattr(command, "commands", None):
            assert rest, line
            assert rest[0] in command.commands, line
            command = command.commands[rest.pop(0)]
        options = {option for parameter in command.params for option in [*parameter.opts, "--help"]}

        assert {word for word in rest if word.startswith("--")} <= options, line
