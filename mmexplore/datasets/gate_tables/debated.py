"""Tables on which the measures disagree: PWUNQ, REDUCED-OR, BOOM, DIFF, SUBTLE, IMPERFECTRDN."""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.datasets.closed_forms import LOG2_3, binary_entropy
from mmexplore.datasets.gate_tables import Gate, declare, fixed, of_events
from mmexplore.datasets.labelled import LabelledTable, from_events
from mmexplore.spec import Spec, param

_H13 = binary_entropy(1.0 / 3.0)

declare(
    Gate(
        name="pwunq",
        title="PWUNQ",
        called="Two witnesses",
        family="Debated",
        rule="(0,1,1), (1,0,1), (0,2,2), (2,0,2), equally likely",
        sentence="In every single case exactly one modality speaks; is what it says unique, or shared on average?",
        story="Two witnesses: each time one saw the culprit and the other saw nothing; which one it was changes.",
        names=("witness 1", "witness 2", "culprit"),
        taxonomy="redundancy and synergy (by BROJA), uniqueness case by case",
        reference="Finn & Lizier 2018, Entropy 20(4) 297, arXiv 1801.09010 (PwUnq); target: the third variable",
        build=of_events(
            [(0, 1, 1), (1, 0, 1), (0, 2, 2), (2, 0, 2)],
            ("0 saw nothing", "1 names A", "2 names B"),
            ("0 saw nothing", "1 names A", "2 names B"),
            ("1 is A", "2 is B"),
        ),
        truth=fixed(0.5, 0.0, 0.0, 0.5),
        expected_source="p(x1,y) = p(x2,y), so U1 = U2 = 0, R = I(X1;Y) = 1/2, S = 1 - R",
    )
)

declare(
    Gate(
        name="reduced_or",
        title="REDUCED-OR",
        called="Smoke in two rooms",
        family="Debated",
        rule="(0,0,0) half of the time, (0,1,1) and (1,0,1) a quarter each",
        sentence="OR whose two causes never come together: whoever shows a 1 seems to know it alone.",
        story="Two smoke sensors in rooms that never burn at the same time.",
        names=("sensor 1", "sensor 2", "fire"),
        taxonomy="redundancy and synergy (by BROJA)",
        reference="Ince 2017, Entropy 19(7) 318, arXiv 1602.05063, after Lizier; target: the third variable",
        build=of_events(
            [(0, 0, 0, 2.0), (0, 1, 1, 1.0), (1, 0, 1, 1.0)],
            ("0 clear", "1 smoke"),
            ("0 clear", "1 smoke"),
            ("0 no fire", "1 fire"),
        ),
        truth=fixed(1.0 - 0.75 * _H13, 0.0, 0.0, 0.75 * _H13),
        expected_source="p(x1,y) = p(x2,y), so U1 = U2 = 0, R = I(X1;Y) = 1 - 3/4 h(1/3), S = 1 - R",
    )
)

declare(
    Gate(
        name="boom",
        title="BOOM",
        family="Debated",
        rule="(0,0,1), (0,0,2), (0,2,0), (1,2,1), (2,0,2), (2,1,2), equally likely",
        sentence="A table built to pull the measures apart; by BROJA a third of a bit is shared, and a third is each one's own.",
        story="None: it was found by searching for a table on which definitions differ.",
        names=("X1", "X2", "Y"),
        taxonomy="redundancy, uniqueness and synergy",
        reference="dit (James, Ellison & Crutchfield 2018, J. Open Source Software 3 738); target: the third variable",
        build=of_events([(0, 0, 1), (0, 0, 2), (0, 2, 0), (1, 2, 1), (2, 0, 2), (2, 1, 2)]),
        truth=fixed(1 / 3, 1 / 3, 1 / 3, 0.5 * LOG2_3 - 2 / 3),
        expected_source="I(X1;Y) = I(X2;Y) = 2/3, I(X1,X2;Y) = 1/3 + 1/2 log2 3, and I* = 1: R = U1 = U2 = 1/3",
    )
)

