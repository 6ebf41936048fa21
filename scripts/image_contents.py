"""Prints the bill of materials (CycloneDX 1.6) of the image in which it runs.

Python packages as they are installed and Debian's as dpkg knows them; needs only Python.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from email.parser import HeaderParser
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

DPKG_STATUS = Path("/var/lib/dpkg/status")
PYTHON_PACKAGES = Path("/venv/lib")


def of_python(found: Iterable[Distribution]) -> list[dict[str, Any]]:
    """Returns a component for each Python package, by name."""
    components = {}
    for each in found:
        name, version = each.metadata["Name"].lower().replace("_", "-"), each.version
        licence = each.metadata.get("License-Expression")
        components[name] = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        } | ({"licenses": [{"expression": licence}]} if licence else {})
    return [components[name] for name in sorted(components)]


def of_debian(status: str) -> list[dict[str, Any]]:
    """Returns a component for each Debian package that a status file of dpkg has as installed."""
    components = []
    for paragraph in status.split("\n\n"):
        fields = HeaderParser().parsestr(paragraph)
        if not str(fields["Status"]).endswith(" installed"):
            continue
        name, version, machine = fields["Package"], fields["Version"], fields["Architecture"]
        purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={machine}"
        components.append(
            {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        )
    return components


def bill(components: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the bill of materials, the same for the same components."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": "livecount"}},
        "components": components,
    }


def main() -> None:
    """Prints it."""
    debian = DPKG_STATUS.read_text(encoding="utf-8") if DPKG_STATUS.exists() else ""
    python = distributions(path=[str(each) for each in PYTHON_PACKAGES.glob("*/site-packages")])
    sys.stdout.write(json.dumps(bill(of_python(python) + of_debian(debian)), indent=1) + "\n")


if __name__ == "__main__":
    main()
