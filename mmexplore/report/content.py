"""What a report says, as plain data: a page fills it, `render_report` draws it. Every text is taken as text, never as markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mmexplore.errors import BadData
from mmexplore.palette import CATEGORICAL

Number = float | None
Cell = str | float | int | tuple[float, ...] | None
Atom = Literal["R", "U1", "U2", "S", ""]


def ink(atom: Atom = "", hue: int | None = None) -> str:
    """Name of a colour: an atom's, one of the palette's (``c0``, ``c1``, ...), or the plain one."""
    return atom or ("plain" if hue is None else f"c{hue % len(CATEGORICAL['light'])}")


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
        second: a second reading of what has the same hue: in its colour, dotted.
        hue: place in the palette of what is no atom (methods, runs); None for a plain grey line.
    """

    label: str
    y: np.ndarray
    atom: Atom = ""
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    faint: bool = False
    hue: int | None = None
    second: bool = False

    @property
    def ink(self) -> str:
        """Name of the colour it is drawn in."""
        return ink(self.atom, self.hue)


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
        low: where the y axis begins; None: at 0, or below it.
        about, note: as in `Bars`.
    """

    title: str
    x: np.ndarray
    series: tuple[Series, ...]
    x_label: str
    y_label: str = "bit"
    log: bool = False
    x_texts: tuple[str, ...] = ()
    low: Number = None
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


@dataclass(frozen=True)
class Strip:
    """One row of a figure of dots.

    Attributes:
        label: what it is.
        values: for every column the single values (seeds, folds); an empty tuple where there are none.
        hue: place in the palette; None for a plain one.
        muted: for what is a reference and no contestant.
        others: for every column the single values of a second reading, drawn hollow beneath and joined by their means; () for none.
        starts: for every column what both readings start from (None where it has none); () for none.
    """

    label: str
    values: tuple[tuple[float, ...], ...]
    hue: int | None = None
    muted: bool = False
    others: tuple[tuple[float, ...], ...] = ()
    starts: tuple[tuple[Number, Number], ...] = ()


@dataclass(frozen=True)
class Dots:
    """Every single value as a dot and its mean as a bar across: rows against columns that share one axis.

    Attributes:
        title: what is shown; also the caption.
        columns: names of the columns.
        strips: the rows.
        unit: of the values.
        low, high: ends of the axis.
        lines: reference lines: a label and a value for every column (None where it has none).
        readings: names of the two readings of each strip, and of what they start from; () where there is one.
        about, note: as in `Bars`.
    """

    title: str
    columns: tuple[str, ...]
    strips: tuple[Strip, ...]
    unit: str
    low: float = 0.0
    high: float = 1.0
    lines: tuple[tuple[str, tuple[Number, ...]], ...] = ()
    readings: tuple[str, str, str] | tuple[()] = ()
    about: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for strip in self.strips:
            given = {len(strip.values), *(len(more) for more in (strip.others, strip.starts) if more)}
            if given != {len(self.columns)}:
                raise BadData(f"{strip.label[:60]!r} has {len(strip.values)} columns; allowed: {len(self.columns)}")
        for name, values in self.lines:
            if len(values) != len(self.columns):
                raise BadData(f"line {name[:60]!r} has {len(values)} values; allowed: {len(self.columns)}")
        if not self.high > self.low:
            raise BadData(f"the axis runs from {self.low} to {self.high}; allowed: low below high")


@dataclass(frozen=True)
class Cloud:
    """Points of one panel.

    Attributes:
        title: of the panel.
        x, y: places, shape (k,).
        group: place of each point's group among the figure's groups, shape (k,).
    """

    title: str
    x: np.ndarray
    y: np.ndarray
    group: np.ndarray

    def __post_init__(self) -> None:
        if not np.shape(self.x) == np.shape(self.y) == np.shape(self.group) or np.ndim(self.x) != 1:
            shapes = tuple(np.shape(part) for part in (self.x, self.y, self.group))
            raise BadData(f"panel {self.title[:60]!r} has shapes {shapes}; allowed: one shape (k,) for all three")


@dataclass(frozen=True)
class Scatter:
    """Clouds of points beside each other, coloured and shaped by group.

    Attributes:
        title: what is shown; also the caption.
        clouds: the panels; each has a scale of its own.
        groups: names of the groups.
        x_label, y_label: of the axes.
        about, note: as in `Bars`.
    """

    title: str
    clouds: tuple[Cloud, ...]
    groups: tuple[str, ...] = ()
    x_label: str = ""
    y_label: str = ""
    about: str = ""
    note: str = ""


Block = str | Table | Bars | Curves | Heat | Dots | Scatter


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
