"""Which modality next? A short reading of a decomposition, as far as the evidence goes.

Every claim has a verdict, ``"yes"``, ``"no"`` or ``"unclear"``, and its reason. Two kinds of evidence are read: of a table of states, and
of cross-fitted predictors of the data (see `mmexplore.labs.yourdata.evidence`), whose numbers err in known directions. What is asked, and what counts:

- anything: do the modalities tell of the target?  p of I(X1,X2;Y) with the target shuffled
- lose1, lose2: what would a model without that modality lose?  U_k + S = I12 - I(other), interval above 0
- better: which one is the better one alone?  U1 - U2 = I1 - I2, interval on one side of 0
- synergy: is there what only the two together tell?  interval above 0, and p of S among rows drawn without synergy
- fusion: are interaction terms needed?  With conditionally independent modalities, p(x1, x2 | y) = p(x1 | y) p(x2 | y), adding up
  the log odds of two separate models is the best one can do, however large S is (Domingos & Pazzani 1997). Evidence against it is
  the p of S with the pairing shuffled within the classes, on either side.
- redundancy: do they repeat each other?  interval of R above 0

Under BROJA a learned combination of the two models' outputs t_k = p(y | x_k) loses at most S: I* depends on the channels from Y to
X_k only up to Blackwell equivalence (Bertschinger et al. 2014), so I(t1,t2;Y) >= I*(t1,t2) = I*(x1,x2) = I12 - S. Without synergy
late fusion is enough.

"No" needs an upper end below a share `SMALL` of I(X1,X2;Y). Few rows (a red light) leave all but the shuffle tests unclear.

Predictors can miss what is there, so what they do not find is no evidence of absence: their "no" rests on the bounds that hold without any
model (S <= H(Y) - max(I1, I2), what modality 1 adds <= H(Y) - I2, from lower ends of I1 and I2), redundancy is never denied, two
modalities of which they find nothing are not called equally good, and fusion is read from the gain of joint predictors over every
predictor that only adds up what the two say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mmexplore.errors import BadData
from mmexplore.labs.yourdata.evidence import Evidence, Predicted
from mmexplore.labs.yourdata.selection import SELECTION_CAVEAT, Nearest, nearest
from mmexplore.types import ATOMS
from mmexplore.units import per_bit

Verdict = Literal["yes", "no", "unclear"]

ALPHA = 0.05
LEAST_P = 1e-6  # tails of a normal law are not known further
SMALL = 0.05  # of I(X1,X2;Y): what is surely below it makes no difference


@dataclass(frozen=True)
class Claim:
    """One thing that is said.

    Attributes:
        key: what it is about.
        verdict: what the evidence allows.
        sentence: the claim.
        reason: the numbers it rests on.
    """

    key: str
    verdict: Verdict
    sentence: str
    reason: str


@dataclass(frozen=True)
class Advice:
    """A reading in words.

    Attributes:
        claims: what is said, each with verdict and reason.
        nearest: published data sets, nearest first; empty where nothing can be told.
        caveats: what none of this says.
    """

    claims: tuple[Claim, ...]
    nearest: tuple[Nearest, ...]
    caveats: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The claims as text, in order."""
        return tuple(claim.sentence for claim in self.claims)

    def claim(self, key: str) -> Claim | None:
        """One claim by its key; None where it was not made."""
        return next((claim for claim in self.claims if claim.key == key), None)


CAVEATS = (
    "The atoms speak of the states that were counted. Other columns, bins or a learned representation may say otherwise.",
    "Synergy says that the two must be known together. It does not say that a product is needed: y = x1 + x2 has synergy too.",
    "Information is a ceiling, not an accuracy: what a model reaches depends on rows, training and architecture as well.",
    f"Every test uses {ALPHA:g} by itself; of many claims some are wrong.",
)

PREDICTED_CAVEAT = (
    "The numbers speak of what these predictors find in these columns: better predictors, more rows or other columns can only raise what "
    "either modality and both tell. Columns of noise lower them: that is a statement about so many rows, not about the modality."
)
CAUTION_CAVEAT = (
    "Whether I(X1,X2;Y), a loss or the better modality differs from 0 is judged with more than the scatter of rows: predictors fitted on other "
    "rows come out otherwise, by 0.5/sqrt(n) bit, and choosing the best joint ones lends I(X1,X2;Y) up to 3/n bit."
)


