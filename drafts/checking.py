"""Checks templates: every fact, form and part that they name exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from drafts.blocks import Fault
from drafts.catalogue import Known
from drafts.conditions import Condition
from drafts.template import Place, Slot, StoryTemplate, Wording
from drafts.words import Words
from drafts.writing import NUMBER_FORMS


def check(story: StoryTemplate, words: Words, known: Mapping[str, Known]) -> list[Fault]:
    """Returns what is wrong with a story's template, with file, line and remedy, in order."""
    checking = _Checking(story, words)
    for paragraph in story.paragraphs:
        for slot in paragraph:
            checking.slot(slot, known)
    if not story.paragraphs:
        checking.faults.append(
            Fault(story.file, 1, "there is no sentence; write one, as [sentence control]")
        )
    for name, slot in story.parts.items():
        if name not in checking.used:
            line = slot.wordings[0].line if slot.wordings else 1
            checking.faults.append(
                Fault(story.file, line, f"[part {name}] is used by no list; use it or remove it")
            )
    checking.names()
    return sorted(set(checking.faults), key=lambda each: (each.file, each.line, each.message))


class _Checking:
    """Collects what is wrong with one template."""

    def __init__(self, story: StoryTemplate, words: Words) -> None:
        self._story = story
        self._words = words
        self.faults: list[Fault] = []
        self.used: set[str] = set()

    def slot(self, slot: Slot, known: Mapping[str, Known], above: tuple[str, ...] = ()) -> None:
        """Checks a sentence or part where these facts are known; `above` are the parts around."""
        for wording in slot.wordings:
            for condition in wording.conditions:
                self._condition(wording, condition, known)
            for place in wording.places:
                self._place(wording, place, known, above)

    def names(self) -> None:
        """Checks that no two sentences have one name."""
        seen: set[str] = set()
        for paragraph in self._story.paragraphs:
            for slot in paragraph:
                if slot.name in seen and slot.wordings:
                    line = slot.wordings[0].line
                    message = f"[sentence {slot.name}] is there twice; give each its own name"
                    self.faults.append(Fault(self._story.file, line, message))
                seen.add(slot.name)

    def _say(self, wording: Wording, message: str) -> None:
        self.faults.append(Fault(wording.file, wording.line, message))

    def _fact(self, wording: Wording, name: str, known: Mapping[str, Known]) -> Known | None:
        if name not in known:
            self._say(wording, f"there is no fact {name!r} here; {_nearest(name, known)}")
        return known.get(name)

    def _condition(
        self, wording: Wording, condition: Condition, known: Mapping[str, Known]
    ) -> None:
        fact = self._fact(wording, condition.fact, known)
        if fact is None or condition.test == "known":
            return
        is_of_choice = condition.test in {"is", "is not"}
        if is_of_choice and fact.kind == "choice":
            if condition.value not in fact.values:
                nearest = _nearest(condition.value, fact.values)
                self._say(wording, f"{condition.fact} is never {condition.value!r}; {nearest}")
        elif is_of_choice:
            self._say(
                wording,
                f"{condition.fact} has no values to compare; write `{condition.fact}` alone",
            )
        elif fact.kind != "number":
            self._say(wording, f"{condition.fact} is no number; write `{condition.fact}` alone")

    def _place(
        self, wording: Wording, place: Place, known: Mapping[str, Known], above: tuple[str, ...]
    ) -> None:
        fact = self._fact(wording, place.fact, known)
        if fact is None:
            return
        match fact.kind:
            case "number":
                self._form(wording, place, {*NUMBER_FORMS, *self._words.nouns}, "noun")
            case "party":
                self._form(wording, place, {"", *self._words.party_forms}, "form of a party")
            case "name" | "time":
                self._form(wording, place, {""}, "form")
            case "flag" | "choice":
                self._say(wording, f"{place.fact} has no words; use it in `when:`")
            case "several":
                self._part(wording, place, {**known, **fact.each}, above)

    def _part(
        self, wording: Wording, place: Place, known: Mapping[str, Known], above: tuple[str, ...]
    ) -> None:
        parts = self._story.parts
        if place.form not in parts:
            self._say(
                wording,
                f"{{{place.fact}:{place.form}}}: there is no [part {place.form}];"
                f" {_nearest(place.form, parts)}, or write it",
            )
        elif place.form in above:
            self._say(wording, f"[part {place.form}] contains itself; use another part")
        else:
            self.used.add(place.form)
            self.slot(parts[place.form], known, (*above, place.form))

    def _form(self, wording: Wording, place: Place, forms: set[str], what: str) -> None:
        if place.form not in forms:
            nearest = _nearest(place.form, forms - {""})
            self._say(
                wording, f"{{{place.fact}:{place.form}}}: {place.form!r} is no {what}; {nearest}"
            )


def _nearest(name: str, names: Iterable[str]) -> str:
    """Returns which name was probably meant, or all that there are."""
    every = sorted(names)
    found = get_close_matches(name, every, n=1)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"there are {', '.join(every)}" if every else "leave it out"
