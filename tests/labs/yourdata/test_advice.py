from __future__ import annotations

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.errors import BadData
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.labs.yourdata.advice import ALPHA, advise
from mmexplore.labs.yourdata.evidence import Evidence, evidence_of
from mmexplore.labs.yourdata.selection import SUITE, nearest, selection_sentence

NAMES = ("audio", "text", "the mood")


def evidence(r=0.2, u1=0.1, u2=0.05, s=0.3, half=0.02, **more):
    value = {"redundancy": r, "unique1": u1, "unique2": u2, "synergy": s, "i1": r + u1, "i2": r + u2}
    value["i12"] = r + u1 + u2 + s
    wide = value | {"lose1": u1 + s, "lose2": u2 + s, "better": u1 - u2}
    given = {
        "intervals": {k: (v - half if k == "better" else max(v - half, 0.0), v + half) for k, v in wide.items()},
        "p_target": {"i12": 0.005, "synergy": 0.005},
        "p_no_synergy": 0.005,
        "p_within": 0.005,
        "p_within_below": 1.0,
        "light": "green",
        "names": NAMES,
    }
    return Evidence(value=value, **(given | more))


def verdicts(e):
    return {claim.key: claim.verdict for claim in advise(e).claims}


def test_strong_evidence_is_said_outright():
    found = advise(evidence())
    assert {c.key: c.verdict for c in found.claims} == dict.fromkeys(
        ("anything", "lose1", "lose2", "better", "synergy", "fusion", "redundancy"), "yes"
    )
    assert "A model of text alone loses 0.400 bit (62%)" in found.claim("lose1").sentence
    assert found.claim("lose1").sentence.endswith("most of it only when the two are known together.")
    assert "take audio: alone it tells 0.050 bit more than text" in found.claim("better").sentence
    assert "interaction terms" in found.claim("fusion").sentence
    assert "95% interval 0.28 to 0.32, p = 0.005 among rows drawn without synergy" in found.claim("synergy").reason
    assert found.claim("nothing") is None


def test_nothing_is_read_into_a_table_that_chance_explains():
    found = advise(evidence(p_target={"i12": 0.3}))
    assert [c.verdict for c in found.claims] == ["unclear"] and found.nearest == ()
    assert found.sentences[0].startswith("Cannot tell whether audio and text tell anything of the mood")
    assert verdicts(evidence(p_target={})) == {"anything": "unclear"}
    assert verdicts(evidence(p_target={"i12": ALPHA}))["anything"] == "yes"


@pytest.mark.parametrize(
    "key, change",
    [
        ("lose1", {"u1": 0.01, "s": 0.03, "half": 0.05}),
        ("lose2", {"u2": 0.01, "s": 0.03, "half": 0.05}),
        ("better", {"u1": 0.05}),
        ("synergy", {"s": 0.02, "half": 0.04}),
        ("synergy", {"p_no_synergy": 0.2}),
        ("synergy", {"p_no_synergy": None}),
        ("fusion", {"p_within": None}),
        ("fusion", {"p_within": 0.04}),
        ("fusion", {"p_no_synergy": 0.2}),
        ("redundancy", {"r": 0.02, "half": 0.04}),
    ],
)
def test_weak_evidence_is_no_claim(key, change):
    found = advise(evidence(**change)).claim(key)
    assert found.verdict == "unclear"
    assert found.sentence.startswith(("Cannot tell", "Start with late fusion"))


def test_few_rows_leave_everything_but_the_shuffle_unclear():
    found = advise(evidence(light="red"))
    assert {c.key for c in found.claims if c.verdict == "yes"} == {"anything"}
    assert all(c.sentence.startswith("Cannot tell") for c in found.claims if c.key != "anything")
    assert "too few rows" in found.claim("redundancy").reason


def test_no_intervals_no_claims():
    found = advise(evidence(intervals={}))
    assert {c.key for c in found.claims if c.verdict == "yes"} == {"anything"}
    assert "no interval" in found.claim("lose1").reason


def test_what_is_surely_small_is_denied():
    found = advise(evidence(r=0.5, u1=0.001, u2=0.001, s=0.001, half=0.005, p_no_synergy=0.5))
    assert found.claim("synergy").verdict == "no" and "at most 0.006 bit" in found.claim("synergy").sentence
    assert found.claim("fusion").verdict == "no" and "Late fusion is enough" in found.claim("fusion").sentence
    assert found.claim("lose1").verdict == "no" and "adds at most 0.007 bit" in found.claim("lose1").sentence
    assert found.claim("redundancy").verdict == "yes"
    other = advise(evidence(r=0.5, s=0.001, half=0.005, measure="mmi"))
    assert other.claim("fusion").verdict != "no" and other.nearest == ()  # what bounds the loss is BROJA's


def test_the_pairing_says_how_to_fuse():
    late = advise(evidence(p_within=0.4, p_within_below=0.6)).claim("fusion")
    assert late.sentence.startswith("Start with late fusion") and late.verdict == "unclear"
    twice = advise(evidence(p_within=1.0, p_within_below=0.005)).claim("fusion")
    assert "counts that twice" in twice.sentence
    unsure = advise(evidence(p_no_synergy=0.5)).claim("fusion")
    assert "the synergy itself is not sure" in unsure.sentence


def test_the_other_modality_is_named_when_it_is_better():
    assert (
        "take text: alone it tells 0.100 bit more than audio"
        in advise(evidence(u1=0.0, u2=0.1)).claim("better").sentence
    )


def test_a_table_that_is_no_sample_speaks_for_itself():
    r = mm.pid(mm.gate("xor"))
    value = {k: float(getattr(r, k)) for k in ("redundancy", "unique1", "unique2", "synergy", "i1", "i2", "i12")}
    found = advise(Evidence(value))
    assert found.claim("anything").sentence == "Together they tell 1.000 bit of the target."
    assert found.claim("synergy").verdict == "yes" and found.claim("redundancy").verdict == "no"
    assert found.claim("better").verdict == "no" and "equally good" in found.claim("better").sentence


