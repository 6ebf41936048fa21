"""The guide to checking the log says what is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from schemas.log_head import LogHead, PartitionHead
from services.platform.log_leaves import LogLeaves
from tests.support.checkout import CHECKOUT

PAGE = (CHECKOUT / "docs" / "guides" / "checking-the-log.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Message:
    """A message of the log."""

    offset: int
    partition: int = 3
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, Any], ...] = ()


def checked(shown: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Runs the page's program on what `explain --json` printed."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    return subprocess.run(
        [sys.executable, "-I", "-c", program],
        input=json.dumps(shown),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("messages", [1, 2, 5, 8, 13])
def test_the_program_on_the_page_checks_proofs(messages: int) -> None:
    """It takes every right proof, and refuses one under another root."""
    leaves = LogLeaves()
    for offset in range(messages):
        leaves.add(Message(offset))
    proofs = leaves.proofs(3, range(messages))
    head = leaves.head(3)
    assert head is not None
    shown = {
        "head": head.model_dump(mode="json", exclude_none=True),
        "declarations": [{"offset": messages, "proof": None}]
        + [
            {
                "offset": offset,
                "proof": {
                    "leaf_index": proof.leaf_index,
                    "leaf": proof.leaf.hex(),
                    "path": [each.hex() for each in proof.path],
                },
            }
            for offset, proof in proofs.items()
        ],
    }
    right = checked(shown)
    wrong = checked(shown | {"head": {"messages": messages, "root": "0" * 64}})

    assert (right.returncode, right.stderr) == (0, "")
    assert (wrong.returncode, wrong.stderr) == (1, "offset 0: not under the head\n")


def test_every_field_of_a_head_is_on_the_page() -> None:
    """With what it means."""
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))

    assert named == {*PartitionHead.model_fields, "format"}
    assert named - {*PartitionHead.model_fields} < {*LogHead.model_fields}
