"""What a report says, as plain data: a page fills it, `render_report` draws it. Every text is taken as text, never as markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mmexplore.plot import Figure, Table


@dataclass(frozen=True)
class Finding:
    """A claim with its verdict and what it rests on.

    Attributes:
        sentence: the claim.
        verdict: ``"yes"``, ``"no"``, ``"unclear"``, or nothing for a plain sentence.
        reason: the numbers behind it.
    """

    sentence: str
    verdict: Literal["yes", "no", "unclear", ""] = ""
    reason: str = ""


Block = str | Table | Figure


@dataclass(frozen=True)
class Section:
    """Figures, tables and paragraphs under a heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Reference:
    """A source; `url` is shown as a link if it begins with https://."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Content:
    """A report.

    Attributes:
        title: what it is about.
        question: what was asked.
        made: when, in words; left out where empty, so that the same input gives the same file.
        data: facts on the data: name, rows, columns of each part.
        sha256: of the data.
        findings: what came out, first the most important.
        warnings: what may mislead.
        sections: figures and tables.
        settings: every setting by name.
        seeds: every seed by name.
        versions: of the program and its libraries.
        definitions: terms and what they mean.
        references: sources.
        script: source text that makes the numbers again.
        language: of the text, for screen readers.
    """

    title: str
    question: str = ""
    made: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    script: str = ""
    language: str = "en"
