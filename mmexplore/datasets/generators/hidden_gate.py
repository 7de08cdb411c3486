"""XOR and AND of two bits, each hidden as one direction of many: what deep fusion has to find.

The bit of a modality is shown as ±1 plus normal noise along a random direction of d; the other directions are noise of the same size as
the signal. The gates are symmetric, so the two modalities are alike to the target: U1 = U2 = 0 and R = I1. At the default noise the
bits can be read off without error and the truth is the gate's: XOR S = 1; AND R = .3113, S = .5 (Bertschinger et al. 2014, arXiv 1311.2852).
For more noise the informations come from certified quadrature in one and two dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.datasets.generators import Sample, Truth, declare
from mmexplore.datasets.hiding import HiddenNoisy
from mmexplore.datasets.quadrature import gate_through_noise
from mmexplore.spec import param

_GATES = {"xor": ((0.0, 1.0), (1.0, 0.0)), "and": ((0.0, 0.0), (0.0, 1.0))}  # y of the two bits


@declare
@dataclass(frozen=True)
class HiddenGate(HiddenNoisy):
    """The label is a gate of two bits that are each hidden among noisy columns."""

    name = "hidden-gate"
    title = "Gate hidden in noise"
    sentence = "The label is XOR or AND of two bits, each shown along one unknown direction of many noisy columns."
    family = "Labels"
    reference = "gates: Bertschinger, Rauh, Olbrich, Jost & Ay 2014, arXiv 1311.2852"
    dials = ("d", "noise", "flip")

    gate: str = param(
        "xor", label="Gate", choices=tuple(_GATES), help="XOR is all synergy; AND is redundancy and synergy."
    )
    noise: float = param(
        0.1, label="Noise on the bits", low=0.05, high=2.0, step=0.05, help="Around ±1: below .2 the bits are certain."
    )

    def plain_sample(self) -> Sample:
        """Two fair bits, their noisy images hidden among d columns, and the gate's value."""
        b1, b2 = ((self.stream(f"bit {k}").random(self.n) < 0.5).astype(int) for k in (1, 2))
        y = (b1 ^ b2) if self.gate == "xor" else (b1 & b2)
        seen = [2.0 * b - 1.0 + self.noise * self.normal(f"noise {k}", 1)[:, 0] for k, b in ((1, b1), (2, b2))]
        return Sample(self.hide("x1", seen[0]), self.hide("x2", seen[1]), self.flipped(y))

    def truth(self) -> Truth:
        """R = I1 and S = I12 - I1 by symmetry, with the informations by quadrature."""
        e = self.flip
        rows = [tuple(e + (1.0 - 2.0 * e) * value for value in row) for row in _GATES[self.gate]]
        likelihood = ((rows[0][0], rows[0][1]), (rows[1][0], rows[1][1]))
        one, both, error = gate_through_noise(likelihood, self.noise)
        return Truth.of_informations(
            one,
            one,
            both,
            one,
            error=2 * error,
            source="quadrature in one and two dimensions; the modalities are alike to the target, so U1 = U2 = 0",
        )
