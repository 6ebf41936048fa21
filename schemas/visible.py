"""Visible text: names in which nothing is hidden, so that a line stays one line wherever it goes.

In a terminal, a mail or a log, a character that breaks a line, turns text round or shows nothing
makes a name say something else, or two names look like one.
"""

from __future__ import annotations

import re
import unicodedata

# Regular expressions of Python, Rust and JavaScript alike know `\uXXXX`, but have nothing in
# common for what is above U+FFFF; that stands here as it is.
_CONTROLS = r"\u0000-\u001f\u007f-\u009f"
_LINES = r"\u2028\u2029"
_IGNORABLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMATS = "\\ufff9-\\ufffb\U00013430-\U0001343f"
_BLANK_OF_BRAILLE = r"\u2800"
UNSEEN = f"{_CONTROLS}{_LINES}{_IGNORABLE}{_FORMATS}{_BLANK_OF_BRAILLE}"
"""What no name may have, as part of a regular expression's class: controls, separators of lines,
Unicode's Default_Ignorable_Code_Point (marks of direction, soft hyphens, joiners, fillers,
variation selectors, tags), other format characters that show nothing, and the blank of Braille.
Python's library does not have that property; a test derives the list from pydantic's."""

VISIBLE = f"^[^{UNSEEN}]*$"
"""The pattern of every name, label and source."""

_UNSEEN = re.compile(f"[{UNSEEN}]")
_NO_ASCII = re.compile("[^ -~]")

# White space as Unicode has it, which pydantic strips; Python's own `strip` takes more.
_STRIPPED = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def hidden_in(text: object) -> str | None:
    """Returns what is wrong with a name that has an unseen character, with the remedy.

    It is about the first such character, apart from white space at either end, which is stripped.
    None if there is none.
    """
    found = _UNSEEN.search(text.strip(_STRIPPED)) if isinstance(text, str) else None
    return f"{named(found[0])} cannot be seen in a line; leave it out" if found else None


def beyond_ascii_in(text: object) -> str | None:
    """Returns what is wrong with a text that has more than printable ASCII, with the remedy.

    It is about the first such character. None if there is none.
    """
    found = _NO_ASCII.search(text) if isinstance(text, str) else None
    return f"{named(found[0])} is no printable ASCII; write it in other letters" if found else None


def named(character: str) -> str:
    """Returns a character's code point, with its name if it has one: `U+00AD SOFT HYPHEN`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