declare(
    Gate(
        name="diff",
        title="DIFF",
        called="Two indicator lights",
        family="Debated",
        rule="(0,0,0), (0,0,1), (0,1,0), (1,0,1), equally likely",
        sentence="The smallest kind of table on which two definitions by optimisation give different answers.",
        story="Two indicator lights, one for 'on' and one for 'off'; half of the time neither is lit and one has to guess.",
        names=("light for on", "light for off", "machine"),
        taxonomy="redundancy and uniqueness",
        reference="dit (James, Ellison & Crutchfield 2018, J. Open Source Software 3 738); target: the third variable",
        build=of_events(
            [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 1)],
            ("0 dark", "1 lit"),
            ("0 dark", "1 lit"),
            ("0 off", "1 on"),
        ),
        truth=fixed(1.5 - 1.5 * _H13, 0.75 * _H13 - 0.5, 0.75 * _H13 - 0.5, 0.0),
        expected_source="the table is its own minimiser, so S = 0, U1 = U2 = I(X1,X2;Y) - I(X2;Y) = 3/4 h(1/3) - 1/2, R = I1 - U1",
    )
)

declare(
    Gate(
        name="subtle",
        title="SUBTLE",
        called="Thunder and lightning",
        family="Debated",
        rule="y = (x1, x2) with (0,0), (0,1), (1,1) equally likely",
        sentence="A copy of two modalities that exclude one of the four pairs: the little they know of each other is shared.",
        story="One may hear thunder without seeing lightning, never the other way round; the diary notes both.",
        names=("lightning", "thunder", "diary"),
        taxonomy="redundancy and uniqueness",
        reference="Griffith, Chong, James, Ellison & Crutchfield 2014, Entropy 16(4) 1985, arXiv 1310.1538; target: (x1, x2)",
        build=of_events(
            [(0, 0, (0, 0)), (0, 1, (0, 1)), (1, 1, (1, 1))],
            ("0 dark", "1 lightning"),
            ("0 quiet", "1 thunder"),
            ("0 0 neither", "0 1 thunder", "1 1 both"),
        ),
        truth=fixed(LOG2_3 - 4 / 3, 2 / 3, 2 / 3, 0.0),
        expected_source="y = (x1,x2): R = I(X1;X2) = log2 3 - 4/3, U1 = H(X1|X2) = 2/3, U2 = H(X2|X1) = 2/3, S = 0",
    )
)


@dataclass(frozen=True)
class Slip(Spec):
    """How imperfect the redundancy is."""

    slip: float = param(
        0.001,
        label="Slip",
        low=0.0,
        high=0.5,
        step=0.001,
        help="Chance of the case in which modality 2 says 1 although the answer is 0.",
    )


def _imperfect(spec: Slip) -> LabelledTable:
    return from_events(
        [(0, 0, 0, 0.5 - spec.slip), (0, 1, 0, spec.slip), (1, 1, 1, 0.5)],
        ("0 absent", "1 present"),
        ("0 absent", "1 present"),
        ("0 absent", "1 present"),
    )


def _imperfect_truth(spec: Slip) -> tuple[float, float, float, float]:
    unsure = (0.5 + spec.slip) * binary_entropy(0.5 / (0.5 + spec.slip))  # H(Y|X2)
    return 1.0 - unsure, unsure, 0.0, 0.0


declare(
    Gate(
        name="imperfect_rdn",
        title="IMPERFECTRDN",
        called="Label and second opinion",
        family="Debated",
        rule="y = x1; x2 = y but for a small chance of 1 instead of 0",
        sentence="Almost the same twice; measures built on exact common information call even the smallest slip 'nothing shared'.",
        story="A label and a second opinion that now and then sees what is not there.",
        names=("label", "second opinion", "finding"),
        taxonomy="redundancy, equivalence",
        reference="Griffith, Chong, James, Ellison & Crutchfield 2014, arXiv 1310.1538; target: the third variable",
        build=_imperfect,
        truth=_imperfect_truth,
        expected_source="y = x1: U1 = H(Y|X2), R = I(X2;Y) = 1 - H(Y|X2), U2 = S = 0",
        spec=Slip,
    )
)
