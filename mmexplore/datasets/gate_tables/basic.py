"""The four pure cases, one atom each: RDN, UNQ1, UNQ2, XOR.

Griffith & Koch 2014, "Quantifying Synergistic Mutual Information" (arXiv 1205.4265); the last variable is the target.
"""

from __future__ import annotations

from mmexplore.datasets.gate_tables import Gate, declare, fixed, of_bits, of_events

_GK = "Griffith & Koch 2014, arXiv 1205.4265; target: the third variable"

declare(
    Gate(
        name="rdn",
        title="RDN",
        called="A barking dog",
        family="One atom each",
        rule="x1 = x2 = y, a fair bit",
        sentence="Both modalities say the same, and each says all of it.",
        story="A dog is both seen and heard barking: picture and sound each settle whether there is a dog.",
        names=("picture", "sound", "dog"),
        taxonomy="redundancy, equivalence",
        reference=_GK,
        build=of_events(
            [(0, 0, 0), (1, 1, 1)],
            ("0 no dog seen", "1 dog seen"),
            ("0 silence", "1 barking"),
            ("0 no dog", "1 dog"),
        ),
        truth=fixed(1.0, 0.0, 0.0, 0.0),
        expected_source="x1 = x2, so U1 = U2 = S = 0 and R = I(X1;Y) = H(Y) = 1",
    )
)

declare(
    Gate(
        name="unq1",
        title="UNQ1",
        called="The news reader",
        family="One atom each",
        rule="y = x1; x2 an independent fair bit",
        sentence="Modality 1 decides alone; modality 2 is chatter.",
        story="A news reader's words carry the weather forecast; the colour of the tie carries nothing.",
        names=("words", "tie", "forecast"),
        taxonomy="uniqueness, dominance (of modality 1)",
        reference="elementary; dit lists it as UNQ1; target: the third variable",
        build=of_bits(
            lambda a, b: a,
            ("0 says rain", "1 says sun"),
            ("0 blue tie", "1 red tie"),
            ("0 rain", "1 sun"),
        ),
        truth=fixed(0.0, 1.0, 0.0, 0.0),
        expected_source="I(X2;Y) = 0, so R = U2 = 0; U1 = I(X1;Y) = 1 and S = I(X1,X2;Y) - 1 = 0",
    )
)

declare(
    Gate(
        name="unq2",
        title="UNQ2",
        called="The scan",
        family="One atom each",
        rule="y = x2; x1 an independent fair bit",
        sentence="Modality 2 decides alone; modality 1 is chatter.",
        story="The scan shows the illness; the colour of the folder it came in shows nothing.",
        names=("folder", "scan", "diagnosis"),
        taxonomy="uniqueness, dominance (of modality 2)",
        reference="elementary; UNQ1 with the modalities swapped; target: the third variable",
        build=of_bits(
            lambda a, b: b,
            ("0 blue folder", "1 red folder"),
            ("0 clear scan", "1 shadow"),
            ("0 healthy", "1 ill"),
        ),
        truth=fixed(0.0, 0.0, 1.0, 0.0),
        expected_source="I(X1;Y) = 0, so R = U1 = 0; U2 = I(X2;Y) = 1 and S = I(X1,X2;Y) - 1 = 0",
    )
)

declare(
    Gate(
        name="xor",
        title="XOR",
        called="Sarcasm",
        family="One atom each",
        rule="y = x1 XOR x2, independent fair bits",
        sentence="Each modality alone says nothing; the two together say everything.",
        story="Sarcasm: praise in a mocking tone is meant badly, a complaint in a mocking tone is friendly teasing; "
        "neither words nor tone alone tell.",
        names=("words", "tone", "meaning"),
        taxonomy="synergy, emergence",
        reference=_GK,
        build=of_bits(
            lambda a, b: a ^ b,
            ("0 praise", "1 complaint"),
            ("0 sincere", "1 mocking"),
            ("0 meant well", "1 meant badly"),
        ),
        truth=fixed(0.0, 0.0, 0.0, 1.0),
        expected_source="I(X1;Y) = I(X2;Y) = 0, so R = U1 = U2 = 0 and S = I(X1,X2;Y) = 1",
    )
)
