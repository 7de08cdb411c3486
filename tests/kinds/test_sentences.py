"""Every sentence of advice names the right modality with the right number and sign: all cases are generated and read back."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest

from mmexplore.estimators.predictive.change import Change, sentence
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.evidence import DOUBT, Evidence, Predicted
from mmexplore.labs.yourdata.study import Study, roles_of
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
        assert text == f"Together, *{names[0]}* and *{names[1]}* tell nothing about *{names[2]}*."
        return
    assert f"tell {total:.3f} bit about *{names[2]}*" in text
    said = {
        f"told by *{names[0]}* and by *{names[1]}* alike": r,
        f"told by *{names[0]}* alone": u1,
        f"told by *{names[1]}* alone": u2,
        "told only by both together": s,
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