def advise(evidence: Evidence) -> Advice:
    """Read the evidence.

    Raises:
        BadData: an atom or information is missing or not finite.

    >>> e = Evidence({"redundancy": 0.3, "unique1": 0, "unique2": 0, "synergy": 0.5, "i1": 0.3, "i2": 0.3, "i12": 0.8})
    >>> advise(e).claims[0].verdict
    'yes'
    """
    for name in (*ATOMS, "i1", "i2", "i12"):
        if not np.isfinite(evidence.value.get(name, np.nan)):
            raise BadData(
                f"{name} is {evidence.value.get(name)}; allowed: a finite number for every atom and information"
            )
    e = _in_unit(evidence)
    anything = _anything(e)
    if anything.verdict != "yes":
        first = CAVEATS[:1] if e.predictors is None else (PREDICTED_CAVEAT, CAUTION_CAVEAT)
        return Advice((anything,), (), (*first, *CAVEATS[3:]))
    claims = [anything, *(_lose(e, k) for k in (1, 2)), _better(e)]
    synergy = _synergy(e)
    claims += [synergy, _fusion(e, synergy), _redundancy(e)]
    found = nearest(evidence.value, evidence.measure, evidence.draws)
    caveats = CAVEATS if e.predictors is None else (PREDICTED_CAVEAT, CAUTION_CAVEAT, *CAVEATS[1:])
    return Advice(tuple(claims), found, (*caveats, *((SELECTION_CAVEAT,) if found else ())))


def _in_unit(e: Evidence) -> Evidence:
    """The evidence with values and intervals in the unit of the claims."""
    k = per_bit(e.unit)
    gain = (0.0, 0.0, 0.0) if e.predictors is None else e.predictors.interaction
    return replace(
        e,
        value={name: k * value for name, value in e.value.items()},
        intervals={name: (k * low, k * high) for name, (low, high) in e.intervals.items()},
        predictors=None
        if e.predictors is None
        else replace(
            e.predictors,
            most={name: k * value for name, value in e.predictors.most.items()},
            interaction=(k * gain[0], k * gain[1], k * gain[2]),
        ),
    )


def _anything(e: Evidence) -> Claim:
    one, two, target = e.names
    p, i12 = e.p_target.get("i12"), e.value["i12"]
    if p is None and e.doubt:
        said = f"Cannot tell whether {one} and {two} tell anything of {target}: {e.doubt}."
        return Claim("anything", "unclear", said, f"I(X1,X2;Y) = {_amount(e, i12)}; p-values withheld")
    if p is None:
        if e.light is None and i12 > 0:  # a table that is no sample speaks for itself
            return Claim(
                "anything", "yes", f"Together they tell {_amount(e, i12)} of {target}.", "a table, not a sample"
            )
        reason = "no shuffles of the target were made"
        return Claim("anything", "unclear", f"Cannot tell whether {one} and {two} tell anything of {target}.", reason)
    shown = f"p = {p:.3g}" if p >= LEAST_P else f"p < {LEAST_P:g}"
    reason = f"I(X1,X2;Y) = {_amount(e, i12)}, {shown} " + (
        "with the target shuffled" if e.predictors is None else "that predictors of held-out rows do as well by chance"
    )
    if p > ALPHA and e.predictors is not None:
        said = (
            f"Cannot tell whether {one} and {two} tell anything of {target}: predictors fitted on the other rows do no better than the shares "
            "of the classes. Collect more rows, or try other columns."
        )
        return Claim("anything", "unclear", said, reason)
    if p > ALPHA:
        said = (
            f"Cannot tell whether {one} and {two} tell anything of {target}: a target that has nothing to do with them shows as "
            "much. Collect more rows, use fewer bins, or try other columns."
        )
        return Claim("anything", "unclear", said, reason)
    return Claim("anything", "yes", f"{_cap(one)} and {two} tell something of {target}.", reason)


