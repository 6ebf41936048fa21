"""The guide to the next night, step by step, from an empty folder to an alert."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from services.platform.settings import Settings
from tests.conftest import own_account, settings_environment
from tests.support.checkout import CHECKOUT

GUIDE = CHECKOUT / "docs" / "guides" / "your-next-night.md"
BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(line: str, folder: Path, settings: Settings) -> str:
    """Runs a line of the guide in a folder, and returns what it printed."""
    words = shlex.split(line)
    if words[0] in {"livecount", "python"}:
        module = ["-m", "services.cli"] if words[0] == "livecount" else []
        words = [sys.executable, *module, *words[1:]]
    account = own_account(settings, words[3]) if words[1:3] == ["-m", "services.cli"] else settings
    environment = {name: text for name, text in os.environ.items() if "LIVECOUNT" not in name}
    environment |= {**settings_environment(account), "PYTHONPATH": str(CHECKOUT)}
    ran = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, f"{line}\n{ran.stdout}"
    return ran.stdout


async def test_the_guide_leads_from_an_empty_folder_to_an_alert(
    settings: Settings,
    process: Callable[..., Any],
    eventually: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    """Every command ends well and prints what the page says, and the alert arrives."""
    folder = tmp_path / "empty"
    folder.mkdir()
    printed = ""
    services = []
    for language, title, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if title == "service":
            words = shlex.split(text)[1:]
            paths = [str(folder / word) if (folder / word).is_file() else word for word in words]
            services.append(process(*paths))
        elif title == "printed":
            for line in text.splitlines():
                assert line in printed.splitlines(), f"{line}\n{printed}"
        elif title == "alert":
            notifier = services[-1]
            await eventually(lambda: text.strip() in notifier.written())  # noqa: B023
        elif language == "sh":
            printed = "".join(run(line, folder, settings) for line in text.splitlines())
        else:
            (folder / title).write_text(text, encoding="utf-8")
    assert services
