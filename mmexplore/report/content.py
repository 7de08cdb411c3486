"""What a report says, as plain data: a page fills it, `render_report` draws it. Every text is taken as text, never as markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mmexplore.errors import BadData

Number = float | None
Cell = str | float | int | tuple[float, ...] | None
Atom = Literal["R", "U1", "U2", "S", ""]


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


@dataclass(frozen=True)
class Table:
    """A table; cells are texts, numbers, or (low, high), or (value, low, high); None for nothing.

    Attributes:
        columns: headers.
        rows: one tuple a row, as long as `columns`.
        caption: what it shows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for k, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise BadData(
                    f"row {k + 1} of {self.caption[:60]!r} has {len(row)} cells; allowed: {len(self.columns)}"
                )


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        label: what it is.
        value: its length.
        atom: the atom whose colour and pattern it has; none for a plain one.
        low, high: interval.
        null_low, null_high, null_mean: where chance alone puts it.
        p_value: chance of as much under the null.
    """

    label: str
    value: float
    atom: Atom = ""
    low: Number = None
    high: Number = None
    null_low: Number = None
    null_high: Number = None
    null_mean: Number = None
    p_value: Number = None


@dataclass(frozen=True)
class Bars:
    """Bars with intervals and null bands.

    Attributes:
        title: what is shown; also the caption.
        bars: from top to bottom.
        unit: of the values.
        about: the figure in a sentence, for those who do not see it; made from the numbers where left out.
        note: how to read it.
    """

    title: str
    bars: tuple[Bar, ...]
    unit: str = "bit"
    about: str = ""
    note: str = ""


@dataclass(frozen=True)
class Series:
    """One line, with a band if it has one.

    Attributes:
        label: what it is.
        y: values, shape (k,); nan leaves a gap.
        atom: the atom whose colour and dashes it has.
        low, high: band, shape (k,).
        faint: drawn thin and grey-dashed, for nulls and references.
    """

    label: str
    y: np.ndarray
    atom: Atom = ""
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    faint: bool = False


@dataclass(frozen=True)
class Curves:
    """Lines over one axis.

    Attributes:
        title: what is shown; also the caption.
        x: positions, rising, shape (k,).
        series: the lines.
        x_label, y_label: of the axes, with units.
        log: whether the x axis is logarithmic.
        x_texts: names of the positions in the table, where they are no numbers.
        about, note: as in `Bars`.
    """

    title: str
    x: np.ndarray
    series: tuple[Series, ...]
    x_label: str
    y_label: str = "bit"
    log: bool = False
    x_texts: tuple[str, ...] = ()
    about: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for s in self.series:
            for array in (s.y, s.low, s.high):
                if array is not None and np.shape(array) != np.shape(self.x):
                    raise BadData(
                        f"{s.label[:60]!r} has shape {np.shape(array)}; allowed: that of x, {np.shape(self.x)}"
                    )
        if self.log and len(self.x) and not np.min(self.x) > 0:
            raise BadData(f"x holds {np.min(self.x):g}; allowed on a log axis: above 0")


@dataclass(frozen=True)
class Heat:
    """A table of numbers as shades, one panel for each state of a third variable.

    Attributes:
        title: what is shown; also the caption.
        values: shape (panels, rows, columns), not negative.
        panels, rows, columns: names of the states.
        panel_label, row_label, column_label: names of the variables.
        value_label: what the numbers are.
        about, note: as in `Bars`.
    """

    title: str
    values: np.ndarray
    panels: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    panel_label: str = ""
    row_label: str = ""
    column_label: str = ""
    value_label: str = "probability"
    about: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        shape = (len(self.panels), len(self.rows), len(self.columns))
        if self.values.shape != shape:
            raise BadData(f"values have shape {self.values.shape}; allowed: that of the names, {shape}")


Block = str | Table | Bars | Curves | Heat


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
