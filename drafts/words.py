"""Words of a language: nouns with their numbers, parties, and how lists are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from babel.core import Locale
from babel.dates import format_time
from babel.numbers import format_decimal, format_percent

from drafts.blocks import Block, Fault
from schemas.uk_time import UK_TIME

DraftLanguage = Literal["en", "cy"]
"""The languages in which drafts are written, as BCP 47 names them."""

LANGUAGES: Final[tuple[DraftLanguage, ...]] = get_args(DraftLanguage)

PARTY_NAME: Final = "name"
"""The form of a party that every language has."""

MINUS: Final = "\u2212"

_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language.

    `nouns` has the patterns of a noun by the plural category of its number, as CLDR calls them;
    `parties` the forms of a party's name by its key; `numbers` the numbers that are written in
    words; `joins` what stands between two things and before the last of several.
    """

    language: DraftLanguage
    nouns: dict[str, dict[str, str]] = field(default_factory=dict)
    parties: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    joins: dict[str, str] = field(default_factory=dict)

    @property
    def locale(self) -> Locale:
        """The language as babel knows it, in the UK."""
        return Locale(self.language, "GB")

    @property
    def party_forms(self) -> set[str]:
        """The forms of which any party has one."""
        return {PARTY_NAME, *(form for forms in self.parties.values() for form in forms)}

    def party(self, key: str, label: str, form: str) -> str:
        """Returns a party in a form, else by its name, else by its label as the source has it."""
        forms = self.parties.get(key) or self.parties.get(_OTHER, {})
        pattern = forms.get(form or PARTY_NAME) or forms.get(PARTY_NAME) or "{label}"
        return pattern.replace("{label}", label or key)

    def number(self, value: float) -> str:
        """Returns a number in digits, such as `1,536`."""
        return str(format_decimal(value, locale=self.locale)).replace("-", MINUS)

    def percent(self, value: float) -> str:
        """Returns a number of percent, such as `41.2%`."""
        return str(format_percent(value / 100, format="0.#%", locale=self.locale))

    def counted(self, value: float, noun: str) -> str:
        """Returns a number with its noun, such as `three wards`."""
        patterns = self.nouns[noun]
        pattern = patterns.get(self.locale.plural_form(value)) or patterns[_OTHER]
        return pattern.replace("{n}", self.spelled(value))

    def spelled(self, value: float) -> str:
        """Returns a number in words if the language's file has some for it, else in digits."""
        return self.numbers.get(f"{value:g}") or self.number(value)

    def joined(
        self, parts: list[list[object]], joins: Mapping[str, str] | None = None
    ) -> list[object]:
        """Returns several things in a row, with the language's joins or with others between."""
        between = {**self.joins, **(joins or {})}
        found: list[object] = []
        for place, part in enumerate(parts):
            if place:
                last = place == len(parts) - 1
                found.append(between.get("last" if last else "between", ", "))
            found += part
        return found

    def clock(self, moment: datetime) -> str:
        """Returns a time in the UK, such as `02.40`."""
        return str(format_time(moment, "HH.mm", tzinfo=UK_TIME, locale=self.locale))


def read_words(
    language: DraftLanguage, file: str, found: list[Block], faults: list[Fault]
) -> Words:
    """Returns the words in the blocks of a file; what cannot be used is added to `faults`."""
    words = Words(language)
    for block in found:
        lines = {line.key: line.value.strip('"') for line in block.lines}
        match block.kind:
            case "noun":
                words.nouns[block.name] = lines
                if _OTHER not in lines:
                    message = f"[noun {block.name}] has no plural; add `other: {{n}} …`"
                    faults.append(Fault(file, block.line, message))
            case "party":
                words.parties[block.name] = lines
                if PARTY_NAME not in lines:
                    message = f"[party {block.name}] has no name; add `name: …`"
                    faults.append(Fault(file, block.line, message))
            case "numbers":
                words.numbers.update(lines)
            case "list":
                words.joins.update(lines)
            case _:
                message = (
                    f"[{block.kind}] is unknown; write [noun …], [party …], [numbers] or [list]"
                )
                faults.append(Fault(file, block.line, message))
    return words