def _lose(e: Evidence, k: int) -> Claim:
    """What a model without modality k loses: what it adds to the other one."""
    name, other = e.names[k - 1], e.names[2 - k]
    adds = e.value["i12"] - e.value["i2" if k == 1 else "i1"]
    unique = e.value[f"unique{k}"]
    verdict, reason = _weigh(e, f"lose{k}", adds, f"U{k} + S")
    if verdict == "no" and e.predictors is not None:
        said = f"A model of {other} alone loses next to nothing: {name} adds at most {_amount(e, e.predictors.most[f'lose{k}'])}, whatever predictors miss."
    elif verdict == "yes":
        share = adds / e.value["i12"]
        mostly = (
            f"most of it unique to {name}" if unique > 0.5 * adds else "most of it only when the two are known together"
        )
        said = f"A model of {other} alone loses {_amount(e, adds)} ({share:.0%}) of what the two tell, {mostly}."
    elif verdict == "no":
        said = f"A model of {other} alone loses next to nothing: {name} adds at most {_amount(e, _high(e, f'lose{k}', adds))}."
    elif e.predictors is not None:
        said = f"Cannot tell whether {name} adds anything to {other}: no gain is seen that the rows would not show by chance."
    else:
        said = f"Cannot tell whether {name} adds anything to {other}."
    return Claim(f"lose{k}", verdict, said, reason)


def _better(e: Evidence) -> Claim:
    difference = e.value["i1"] - e.value["i2"]
    low, high = _interval(e, "better", difference)
    one, two = (e.names[0], e.names[1]) if difference >= 0 else (e.names[1], e.names[0])
    reason = _reason(e, "better", difference, "I1 - I2 = U1 - U2")
    if low == high == 0 and e.predictors is None:
        return Claim("better", "no", f"Alone, {e.names[0]} and {e.names[1]} are equally good.", reason)
    if not _enough(e) or np.isnan(low) or low <= 0 <= high:
        said = f"Cannot tell which of {e.names[0]} and {e.names[1]} is the better one alone."
        return Claim("better", "unclear", said, reason)
    more = _amount(e, abs(difference))
    how = (
        f"alone it tells {more} more than {two}"
        if e.predictors is None
        else f"predictors find {more} more in it than in {two}"
    )
    said = f"If there can be only one, take {one}: {how}."
    return Claim("better", "yes", said, reason)


def _predicted_synergy(e: Evidence, seen: Predicted) -> Claim:
    s = e.value["synergy"]
    verdict, reason = _weigh(e, "synergy", s, "S")
    if e.p_no_synergy is not None:
        reason += f", p = {e.p_no_synergy:.3g} among rows paired anew without synergy"
    if verdict == "yes" and not seen.synergistic:
        verdict = "unclear"
    if verdict == "yes":
        said = (
            f"{_amount(e, s)} ({s / e.value['i12']:.0%}) show only when both modalities are known: synergy, unless the predictors of "
            f"{e.names[0]} and {e.names[1]} alone miss together more than that."
        )
    elif verdict == "no":
        said = f"There is next to no synergy: at most {_amount(e, seen.most['synergy'])}, whatever predictors miss."
    else:
        said = (
            f"No synergy is established. The predictors find {_amount(e, max(s, 0.0))}; what they miss could be up to "
            f"{_amount(e, seen.most['synergy'])}."
        )
    return Claim("synergy", verdict, said, reason)


def _synergy(e: Evidence) -> Claim:
    if e.predictors is not None:
        return _predicted_synergy(e, e.predictors)
    s = e.value["synergy"]
    verdict, reason = _weigh(e, "synergy", s, "S")
    if e.p_no_synergy is not None:
        reason += f", p = {e.p_no_synergy:.3g} among rows drawn without synergy"
        if verdict == "yes" and e.p_no_synergy > ALPHA:
            verdict = "unclear"
    elif verdict == "yes" and e.light is not None:
        verdict, reason = "unclear", reason + "; not compared with rows drawn without synergy"
    if verdict == "yes":
        said = f"{_amount(e, s)} ({s / e.value['i12']:.0%}) show only when both modalities are known: synergy."
    elif verdict == "no":
        said = f"There is next to no synergy: at most {_amount(e, _high(e, 'synergy', s))}."
    else:
        said = "Cannot tell whether there is synergy: what is seen may be the bias of few rows."
    return Claim("synergy", verdict, said, reason)


def _predicted_fusion(e: Evidence, seen: Predicted) -> Claim:
    gain, low, high = seen.interaction
    reason = f"joint predictors gain {_amount(e, gain)} over every late fusion, {e.level:.0%} interval {_few(low)} to {_few(high)}"
    if seen.interacts and _enough(e):
        said = f"Use a model that sees both modalities together: joint predictors tell {_amount(e, gain)} more than any combination of two separate models that was tried."
        return Claim("fusion", "yes", said, reason)
    said = (
        "Start with late fusion, one model for each modality and a learned combination of their outputs: no joint predictor tried here tells "
        "more. That does not exclude an interaction which none of them found."
    )
    return Claim("fusion", "unclear", said, reason)


