"""Two views with a label whose factors are known: what there was to keep, for methods that learn representations.

A declaration is a frozen spec of plain values; ``two_views("factors?shared=0")`` reads one from text (its name, then the values that
differ from their defaults, as in a URL). `draw(seed)` gives rows, `truth()` the decomposition of what the views tell of the label:
exact where it is known, else the certified decomposition of a table, with a sentence on how the table was made.

A new kind of data is one new file in this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar, dataclass_transform
from urllib.parse import parse_qsl, urlencode

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.registry import Registry
from mmexplore.spec import Spec, param
from mmexplore.types import PID

__all__ = ["DATA", "Sample", "Truth", "Views", "param", "two_views", "views"]


@dataclass(frozen=True)
class Sample:
    """Rows of two views, with everything that is known of them.

    Attributes:
        x1, x2: the views, float32: (n, d1) and (n, d2), or images (n, 3, side, side).
        y: the label, codes from 0, (n,).
        labels: what probes may ask for, codes from 0, (n,) each; ``"y"`` is among them.
        factors: real-valued latents a probe may ask for, (n, k) each.
        latents: what `Views.augment` needs to make the row again, one array (n, ...) each.
    """

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    labels: Mapping[str, np.ndarray]
    factors: Mapping[str, np.ndarray] = field(default_factory=dict)
    latents: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Truth:
    """What the two views tell of the label.

    Attributes:
        pid: its decomposition (BROJA), in bits.
        exact: whether it is the decomposition of the views themselves, not of a table made from them.
        words: how it was found.
    """

    pid: PID
    exact: bool
    words: str


@dataclass(frozen=True)
class Views(Spec):
    """Base of the declarations.

    Attributes:
        name: its name in text.
        title: what it is called.
        sentence: what it is, in one sentence.
        images: whether the views are images.
        own_pairs: whether it makes positive pairs itself (`augment`), instead of by general augmentations.
        factor_names: real-valued latents that can be asked for.
        label_names: labels that can be asked for; the first one is the label itself.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    images: ClassVar[bool] = False
    own_pairs: ClassVar[bool] = False
    factor_names: ClassVar[tuple[str, ...]] = ()
    label_names: ClassVar[tuple[str, ...]] = ("y",)

    def draw(self, seed: int) -> Sample:
        """Rows; the same seed gives the same rows."""
        raise NotImplementedError

    def truth(self) -> Truth:
        """The decomposition of the label with respect to the two views."""
        raise NotImplementedError

    def text(self) -> str:
        """The text that `two_views` reads."""
        query = urlencode(self.to_query())
        return f"{self.name}?{query}" if query else self.name


DATA: Registry[type[Views]] = Registry("two-view data", __name__)

T = TypeVar("T", bound=Views)


@dataclass_transform(frozen_default=True)
def views(cls: type[T]) -> type[T]:
    """Make a class a frozen spec and register it under its name."""
    made = dataclass(frozen=True)(cls)
    DATA.add(made.name, made)
    return made


def two_views(text: str) -> Views:
    """Read a declaration from its text.

    Raises:
        BadSpec: an unknown name, field or value.

    >>> two_views("factors?rows=2000").rows
    2000
    """
    name, _, query = text.partition("?")
    cls = DATA[name]
    values = dict(parse_qsl(query, keep_blank_values=True))
    known = {p.name: p for p in cls.parameters()}
    for key in values:
        if key not in known:
            raise BadSpec(f"{name} has no field {key[:60]!r}; allowed: {', '.join(known)}")
    return cls(**{key: known[key].parse(value) for key, value in values.items()})
