"""Chart: bars with their spread, as an SVG that reads on light and on dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, ROW, LEFT, RIGHT, TOP = 720, 30, 230, 90, 56
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.t{font-weight:600;font-size:15px}"
    ".n{fill:#59636e}.b{fill:#8c959f}.o{fill:#0969da}.s{stroke:#1f2328;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.n{fill:#9198a1}.b{fill:#656c76}"
    ".o{fill:#4493f8}.s{stroke:#e6edf3}}"
)


class Bar(NamedTuple):
    """A bar: its name, its median and the least and most that were measured."""

    name: str
    median: float
    least: float
    most: float
    ours: bool


def chart(title: str, note: str, bars: Sequence[Bar]) -> str:
    """Returns an SVG with one horizontal bar each, in the given order."""
    height = TOP + ROW * len(bars) + 12
    scale = (WIDTH - LEFT - RIGHT) / max(bar.most for bar in bars)
    described = "; ".join(f"{bar.name} {bar.median:,.0f}" for bar in bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(described)}</desc><style>{STYLE}</style>",
        f'<text x="12" y="22" class="t">{escape(title)}</text>',
        f'<text x="12" y="42" class="n">{escape(note)}</text>',
    ]
    for number, bar in enumerate(bars):
        y = TOP + number * ROW
        middle = y + ROW // 2 - 3
        start, end = LEFT + bar.least * scale, LEFT + bar.most * scale
        width, kind = bar.median * scale, "o" if bar.ours else "b"
        parts += [
            f'<text x="{LEFT - 10}" y="{middle + 5}" text-anchor="end">{escape(bar.name)}</text>',
            f'<rect x="{LEFT}" y="{y + 3}" width="{width:.1f}" height="18" rx="3" class="{kind}"/>',
            f'<path d="M{start:.1f} {middle}H{end:.1f}" class="s"/>',
            f'<text x="{end + 8:.1f}" y="{middle + 5}">{bar.median:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
