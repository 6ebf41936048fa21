"""The templates of the pages of the desk and of stringers."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from services.entry import wording
from services.entry.labels import WELSH
from services.pages.templates import environment


def _environment() -> Environment:
    made = environment("services.entry")
    made.filters |= {
        "clock": wording.clock,
        "things": wording.things,
        "day_and_time": wording.day_and_time,
        "day": wording.day,
        "state_label": wording.state_label,
        "became_label": wording.became_label,
        "ruling_label": wording.ruling_label,
        "own_label": wording.own_label,
        "on_the_form": wording.on_the_form,
    }
    made.globals["welsh"] = WELSH
    return made


_templates = _environment()


def part(template: str, **values: Any) -> str:
    """Returns one changing part of a page as HTML."""
    return _templates.get_template(template).render(**values).strip()


def page(template: str, *, rehearsal: bool, title: str, **values: Any) -> str:
    """Returns a whole page as HTML."""
    return _templates.get_template(template).render(
        rehearsal=rehearsal, title=title, wall=False, **values
    )
