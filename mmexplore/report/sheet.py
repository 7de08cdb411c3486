"""Figures as one SVG file that stands on its own: one below the other, in the light theme, with their titles and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmexplore.palette import Theme
from mmexplore.report.figures import draw
from mmexplore.report.style import FIGURES, variables
from mmexplore.report.svg import element, label

_WIDTH, _GAP, _HEAD = 720.0, 28.0, 30.0


def sheet(figures: Sequence[Any], title: str, theme: Theme = "light") -> str:
    """The figures as the text of an SVG file."""
    parts, y = [label(0, 18, title, class_="sheet-title")], 34.0
    for k, figure in enumerate(figures):
        drawn = draw(figure, f"s{k}")
        # the drawing's own size stands in its viewBox
        width, height = (float(v) for v in drawn.split('viewBox="', 1)[1].split('"', 1)[0].split()[2:])
        parts.append(label(0, y + 16, figure.title, class_="sheet-name"))
        placed = drawn.replace("<svg ", f'<svg x="0" y="{y + _HEAD:g}" width="{width:g}" height="{height:g}" ', 1)
        parts.append(placed)
        y += _HEAD + height
        if figure.note:
            parts.append(label(0, y + 10, figure.note, class_="sheet-note", longest=130))
            y += 14
        y += _GAP
    style = (
        f"svg{{{variables(theme)}font-family:system-ui,sans-serif}}{FIGURES}"
        ".sheet-title{font-size:16px;font-weight:600}.sheet-name{font-size:14px;font-weight:600}.sheet-note{font-size:10.5px;fill:var(--muted)}"
    )
    paper = element("rect", x=-16, y=-16, width=_WIDTH + 32, height=y + 32, fill="var(--paper)")
    body = f"<style>{style}</style>{paper}{''.join(parts)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -16 {_WIDTH + 32:g} {y + 32:g}" '
        f'width="{_WIDTH + 32:g}" height="{y + 32:g}">{body}</svg>\n'
    )
