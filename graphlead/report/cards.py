"""Results in a notebook: a card with a headline, a small chart and the first rows, as HTML that is escaped.

Nothing has a ground of its own and text has the colour around it, so a card is right in a light and in a dark notebook.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from graphlead.report.html.figures import percent

ROWS = 10
LONGEST = 140
"""Characters of a cell that are shown; the whole text appears when one points at it."""
BAR, RULE = "#3f86b8", "rgba(128, 128, 128, .35)"
"""Tones that stand out from white and from black alike: their contrast with either is above 3."""
WIDTH, RIGHT, LINE = 560, 110, 22
"""Of a chart, in pixels: the whole, the figures at its end, and a row."""
LONGEST_LABEL, LETTER = 32, 6.6
"""Letters of a label, and the pixels that one takes."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of a chart: its label, its value and how that is written; low, high: an interval around it."""

    label: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None


def card(title: str, lines: Iterable[str] = (), chart: str = "", rows: str = "", note: str = "") -> str:
    """HTML of a result: a title, lines of text, a chart of ``bars``, rows of ``table``, and a note below."""
    text = "".join(f'<p style="margin: 4px 0; max-width: 48em">{escape(line)}</p>' for line in lines if line)
    below = f'<p style="margin: 4px 0; opacity: .75">{escape(note)}</p>' if note else ""
    head = f'<p style="margin: 0 0 6px; font-weight: 600; font-size: 1.1em">{escape(title)}</p>'
    frame = f"border-left: 3px solid {BAR}; padding: 4px 0 4px 14px; margin: 6px 0; overflow-x: auto"
    return f'<div style="{frame}">{head}{text}{chart}{rows}{below}</div>'


def table(frame: pd.DataFrame, columns: Mapping[str, str], shares: Collection[str] = ()) -> str:
    """The first ROWS rows as HTML.

    columns: the heading of each column to show; those that are absent or empty are left out. shares: columns written in
    per cent.
    """
    first = frame.head(ROWS)
    shown = {name: head for name, head in columns.items() if name in first and first[name].notna().any()}
    numeric = {name: pd.api.types.is_numeric_dtype(first[name]) for name in shown}
    heads = "".join(_cell("th", head, right=numeric[name]) for name, head in shown.items())
    texts = (
        {name: _text(value, name in shares) for name, value in row.items()}
        for row in first.to_dict("records")
    )
    body = "".join(
        f"<tr>{''.join(_cell('td', str(row[name]), right=numeric[name]) for name in shown)}</tr>"
        for row in texts
    )
    style = "border-collapse: collapse; margin: 8px 0; background: none; color: inherit"
    return f'<table style="{style}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars from 0 as an SVG drawing, those below 0 to the left; nothing without rows."""
    if not rows:
        return ""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    low, high = min(0.0, *ends), max(0.0, *ends)
    left = LETTER * max(min(len(row.label), LONGEST_LABEL) for row in rows) + 8
    scale = (WIDTH - left - RIGHT) / (high - low or 1.0)
    height = LINE * len(rows) + 4
    drawn = "".join(_bar(row, at * LINE, left, low, scale) for at, row in enumerate(rows))
    zero = left - low * scale
    axis = f'<path d="M{zero:.1f} 0V{height}" stroke="currentColor" stroke-opacity=".5"/>'
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    style = "display: block; max-width: 100%; font: 12px sans-serif"
    return (
        f'<p style="margin: 8px 0 2px; opacity: .75">{escape(title)}</p>'
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" {size} style="{style}">'
        f"{drawn}{axis}</svg>"
    )


def counted(number: float) -> str:
    """A number with commas, such as 1,234."""
    return f"{number:,.0f}"


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _bar(row: Bar, top: int, left: float, low: float, scale: float) -> str:
    middle, zero, end = top + LINE / 2, left - low * scale, left + (row.value - low) * scale
    begin, width = min(zero, end), abs(end - zero)
    label = (
        f'<text x="{left - 8:.0f}" y="{middle + 4:.0f}" text-anchor="end" fill="currentColor">'
        f"<title>{escape(row.label)}</title>{escape(shortened(row.label, LONGEST_LABEL))}</text>"
    )
    bar = f'<rect x="{begin:.1f}" y="{top + 4}" width="{width:.1f}" height="{LINE - 8}" fill="{BAR}"/>'
    furthest = max(end, zero)
    whisker = ""
    if row.low is not None and row.high is not None:
        first, last = (left + (each - low) * scale for each in (row.low, row.high))
        path = f"M{first:.1f} {middle:.1f}H{last:.1f}M{first:.1f} {middle - 4:.1f}v8M{last:.1f} {middle - 4:.1f}v8"
        whisker = f'<path d="{path}" stroke="currentColor" stroke-opacity=".8" fill="none"/>'
        furthest = max(furthest, last)
    text = f'<text x="{furthest + 6:.1f}" y="{middle + 4:.0f}" fill="currentColor">{escape(row.text)}</text>'
    return label + bar + whisker + text


def _cell(tag: str, text: str, *, right: bool) -> str:
    align = "right" if right else "left"
    style = (
        f"text-align: {align}; padding: 3px 12px 3px 0; border-bottom: 1px solid {RULE}; vertical-align: top"
    )
    whole = f' title="{escape(text)}"' if len(text) > LONGEST else ""
    return f'<{tag} style="{style}"{whole}>{escape(shortened(text, LONGEST))}</{tag}>'


def _text(value: object, share: bool) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return percent(value) if share else f"{value:,.4g}"
    return counted(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)
