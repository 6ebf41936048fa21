"""Takes from a text what a chat or a mail reader would act on, without changing how it looks.

Names in alerts are written by others. Services act on what stands in them: Discord calls everybody
at `@everyone`, Slack at `<!channel>`, and many make links of `[text](address)` and of addresses. No
service can be told not to in the same way: Apprise does not offer Discord's `allowed_mentions`.
"""

from __future__ import annotations

import re

BREAK = "\u200b"
"""A zero-width space: not seen, and no service reads a mention or a link across it. discord.py uses
the same character against mentions."""

_ACTIVE = re.compile(
    r"@(?=\S)"  # a mention, in every service
    r"|<(?=\S)"  # a mention or a link of Slack, Discord, Teams and Lark; a tag of HTML
    r"|\](?=[(\[])"  # a link of Markdown
    r"|:(?=//)"  # an address
    r"|(?<!\w)www(?=\.)"  # an address without its scheme
    r"|mailto(?=:)|tel(?=:)",
    re.IGNORECASE,
)
_HIDING = re.compile(r"([*_~|`])(?=\1)")  # spoilers, strike-through and code of Markdown


def inert(text: str) -> str:
    """Returns a text that mentions nobody and links to nothing where it is shown.

    Only text with such marks is changed, which no sound alert has: a text message stays in its
    alphabet. A bare host name, such as `example.org`, may still become a link.
    """
    return _HIDING.sub(rf"\1{BREAK}", _ACTIVE.sub(rf"\g<0>{BREAK}", text))
