"""A method as two graphs, and the loss that follows from them.

The encoder graph says what is compressed into which latent, the decoder graph what must be kept:

    X->Zx         latent Zx is drawn from q(z|x): its rate I_E(X;Zx) is paid for
    X,Y->Z        one latent that sees both views
    Zx->Y         Y is to be predicted from Zx: I_D(Y;Zx) is earned
    Zx,Wx->X      X is to be predicted from two latents together: I_D(X;Zx,Wx) is earned
    Zx--Zy        two latents are to share information: I(Zx;Zy) is earned

The loss, minimised, is

    L = sum of rates - beta (sum of shared terms + gamma sum of reconstructions).

**Large beta keeps more, small beta compresses** (the inverse of the beta of a beta-VAE's own paper). An earned term is *shared* if it
crosses from one view to the other: the information of two latents, or a view predicted from a latent that does not see it. It is a
*reconstruction* if every latent it starts from sees the view that is predicted. Where nothing is shared, beta weighs the
reconstructions and gamma has no say. gamma = 1 is the published loss of each method.

The terms are bounded: a rate from above by E KL(q(z|x) || N(0, I)), a predicted view from below by H(T) + E log q(t|z), two latents
from below by a score matrix of pairs.

Reference: Abdelaleem, Nemenman & Martini 2023, Deep Variational Multivariate Information Bottleneck, arXiv 2310.03311; the multivariate
information bottleneck itself is Friedman, Mosenzon, Slonim & Tishby 2001.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mmexplore.errors import BadSpec

VIEWS = ("X", "Y")
Kind = Literal["rate", "decoded", "mutual"]
Role = Literal["rate", "shared", "reconstruction"]

_EDGE = re.compile(r"^([A-Z][a-z]?(?:,[A-Z][a-z]?)*)(->|--)([A-Z][a-z]?)$")


@dataclass(frozen=True)
class Edge:
    """One edge: from one or two parents to a child, or between two latents (`directed` false)."""

    parents: tuple[str, ...]
    child: str
    directed: bool = True

    @property
    def text(self) -> str:
        """As it is written: ``"Zx,Wx->X"``."""
        return ",".join(self.parents) + ("->" if self.directed else "--") + self.child


def edges(text: str) -> tuple[Edge, ...]:
    """Read a graph such as ``"X->Zx; Y->Zy"`` or ``"Zx--Zy; Zx,Wx->X"``; an empty text is an empty graph."""
    read = []
    for part in filter(None, (piece.replace(" ", "") for piece in text.split(";"))):
        match = _EDGE.match(part)
        if not match:
            raise BadSpec(f"graph holds {part[:40]!r}; allowed: edges such as X->Zx, Zx--Zy or Zx,Wx->X, parted by ;")
        read.append(Edge(tuple(match[1].split(",")), match[3], match[2] == "->"))
    return tuple(read)


@dataclass(frozen=True)
class Term:
    """One term of a loss.

    Attributes:
        kind: ``rate`` (a latent's compression), ``decoded`` (a view from latents) or ``mutual`` (two latents).
        role: what weighs it: rates weigh 1, shared terms beta, reconstructions beta times gamma (or beta, if nothing is shared).
        parents, child: of its edge.
    """

    kind: Kind
    role: Role
    parents: tuple[str, ...]
    child: str

    @property
    def symbol(self) -> str:
        """The information it bounds: ``"I_E(X;Zx)"`` paid, ``"I_D(X;Zx,Wx)"`` decoded, ``"I(Zx;Zy)"`` between latents."""
        parents = ",".join(self.parents)
        if self.kind == "decoded":
            return f"I_D({self.child};{parents})"
        return f"{'I_E' if self.kind == 'rate' else 'I'}({parents};{self.child})"


@dataclass(frozen=True)
class Graphs:
    """The encoder graph and the decoder graph of a method, and what follows from them."""

    encoder: tuple[Edge, ...]
    decoder: tuple[Edge, ...]

    @classmethod
    def read(cls, encoder: str, decoder: str) -> Graphs:
        """Read and check two graphs."""
        graphs = cls(edges(encoder), edges(decoder))
        graphs._check()
        return graphs

    def _check(self) -> None:
        names = [edge.child for edge in self.encoder]
        for edge in self.encoder:
            if not edge.directed or edge.child in VIEWS or not set(edge.parents) <= set(VIEWS):
                raise BadSpec(f"encoder graph holds {edge.text}; allowed: edges from X or Y to a latent")
        if len(set(names)) < len(names):
            raise BadSpec(f"encoder graph reaches a latent twice: {', '.join(names)}; allowed: one edge a latent")
        for edge in self.decoder:
            unknown = set(edge.parents) - set(names) or ({edge.child} - set(names) if not edge.directed else set())
            if unknown or (edge.directed and edge.child not in VIEWS) or (not edge.directed and len(edge.parents) > 1):
                raise BadSpec(
                    f"decoder graph holds {edge.text}; allowed: edges from encoded latents ({', '.join(names)}) to X or Y, "
                    "or -- between two of them"
                )

    @property
    def latents(self) -> tuple[str, ...]:
        """Names of the latents, in the order of the encoder graph."""
        return tuple(edge.child for edge in self.encoder)

    def sees(self, latent: str) -> tuple[str, ...]:
        """The views a latent is encoded from."""
        return next(edge.parents for edge in self.encoder if edge.child == latent)

    @property
    def main(self) -> str:
        """The latent whose relevance is asked about: the first, which sees X."""
        return self.latents[0]

    def terms(self, rates: bool = True) -> tuple[Term, ...]:
        """The terms of the loss; without rates for deterministic encoders."""
        paid = tuple(Term("rate", "rate", edge.parents, edge.child) for edge in self.encoder) if rates else ()
        earned = []
        for edge in self.decoder:
            own = edge.directed and all(edge.child in self.sees(latent) for latent in edge.parents)
            kind: Kind = "decoded" if edge.directed else "mutual"
            earned.append(Term(kind, "reconstruction" if own else "shared", edge.parents, edge.child))
        return (*paid, *earned)


def weights(terms: Iterable[Term]) -> dict[str, str]:
    """What weighs each term, by its symbol: ``"1"``, ``"-beta"`` or ``"-beta gamma"`` (``"-1"`` where nothing is paid)."""
    terms = tuple(terms)
    both = {"shared", "reconstruction"} <= {term.role for term in terms}
    beta = "-beta" if any(term.role == "rate" for term in terms) else "-1"
    words = {"rate": "1", "shared": beta, "reconstruction": f"{beta} gamma" if both else beta}
    return {term.symbol: words[term.role] for term in terms}


def knobs(terms: Iterable[Term]) -> tuple[str, ...]:
    """Which knobs act: beta where something is paid and earned; gamma where shared terms and reconstructions compete."""
    roles = {term.role for term in terms}
    if "rate" not in roles:
        return ("gamma",) if {"shared", "reconstruction"} <= roles else ()
    return ("beta", "gamma") if {"shared", "reconstruction"} <= roles else ("beta",)


def formula(terms: Iterable[Term]) -> str:
    """The loss in one line: ``I_E(X;Zx) - beta [I_D(Y;Zx) + gamma I_D(X;Zx)]``."""
    terms = tuple(terms)
    symbols = {role: [t.symbol for t in terms if t.role == role] for role in ("rate", "shared", "reconstruction")}
    paid, shared, own = (" + ".join(symbols[role]) for role in ("rate", "shared", "reconstruction"))
    if shared and own:
        own = f"({own})" if len(symbols["reconstruction"]) > 1 else own
        earned = f"{shared} + gamma {own}"
    else:
        earned = shared or own
    if not paid:
        return f"-[{earned}]" if " " in earned else f"-{earned}"
    several = len(symbols["shared"]) + len(symbols["reconstruction"]) > 1
    return f"{paid} - beta [{earned}]" if several else f"{paid} - beta {earned}"
