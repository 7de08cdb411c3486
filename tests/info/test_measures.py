from __future__ import annotations

import math

import numpy as np
import pytest

from mmexplore.info.pid import pid
from tests.info.tables import (
    AND,
    BOOM,
    COPY,
    DIFF,
    DYADIC,
    FIG4B,
    GATES,
    GBAND,
    NOT_TWO,
    OR,
    PROB1,
    PWUNQ,
    RDN,
    RDNERR,
    RDNUNQXOR,
    RDNXOR,
    REDUCED_OR,
    SUBTLE,
    SUM,
    TRIADIC,
    UNQ1,
    XOR,
    correlated_copy,
    random_table,
)

L43, L32, L34, L23, L3 = (math.log2(x) for x in (4 / 3, 3 / 2, 3 / 4, 2 / 3, 3))
AND_SX = ((L43 + math.log2(8 / 9)) / 2, (2 * L32 + L34) / 4, (2 * L32 + L34) / 4, 0.75 * L43)
REDUCED_OR_SX = (L43 / 2 - 1 / 2, L43 / 2 + L3 / 4, L43 / 2 + L3 / 4, math.log2(9 / 8) / 2)

# measure, name of the table, table, (R, U1, U2, S), how far the printed digits reach
PUBLISHED = [
    # Williams & Beer 2010, Fig. 4; Griffith & Koch 2014: the two-bit copy counts as shared
    ("imin", "SUBTLE", SUBTLE, (0.5850, 0.3333, 0.3333, 0.3333), 5e-5),
    ("imin", "FIG4B", FIG4B, (0.5, 0, 0.5, 0.5), 1e-12),
    ("imin", "COPY", COPY, (1, 0, 0, 1), 1e-12),
    ("imin", "AND", AND, (0.3113, 0, 0, 0.5), 5e-5),
    ("imin", "SUM", SUM, (0.5, 0, 0, 1), 1e-12),
    ("imin", "RDNXOR", RDNXOR, (1, 0, 0, 1), 1e-12),
    ("imin", "RDNUNQXOR", RDNUNQXOR, (2, 0, 0, 2), 1e-12),
    ("imin", "REDUCED_OR", REDUCED_OR, (0.3113, 0, 0, 0.6887), 5e-5),
    # the test values of the dit package, an independent implementation
    ("imin", "PROB1", PROB1, (0.019973094021974794, 0.15097750043269376, 0, 0), 1e-12),
    # Ince 2017: the published output of the author's examples
    ("ccs", "SUBTLE", SUBTLE, (0.3900, 0.5283, 0.5283, 0.1383), 5e-5),
    ("ccs", "FIG4B", FIG4B, (0, 0.5, 1, 0), 1e-12),
    ("ccs", "COPY", COPY, (0, 1, 1, 0), 1e-12),
    ("ccs", "RDN", RDN, (1, 0, 0, 0), 1e-12),
    ("ccs", "OR", OR, (0.1038, 0.2075, 0.2075, 0.2925), 5e-5),
    ("ccs", "AND", AND, (0.1038, 0.2075, 0.2075, 0.2925), 5e-5),
    ("ccs", "XOR", XOR, (0, 0, 0, 1), 1e-12),
    ("ccs", "SUM", SUM, (0, 0.5, 0.5, 0.5), 1e-12),
    ("ccs", "RDNXOR", RDNXOR, (1, 0, 0, 1), 1e-12),
    ("ccs", "RDNUNQXOR", RDNUNQXOR, (1, 1, 1, 1), 1e-12),
    ("ccs", "REDUCED_OR", REDUCED_OR, (0, 0.3113, 0.3113, 0.3774), 5e-5),
    ("ccs", "PWUNQ", PWUNQ, (0, 0.5, 0.5, 0), 1e-12),
    # dit: a giant bit beside AND, whose redundancy is less than the sum of the two
    ("ccs", "GBAND", GBAND, (0.81127812445913283, 0.5, 0.5, 0), 1e-12),
    # James, Emenheiser & Crutchfield 2018 (REDUCED OR, and AND from its three-source copy); the rest as computed by dit
    ("dep", "REDUCED_OR", REDUCED_OR, (0.073761301440421256, 0.23751682301871169, 0.23751682301871169, 0.4512), 5e-5),
    ("dep", "AND", AND, (0.081704409646414788, 0.22957374150893717, 0.22957374150893717, 0.27042624480113808), 1e-6),
    ("dep", "NOT_TWO", NOT_TWO, (0.0054, 0.0146, 0.0146, 0.5364), 5e-5),
    ("dep", "BOOM", BOOM, (0.2953, 0.3713, 0.3713, 0.0878), 5e-5),
    ("dep", "COPY", COPY, (0, 1, 1, 0), 1e-12),
    ("dep", "XOR", XOR, (0, 0, 0, 1), 1e-12),
    ("dep", "PWUNQ", PWUNQ, (0.25, 0.25, 0.25, 0.25), 1e-12),
    ("dep", "RDNXOR", RDNXOR, (1, 0, 0, 1), 1e-12),
    ("dep", "RDNUNQXOR", RDNUNQXOR, (1, 1, 1, 1), 1e-12),
    # Finn & Lizier 2018: the examples of Sec. 5
    ("pm", "PWUNQ", PWUNQ, (0, 0.5, 0.5, 0), 1e-12),
    ("pm", "RDNERR", RDNERR, (1, 0, -0.811, 0.811), 5e-4),
    ("pm", "XOR", XOR, (0, 0, 0, 1), 1e-12),
    ("pm", "UNQ1", UNQ1, (1, 0, -1, 1), 1e-12),
    ("pm", "COPY", COPY, (1, 0, 0, 1), 1e-12),
    ("pm", "RDN", RDN, (1, 0, 0, 0), 1e-12),
    ("pm", "AND", AND, (0.561, -0.25, -0.25, 0.75), 5e-4),
    # Makkeh, Gutknecht & Wibral 2021: the authors' pointwise values of the gates, averaged; REDUCED OR: dit
    ("sx", "XOR", XOR, (L23, L32, L32, L43), 1e-12),
    ("sx", "UNQ1", UNQ1, (L43, L32, L34, L43), 1e-12),
    ("sx", "RDN", RDN, (1, 0, 0, 0), 1e-12),
    ("sx", "COPY", COPY, (L43, L32, L32, L43), 1e-12),
    ("sx", "PWUNQ", PWUNQ, (0, 0.5, 0.5, 0), 1e-12),
    ("sx", "AND", AND, AND_SX, 1e-12),
    ("sx", "REDUCED_OR", REDUCED_OR, REDUCED_OR_SX, 1e-12),
    # Griffith et al. 2014: only what both know without fail
    ("wedge", "RDNXOR", RDNXOR, (1, 0, 0, 1), 1e-12),
    ("wedge", "AND", AND, (0, 0.3113, 0.3113, 0.1887), 5e-5),
    ("wedge", "SUBTLE", SUBTLE, (0, 0.9183, 0.9183, -0.2516), 5e-5),
    ("wedge", "TRIADIC", TRIADIC, (1, 0, 0, 1), 1e-12),
    ("wedge", "DYADIC", DYADIC, (0, 1, 1, 0), 1e-12),
    # Goodwell & Kumar 2017: independent sources share nothing; PWUNQ and DIFF: dit
    ("rr", "AND", AND, (0, 0.3113, 0.3113, 0.1887), 5e-5),
    ("rr", "PWUNQ", PWUNQ, (1 / 3, 1 / 6, 1 / 6, 1 / 3), 1e-12),
    ("rr", "DIFF", DIFF, (0.15107, 0.16021, 0.16021, 0.02851), 1e-5),
    # Harder, Salge & Polani 2013; DIFF and BOOM, where it leaves BROJA: dit
    ("proj", "AND", AND, (0.3113, 0, 0, 0.5), 5e-5),
    ("proj", "COPY", COPY, (0, 1, 1, 0), 1e-9),
    ("proj", "DIFF", DIFF, (0.16503749927884365, 0.1462406251802893, 0.1462406251802893, 0.04248125036057776), 1e-9),
    ("proj", "BOOM", BOOM, (0.5, 1 / 6, 1 / 6, L32 / 2), 1e-9),
]


