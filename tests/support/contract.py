"""Schemathesis, which asks a service for what its OpenAPI document has, and for what it has not."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent

SEED: Final = "1"
"""One run is as the other: what is found once is found again."""

EXAMPLES_MAX: Final = "30"
"""Requests drawn by chance for each operation, beside those that follow from its schema."""


async def faults(
    document: Mapping[str, Any],
    url: str,
    folder: Path,
    *options: str,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Returns what a service at `url` does otherwise than its OpenAPI document says; '' if nothing.

    `folder` is one that schemathesis may write to, `options` are further ones of its command, and
    every request has the `headers`.
    """
    described = folder / "openapi.json"
    described.write_text(json.dumps(document))
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "schemathesis.cli", f"--config-file={HERE / 'schemathesis.toml'}"),
        *("run", str(described), f"--url={url}", "--no-color"),
        *(f"--seed={SEED}", f"--max-examples={EXAMPLES_MAX}", *options),
        *(f"--header={name}: {value}" for name, value in (headers or {}).items()),
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        written, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    return written.decode(errors="replace") if running.returncode else ""
