import os
import re
import subprocess
import sys
from pathlib import Path


def test_the_demo_ends_with_the_line_a_reporter_would_file(tmp_path: Path) -> None:
    """Without a terminal the demo plays the Barnet night to Childs Hill and ends with status 0."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("LIVECOUNT_")
    }

    played = subprocess.run(
        [sys.executable, "-m", "services.cli", "demo", "--speed", "3000"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert played.returncode == 0, played.stdout + played.stderr
    last = "\n".join(played.stdout.splitlines()[-3:])
    assert "CON HOLD Barnet" in last
    assert "Childs Hill" in last
    assert "32 of 63" in last
    assert "Con 30, Lab 27." in played.stdout
    assert (
        "Alerts of control: 1, caused by local.barnet.childs-hill.2014-05-22;"
        " repeated at the webhook: 0."
    ) in played.stdout
    assert re.search(r"webhook: median \d+ ms, worst \d+ ms", played.stdout)
