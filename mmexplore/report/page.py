"""A report as one HTML file that needs nothing else: no font, no image, no connection.

Its Content-Security-Policy forbids everything but its own styles and, by their hashes, the scripts that draw its figures, so that even a
fault in the escaping could load or run nothing. A report without figures has no script.
"""

from __future__ import annotations

from collections.abc import Mapping

from mmexplore.plot import Figure, Table
from mmexplore.plot.document import element, figure_html, page, table_html, text
from mmexplore.report.content import Block, Content, Finding, Reference, Section

_VERDICTS = {"yes": "yes", "no": "no", "unclear": "cannot tell"}
_SCRIPT = 200_000


def render_report(content: Content) -> str:
    """The report as an HTML document."""
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
    return page(content.title, "".join(parts), figures=figures > 0, language=content.language)


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
        figures += isinstance(block, Figure)
        parts.append(_block(block, figures))
    return element("section", "".join(parts)), figures


def _block(block: Block, index: int) -> str:
    if isinstance(block, str):
        return element("p", text(block, 20_000))
    return table_html(block) if isinstance(block, Table) else figure_html(block, index)


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
