"""Logic and arithmetic of two independent fair bits: AND, OR, NAND, SUM, COPY.

Where p(x1, y) = p(x2, y) as tables, q with x1 = x2 is feasible, so U1 = U2 = 0, R = I(X1;Y) and S = I(X1,X2;Y) - I(X1;Y)
(Bertschinger, Rauh, Olbrich, Jost & Ay 2014, arXiv 1311.2852).
"""

from __future__ import annotations

from mmexplore.datasets.closed_forms import AND_REDUNDANCY
from mmexplore.datasets.gate_tables import Gate, declare, fixed, of_bits

_BROJA = "Bertschinger et al. 2014, arXiv 1311.2852; target: the third variable"
_SAME = "p(x1,y) = p(x2,y), so U1 = U2 = 0, R = I(X1;Y) = h(1/4) - 1/2, S = I(X1,X2;Y) - R = 1/2"

declare(
    Gate(
        name="and",
        title="AND",
        called="Smiling while joking",
        family="Logic and arithmetic",
        rule="y = x1 AND x2, independent fair bits",
        sentence="A 0 in either modality settles the answer, so both share something; a 1 needs the other one.",
        story="A joke lands only when one smiles while joking: a straight face or plain talk alone already says 'no joke'.",
        names=("face", "words", "joke"),
        taxonomy="redundancy and synergy, enhancement",
        reference=_BROJA,
        build=of_bits(
            lambda a, b: a & b,
            ("0 straight face", "1 smiling"),
            ("0 plain talk", "1 joking"),
            ("0 serious", "1 joke"),
        ),
        truth=fixed(AND_REDUNDANCY, 0.0, 0.0, 0.5),
        expected_source=_SAME,
    )
)

declare(
    Gate(
        name="or",
        title="OR",
        called="Smoke or heat alarm",
        family="Logic and arithmetic",
        rule="y = x1 OR x2, independent fair bits",
        sentence="A 1 in either modality settles the answer; a 0 leaves it to the other one.",
        story="An alarm that rings for smoke or for heat: either sensor alone can be the reason.",
        names=("smoke sensor", "heat sensor", "alarm"),
        taxonomy="redundancy and synergy",
        reference=_BROJA,
        build=of_bits(
            lambda a, b: a | b,
            ("0 no smoke", "1 smoke"),
            ("0 cool", "1 hot"),
            ("0 silent", "1 alarm"),
        ),
        truth=fixed(AND_REDUNDANCY, 0.0, 0.0, 0.5),
        expected_source=_SAME,
    )
)

declare(
    Gate(
        name="nand",
        title="NAND",
        called="A door with two guards",
        family="Logic and arithmetic",
        rule="y = NOT (x1 AND x2), independent fair bits",
        sentence="AND with the label turned over: renaming the answers changes no information.",
        story="A door opens unless badge reader and camera both refuse.",
        names=("badge reader", "camera", "door"),
        taxonomy="redundancy and synergy",
        reference=_BROJA,
        build=of_bits(
            lambda a, b: 1 - (a & b),
            ("0 badge accepted", "1 badge refused"),
            ("0 face accepted", "1 face refused"),
            ("0 stays shut", "1 opens"),
        ),
        truth=fixed(AND_REDUNDANCY, 0.0, 0.0, 0.5),
        expected_source=_SAME,
    )
)

declare(
    Gate(
        name="sum",
        title="SUM",
        called="Emotion by face and voice",
        family="Logic and arithmetic",
        rule="y = x1 + x2, independent fair bits (XORAND up to names)",
        sentence="Counting: every modality pushes the answer its way, and the exact count needs both.",
        story="How sure one is of an emotion: none, one or both of face and voice show it.",
        names=("face", "voice", "strength"),
        taxonomy="redundancy and synergy, enhancement",
        reference=_BROJA,
        build=of_bits(
            lambda a, b: a + b,
            ("0 calm face", "1 angry face"),
            ("0 calm voice", "1 angry voice"),
            ("0 calm", "1 angry", "2 furious"),
        ),
        truth=fixed(0.5, 0.0, 0.0, 1.0),
        expected_source="p(x1,y) = p(x2,y), so U1 = U2 = 0, R = I(X1;Y) = 3/2 - 1, S = 3/2 - R",
    )
)

declare(
    Gate(
        name="copy",
        title="COPY",
        called="Film review",
        family="Logic and arithmetic",
        rule="y = (x1, x2), independent fair bits (UNQ of Griffith & Koch)",
        sentence="The answer repeats both modalities, so each tells its own half. Turn up the correlation and they share.",
        story="A film review that lists what was seen and what was heard.",
        names=("picture", "sound", "review"),
        taxonomy="uniqueness, independence",
        reference="Harder, Salge & Polani 2013, arXiv 1207.2080 (identity property); Griffith & Koch 2014 (there UNQ)",
        build=of_bits(
            lambda a, b: (a, b),
            ("0 dull picture", "1 fine picture"),
            ("0 dull sound", "1 fine sound"),
            ("0 0 both dull", "0 1 fine sound", "1 0 fine picture", "1 1 both fine"),
        ),
        truth=fixed(0.0, 1.0, 1.0, 0.0),
        expected_source="y = (x1,x2): R = I(X1;X2) = 0, U1 = H(X1|X2) = 1, U2 = H(X2|X1) = 1, S = 0",
    )
)
