"""Objectives: what a representation is trained for, declared without torch. A new objective is one file here and one in `train/methods`.

An objective is a frozen spec of its own parameters. Its text is its name, then the values that differ from their defaults, as in a
URL: ``dvsib?gamma=1``; several are set apart by commas: ``clip,factorcl-ssl?club=0.5,comm``.

    >>> [o.title for o in objectives("clip,comm")]
    ['CLIP', 'CoMM']
    >>> objectives("dvsib?gamma=1")[0].gamma
    1.0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, TypeVar, dataclass_transform

from mmexplore.errors import BadSpec
from mmexplore.registry import EntryRegistry
from mmexplore.spec import Entry, param

Fate = Literal["kept", "lost", "ingredients", "depends"]
"""kept; lost; ingredients: its parts are kept, but a linear probe of the embedding does not read it; depends: on weights, width or the seed."""

READOUTS: dict[str, str] = {
    "z1": "representation of view 1",
    "z2": "representation of view 2",
    "z12": "both representations, or the fused one",
    "loss1": "view 1 at the loss",
    "loss2": "view 2 at the loss",
    "loss12": "both views at the loss",
    "s1": "shared head of view 1",
    "s2": "shared head of view 2",
    "u1": "unique head of view 1",
    "u2": "unique head of view 2",
}

LAYERS: dict[str, tuple[str, str, str]] = {
    "representation": ("z1", "z2", "z12"),
    "loss": ("loss1", "loss2", "loss12"),
}
"""The two layers that are read: what the encoders (and a fusion) put out, and what the loss acts on, after a projection head. Without a head they are one."""

ATOMS_KEPT = ("shared", "unique1", "unique2", "synergy")
BASELINES = ("raw", "untrained")
_MOST = 20


@dataclass(frozen=True)
class Objective(Entry):
    """Base of the declarations.

    Attributes:
        name: its name in text.
        title: what it is called.
        family: heading in a list: baseline, contrastive, factorised, fusion, generative, bottleneck, supervised.
        sentence: what it rewards, in one sentence.
        formula: what is made small (a loss) or large, in words and symbols.
        reference: authors, year, arXiv number.
        keeps: what theory says of (shared, unique1, unique2, synergy) at the layer that the loss acts on.
        why: why, in a sentence.
        uses_label: whether it sees the label (or, in the table of what is kept, all four labels).
        pairs: whether it needs augmented pairs.
        factorised: whether each term of its loss has a head of its own, for shared or for unique information.
        fused: whether z12 is a network of its own over both views, not the two embeddings side by side.
        stochastic: whether its representation is drawn, given the views.
        terms: loss terms by their name in the frames, in words (units in the words).
        program: ``"package.module:Class"`` that trains it.
    """

    title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    keeps: ClassVar[tuple[Fate, Fate, Fate, Fate]] = ("depends", "depends", "depends", "depends")
    why: ClassVar[str] = ""
    uses_label: ClassVar[bool] = False
    pairs: ClassVar[bool] = False
    factorised: ClassVar[bool] = False
    fused: ClassVar[bool] = False
    stochastic: ClassVar[bool] = False
    terms: ClassVar[Mapping[str, str]] = {}
    program: ClassVar[str] = ""

    def heading(self) -> str:
        """Its title, with the values that differ from their defaults."""
        changed = [
            p.label.lower() if p.type is bool else f"{p.label.lower()} {p.format(getattr(self, p.name))}"
            for p in self.parameters()
            if p.name in self.to_query()
        ]
        return f"{self.title} ({', '.join(changed)})" if changed else self.title

    def readouts(self) -> tuple[str, ...]:
        """Which of `READOUTS` it has; without a head the loss's layer is the representation."""
        if not self.has_head:
            return LAYERS["representation"]
        return tuple(READOUTS) if self.factorised else (*LAYERS["representation"], *LAYERS["loss"])

    @property
    def has_head(self) -> bool:
        """Whether a projection head stands between the representation and the loss."""
        return getattr(self, "head", "none") != "none"


OBJECTIVES: EntryRegistry[Objective] = EntryRegistry("objective", "mmexplore.labs.losses.objectives")

T = TypeVar("T", bound=Objective)


@dataclass_transform(frozen_default=True)
def objective(cls: type[T]) -> type[T]:
    """Make a class a frozen declaration and register it under its name."""
    made = dataclass(frozen=True)(cls)
    OBJECTIVES.add(made.name, made)
    return made


def temperature(default: float = 0.2) -> float:
    """The declaration of the temperature of a contrastive loss."""
    declared: float = param(
        default,
        label="Temperature",
        low=0.02,
        high=2.0,
        step=0.01,
        help="Scores are cosines divided by it: a small one weighs the hardest negatives most.",
    )
    return declared


def head() -> str:
    """The declaration of the projection head of a contrastive loss."""
    declared: str = param(
        "mlp",
        label="Projection head",
        choices=("mlp", "mlp2", "linear", "none"),
        help="Between the representation and the loss. mlp: one hidden layer (SimCLR's); mlp2: two, as in the public code of FactorCL and "
        "CoMM; linear: one map; none: the loss acts on the representation itself.",
    )
    return declared


@lru_cache(maxsize=256)
def objectives(text: str) -> tuple[Objective, ...]:
    """Read objectives from their text; once for each text, since every view that names them asks.

    Raises:
        BadSpec: none or too many, malformed text, an unknown name, key or value, a repeated key, or one objective twice.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not 1 <= len(parts) <= _MOST:
        raise BadSpec(f"{len(parts)} objectives are named; allowed: 1 to {_MOST}, set apart by commas")
    chosen = tuple(OBJECTIVES.read(part) for part in parts)
    if len(set(chosen)) < len(chosen):
        twice = next(o for o in chosen if chosen.count(o) > 1)
        raise BadSpec(f"the objective {twice.text()!r} is named twice")
    return chosen


def write(chosen: tuple[Objective, ...]) -> str:
    """The text that `objectives` reads back."""
    return ",".join(o.text() for o in chosen)
