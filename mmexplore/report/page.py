"""A report as one HTML file that needs nothing else: no script, no font, no image, no connection.

Its Content-Security-Policy forbids everything but its own styles, so that even a fault in the escaping could load or run nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from mmexplore.report.content import Block, Cell, Content, Finding, Reference, Section, Table
from mmexplore.report.figures import draw, twin
from mmexplore.report.style import STYLE
from mmexplore.report.svg import element, number, text

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
MOST_ROWS = 2000  # of one table
_OPEN = 14  # longer tables under a figure are folded
_VERDICTS = {"yes": "yes", "no": "no", "unclear": "cannot tell"}
_SCRIPT = 200_000


def render_report(content: Content) -> str:
    """The report as an HTML document."""
    head = (
        element("title", text(content.title))
        + f'<meta http-equiv="Content-Security-Policy" content="{text(POLICY)}">'
        + '<meta name="viewport" content="width=device-width, initial-scale=1">'
        + '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        + f"<style>{STYLE}</style>"
    )
    parts = [_top(content)]
    figures = 0
    for section in content.sections:
        body, figures = _section(section, figures)
        parts.append(body)
    parts += [
        _facts("Settings", content.settings),
        _facts("Seeds", content.seeds, "The same seeds give the same numbers."),
        _definitions(content.definitions),
        _script(content.script),
        _facts("Versions", content.versions),
        _references(content.references),
    ]
    body = element("main", "".join(parts))
    return f'<!doctype html>\n<html lang="{text(content.language)}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>\n'


def _top(content: Content) -> str:
    parts = [element("h1", text(content.title))]
    if content.question:
        parts.append(element("p", text(content.question, 2000), class_="lead"))
    if content.made:
        parts.append(element("p", text(content.made), class_="note"))
    if content.findings:
        parts += [_heading("What came out"), element("ul", "".join(map(_finding, content.findings)), class_="findings")]
    if content.warnings:
        listed = "".join(element("li", text(warning, 2000)) for warning in content.warnings)
        parts += [_heading("What may mislead"), element("ul", listed, class_="warnings")]
    data = dict(content.data) | ({"SHA-256 of the data": content.sha256} if content.sha256 else {})
    parts.append(_facts("Data", data))
    return "".join(parts)


def _finding(finding: Finding) -> str:
    verdict = ""
    if finding.verdict:
        verdict = element("span", _VERDICTS[finding.verdict], class_=f"verdict {finding.verdict}") + " "
    reason = element("small", text(finding.reason, 2000)) if finding.reason else ""
    return element("li", verdict + text(finding.sentence, 2000) + reason)


def _section(section: Section, figures: int) -> tuple[str, int]:
    parts = [_heading(section.title)]
    for block in section.blocks:
        if not isinstance(block, (str, Table)):
            figures += 1
        parts.append(_block(block, figures))
    return element("section", "".join(parts)), figures


def _block(block: Block, index: int) -> str:
    if isinstance(block, str):
        return element("p", text(block, 20_000))
    if isinstance(block, Table):
        return table_html(block)
    caption = element("figcaption", f"Figure {index}. {text(block.title)}")
    note = element("p", text(block.note, 2000), class_="note") if block.note else ""
    numbers = twin(block)
    table = table_html(Table(numbers.columns, numbers.rows))
    if len(numbers.rows) > _OPEN:
        table = element("details", element("summary", f"The numbers of figure {index}") + table)
    return element("figure", caption + draw(block, f"f{index}") + note + table)


def table_html(table: Table) -> str:
    """A table as HTML; cells are escaped, at most `MOST_ROWS` rows."""
    numeric = [
        bool(table.rows) and all(row[k] is None or isinstance(row[k], (int, float, tuple)) for row in table.rows)
        for k in range(len(table.columns))
    ]
    kinds = ["n" if right else None for right in numeric]
    head = "".join(
        element("th", text(name, 40), scope="col", class_=kind) for name, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        element("tr", "".join(element("td", _cell(cell), class_=kind) for cell, kind in zip(row, kinds, strict=True)))
        for row in table.rows[:MOST_ROWS]
    )
    caption = element("caption", text(table.caption)) if table.caption else ""
    more = ""
    if len(table.rows) > MOST_ROWS:
        more = element("p", f"The first {MOST_ROWS:,} of {len(table.rows):,} rows.", class_="note")
    whole = element("table", caption + element("thead", element("tr", head)) + element("tbody", rows))
    return element("div", whole, class_="scroll") + more


def _cell(value: Cell) -> str:
    if isinstance(value, tuple):
        band = f"{number(value[-2])} to {number(value[-1])}"
        return band if len(value) == 2 else number(value[0]) + element("small", band)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return "–" if value is None else text(value)


def _heading(title: str) -> str:
    return element("h2", text(title))


def _facts(title: str, facts: Mapping[str, object], note: str = "") -> str:
    if not facts:
        return ""
    pairs = "".join(element("dt", text(name, 120)) + element("dd", text(value, 2000)) for name, value in facts.items())
    said = element("p", text(note), class_="note") if note else ""
    return element("section", _heading(title) + said + element("dl", pairs))


def _definitions(definitions: Mapping[str, str]) -> str:
    return _facts("Definitions", definitions)


def _script(script: str) -> str:
    if not script:
        return ""
    return element(
        "section", _heading("The same numbers again") + element("pre", element("code", text(script, _SCRIPT)))
    )


def _references(references: tuple[Reference, ...]) -> str:
    if not references:
        return ""
    return element("section", _heading("References") + element("ul", "".join(map(_reference, references))))


def _reference(reference: Reference) -> str:
    link = ""
    if reference.url.startswith("https://"):
        link = " " + element("a", text(reference.url), href=reference.url, rel="noreferrer noopener")
    return element("li", text(reference.text, 2000) + link)
