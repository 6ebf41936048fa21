"""Lists text in templates that no translation can reach, with file and line.

    python -m scripts.unwrapped_text [TEMPLATE ...]

Without templates it looks at those of the ticker and of what pages share. Text is wrapped as
`{{ _('Wards') }}`; in an attribute as `{{ _('Wards') | striptags }}`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("services/pages/templates", "services/ticker/templates")

_NAME = re.compile(r"\b(?:livecount|JSON|CSV)\b")
"""What is called the same in every language."""

_CLASS = re.compile(r"\{% block (?:kind|live) %\}.*?\{% endblock %\}", re.DOTALL)
"""The blocks of `base.html` with the classes of a page and its data, which nobody reads."""

_JINJA = re.compile(
    r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
_FOREIGN = re.compile(
    r"<(?P<tag>\w+)(?=[^>]*\blang=\"en\")[^>]*>.*?</(?P=tag)>|<(script|style)\b.*?</(?:script|style)>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_READ_OUT = re.compile(r"\b(?:aria-label|title|alt|placeholder)=\"([^\"]*)\"")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def unwrapped(template: str) -> list[tuple[int, str]]:
    """Returns the texts of a template that nobody can translate, each with its line."""
    text = _blanked(_NAME, _blanked(_JINJA, _blanked(_CLASS, template)))
    found = [
        (_line(text, match.start(1)), match.group(1).strip())
        for tag in _TAG.finditer(text)
        for match in _READ_OUT.finditer(text, tag.start(), tag.end())
    ]
    between = _blanked(_TAG, _blanked(_FOREIGN, text))
    found += [(number, line.strip()) for number, line in enumerate(between.splitlines(), 1)]
    return sorted((number, said) for number, said in found if _LETTERS.search(said))


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Returns a text with blanks for what a pattern finds, so that lines stay where they are."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _templates() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.html"))


def main() -> None:
    """Prints each text as `file:line: text`, and how many there are."""
    files = [Path(name) for name in sys.argv[1:]] or [*_templates()]
    every = [(file, *found) for file in files for found in unwrapped(file.read_text("utf-8"))]
    for file, line, said in every:
        sys.stdout.write(f"{file}:{line}: {said}\n")
    sys.stdout.write(f"{len(every)} texts in {len(files)} templates\n")


if __name__ == "__main__":
    main()
