"""BROJA: union information is the least I(X1,X2;Y) of all couplings that keep p(x1, y) and p(x2, y).

I* = min { I_q(Y; X1, X2) : q(x1, y) = p(x1, y), q(x2, y) = p(x2, y) }, so R = I1 + I2 - I*.
Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852); Griffith & Koch 2014 (arXiv 1205.4265);
for modalities Liang et al. 2023 (arXiv 2302.12247). Solved by `mmexplore.info.broja`, with a duality-gap certificate.
"""

from __future__ import annotations

from mmexplore.info.broja import solve_problem
from mmexplore.info.measures import MeasureResult, measure
from mmexplore.info.tables import Problem


@measure(
    "broja",
    label="BROJA",
    supplies="union",
    certificate="certified",
    signed=False,
    summary="Asks what any coupling with the same pairs must tell: unique information is what the pairs alone can prove.",
    reference="Bertschinger, Rauh, Olbrich, Jost & Ay 2014, arXiv 1311.2852; Griffith & Koch 2014, arXiv 1205.4265",
    on_torch=True,
)
def broja(problem: Problem) -> MeasureResult:
    """Certified bounds on the union information in bits, shape (batch,)."""
    s = solve_problem(problem)
    return MeasureResult(value=s.value, lower=s.lower, upper=s.upper, iterations=s.iterations, converged=s.converged)
