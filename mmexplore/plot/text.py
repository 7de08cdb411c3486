"""Names and numbers as figures show them.

Plotly reads some of every text as markup: tags such as ``<b>``, entities such as ``&lt;``, ``%{x}`` in templates, and TeX between
dollar signs where a notebook has MathJax. `safe` gives a text that it shows letter by letter, whatever the text is.
"""

from __future__ import annotations

import math
import re
import textwrap

LONG = 300  # characters of a name anywhere in a figure or a report
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "%": "&#37;", "$": "&#36;", "\n": " "})


def clean(value: str) -> str:
    """Characters that are not seen, or turn the line around, as the replacement character."""
    return _UNSEEN.sub("\ufffd", value.replace("\r\n", "\n"))


def cut(value: str, longest: int) -> str:
    """The beginning of a text that is too long."""
    return value if len(value) <= longest else value[: longest - 1] + "…"


def safe(value: object, longest: int = LONG) -> str:
    """Any value as text that Plotly takes for nothing but text, in names, axes, annotations and templates alike.

    >>> safe("<b>%{x}</b> & $a$")
    '&lt;b&gt;&#37;{x}&lt;/b&gt; &amp; &#36;a&#36;'
    """
    return cut(clean(str(value)), longest).translate(_MARKUP)


def wrapped(value: object, width: int, lines: int = 2) -> str:
    """The same over at most `lines` lines of about `width` characters."""
    parts = textwrap.wrap(cut(clean(str(value)), LONG), width, max_lines=lines, placeholder="…") or [""]
    return "<br>".join(part.translate(_MARKUP) for part in parts)


def number(value: float | int | None, digits: int = 4) -> str:
    """A number as it is read: true minus sign, thousands set apart, a dash for nothing."""
    if value is None or not math.isfinite(value):
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 1000):
        shown = f"{abs(int(value)):,}"
    elif value and (abs(value) < 10.0**-digits or abs(value) >= 1e6):
        shown = f"{abs(value):.2e}"
    else:
        shown = f"{abs(value):.{digits}f}"
    return f"−{shown}" if value < 0 and float(shown.replace(",", "")) != 0 else shown


def short(value: float | int | None) -> str:
    """A number with four significant digits, for a label under the pointer or a tick."""
    if value is None or not math.isfinite(value):
        return "–"
    if float(value).is_integer() and 1000 <= abs(value) < 1e9:
        return f"{int(value):,}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")
