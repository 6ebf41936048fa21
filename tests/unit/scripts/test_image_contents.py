"""The bill of materials of the image."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distributions

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.image_contents import bill, of_debian, of_python
from tests.support.checkout import CHECKOUT

STATUS = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u14
Description: GNU C Library
 with a second line

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1.0
"""


def test_it_has_every_package_that_is_installed() -> None:
    """Python's by their names and Debian's by their versions; what was removed is not in it."""
    python, debian = of_python(distributions()), of_debian(STATUS)

    assert {"faust-streaming", "pydantic"} <= {each["name"] for each in python}
    assert [each["purl"] for each in debian] == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64"
    ]


def test_it_is_a_bill_of_materials_of_cyclonedx() -> None:
    """By the schema of CycloneDX 1.6."""
    text = json.dumps(bill(of_python(distributions()) + of_debian(STATUS)))

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_script_prints_it() -> None:
    """With nothing but Python, whatever is installed."""
    script = CHECKOUT / "scripts" / "image_contents.py"
    shown = subprocess.run([sys.executable, "-IS", script], capture_output=True, check=True)

    assert json.loads(shown.stdout)["bomFormat"] == "CycloneDX"
