"""Composites: a source made of several symbols, so that atoms stand side by side.

RDNXOR and RDNUNQXOR: Griffith & Koch 2014 (arXiv 1205.4265).
"""

from __future__ import annotations

import itertools

from mmexplore.datasets.closed_forms import AND_REDUNDANCY
from mmexplore.datasets.gate_tables import Gate, declare, fixed, of_events

_GK = "Griffith & Koch 2014, arXiv 1205.4265; target: the third variable"
_BITS = (0, 1)

declare(
    Gate(
        name="rdnxor",
        title="RDNXOR",
        called="Topic and sarcasm",
        family="Composites",
        rule="x1 = (a, r), x2 = (b, r), y = (a XOR b, r), fair bits",
        sentence="One bit that both know and one bit that only the pair knows, side by side.",
        story="Words and tone both tell the topic; only their clash tells the sarcasm.",
        names=("words", "tone", "topic and irony"),
        taxonomy="redundancy and synergy, equivalence and emergence",
        reference=_GK,
        build=of_events([((a, r), (b, r), (a ^ b, r)) for a, b, r in itertools.product(_BITS, repeat=3)]),
        truth=fixed(1.0, 0.0, 0.0, 1.0),
        expected_source="atoms of independent parts add: RDN + XOR",
    )
)

declare(
    Gate(
        name="rdnunqxor",
        title="RDNUNQXOR",
        called="Filmed conversation",
        family="Composites",
        rule="x1 = (a, r, u), x2 = (b, r, v), y = (a XOR b, r, u, v), fair bits",
        sentence="One bit of every kind at once: shared, each one's own, and the pair's.",
        story="A filmed conversation: the topic is in both, the scene only in the picture, the accent only in the sound, "
        "the irony only in the pair.",
        names=("picture", "sound", "everything"),
        taxonomy="redundancy, uniqueness and synergy",
        reference=_GK,
        build=of_events(
            [((a, r, u), (b, r, v), (a ^ b, r, u, v)) for a, b, r, u, v in itertools.product(_BITS, repeat=5)]
        ),
        truth=fixed(1.0, 1.0, 1.0, 1.0),
        expected_source="atoms of independent parts add: RDN + UNQ1 + UNQ2 + XOR",
    )
)

declare(
    Gate(
        name="xor_both",
        title="XOR inside one source",
        called="Video and its sound track",
        family="Composites",
        rule="x1 = (a, b), x2 = b, y = a XOR b, fair bits",
        sentence="Modality 1 holds both halves of the puzzle, so what was synergy is now its own.",
        story="A video with its sound track against the sound alone: the sarcasm is in the video already.",
        names=("video with sound", "sound", "irony"),
        taxonomy="uniqueness, dominance (of modality 1)",
        reference="Bertschinger et al. 2014, arXiv 1311.2852 (one source a function of the other); target: the third variable",
        build=of_events([((a, b), b, a ^ b) for a, b in itertools.product(_BITS, repeat=2)]),
        truth=fixed(0.0, 1.0, 0.0, 0.0),
        expected_source="x2 is a function of x1: U2 = S = 0, R = I(X2;Y) = 0, U1 = I(X1;Y) = 1",
    )
)

declare(
    Gate(
        name="and_both",
        title="AND inside one source",
        called="Caption within an image",
        family="Composites",
        rule="x1 = (a, b), x2 = b, y = a AND b, fair bits",
        sentence="Modality 2 knows a part of what modality 1 knows: what it tells is shared, the rest is modality 1's own.",
        story="A caption that mentions one of the two things one must see in the image.",
        names=("image", "caption", "joke"),
        taxonomy="redundancy and uniqueness, dominance (of modality 1)",
        reference="Bertschinger et al. 2014, arXiv 1311.2852 (one source a function of the other); target: the third variable",
        build=of_events([((a, b), b, a & b) for a, b in itertools.product(_BITS, repeat=2)]),
        truth=fixed(AND_REDUNDANCY, 0.5, 0.0, 0.0),
        expected_source="x2 is a function of x1: U2 = S = 0, R = I(X2;Y) = h(1/4) - 1/2, U1 = I(X1;Y) - R = 1/2",
    )
)

declare(
    Gate(
        name="modulation",
        title="Modulation (F1)",
        called="Gesture and gaze",
        family="Composites",
        rule="y = x1 if x2 = 1, else a third label; independent fair bits",
        sentence="Modality 2 decides whether modality 1 is heard at all.",
        story="A gesture counts only while the person looks at you; otherwise nothing is meant.",
        names=("gesture", "gaze", "message"),
        taxonomy="uniqueness, modulation",
        reference="Rauh, Banerjee, Olbrich, Jost & Bertschinger 2017, arXiv 1701.07805; target: the third variable",
        build=of_events(
            [(a, b, a if b else 2) for a, b in itertools.product(_BITS, repeat=2)],
            ("0 go away", "1 come here"),
            ("0 looks away", "1 looks at you"),
            ("0 go away", "1 come here", "2 nothing meant"),
        ),
        truth=fixed(0.0, 0.5, 1.0, 0.0),
        expected_source="y tells x2, so no other table has these marginals: S = 0, U1 = I12 - I2 = 3/2 - 1, U2 = I12 - I1 = 3/2 - 1/2, R = 0",
    )
)
