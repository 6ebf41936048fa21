"""What a page's script says, for pages in other languages: those bring the words along."""

from __future__ import annotations

import json
from typing import Final

from jinja2 import pass_context
from jinja2.runtime import Context

from services.pages.language import translation
from services.pages.translated import language_of

SCRIPT_WORDS: Final = (
    # `live.js`
    "Live",
    "Complete",
    "Connection lost.",
    "Trying again.",
    "The count cannot be reached.",
    "Figures as of",
    "As it stood at",
    "REHEARSAL:",
    # `steady.js`
    "Paused.",
    "change waits",
    "changes wait",
    # `aloud.js`
    "Announcements: on",
    "Announcements: off",
)
"""Each as the script has it in English, and in every catalogue."""


@pass_context
def script_words(context: Context) -> str:
    """Returns the words of the script in the template's language, as JSON by the English ones."""
    language = language_of(context)
    known = {text: translation(language, text) or text for text in SCRIPT_WORDS}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))
