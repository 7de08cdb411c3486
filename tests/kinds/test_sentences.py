"""Every sentence of advice names the right modality with the right number and sign: all cases are generated and read back."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re

import numpy as np
import pytest

from mmexplore.estimators.mi import REGISTRY, MutualInformation
from mmexplore.estimators.predictive import Reading
from mmexplore.estimators.predictive.change import Change, sentence
from mmexplore.estimators.predictive.curve import LearningCurve, Point
from mmexplore.estimators.tables.estimate import Interval, Settings, estimate
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.evidence import DOUBT, Evidence, Predicted
from mmexplore.labs.yourdata.pair_numbers import Pair
from mmexplore.labs.yourdata.pair_report import standing_out
from mmexplore.labs.yourdata.study import Study, roles_of
from mmexplore.labs.yourdata.without_bins import WithoutBins, allowed
from mmexplore.labs.yourdata.without_bins_report import readings
from mmexplore.tabular import Roles, load
from mmexplore.types import PID
from mmexplore.ui.words import reading

NAMES = ("worst", "mean", "diagnosis")
CASES = {
    "R": (0.5, 0.0, 0.0, 0.0),
    "U1": (0.0, 0.4, 0.0, 0.0),
    "U2": (0.0, 0.0, 0.4, 0.0),
    "S": (0.0, 0.0, 0.0, 0.6),
    "R and U1": (0.3, 0.2, 0.01, 0.02),
    "R and U2": (0.3, 0.01, 0.2, 0.02),
    "U1 and S": (0.02, 0.3, 0.02, 0.25),
    "U2 and S": (0.02, 0.02, 0.25, 0.3),
    "all": (0.2, 0.15, 0.1, 0.3),
    "negative U1": (0.4, -0.1, 0.1, 0.2),
    "negative S": (0.1, 0.3, 0.2, -0.05),
    "nothing": (0.0, 0.0, 0.0, 0.0),
}
_BIT = re.compile(r"(\d+\.\d+(?:e-\d+)?) (?:bit|nat)")


def evidence(
    case: str, half: float, light: str, predicted: bool, swapped: bool, doubt: str = "", unit: str = "bit"
) -> Evidence:
    r, u1, u2, s = CASES[case]
    value = {
        "redundancy": r,
        "unique1": u1,
        "unique2": u2,
        "synergy": s,
        "i1": r + u1,
        "i2": r + u2,
        "i12": r + u1 + u2 + s,
    }
    wide = value | {"lose1": u1 + s, "lose2": u2 + s, "better": u1 - u2}
    predictors = None
    if predicted:
        most = {"synergy": s + 0.3, "lose1": u1 + s + 0.31, "lose2": u2 + s + 0.32}
        predictors = Predicted(most, (s / 2, s / 2 - half, s / 2 + half), s / 2 > half, s > half)
    present = value["i12"] > 0
    return Evidence(
        value=value,
        intervals={
            k: (v - half if k == "better" else max(v - half, 0.0), max(v + half, 0.0))
            if k != "better"
            else (v - half, v + half)
            for k, v in wide.items()
        },
        p_target={} if doubt else {"i12": 0.005 if present else 0.6},
        p_no_synergy=None if doubt else 0.005 if s > half else 0.5,
        p_within=None if doubt else 0.005,
        p_within_below=None if doubt else 1.0,
        light=light,
        names=(NAMES[1], NAMES[0], NAMES[2]) if swapped else NAMES,
        predictors=predictors,
        doubt=doubt,
        unit=unit,
    )


GRID = [
    pytest.param(*key, id="-".join(map(str, key)))
    for key in itertools.product(CASES, (0.01, 0.2), ("green", "red"), (False, True), (False, True))
]


@pytest.mark.parametrize("case, half, light, predicted, swapped", GRID)
def test_advice_names_the_right_modality_with_the_right_number(case, half, light, predicted, swapped):
    e = evidence(case, half, light, predicted, swapped)
    found, (one, two, target), v = advise(e), e.names, e.value
    check_losses(found, e)
    anything = found.claim("anything")
    assert one in anything.sentence.lower() and two in anything.sentence and target in anything.sentence
    assert (anything.verdict == "yes") == (v["i12"] > 0)
    better = found.claim("better")
    if better is not None and better.verdict == "yes":
        ahead, behind = (one, two) if v["i1"] > v["i2"] else (two, one)
        assert better.sentence.startswith(f"If there can be only one, take {ahead}:")
        assert re.search(rf"(than {behind}\.|in {behind}\.)$", better.sentence)
        assert numbers(better.sentence) == [pytest.approx(abs(v["i1"] - v["i2"]), abs=6e-4)]
    synergy = found.claim("synergy")
    if synergy is not None and synergy.verdict == "yes":
        assert v["synergy"] > 0
        assert numbers(synergy.sentence)[0] == pytest.approx(v["synergy"], abs=6e-4)
        assert f"({v['synergy'] / v['i12']:.0%})" in synergy.sentence
    repeated = found.claim("redundancy")
    if repeated is not None and repeated.verdict == "yes":
        assert repeated.sentence.startswith(f"{one.capitalize()} and {two} repeat")
        assert numbers(repeated.sentence)[0] == pytest.approx(v["redundancy"], abs=6e-4) and v["redundancy"] > 0
    if repeated is not None and repeated.verdict == "no":
        assert target in repeated.sentence
    for claim in found.claims:
        text = claim.sentence
        assert not re.search(r"-\d|−\d|nan|inf\b", text), text  # amounts of information in advice are never negative
        assert text.count(one) + text.lower().count(two) < 6 and text.endswith(".") and "  " not in text
        assert (
            all(share <= 100 for share in map(int, re.findall(r"\((\d+)%\)", text)))
            or min(v["synergy"], v["unique1"]) < 0
        )
        if claim.verdict == "unclear" and claim.key not in ("fusion", "synergy"):
            assert text.startswith("Cannot tell")
        if light == "red" and claim.key != "anything":
            assert claim.verdict != "yes"


def check_losses(found: Advice, e: Evidence) -> None:
    """Dropping modality k costs I12 - I of the other = U_k + S, and what is named is what is dropped."""
    for k in (1, 2):
        claim = found.claim(f"lose{k}")
        if claim is None:
            continue
        dropped, kept = e.names[k - 1], e.names[2 - k]
        cost = e.value["i12"] - e.value["i2" if k == 1 else "i1"]
        assert cost == pytest.approx(e.value[f"unique{k}"] + e.value["synergy"], abs=1e-12)
        if claim.verdict == "yes":
            assert claim.sentence.startswith(f"A model of {kept} alone loses ")
            assert numbers(claim.sentence) == [pytest.approx(cost, abs=6e-4)] and cost > 0
            unique = "unique to" in claim.sentence
            assert unique == (e.value[f"unique{k}"] > e.value["synergy"])
            assert not unique or claim.sentence.endswith(f"unique to {dropped}.")
        elif claim.verdict == "no":
            assert claim.sentence.startswith(f"A model of {kept} alone loses next to nothing: {dropped} adds at most")
            assert numbers(claim.sentence)[0] >= cost - 6e-4
        else:
            assert claim.sentence.startswith(f"Cannot tell whether {dropped} adds anything to {kept}")


def numbers(text: str) -> list[float]:
    return [float(n) for n in _BIT.findall(text)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("predicted", [False, True])
def test_swapping_the_modalities_swaps_the_sentences(case, predicted):
    """The same numbers with 1 and 2 exchanged, names with them, say the same."""
    straight = evidence(case, 0.01, "green", predicted, False)
    turned = dataclasses.replace(
        straight,
        value={swap(k): v for k, v in straight.value.items()},
        intervals={swap(k): (-v[1], -v[0]) if k == "better" else v for k, v in straight.intervals.items()},
        names=(NAMES[1], NAMES[0], NAMES[2]),
        predictors=straight.predictors
        and dataclasses.replace(straight.predictors, most={swap(k): v for k, v in straight.predictors.most.items()}),
    )
    a, b = advise(straight), advise(turned)
    assert len(a.claims) == len(b.claims)
    for claim in a.claims:
        other = b.claim(swap(claim.key))
        assert in_order(claim.sentence) == in_order(other.sentence) and claim.verdict == other.verdict


def swap(key: str) -> str:
    return key.translate(str.maketrans("12", "21")) if key != "i12" else key


def in_order(text: str) -> str:
    """Lists of the two modalities in one order."""
    for one, two in ((NAMES[1], NAMES[0]), (NAMES[1].capitalize(), NAMES[0])):
        text = text.replace(f"{one} and {two}", f"{two} and {one.lower()}")
    return text.replace("which of mean and worst", "which of worst and mean").lower()


def test_modalities_of_one_name_are_told_apart():
    data = load(
        b"mean radius,mean area,diagnosis\n"
        + b"".join(b"%d,%d,%s\n" % (k % 3, k % 2, b"abc"[k % 3 : k % 3 + 1]) for k in range(60)),
        "a.csv",
    )
    study = Study(source="file", x1="mean radius", x2="mean area", y="diagnosis")
    one, two, _ = names_of(study, roles_of(study, data))
    assert one != two
    both = Study(source="file", x1="mean radius", x2="diagnosis", y="mean area")
    assert len(set(names_of(both, Roles(("mean",), ("mean",), ("mean",), "")))) == 3


def test_doubtful_rows_allow_no_claim_and_say_what_to_do():
    for case, predicted in itertools.product(CASES, (False, True)):
        found = advise(evidence(case, 0.01, "amber", predicted, False, doubt=DOUBT))
        assert [c.verdict for c in found.claims] == ["unclear"]
        assert "series in this order" in found.sentences[0] and "subjects or recordings" in found.sentences[0]


def test_sentences_speak_in_the_unit_asked_for():
    bits, nats = (advise(evidence("all", 0.01, "green", False, False, unit=u)) for u in ("bit", "nat"))
    for a, b in zip(bits.claims, nats.claims, strict=True):
        assert "bit" not in b.sentence
        assert numbers(b.sentence) == pytest.approx([0.693147 * n for n in numbers(a.sentence)], abs=1.2e-3)


def pid_of(case: str) -> PID:
    r, u1, u2, s = CASES[case]
    nan = float("nan")
    return PID(r + u1, r + u2, r + u1 + u2 + s, u1 + u2 + r, nan, nan, "mmi", "none", True, 0.0, 0, 0.0)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_first_sentence_gives_every_share_to_its_own_modality(case, swapped):
    names = (NAMES[1], NAMES[0], NAMES[2]) if swapped else NAMES
    r, u1, u2, s = CASES[case]
    total = r + u1 + u2 + s
    text = reading(pid_of(case), names)
    if total == 0:
        assert text == f"Together, *{names[0]}* and *{names[1]}* carry no information about *{names[2]}*."
        return
    assert f"carry {total:.3f} bit about *{names[2]}*" in text
    said = {
        f"in *{names[0]}* and in *{names[1]}* alike": r,
        f"in *{names[0]}* only": u1,
        f"in *{names[1]}* only": u2,
        "only in both together": s,
    }
    for words, value in said.items():
        assert (f"{100 * value / total:.0f} % {words}" in text) == (value > 0.02 * total)
    assert ("negative" in text) == (min(r, u1, u2, s) < -0.02 * total)


@pytest.mark.parametrize(
    "value, low, high", [(0.2, 0.1, 0.3), (-0.2, -0.3, -0.1), (0.05, -0.1, 0.2), (-0.05, -0.2, 0.1), (0.0, 0.0, 0.0)]
)
def test_what_changed_is_said_with_its_sign(value, low, high):
    symbols = {"redundancy": "R", "synergy": "S"}
    moved = Change(0.3, 0.3 + value, 0.05, Interval(low, high))
    still = Change(0.3, 0.3, 0.05, Interval(-0.02, 0.02))
    text = sentence({"redundancy": moved, "synergy": still}, symbols, 1.0, "bit")
    clear = low > 0 or high < 0
    if clear:
        assert (
            f"R {value:+.3f} ({low:+.3f} to {high:+.3f})" in text
            and "S +" not in text
            and "none larger than ±0.020" in text
        )
    else:
        assert text == f"No difference is seen; none larger than ±{max(0.02, abs(low), abs(high)):.3f} bit."


# -- without bins, pairs, learning ---------------------------------------------------------------------------------------------


def information(estimator: str, mi: float, error: float | None, *warnings: str) -> MutualInformation:
    """An answer with this standard error; None: no interval."""
    ends = None if error is None else Interval(mi - 1.96 * error, mi + 1.96 * error)
    settings = REGISTRY[estimator].settings()
    return MutualInformation(
        mi,
        ends,
        "",
        None,
        warnings,
        None,
        (),
        estimator,
        settings,
        500,
        (1, 1),
        ("number", "number"),
        "cpu",
        False,
        0.0,
    )


def measured_answer(near: float, ranked: float, error: float, *warnings: str) -> WithoutBins:
    parts = {
        "ksg": {part: information("ksg", near if part == "i12" else near / 2, error) for part in ("i1", "i2", "i12")},
        "copula": {
            part: information("copula", ranked if part == "i12" else near / 2, None if warnings else error, *warnings)
            for part in ("i1", "i2", "i12")
        },
    }
    return WithoutBins(500, (1, 1), "scalar", parts, {}, {}, "ksg", allowed(parts["ksg"]), (), False, 0.0)


@pytest.mark.parametrize("unit", ["bit", "nat"])
@pytest.mark.parametrize("error", [0.005, 0.03, 0.2])
@pytest.mark.parametrize("ranked", [0.02, 0.35, 0.4, 0.42, 0.9])
def test_neighbours_and_ranks_agree_only_where_the_rows_can_tell(ranked, error, unit):
    near, scale = 0.4, 1.0 if unit == "bit" else np.log(2)
    first = readings(measured_answer(near, ranked, error), NAMES, unit)[0]
    gap, sure = near - ranked, 1.96 * math.hypot(error, error)
    numbers = [float(n) for n in re.findall(r"(\d+\.\d+) (?:bit|nat)", first.sentence)]
    if "Trust the neighbours" in first.sentence:
        assert gap > sure and "find" in first.sentence and "less" not in first.sentence
        assert numbers == [pytest.approx(scale * gap, abs=0.005)] and NAMES[2] in first.sentence
    elif "Trust the copula" in first.sentence:
        assert gap < -sure and numbers == [pytest.approx(-scale * gap, abs=0.005)]
    elif "cannot tell" in first.sentence:
        assert first.verdict == "unclear" and abs(gap) < sure and sure > 0.1
        assert numbers == pytest.approx([scale * abs(gap), scale * sure], abs=0.005)
    else:
        assert first.verdict == "yes" and "agree" in first.sentence
        assert abs(gap) <= max(sure, 0.03) and sure <= 0.1


@pytest.mark.parametrize("ranked", [0.39, 0.41, 0.1])
def test_a_copula_that_the_rows_contradict_is_no_witness(ranked):
    for words in ("Outside its assumption: y is curved", "Repeated values: 30 %"):
        first = readings(measured_answer(0.4, ranked, 0.01, words), NAMES, "bit")[0]
        assert first.verdict == "no" and "Trust the neighbours" in first.sentence and "fair here" not in first.sentence


@pytest.mark.parametrize("error", [0.005, 0.2])
@pytest.mark.parametrize("kept", [0.1, 0.39, 0.41, 0.9])
def test_states_lose_nothing_only_where_the_rows_can_tell(kept, error):
    states = dataclasses.replace(
        estimate(*np.zeros((3, 30), dtype=int), Settings(bootstraps=0, permutations=0)),
        value=PID(kept, kept, kept, kept, 0.0, 0.0, "broja", "none", True, 0.0, 0, 0.0),
        intervals={"i12": Interval(kept - 1.96 * error, kept + 1.96 * error)},
    )
    told = readings(measured_answer(0.4, 0.4, error), NAMES, "bit", states, 3)
    (said,) = [
        one
        for one in told
        if "states" in one.sentence and "definition" not in one.sentence and "positions" not in one.sentence
    ]
    sure = 1.96 * math.hypot(error, error)
    if said.verdict == "yes":
        assert abs(0.4 - kept) <= sure + 0.03 and sure <= 0.1 and "to within" in said.sentence
    elif said.verdict == "no":
        assert 0.4 - kept > sure and f"keep {kept:.2f} bit of the 0.40 bit" in said.sentence
    else:
        assert kept - 0.4 > sure or sure > 0.1


def pair(first: str, second: str, r: float, s: float) -> Pair:
    values = {"redundancy": r, "unique1": 0.1, "unique2": 0.1, "synergy": s, "i1": r + 0.1, "i2": r + 0.1}
    values["i12"] = r + 0.2 + s
    made = {name: Reading(v, 0.01, Interval(v - 0.02, v + 0.02), v - 0.0165) for name, v in values.items()}
    return Pair(first, second, made, True, "")


@pytest.mark.parametrize("unit", ["bit", "nat"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_pairs_that_stand_out_are_named_with_their_numbers(order, unit):
    made = [pair("a", "b", 0.1, 0.7), pair("a", "c", 0.6, 0.2), pair("b", "c", 0.3, 0.05)]
    synergy, redundancy = standing_out(tuple(made[k] for k in order), unit)
    scale = 1.0 if unit == "bit" else np.log(2)
    assert synergy == f"Most synergy: a × b, S {0.7 * scale:.3g} {unit}."
    assert redundancy == f"Most redundancy: a × c, R {0.6 * scale:.3g} {unit}."


@pytest.mark.parametrize(("per_bit", "unit"), [(1.0, "bit"), (math.log(2), "nat")])
@pytest.mark.parametrize(
    ("before", "after", "se"),
    [(0.3, 0.5, 0.02), (0.5, 0.5, 0.004), (0.5, 0.48, 0.003), (0.4, 0.45, 0.05), (0.0, 0.0, 0.2)],
)
def test_what_more_rows_would_show_is_said_as_the_curve_has_it(before, after, se, per_bit, unit):
    change = Change(before, after, se, Interval(after - before - 1.96 * se, after - before + 1.96 * se))
    points = tuple(Point(n, 1, {}) for n in (100, 200, 400))
    curve = LearningCurve(points, {"i12": change}, {"i12": change}, (3, 4), 0.95)
    said = curve.words(per_bit, unit)
    assert "from 200 to 400 rows" in said and f"{per_bit * (after - before):+.3f} {unit}" in said
    if said.startswith("Still rising"):
        assert change.interval.low > 0
        low, high = (float(n) for n in re.search(r"about (\S+) to (\S+) ", said).groups())
        assert 0 < low < high <= per_bit * (after - before) + 1e-3
    elif said.startswith("Flat"):
        assert change.interval.high < max(0.02, 0.05 * after) and change.interval.low <= 0
    else:
        assert said.startswith("Cannot tell") and change.interval.low <= 0 < change.interval.high
    noise = curve.noise_words(per_bit, unit)
    assert "(3 and 4, " in noise
    assert ("lower I12" in noise) == (change.interval.high < 0)
    if "lower I12" in noise:
        assert f"{per_bit * (before - after):.3f} {unit}" in noise
