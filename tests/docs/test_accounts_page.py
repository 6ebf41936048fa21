"""The page of accounts says what the code grants, and gives the commands for all of it."""

from __future__ import annotations

import re

from services.platform.accounts import ACCOUNTS, grants
from tests.support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "operations" / "accounts.md").read_text(encoding="utf-8")


def test_the_commands_grant_exactly_what_the_accounts_need() -> None:
    """Each right has its command, in the table's order, and no other is granted."""
    assert re.findall(r"^grant (--.*)$", PAGE, re.MULTILINE) == [
        f"--allow-principal User:{grant.account} --operation {grant.operation.capitalize()}"
        f" --{grant.resource} {grant.name}"
        for grant in grants("live")
    ]


def test_the_commands_for_redis_are_its_rules() -> None:
    """Each account that Redis knows has its line, and the default one is closed."""
    assert re.findall(r"^ACL SETUSER (.*)$", PAGE, re.MULTILINE) == [
        "default off",
        *(f"{each.name} on >PASSWORD {each.redis}" for each in ACCOUNTS if each.redis),
    ]


def test_the_table_says_what_each_account_may_do() -> None:
    """Topics and groups of each row are those of the code."""
    rows = {
        name: tuple(tuple(re.findall(r"`([a-z]+)`", cell)) for cell in cells.split("|")[:3])
        for name, cells in re.findall(r"^\| `([a-z]+)` \|(.*)\|$", PAGE, re.MULTILINE)
    }
    rows.pop("admin")

    assert rows == {each.name: (each.reads, each.writes, each.joins) for each in ACCOUNTS}
