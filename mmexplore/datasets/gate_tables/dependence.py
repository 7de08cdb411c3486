"""Dyadic and Triadic: two worlds that no Shannon information of their parts tells apart, and PID does.

James & Crutchfield 2017, "Multivariate Dependence beyond Shannon Information" (Entropy 19 531, arXiv 1609.01233). Three
variables of two bits each; the third is taken as the target (both tables treat all three alike).
"""

from __future__ import annotations

import itertools

from mmexplore.datasets.gate_tables import Gate, declare, fixed, of_events

_JC = "James & Crutchfield 2017, arXiv 1609.01233; target: the third variable (both are symmetric in all three)"
_BITS = (0, 1)

declare(
    Gate(
        name="dyadic",
        title="Dyadic",
        called="Friends with secrets",
        family="Beyond Shannon",
        rule="x1 = (a, b), x2 = (b, c), y = (c, a), fair bits",
        sentence="Every pair shares a secret of its own and nothing binds all three: each modality tells its own bit of Y.",
        story="Three friends who each told one thing to one other: asked about Y's two secrets, each knows one.",
        names=("friend 1", "friend 2", "friend 3"),
        taxonomy="uniqueness, independence",
        reference=_JC,
        build=of_events([((a, b), (b, c), (c, a)) for a, b, c in itertools.product(_BITS, repeat=3)]),
        truth=fixed(0.0, 1.0, 1.0, 0.0),
        expected_source="c and a are independent, x2 tells c and x1 tells a, so I* = 2 = I(X1,X2;Y): R = S = 0, U1 = U2 = 1",
    )
)

declare(
    Gate(
        name="triadic",
        title="Triadic",
        called="Friends with a code",
        family="Beyond Shannon",
        rule="x1 = (a, r), x2 = (b, r), y = (a XOR b, r), fair bits; RDNXOR under other names",
        sentence="All three share one bit, and their other bits form an XOR: the same entropies as Dyadic, another world.",
        story="Three friends at one party who also share a three-part code, useless unless two parts meet.",
        names=("friend 1", "friend 2", "friend 3"),
        taxonomy="redundancy and synergy, emergence",
        reference=_JC,
        build=of_events(
            [
                (0, 0, 0),
                (1, 1, 1),
                (0, 2, 2),
                (1, 3, 3),
                (2, 0, 2),
                (3, 1, 3),
                (2, 2, 0),
                (3, 3, 1),
            ]
        ),
        truth=fixed(1.0, 0.0, 0.0, 1.0),
        expected_source="atoms of independent parts add: RDN + XOR",
    )
)
