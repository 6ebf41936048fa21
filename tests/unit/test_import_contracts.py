"""The import contracts in pyproject.toml: no package and no file of `services/` escapes them."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.support.checkout import CHECKOUT

SERVICES = CHECKOUT / "services"
OUTER = (
    "declaring, reviewing, readiness, entering, preparing, archiving and rehearsing know the"
    " others, and only the command line knows them"
)
EXCEPTIONS = {
    "services.platform": "the platform knows the schemas only",
    "services.access": "keys know the schemas and the platform only",
    "services.pages": "what pages share knows the schemas and the platform only",
    "services.engine": "the engine knows the schemas and the platform only",
    "services.following": "following the log knows the rules, the schemas and the platform only",
    "services.declare": "declaring files knows intake and the audit, and no other service",
    "services.review": "reviewing knows declaring, intake and the audit, and no other service",
    "services.readiness": (
        "readiness knows declaring, keys, the audit and the notifier's channels, and no other"
        " service"
    ),
    "services.entry": (
        "entering by hand knows reviewing, readiness and what they know, keys and what pages share"
    ),
    "services.push": (
        "readers' push knows the notifier's notices and what the desk holds back, and no other"
        " service"
    ),
    "services.feeds": "feeds know the readers, the schemas and the platform only",
    "services.prepare": OUTER,
    "services.rebuild": OUTER,
    "services.archive": OUTER,
    "services.rehearsal": OUTER,
}
"""Packages that are not independent of the others, each with the contract that it has instead."""


def contracts() -> dict[str, dict[str, Any]]:
    configured = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return {each["name"]: each for each in configured["tool"]["importlinter"]["contracts"]}


def packages() -> set[str]:
    return {f"services.{file.parent.name}" for file in SERVICES.glob("*/__init__.py")}


def test_every_service_is_independent_or_explained() -> None:
    """A new package under `services/` needs a place in a contract."""
    independent = set(contracts()["services do not import each other"]["modules"])

    assert independent.isdisjoint(EXCEPTIONS)
    assert independent | EXCEPTIONS.keys() == packages()
    for package, name in EXCEPTIONS.items():
        contract = contracts()[name]
        assert package in contract["source_modules"] + contract["forbidden_modules"]


def test_contracts_of_services_leave_none_out() -> None:
    """What holds for all services but one or two names every other of them."""
    platform = contracts()["the platform knows the schemas only"]
    rehearsals = contracts()[EXCEPTIONS["services.rehearsal"]]
    keys = contracts()[EXCEPTIONS["services.access"]]
    following = contracts()[EXCEPTIONS["services.following"]]
    engine = contracts()[EXCEPTIONS["services.engine"]]
    declaring = contracts()[EXCEPTIONS["services.declare"]]
    looks = contracts()[EXCEPTIONS["services.pages"]]
    command_line = contracts()["nothing imports the command line"]

    assert packages() - set(platform["forbidden_modules"]) == {"services.platform"}
    assert packages() - set(keys["forbidden_modules"]) == {"services.access", "services.platform"}
    assert packages() - set(following["forbidden_modules"]) == {
        "services.following",
        "services.platform",
    }
    assert packages() - set(engine["forbidden_modules"]) == {"services.engine", "services.platform"}
    assert packages() - set(looks["forbidden_modules"]) == {"services.pages", "services.platform"}
    outer = {
        "services.declare",
        "services.review",
        "services.entry",
        "services.feeds",
        "services.prepare",
        "services.readiness",
        "services.rebuild",
        "services.archive",
        "services.rehearsal",
    }
    assert (
        packages() - set(rehearsals["source_modules"])
        == outer
        == {*rehearsals["forbidden_modules"]}
    )
    used = {"declare", "intake", "audit", "platform", "access", "following"}
    assert packages() - set(declaring["forbidden_modules"]) == {f"services.{name}" for name in used}
    assert packages() - set(command_line["source_modules"]) == set()


def test_the_command_line_is_the_only_loose_file() -> None:
    """Every other file of `services/` is in a package that has a contract."""
    assert {file.name for file in SERVICES.glob("*.py")} == {"__init__.py", "cli.py"}
    assert {file.parent.name for file in SERVICES.glob("*/*.py")} == {
        package.partition(".")[2] for package in packages()
    }
