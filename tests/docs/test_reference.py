import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def test_the_reference_pages_say_what_the_code_says() -> None:
    """The pages of settings and commands are those that the code gives now."""
    checked = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
