"""A folder of templates: for each language its words, and the stories of councils and nights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from drafts.blocks import FILE_CHARACTERS_MAX, Fault, blocks
from drafts.catalogue import COUNCIL_FACTS, NIGHT_FACTS, Known
from drafts.checking import check
from drafts.template import StoryTemplate, story_template
from drafts.words import LANGUAGES, DraftLanguage, Words, read_words

COUNCIL_FILE: Final = "council.txt"
NIGHT_FILE: Final = "night.txt"
WORDS_FILE: Final = "words.txt"

_KNOWN: Final[dict[str, dict[str, Known]]] = {
    COUNCIL_FILE: COUNCIL_FACTS,
    NIGHT_FILE: NIGHT_FACTS,
}

Read = Callable[[str], str]
"""Returns the text of a file by its path in the folder, such as `cy/words.txt`."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one language."""

    words: Words
    council: StoryTemplate
    night: StoryTemplate


class UnusableTemplatesError(ValueError):
    """A folder of templates with faults, which `faults` lists."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def load_templates(folder: Path | None) -> dict[DraftLanguage, Templates]:
    """Returns the templates of a folder by language; those of livecount itself without a folder.

    Raises UnusableTemplatesError if anything is wrong in them. Blocks while it reads the files.
    """
    if folder is None:
        return _shipped()
    return _load(lambda path: _text(folder, path))


@cache
def _shipped() -> dict[DraftLanguage, Templates]:
    own = files("drafts").joinpath("templates")
    return _load(lambda path: own.joinpath(*path.split("/")).read_text(encoding="utf-8"))


def _load(read: Read) -> dict[DraftLanguage, Templates]:
    faults: list[Fault] = []
    found = {language: _language(language, read, faults) for language in LANGUAGES}
    if faults:
        raise UnusableTemplatesError(faults)
    return found


def _language(language: DraftLanguage, read: Read, faults: list[Fault]) -> Templates:
    path = f"{language}/{WORDS_FILE}"
    words = read_words(language, path, blocks(path, _read(path, read, faults), faults), faults)
    stories = {}
    for name, known in _KNOWN.items():
        path = f"{language}/{name}"
        before = len(faults)
        text = _read(path, read, faults)
        story = story_template(path, blocks(path, text, faults) if text else [], faults)
        if text or len(faults) == before:
            faults += check(story, words, known)
        stories[name] = story
    return Templates(words, stories[COUNCIL_FILE], stories[NIGHT_FILE])


def _read(path: str, read: Read, faults: list[Fault]) -> str:
    try:
        return read(path)
    except (OSError, ValueError) as error:
        # A UnicodeDecodeError is a ValueError.
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        faults.append(
            Fault(path, 1, f"cannot be read: {why}; copy the file that comes with livecount")
        )
        return ""


def _text(folder: Path, path: str) -> str:
    with (folder / path).open(encoding="utf-8") as file:
        # One character too many says that it is too long, without reading all of it.
        return file.read(FILE_CHARACTERS_MAX + 1)