def test_numbers_must_be_there():
    with pytest.raises(BadData, match="synergy is None; allowed: a finite number"):
        advise(Evidence({"redundancy": 1.0, "unique1": 0.0, "unique2": 0.0}))


def test_a_published_data_set_is_nearest_to_itself_in_any_unit():
    for name, atoms in SUITE.items():
        value = dict(zip(("redundancy", "unique1", "unique2", "synergy"), np.array(atoms) / np.log(2), strict=True))
        found = nearest(value)
        assert found[0].name == name and found[0].distance == pytest.approx(0, abs=1e-12)
        assert [f.distance for f in found] == sorted(f.distance for f in found) and found[-1].distance <= 2
    # by hand: shares (.25, .25, .25, .25) against mix 2, (.04, .06, 0, .07)/.17
    even = {f.name: f.distance for f in nearest(dict.fromkeys(value, 1.0))}
    assert even["mix 2"] == pytest.approx(abs(0.25 - 4 / 17) + abs(0.25 - 6 / 17) + 0.25 + abs(0.25 - 7 / 17))
    assert nearest(dict.fromkeys(value, 0.0)) == () and nearest(value, "mmi") == ()


def test_replicates_vote_for_the_nearest():
    value = dict(zip(("redundancy", "unique1", "unique2", "synergy"), SUITE["redundancy"], strict=True))
    draws = {k: np.array([v] * 3 + [o]) for (k, v), o in zip(value.items(), SUITE["mix 3"], strict=True)}
    first = nearest(value, draws=draws)[0]
    assert first.name == "redundancy" and first.share == 0.75
    said = selection_sentence(nearest(value, draws=draws), NAMES)
    assert "nearest to 'redundancy' (distance 0.00 of 2, in 75% of the replicates)" in said and "align" in said
    assert selection_sentence(()) == ""


def rows_of(gate, n, seed=0, **values):
    p = mm.gate(gate, **values)
    flat = np.random.default_rng(seed).choice(p.size, n, p=p.ravel())
    return np.unravel_index(flat, p.shape)


@pytest.mark.parametrize(
    "gate, expected",
    [
        ("xor", {"synergy": "yes", "fusion": "yes", "redundancy": "no", "better": "unclear"}),
        ("rdn", {"synergy": "no", "fusion": "no", "redundancy": "yes", "lose1": "no", "lose2": "no"}),
        ("unq1", {"lose1": "yes", "better": "yes", "lose2": "no", "redundancy": "no"}),
        ("and", {"synergy": "yes", "fusion": "yes", "redundancy": "yes", "lose1": "yes", "lose2": "yes"}),
    ],
)
def test_rows_of_known_gates_are_read_rightly(gate, expected):
    e = estimate(*rows_of(gate, 1500, noise=0.1), Settings(bootstraps=100, permutations=100))
    found = advise(evidence_of(e, NAMES))
    assert {key: found.claim(key).verdict for key in expected} == expected


def test_rows_without_any_link_are_read_as_such():
    rng = np.random.default_rng(3)
    unclear = 0
    for _ in range(12):
        e = estimate(*rng.integers(0, 3, (3, 300)), Settings(bootstraps=50, permutations=99))
        unclear += advise(evidence_of(e)).claims[0].verdict == "unclear"
    assert unclear >= 10  # 5 % are wrong on average; P(more than 2 of 12) = 2 %


def test_differences_have_the_intervals_of_their_replicates():
    e = estimate(*rows_of("and", 400, noise=0.1), Settings(bootstraps=200, permutations=20))
    low, high = evidence_of(e).intervals["better"]
    gap = e.draws["i1"] - e.draws["i2"]
    seen = e.plugin.i1 - e.plugin.i2
    assert high - low == pytest.approx(np.quantile(gap, 0.975) - np.quantile(gap, 0.025))
    assert low < seen < high
    bare = evidence_of(estimate(*rows_of("and", 400), Settings(bootstraps=0, permutations=0)))
    assert bare.intervals == {} and verdicts(bare) == {"anything": "unclear"}


@pytest.mark.parametrize("seed", range(6))
def test_a_combination_of_two_models_outputs_loses_at_most_the_synergy(seed):
    rng = np.random.default_rng(seed)
    # two states of each modality have one posterior but go with the other modality in different ways
    p = rng.dirichlet(np.ones(32)).reshape(4, 4, 2) if seed else np.repeat(np.repeat(mm.gate("xor"), 2, 0), 2, 1) / 4
    for axis in (0, 1):
        for _ in range(200):
            rest = p.sum(axis=1 - axis)  # (4, 2)
            post = rest / rest.sum(axis=1, keepdims=True)
            scale = np.ones_like(post)
            scale[1] = post[0] / post[1]
            p = p * (scale[:, None] if axis == 0 else scale[None])
            p /= p.sum()
    outputs = p.copy()
    for axis in (0, 1):
        rest = outputs.sum(axis=1 - axis)
        if np.allclose(rest[0] / rest[0].sum(), rest[1] / rest[1].sum(), atol=1e-9):
            outputs = np.moveaxis(outputs, axis, 0)
            outputs = np.concatenate([outputs[:1] + outputs[1:2], outputs[2:]])
            outputs = np.moveaxis(outputs, 0, axis)
    assert outputs.shape != p.shape
    full, late = mm.pid(p), mm.pid(outputs)
    assert full.i12 - late.i12 <= full.synergy + 1e-8
    assert late.union == pytest.approx(full.union, abs=1e-8)
