"""The periodic table of two-view methods: each is declared by its encoder graph and its decoder graph; its loss is derived.

A new method is one more declaration in a file of this folder. `mmexplore.labs.knob.graphs` says how a loss follows from two graphs.

    >>> dvib = method("dvib")
    >>> dvib.formula
    'I_E(X;Zx) - beta I_D(Y;Zx)'
    >>> dvib.knobs
    ('beta',)

Reference: Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311, Table 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mmexplore.labs.knob.graphs import Graphs, Term, formula, knobs, weights
from mmexplore.registry import Registry


@dataclass(frozen=True)
class Method:
    """One method.

    Attributes:
        name: its key, in links and specs.
        title: what it is called.
        sentence: what it does, in one sentence.
        encoder, decoder: its graphs as text, see `mmexplore.labs.knob.graphs`.
        keeps, discards: what its latents keep and what they discard, in words.
        reference: where it is from.
        family: its row in the table, one of `FAMILIES`.
        stochastic: whether encoders add noise and have a rate; a deterministic method has no compression to dial.
        alignment: how ``Zx--Zy`` is measured where the method fixes it; empty where the task's choice counts.
    """

    name: str
    title: str
    sentence: str
    encoder: str
    decoder: str
    keeps: str
    discards: str
    reference: str
    family: str
    stochastic: bool = True
    alignment: str = ""
    graphs: Graphs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "graphs", Graphs.read(self.encoder, self.decoder))

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of its loss."""
        return self.graphs.terms(rates=self.stochastic)

    @property
    def formula(self) -> str:
        """Its loss in one line; minimised."""
        return formula(self.terms)

    @property
    def weights(self) -> dict[str, str]:
        """What weighs each term."""
        return weights(self.terms)

    @property
    def knobs(self) -> tuple[str, ...]:
        """Which of ``beta`` and ``gamma`` act."""
        return knobs(self.terms)

    @property
    def scores(self) -> str:
        """What the shared terms of its loss speak of: ``"Y"``, where one decoder predicts Y from the main latent alone; ``"latents"``, of
        two latents and each other; else "", some other pair of variables."""
        shared = [term for term in self.terms if term.role == "shared"]
        if shared and all(term.kind == "mutual" for term in shared):
            return "latents"
        main = self.graphs.main
        one = len(shared) == 1 and shared[0].kind == "decoded"
        return "Y" if one and shared[0].parents == (main,) and shared[0].child == "Y" else ""

    def is_bottleneck(self, gamma: float) -> bool:
        """Whether its loss at this gamma is the one that exact theory minimises: rates and the shared term, with nothing paid for reconstructions."""
        return bool(self.scores) and ("gamma" not in self.knobs or gamma == 0)

    @property
    def mutual(self) -> bool:
        """Whether the mutual information of two latents is maximised."""
        return any(term.kind == "mutual" for term in self.terms)


FAMILIES = ("one sided", "joint", "symmetric", "deterministic")
REGISTRY: Registry[Method] = Registry("method", "mmexplore.labs.knob.methods")


def declare(entry: Method) -> Method:
    """Register a method under its name."""
    return REGISTRY.add(entry.name, entry)


def methods() -> tuple[str, ...]:
    """Names of the methods, family by family."""
    return tuple(sorted(REGISTRY.names(), key=lambda name: FAMILIES.index(REGISTRY[name].family)))


def method(name: str) -> Method:
    """The declaration of a method."""
    return REGISTRY[name]