@pytest.mark.rounding
@pytest.mark.parametrize(
    ("measure", "name", "table", "atoms", "digits"), PUBLISHED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_published_values(measure, name, table, atoms, digits):
    assert pid(table, measure).atoms == pytest.approx(atoms, abs=digits)


@pytest.mark.parametrize("agree", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("measure", ["proj", "broja", "dep"])
def test_identity_axiom(measure, agree):
    # Harder et al. 2013: of a target that is both sources, I(X1;X2) is redundant
    entropy = -agree * math.log2(agree) - (1 - agree) * math.log2(1 - agree)
    assert pid(correlated_copy(agree), measure).redundancy == pytest.approx(1 - entropy, abs=2e-9)


@pytest.mark.parametrize("agree", [0.5, 0.8, 0.95])
def test_ccs_of_the_correlated_copy(agree):
    # i1 = i2 = 1 everywhere; where the bits agree i12 = -log2(agree / 2) and c > 0, elsewhere c < 0 and is left out
    expected = agree * (2 + math.log2(agree / 2))
    assert pid(correlated_copy(agree), "ccs").redundancy == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", GATES)
def test_measures_of_the_target_marginals_bound_broja(name):
    # Bertschinger et al. 2014, Lemma 3: a measure that sees only p(x1,y), p(x2,y) and has S >= 0 finds at least BROJA's
    # redundancy; I_dep takes I* from two tables of the set over which BROJA minimises, and finds at most that
    broja = pid(GATES[name], "broja")
    slack = broja.gap + 1e-9
    for measure in ("mmi", "imin", "proj"):
        assert pid(GATES[name], measure).redundancy >= broja.redundancy - slack
    assert pid(GATES[name], "dep").redundancy <= broja.redundancy + slack


@pytest.mark.parametrize("seed", range(20))
def test_specific_information_literally(seed):
    p = random_table(seed, (3, 4, 3), 0.6)
    total = 0.0
    for y in range(3):
        py = p[:, :, y].sum()
        if py == 0:
            continue
        both = []
        for joint in (p.sum(axis=1), p.sum(axis=0)):
            used = [x for x in range(joint.shape[0]) if joint[x, y] > 0]
            both.append(sum(joint[x, y] / py * math.log2(joint[x, y] / joint[x].sum() / py) for x in used))
        total += py * min(both)
    assert pid(p, "imin").redundancy == pytest.approx(total, abs=1e-13)


def mass(event: set[tuple[int, int, int, float]]) -> float:
    return math.fsum(outcome[3] for outcome in event)


@pytest.mark.parametrize("seed", range(20))
def test_pointwise_measures_from_events(seed):
    # both definitions spelled out on sets of outcomes, with no marginal in sight
    p = random_table(seed, (3, 3, 2), 0.6)
    outcomes = [(*map(int, cell), float(p[tuple(cell)])) for cell in np.argwhere(p > 0)]
    sx = pm = 0.0
    for x1, x2, y, weight in outcomes:
        has1 = {o for o in outcomes if o[0] == x1}
        has2 = {o for o in outcomes if o[1] == x2}
        has_y = {o for o in outcomes if o[2] == y}
        sx += weight * math.log2(mass((has1 | has2) & has_y) / mass(has_y) / mass(has1 | has2))
        specificity = min(-math.log2(mass(event)) for event in (has1, has2))
        ambiguity = min(-math.log2(mass(event & has_y) / mass(has_y)) for event in (has1, has2))
        pm += weight * (specificity - ambiguity)
    assert pid(p, "sx").redundancy == pytest.approx(sx, abs=1e-13)
    assert pid(p, "pm").redundancy == pytest.approx(pm, abs=1e-13)


@pytest.mark.parametrize("seed", range(10))
def test_rescaled_redundancy_lies_between_its_bounds(seed):
    r = pid(random_table(seed, (3, 4, 3), 0.7), "rr")
    assert max(0.0, r.coinformation) - 1e-12 <= r.redundancy <= min(r.i1, r.i2) + 1e-12


def test_rescaled_redundancy_of_identical_modalities_is_all_of_it():
    p = np.zeros((2, 2, 2))
    p[0, 0], p[1, 1] = (0.4, 0.1), (0.2, 0.3)
    r = pid(p, "rr")
    assert (r.redundancy, r.unique1, r.unique2, r.synergy) == pytest.approx((r.i12, 0, 0, 0), abs=1e-14)
