"""Rows of a data set as a Gaussian system: real data or a generator, their sample covariance, and what may mislead in it.

The text that names a data set is ``real:wine`` or a generator's text form, ``warped?n=2000&warp=wave``. A class label has no place in
a Gaussian system; it is taken in as a number or as one column a class (without the last, which follows from the others) so that
the page can show what that does, with a warning beside it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.datasets import real_data, real_info, real_samples
from mmexplore.datasets.generators import REGISTRY, Generator, Truth, generator
from mmexplore.errors import BadData
from mmexplore.estimators.gaussian.checks import as_rows, sample_warnings

Array = npt.NDArray[np.float64]
Dims = tuple[int, int, int]

REAL = "real:"
LABELS = ("number", "columns")
MOST_NUMBERS = 4_000_000  # of the rows and columns of one data set
_HEAVY = "Labels:"


@dataclass(frozen=True)
class SystemRows:
    """A data set taken for jointly Gaussian.

    Attributes:
        x1, x2, y: the rows, (n, d) each, columns that never vary left out.
        covariance: of (x1, x2, y), every column with variance 1, (p, p).
        dims: columns of each.
        title: what it is called.
        classes: names of the classes where the target is a label, else empty.
        truth: what is known of the population (empty for real data).
        warnings: sentences on what may mislead.
        notes: what was done to the rows.
    """

    x1: Array
    x2: Array
    y: Array
    covariance: Array
    dims: Dims
    title: str
    classes: tuple[str, ...]
    truth: Truth
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.y)


def names() -> tuple[str, ...]:
    """Every data set that can be taken: the real ones, then the generators of two modalities and a target."""
    return (
        *(REAL + name for name in real_data()),
        *(name for name, entry in REGISTRY.items() if entry.kind == "pid"),
    )


def title(name: str) -> str:
    """What a data set of `names` is called."""
    return real_info(name.removeprefix(REAL)).title if name.startswith(REAL) else REGISTRY[name].title


def kind(name: str) -> type[Generator] | None:
    """The class of a generator's values; None for real data, which have none, and for what is not known."""
    return None if name.startswith(REAL) else REGISTRY.get(name)


def spec(text: str) -> Generator | None:
    """The generator of a text; None for real data.

    Raises:
        BadData: a generator of two views and no target.
        BadSpec: no such data set or parameter.
    """
    if text.startswith(REAL):
        real_info(text.removeprefix(REAL))
        return None
    generator_spec = generator(text)
    if generator_spec.kind != "pid":
        raise BadData(f"{generator_spec.title} has two views and no target; allowed: {', '.join(names())}")
    return generator_spec


@functools.lru_cache(maxsize=32)
def system_rows(text: str, labels: str = "number") -> SystemRows:
    """Draw or load the rows and their covariance.

    Args:
        text: see the module.
        labels: a class label as one ``"number"``, or as one 0/1 column a class but the last, ``"columns"``.

    Raises:
        BadData: too many numbers, or rows that no covariance can be made of.
        BadSpec: an unknown data set or parameter.
    """
    made, classes, truth, called = _read(text)
    if sum(block.size for block in made) > MOST_NUMBERS:
        raise BadData(
            f"{called} has {sum(block.size for block in made):,} numbers; allowed here: {MOST_NUMBERS:,}. Take fewer rows"
        )
    x1, x2 = made[0], made[1]
    y = made[2][:, None].astype(np.float64) if made[2].ndim == 1 else made[2].astype(np.float64)
    if classes and labels == "columns" and len(classes) > 2:
        y = (made[2][:, None] == np.arange(len(classes) - 1)).astype(np.float64)
    notes = []
    blocks = []
    for role, block in (("modality 1", x1), ("modality 2", x2), ("the target", y)):
        varies = block.std(axis=0) > 1e-12
        if not varies.all():
            notes.append(f"{int((~varies).sum())} columns of {role} never vary and are left out.")
        if not varies.any():
            raise BadData(f"no column of {role} varies in {called}; it tells nothing")
        blocks.append(np.ascontiguousarray(block[:, varies], dtype=np.float64))
    rows, dims = as_rows(*blocks)
    covariance = rows.T @ rows / (len(rows) - 1)
    for array in (*blocks, covariance):
        array.setflags(write=False)
    warnings = sample_warnings(rows, dims, blocks[2])
    if classes:
        warnings = [
            _label_words(len(classes), labels),
            *(w for w in warnings if not w.startswith((_HEAVY, "Not Gaussian"))),
        ]
    return SystemRows(
        x1=blocks[0],
        x2=blocks[1],
        y=blocks[2],
        covariance=covariance,
        dims=dims,
        title=called,
        classes=classes,
        truth=truth,
        warnings=tuple(warnings),
        notes=tuple(notes),
    )


def _read(text: str) -> tuple[tuple[Array, Array, npt.NDArray[Any]], tuple[str, ...], Truth, str]:
    """Rows, class names, truth and title."""
    generator_spec = spec(text)
    if generator_spec is None:
        name = text.removeprefix(REAL)
        samples = real_samples(name)
        return (samples.x1, samples.x2, samples.y), samples.y_labels, Truth(), real_info(name).title
    drawn = generator_spec.sample()
    x1, x2 = (block[:, None] if block.ndim == 1 else block for block in (drawn.x1, drawn.x2))
    classes = tuple(str(c) for c in np.unique(drawn.y)) if generator_spec.target == "label" else ()
    codes = np.unique(drawn.y, return_inverse=True)[1] if classes else drawn.y
    return (x1, x2, codes), classes, generator_spec.truth(), generator_spec.title


def _label_words(classes: int, labels: str) -> str:
    """What is wrong with a label in a Gaussian system."""
    start = f"The target is a class label ({classes} classes), and no Gaussian variable. "
    if classes == 2:
        how = "As one number it is 0 or 1: the closed form reads correlations with it and can tell more than the label holds. "
    elif labels == "number":
        how = "As one number its order and its distances count, which mean nothing: other numbers for the same classes give other atoms. "
    else:
        how = (
            "As one column a class it often over-states what is told: a Gaussian vector of that covariance has no upper limit, a label of "
            f"{classes} classes tells at most {np.log2(classes):.2f} bit. "
        )
    return f'{start}{how}Use the discrete decomposition for labels: the pages Decompose and Your data, or mm.estimate_pid with "batch" or "binned".'
