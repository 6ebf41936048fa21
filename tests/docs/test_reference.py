import subprocess
import sys

from tests.support.checkout import CHECKOUT


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
