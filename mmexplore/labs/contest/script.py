"""A scene of the page Compare as a Python script that reproduces its numbers through the public API."""

from __future__ import annotations

from mmexplore.labs.contest.contest import Plan
from mmexplore.labs.contest.coverage import coverage_plan
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.plaintext import docstring

_REFUSED = (
    "            except mm.MmexploreError as error:",
    "                print(f'# {name} at {value}: {error}')",
    "                continue",
    "            seconds = time.perf_counter() - start",
)


def script(scene: CompareScene) -> str:
    """Source text of a script that prints one line of CSV for every estimate, the truth beside it."""
    plan = scene.plan()
    settings = {name: scene.settings_of(name).differing() for name in scene.chosen()}
    kind = plan.base.parameter(plan.over).type
    ats = [kind(v) for v in plan.ats]
    lines = [
        docstring(f"{scene.title()}: estimates beside the truth, in bits."),
        "",
        "import time",
        "",
        "import numpy as np",
        "",
        "import mmexplore as mm",
        "",
        "estimators = {  # name: settings that are not the defaults",
        *(f"    {name!r}: {values!r}," for name, values in settings.items()),
        "}",
        "print('estimator,value,sample,quantity,estimate,truth,seconds')",
        f"for value in {ats!r}:  # {plan.base.parameter(plan.over).label.lower()}",
        f"    for sample in range({plan.seeds}):",
        f"        made = mm.make({plan.base.text()!r}, {plan.over}=value, seed={plan.base.seed} + sample)"
        if plan.over != "seed"
        else f"        made = mm.make({plan.base.text()!r}, seed=value + sample)",
        "        x1, x2, y = made",
    ]
    number = plan.base.target == "label" and plan.labels == "number"
    if number:
        lines.append("        y = y.astype(float)[:, None]  # the label handed over as a number")
    lines += [
        "        for name, settings in estimators.items():",
        "            start = time.perf_counter()",
        "            try:",
    ]
    lines += _estimate(plan)
    if scene.counted:
        lines += _intervals(scene)
    text = "\n".join(lines) + "\n"
    return text if "np." in text else text.replace("import numpy as np\n\n", "")


def _intervals(scene: CompareScene) -> list[str]:
    """The lines that count how often intervals hold at one place."""
    plan = coverage_plan(scene)
    value = plan.base.parameter(plan.over).type(plan.ats[0])
    made = f"mm.make({plan.base.text()!r}, {plan.over}={value!r}, seed={plan.base.seed} + sample)"
    if plan.over == "seed":
        made = f"mm.make({plan.base.text()!r}, seed={value!r} + sample)"
    lines = [
        "",
        f"held = {{}}  # (estimator, quantity): whether each interval holds the truth, at {plan.over} = {value!r}",
        f"for sample in range({plan.seeds}):",
        f"    made = {made}",
        "    x1, x2, y = made",
    ]
    if plan.base.target == "label" and plan.labels == "number":
        lines.append("    y = y.astype(float)[:, None]")
    trained = [name for name, entry in scene.chosen().items() if entry.trained]
    lines += ["    for name, settings in estimators.items():"]
    if trained:
        lines += [f"        if name in {trained!r}:  # minutes for every sample", "            continue"]
    call, true, quantities = _call(plan)
    lines += [
        "        try:",
        f"            found = {call}",
        "        except mm.MmexploreError:",
        "            continue",
    ]
    if plan.question == "pid":
        lines += [
            f"        for quantity in {quantities!r}:",
            "            interval, truth = found.intervals.get(quantity), getattr(made.truth, quantity)",
        ]
    else:
        lines += ["        for quantity in ('mi',):", f"            interval, truth = found.interval, {true}"]
    lines += [
        "            if interval is not None and truth is not None:",
        "                held.setdefault((name, quantity), []).append(interval.low - 1e-9 <= truth <= interval.high + 1e-9)",
        "print('estimator,quantity,held,of')",
        "for (name, quantity), each in held.items():",
        "    print(name, quantity, sum(each), len(each), sep=',')",
    ]
    return lines


def _call(plan: Plan) -> tuple[str, str, tuple[str, ...]]:
    """The call that estimates, the truth of an information, and the quantities."""
    if plan.question == "pid":
        return f"mm.estimate_pid(x1, x2, y, name, target={plan.target!r}, **settings)", "", plan.quantities()
    x = "x1" if plan.base.kind == "mi" or plan.pair == "1" else "x2"
    x = "np.concatenate([x1, x2], axis=1)" if plan.pair == "12" and plan.base.kind != "mi" else x
    y_kind = "label" if plan.target == "label" else "number"
    true = "made.truth.i1" if plan.base.kind == "mi" else f"made.truth.i{plan.pair}"
    return f"mm.mutual_information({x}, y, name, x_kind='number', y_kind={y_kind!r}, **settings)", true, ()


def _estimate(plan: Plan) -> list[str]:
    """The lines that estimate and print, inside the loops."""
    call, true, quantities = _call(plan)
    if plan.question == "pid":
        return [
            f"                found = {call}.value",
            *_REFUSED,
            f"            for quantity in {quantities!r}:",
            "                truth = getattr(made.truth, quantity)",
            "                print(name, value, sample, quantity, float(getattr(found, quantity)), truth, round(seconds, 3), sep=',')",
        ]
    return [
        f"                found = {call}",
        *_REFUSED,
        f"            print(name, value, sample, 'mi', found.mi, {true}, round(seconds, 3), sep=',')",
    ]
