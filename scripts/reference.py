"""Writes the reference pages that are generated from the code; --check lists which differ."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import typer
from prometheus_client import Counter, Gauge, Histogram
from pydantic import SecretStr

from services.cli import app
from services.platform import metrics
from services.platform.settings import Settings

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"

PRECEDENCE = (
    "Precedence: the environment, then files in the directory that `LIVECOUNT_SECRETS_DIR`"
    " names (one file for each setting, named like the variable in lower case), then the file"
    " that `LIVECOUNT_SETTINGS_FILE` names, then the default. Without such a name the file is the"
    " `.local/settings.env` that `livecount stack up` writes: of the folder in which the command"
    " runs or the nearest one above with a stack, else of the checkout."
)
METRICS_PREFACE = (
    "Each service serves its metrics at `/metrics` on `LIVECOUNT_METRICS_HOST` and"
    " `LIVECOUNT_METRICS_PORT`, in Prometheus' text format."
)


def settings_page() -> str:
    """Returns the page of settings: each variable, its default and what it does."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable.",
        PRECEDENCE,
        "",
        "| variable | default | what it does |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = f"`{default}`" if default not in {None, ""} else "not set"
        lines.append(f"| `LIVECOUNT_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def command_line_page() -> str:
    """Returns the page of commands: each with its arguments, options and help."""
    lines = ["# Command line", "", "`livecount --help` prints the same in the terminal.", ""]
    _describe(typer.main.get_command(app), "livecount", lines)
    return "\n".join(lines)


def _describe(command: object, path: str, lines: list[str]) -> None:
    commands = getattr(command, "commands", None)
    if commands is not None:
        for name in sorted(commands):
            _describe(commands[name], f"{path} {name}", lines)
        return
    help_text = " ".join((getattr(command, "help", None) or "").split())
    lines += [f"## `{path}`", "", help_text, ""]
    parameters = getattr(command, "params", [])
    if parameters:
        lines += ["| | |", "|---|---|"]
        for parameter in parameters:
            option = parameter.param_type_name == "option"
            shown = (
                ", ".join([*parameter.opts, *parameter.secondary_opts])
                if option
                else parameter.name.upper()
            )
            lines.append(f"| `{shown}` | {parameter.help or ''} |")
        lines.append("")


def metrics_page() -> str:
    """Returns the page of metrics: each name as Prometheus reads it, its labels and meaning."""
    lines = [
        "# Metrics",
        "",
        METRICS_PREFACE,
        "",
        "| name | kind | labels | what it measures |",
        "|---|---|---|---|",
    ]
    for metric in vars(metrics).values():
        if not isinstance(metric, Counter | Gauge | Histogram):
            continue
        (family,) = metric.describe()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001 -- the library has no public attribute for them
        lines.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "command-line.md": command_line_page,
    "metrics.md": metrics_page,
}


def stale() -> list[str]:
    """Returns the names of the pages that differ from what the code gives."""
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text() != page()
    ]


def main() -> None:
    """Writes every page; with --check only lists those that differ, and fails if any does."""
    if "--check" in sys.argv:
        different = stale()
        for name in different:
            sys.stderr.write(f"docs/reference/{name} is stale; run make reference\n")
        sys.exit(1 if different else 0)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page())


if __name__ == "__main__":
    main()
