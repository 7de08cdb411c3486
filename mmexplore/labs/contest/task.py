"""A trained estimator against known truth, over a sweep: what the page Compare lets run in a process of its own.

What the recorder gets: one frame for every estimate, in the order of the plan, with the values of
`mmexplore.labs.contest.contest.Point.to_dict` (``at, seed, values, low, high, seconds, ceiling, settled, warnings, refused``, in bits).
"""

from __future__ import annotations

from mmexplore.labs.contest.competitors import Timed, competitor, settings_from
from mmexplore.labs.contest.contest import Plan, plan_of
from mmexplore.runs.task import Task, param, task
from mmexplore.spec import Spec


@task
class Contest(Task):
    """One estimator, one generator, one sweep."""

    kind = "contest"
    program = "mmexplore.labs.contest.train:run"

    question: str = param("mi", label="What is estimated", choices=("pid", "mi"))
    estimator: str = param("ksg", label="Estimator", max_length=40)
    data: str = param("gaussian-pair", label="Generator", max_length=500, help="Its text form, name?d=5&seed=1.")
    over: str = param("n", label="Over", max_length=40, help="The parameter of the generator that is swept.")
    ats: str = param("500,2000", label="Values", max_length=200, help="Of the swept parameter, with commas.")
    seeds: int = param(1, label="Samples", low=1, high=20, step=1, help="Drawn at every value.")
    pair: str = param("12", label="Information", choices=("12", "1", "2"), help="Which one, where one is estimated.")
    labels: str = param("label", label="Labels are", choices=("label", "number"))
    settings: str = param("", label="Settings", max_length=1000, help="Of the estimator, name=value&name=value.")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.plan()
        self.chosen()

    def plan(self) -> Plan:
        """What is asked."""
        return plan_of(self.question, self.data, self.over, self.ats, self.seeds, self.pair, self.labels)  # type: ignore[arg-type]

    def chosen(self) -> Spec:
        """The estimator's settings."""
        return settings_from(self.question, self.estimator, self.settings)  # type: ignore[arg-type]

    def seconds(self) -> float | None:
        """As `Task.seconds`: all estimates one after the other."""
        chosen = self.chosen()
        if not isinstance(chosen, Timed):
            return None
        return 0.5 + sum(chosen.seconds(spec.n, spec.dims()) for _, _, spec in self.plan().specs())

    def title(self) -> str:
        """What is run, in words."""
        entry, plan = competitor(self.question, self.estimator), self.plan()  # type: ignore[arg-type]
        return f"{entry.label} on {plan.base.title}, over {plan.base.parameter(self.over).label.lower()}"
