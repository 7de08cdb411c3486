"""What a referee would try: a plain model beside the numbers, and worlds of known truth beside every verdict.

Truth comes from outside the estimator: closed forms of the generators, or a solved table of the states that the columns were measured
from, cut so finely that nothing is lost.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmexplore as mm
from mmexplore.estimators.predictive import folds
from mmexplore.labs.yourdata.advice import SMALL, advise
from mmexplore.labs.yourdata.evidence import Evidence, Predicted, evidence_of_predictors
from mmexplore.labs.yourdata.headline import Headline, headline_of

NAMES = ("audio", "text", "the mood")
LEAST = 0.01  # bit: what is claimed must be at least so much in truth
CUTS = 40  # cells of a measured column, for the truth
REAL = {"wine": 120, "iris": 150, "breast_cancer": 300, "diabetes": 442, "digits_parity": 450}
INFORMATIONS = ("i1", "i2", "i12")


@dataclass(frozen=True)
class World:
    """Rows, and what is true of where they come from: informations, atoms and the gain over additions, in bits; some may be unknown."""

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    truth: dict[str, float]


def beyond_addition(p: np.ndarray) -> float:
    """I12 less the information of the best model whose log odds are a sum over x1 and x2, of a table with two classes."""
    ones, both = p[:, :, 1], p.sum(axis=2)
    k1, k2 = both.shape

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = w[:k1, None] + w[None, k1:]
        off = both * expit(z) - ones
        return float((both * np.logaddexp(0, z) - ones * z).sum()), np.concatenate([off.sum(axis=1), off.sum(axis=0)])

    best = minimize(loss, np.zeros(k1 + k2), jac=True, method="L-BFGS-B", options={"maxiter": 3000}).fun / np.log(2)
    seen = p[p > 0] / np.broadcast_to(both[:, :, None], p.shape)[p > 0]
    return float(best + (p[p > 0] * np.log2(seen)).sum())


def truth_of(p: np.ndarray) -> dict[str, float]:
    r = mm.pid(p)
    names = ("redundancy", "unique1", "unique2", "synergy", *INFORMATIONS)
    return {name: float(getattr(r, name)) for name in names} | {"interaction": beyond_addition(p)}


def measured(gate: str, n: int, seed: int, sd: float, noise: float = 0.0, extra: int = 1) -> World:
    """States of a gate as numbers with Gaussian noise, beside columns of noise alone."""
    p, rng = mm.gate(gate, noise=noise), np.random.default_rng(seed)
    k1, k2, y = np.unravel_index(rng.choice(p.size, n, p=p.ravel()), p.shape)
    x1, x2 = (np.c_[k + sd * rng.normal(size=n), rng.normal(size=(n, extra))] for k in (k1, k2))
    channels = []
    for states in p.shape[:2]:
        edges = np.r_[-np.inf, np.linspace(-3 * sd, states - 1 + 3 * sd, CUTS - 1), np.inf]
        channels.append(np.diff(norm.cdf((edges - np.arange(states)[:, None]) / sd), axis=1))
    fine = np.einsum("kly,ka,lb->aby", p, *channels)
    return World(x1, x2, y, truth_of(fine / fine.sum()))


def made(name: str, n: int, seed: int, interaction: float | None, **values: object) -> World:
    d = mm.make(name, n=n, seed=seed, **values)
    names = ("redundancy", "unique1", "unique2", "synergy", *INFORMATIONS)
    known = {k: float(v) for k in names if (v := getattr(d.truth, k)) is not None}
    return World(
        d.x1, d.x2, np.asarray(d.y).ravel(), known | ({} if interaction is None else {"interaction": interaction})
    )


def shuffled(world: World, seed: int) -> World:
    names = ("redundancy", "unique1", "unique2", "synergy", *INFORMATIONS, "interaction")
    return World(world.x1, world.x2, np.random.default_rng(seed).permutation(world.y), dict.fromkeys(names, 0.0))


WORLDS = {
    "hidden xor": lambda: made("hidden-gate", 240, 1, 1.0),
    "weak mixture": lambda: made("mixture", 240, 0, 0.0, distance=1.0),
    "sign of a sum": lambda: made("sign-sum", 300, 0, 0.0),
    "latent": lambda: made("latent", 240, 0, None, d=2, t=4),
    "and": lambda: measured("and", 240, 0, 0.2, noise=0.1),
    "xor": lambda: measured("xor", 240, 1, 0.3, noise=0.1),
    "redundant": lambda: measured("rdn", 300, 0, 0.2),
    "unique": lambda: measured("unq2", 240, 0, 0.2, noise=0.05),
    "shuffled sum": lambda: shuffled(made("sign-sum", 240, 0, 0.0), 1),
    "shuffled and": lambda: shuffled(measured("and", 240, 0, 0.2), 1),
}


def real(name: str) -> World:
    rows = mm.real_samples(name)
    keep = np.sort(np.random.default_rng(0).permutation(len(rows.y))[: REAL[name]])
    return World(rows.x1[keep], rows.x2[keep], rows.y[keep], {})


@pytest.fixture(scope="module")
def answers():
    """A world with what predictors say of it, by name; each is fitted once, in 5 folds (few rows would get 10, at twice the price)."""
    made: dict[str, tuple[World, Headline]] = {}

    def answer(name: str) -> tuple[World, Headline]:
        if name not in made:
            world = real(name) if name in REAL else WORLDS[name]()
            made[name] = world, answered(world, 0 if name in REAL else 19)
        return made[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folds, "MORE_FOLDS", folds.FOLDS)
        yield answer


def answered(world: World, draws: int) -> Headline:
    estimate = mm.estimate_pid(world.x1, world.x2, world.y, estimator="predictive", target="label", draws=draws)
    return headline_of(estimate, np.arange(estimate.n))


def wrong(headline: Headline, truth: dict[str, float]) -> list[str]:
    """Claims that the truth contradicts, with what is true."""
    evidence = evidence_of_predictors(headline, NAMES)
    size = truth.get("i12", np.inf)
    known = dict(truth)
    for key, more, less in (("lose1", "i12", "i2"), ("lose2", "i12", "i1"), ("better", "i1", "i2")):
        if more in truth and less in truth:
            known[key] = truth[more] - truth[less]
    known |= {key: truth[other] for key, other in (("anything", "i12"), ("fusion", "interaction")) if other in truth}
    failed = []
    for claim in advise(evidence).claims:
        true = known.get(claim.key)
        if claim.verdict == "unclear" or true is None:
            continue
        low, high = evidence.intervals.get(claim.key, (0.0, 0.0))
        if claim.key == "better":
            named = evidence.value["i1"] - evidence.value["i2"]
            fine = claim.verdict == "yes" and true * named > 0
        elif claim.verdict == "yes":
            fine = true >= LEAST
        else:
            fine = true <= SMALL * size + 0.5 * (high - low)
        if not fine:
            failed.append(f"{claim.key} {claim.verdict}, in truth {true:.3f} bit: {claim.sentence} ({claim.reason})")
    return failed


def plain(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """log2 p(y|x) / p(y) of every row by standardised logistic regression of the other four fifths, (n,)."""
    classes, codes = np.unique(y, return_inverse=True)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    split = StratifiedKFold(5, shuffle=True, random_state=0)
    p = cross_val_predict(model, x, codes, cv=split, method="predict_proba")
    shares = np.bincount(codes, minlength=len(classes)) / len(codes)
    return np.log2(p[np.arange(len(codes)), codes] / shares[codes])


@pytest.mark.parametrize("name", [*REAL, *WORLDS])
def test_no_information_falls_behind_logistic_regression_or_exceeds_the_entropy(name, answers):
    # one standard error for real data; two where the rows are those of a model that logistic regression is right or nearly right about
    world, headline = answers(name)
    used = headline.rows.index
    sides = {"i1": world.x1, "i2": world.x2, "i12": np.concatenate([world.x1, world.x2], axis=1)}
    shares = np.bincount(headline.rows.codes) / headline.rows.n
    entropy = float(-(shares * np.log2(shares)).sum())
    assert headline.entropy == pytest.approx(entropy, abs=1e-9)
    for key in INFORMATIONS:
        ahead = getattr(headline.rows, key) - plain(sides[key], world.y)[used]
        se = ahead.std(ddof=1) / np.sqrt(len(ahead))
        assert ahead.mean() >= -(1 if name in REAL else 2) * se - 1e-9, (
            f"{key} is {-ahead.mean():.3f} bit below logistic regression, se {se:.3f}"
        )
        assert headline.readings[key].value <= entropy + 1e-9


@pytest.mark.parametrize("name", WORLDS)
def test_no_verdict_is_contradicted_by_the_truth(name, answers):
    world, headline = answers(name)
    assert wrong(headline, world.truth) == []


def test_the_verdicts_are_not_all_unclear(answers):
    said = {name: advise(evidence_of_predictors(answers(name)[1], NAMES)) for name in WORLDS}
    verdicts = {name: {claim.key: claim.verdict for claim in one.claims} for name, one in said.items()}
    for name in WORLDS:
        assert (verdicts[name]["anything"] == "yes") == (not name.startswith("shuffled")), name
    assert all("yes" not in verdicts[name].values() for name in WORLDS if name.startswith("shuffled"))
    for name in ("hidden xor", "sign of a sum", "and", "xor"):
        assert verdicts[name]["synergy"] == verdicts[name]["lose1"] == verdicts[name]["lose2"] == "yes", name
    assert verdicts["hidden xor"]["fusion"] == verdicts["xor"]["fusion"] == "yes"
    assert verdicts["redundant"]["redundancy"] == verdicts["latent"]["redundancy"] == "yes"
    assert verdicts["unique"]["better"] == verdicts["unique"]["lose2"] == "yes"
    assert said["unique"].claim("better").sentence.startswith("If there can be only one, take text")


def test_two_modalities_that_tell_nothing_alone_are_not_called_equally_good(answers):
    _, headline = answers("hidden xor")
    better = advise(evidence_of_predictors(headline, NAMES)).claim("better")
    assert better.verdict == "unclear" and better.sentence.startswith("Cannot tell which of audio and text")


# ---- every sentence by made-up evidence

ONE, TWO, TARGET = "Ada", "Bo", "Yen"
SPACE = {
    "lose1": ("yes", "no", "unclear"),
    "lose2": ("yes", "no", "unclear"),
    "better": ("first", "second", "unclear"),
    "synergy": ("yes", "no", "unclear"),
    "fusion": ("yes", "unclear"),
    "redundancy": ("yes", "unclear"),
}


def imagined(wanted: dict[str, str], unit: str = "bit") -> Evidence:
    """Evidence of predictors that has to give these verdicts."""
    i1, i2 = {"first": (0.6, 0.3), "second": (0.3, 0.6), "unclear": (0.5, 0.45)}[wanted["better"]]
    value = {"i1": i1, "i2": i2, "i12": 1.0, "redundancy": 0.2, "unique1": 0.35, "unique2": 0.1, "synergy": 0.25}
    wide = value | {"lose1": 1.0 - i2, "lose2": 1.0 - i1, "better": i1 - i2}
    sure = {key: (v - 0.1, v + 0.1) for key, v in wide.items()}
    vague = {key: (0.0, v + 0.6) for key, v in wide.items()} | {"better": (-0.4, 0.5)}
    intervals = {key: (vague if wanted.get(key) in ("unclear", "no") else sure)[key] for key in wide}
    most = {key: 0.04 if wanted[key] == "no" else 0.9 for key in ("lose1", "lose2", "synergy")}
    seen = Predicted(most, (0.123, 0.05, 0.2), wanted["fusion"] == "yes", wanted["synergy"] == "yes")
    return Evidence(
        value,
        intervals,
        {"i12": 1e-9},
        p_no_synergy=0.01,
        light="green",
        names=(ONE, TWO, TARGET),
        predictors=seen,
        unit=unit,
    )


PATTERNS = {
    "lose yes": r"A model of (?P<other>\w+) alone loses (?P<adds>[\d.]+) \w+ \((?P<share>\d+)%\) of what the two tell, most of it (?P<mostly>.*)\.",
    "lose no": r"A model of (?P<other>\w+) alone loses next to nothing: (?P<name>\w+) adds at most 0\.0\d+ \w+, whatever predictors miss\.",
    "lose unclear": r"Cannot tell whether (?P<name>\w+) adds anything to (?P<other>\w+): .*",
    "better yes": r"If there can be only one, take (?P<name>\w+): predictors find 0\.[23]\d+ \w+ more in it than in (?P<other>\w+)\.",
    "better unclear": r"Cannot tell which of (?P<name>\w+) and (?P<other>\w+) is the better one alone\.",
    "synergy yes": r"0\.\d+ \w+ \(25%\) show only .*: synergy, unless the predictors of Ada and Bo alone miss together more than that\.",
    "synergy no": r"There is next to no synergy: at most 0\.0\d+ \w+, whatever predictors miss\.",
    "synergy unclear": r"No synergy is established\. The predictors find 0\.\d+ \w+; what they miss could be up to 0\.\d+ \w+\.",
    "fusion yes": r"Use a model that sees both modalities together: joint predictors tell 0\.\d+ \w+ more than any combination .* that was tried\.",
    "fusion unclear": r"Start with late fusion, .* That does not exclude an interaction which none of them found\.",
    "redundancy yes": r"Ada and Bo repeat 0\.\d+ \w+ \(20%\) of what they tell: .*",
    "redundancy unclear": r"Cannot tell whether Ada and Bo repeat each other\.",
}


def parts(claim) -> dict[str, str]:
    kind = "lose" if claim.key.startswith("lose") else claim.key
    match = re.fullmatch(PATTERNS[f"{kind} {claim.verdict}"], claim.sentence)
    assert match, claim.sentence
    assert "-" not in claim.sentence.replace("next to", ""), "no sentence holds a negative number"
    return match.groupdict()


@pytest.mark.parametrize("better", SPACE["better"])
def test_every_sentence_names_the_right_modality(better):
    for choice in itertools.product(*(states for key, states in SPACE.items() if key != "better")):
        wanted = dict(zip([key for key in SPACE if key != "better"], choice, strict=True)) | {"better": better}
        evidence = imagined(wanted)
        advice = advise(evidence)
        assert [claim.key for claim in advice.claims] == ["anything", *SPACE]
        assert advice.sentences[0] == "Ada and Bo tell something of Yen."
        for claim in advice.claims[1:]:
            expected = "yes" if wanted[claim.key] in ("first", "second") else wanted[claim.key]
            assert claim.verdict == expected, claim
            names = parts(claim)
            if claim.key.startswith("lose"):
                name, other = (ONE, TWO) if claim.key == "lose1" else (TWO, ONE)
                assert names["other"] == other and names.get("name", name) == name
                if expected == "yes":
                    lost = 1.0 - evidence.value["i2" if claim.key == "lose1" else "i1"]
                    unique = evidence.value["unique1" if claim.key == "lose1" else "unique2"] > lost / 2
                    assert (
                        float(names["adds"]) == pytest.approx(lost, abs=6e-4) and names["share"] == f"{lost:.0%}"[:-1]
                    )
                    assert names["mostly"] == (
                        f"unique to {name}" if unique else "only when the two are known together"
                    )
            if claim.key == "better":
                first = (ONE, TWO) if wanted["better"] != "second" else (TWO, ONE)
                assert (names["name"], names["other"]) == first


def test_sentences_in_nats_scale_every_amount_and_no_share():
    wanted = dict.fromkeys(SPACE, "yes") | {"better": "second"}
    bits, nats = (advise(imagined(wanted, unit)) for unit in ("bit", "nat"))
    for one, other in zip(bits.claims[1:], nats.claims[1:], strict=True):
        amounts = [[float(v) for v in re.findall(r"([\d.]+) (?:bit|nat)", c.sentence)] for c in (one, other)]
        assert amounts[1] == pytest.approx([np.log(2) * v for v in amounts[0]], abs=1e-3) and amounts[0]
        assert re.findall(r"\d+%", one.sentence) == re.findall(r"\d+%", other.sentence)
        assert " bit" not in other.sentence + other.reason


@pytest.mark.parametrize("light", ["green", "amber", "red"])
def test_chance_or_few_rows_leave_nothing_to_claim(light):
    evidence = dataclasses.replace(imagined(dict.fromkeys(SPACE, "yes") | {"better": "first"}), light=light)
    claims = advise(evidence).claims
    assert {c.key: c.verdict for c in claims} == {"anything": "yes"} | dict.fromkeys(
        SPACE, "unclear" if light == "red" else "yes"
    )
    (only,) = advise(dataclasses.replace(evidence, p_target={"i12": 0.2})).claims
    assert only.verdict == "unclear" and only.sentence.startswith("Cannot tell whether Ada and Bo tell anything of Yen")


def test_a_p_value_too_small_to_know_is_not_zero():
    reason = (
        advise(dataclasses.replace(imagined(dict.fromkeys(SPACE, "yes") | {"better": "first"}), p_target={"i12": 0.0}))
        .claims[0]
        .reason
    )
    assert "p < 1e-06" in reason and "p = 0 " not in reason