def _fusion(e: Evidence, synergy: Claim) -> Claim:
    if e.predictors is not None:
        return _predicted_fusion(e, e.predictors)
    more = e.p_within is not None and e.p_within <= ALPHA / 2
    less = e.p_within_below is not None and e.p_within_below <= ALPHA / 2
    reason = "the pairing was not shuffled within the classes"
    if e.p_within is not None:
        reason = f"pairing shuffled within the classes: p = {e.p_within:.3g} for as much synergy"
        if e.p_within_below is not None:
            reason += f", {e.p_within_below:.3g} for as little"
    if synergy.verdict == "no" and e.measure == "broja":
        said = "Late fusion is enough: one model for each modality, and a learned combination of their outputs."
        return Claim("fusion", "no", said, f"{synergy.reason}; such a combination loses at most S")
    if e.p_within is None or not _enough(e):
        return Claim("fusion", "unclear", "Cannot tell whether fusion needs interaction terms.", reason)
    if more and synergy.verdict == "yes":
        said = (
            "Use a model that sees both modalities together, with interaction terms: they go together beyond what the target makes "
            "them do, and adding up two separate models misses that."
        )
        return Claim("fusion", "yes", said, reason)
    if less:
        said = (
            "Train the combination on both modalities: they repeat each other beyond what the target makes them do, and adding up "
            "two separate models counts that twice. No sign that it needs interaction terms."
        )
        return Claim("fusion", "unclear", said, reason)
    if more:
        said = "Cannot tell whether fusion needs interaction terms: the modalities go together, but the synergy itself is not sure."
        return Claim("fusion", "unclear", said, reason)
    said = (
        "Start with late fusion: nothing here asks for interaction terms. Two modalities that have only the target in common would "
        "show as much, and adding up the log odds of two separate models is then the best one can do."
    )
    return Claim("fusion", "unclear", said, reason)


def _redundancy(e: Evidence) -> Claim:
    r = e.value["redundancy"]
    verdict, reason = _weigh(e, "redundancy", r, "R")
    one, two, target = e.names
    if verdict == "yes":
        said = (
            f"{_cap(one)} and {two} repeat {_amount(e, r)} ({r / e.value['i12']:.0%}) of what they tell: for that part either will do, and one "
            "can stand in where the other is missing."
        )
    elif verdict == "no":
        said = f"{_cap(one)} and {two} repeat next to nothing of what they tell of {target}."
    else:
        said = f"Cannot tell whether {one} and {two} repeat each other."
    return Claim("redundancy", verdict, said, reason)


def _weigh(e: Evidence, key: str, value: float, symbol: str) -> tuple[Verdict, str]:
    """Whether a value that cannot be negative is above 0, next to nothing, or neither can be told."""
    reason = _reason(e, key, value, symbol)
    low, high = _interval(e, key, value)
    small = SMALL * e.value["i12"]
    if not _enough(e):
        return "unclear", f"{reason}; too few rows"
    if np.isnan(low):
        return "unclear", f"{reason}; no interval"
    if e.predictors is not None:
        high = e.predictors.most.get(key, np.inf)
    if high <= small:
        return "no", reason
    return ("yes" if low > 0 and value > 0 else "unclear"), reason


def _enough(e: Evidence) -> bool:
    return e.light != "red"


def _interval(e: Evidence, key: str, value: float) -> tuple[float, float]:
    """The interval of a value; of a table that is no sample, the value itself."""
    if key in e.intervals:
        return e.intervals[key]
    return (value, value) if e.light is None and not e.intervals else (float("nan"), float("nan"))


def _high(e: Evidence, key: str, value: float) -> float:
    return max(_interval(e, key, value)[1], 0.0)


def _reason(e: Evidence, key: str, value: float, symbol: str) -> str:
    low, high = _interval(e, key, value)
    told = f"{symbol} = {_amount(e, value)}"
    return told if np.isnan(low) or low == high else f"{told}, {e.level:.0%} interval {_few(low)} to {_few(high)}"


def _amount(e: Evidence, value: float) -> str:
    shown = f"{value:.3f}" if abs(value) >= 0.0005 or abs(value) < 1e-9 else f"{value:.1g}"
    return f"{shown} {e.unit}"


def _few(value: float) -> str:
    return "0" if abs(value) < 1e-9 else f"{value:.3g}"  # what the solver may be off is no value


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]
