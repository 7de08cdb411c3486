"""BROJA's union information by general conic solvers: what ours is measured and tested against.

Variables q_yab (where both marginals are positive) and t_yab <= q_yab ln(s_ab / q_yab), s_ab = sum_y q_yab, as exponential
cones q exp(t / q) <= s; maximise sum t over the couplings with the given pair marginals. Written from the definition
(Bertschinger, Rauh, Olbrich, Jost & Ay 2014, arXiv 1311.2852); the cone form is that of Makkeh, Theis & Vicente 2017
(arXiv 1701.06377).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class ConeProgram:
    """minimise cost x with equalities @ x = margins; cell k lives in the cone (t_k, q_k, s_k); x = (t, q).

    Attributes:
        equalities, margins: the pair marginals, one redundant row a y left out.
        s: matrix that takes q to s of each cell's (a, b), shape (cells, cells).
        entropy: H(Y) in bits.
    """

    equalities: sp.csc_matrix
    margins: np.ndarray
    s: sp.csc_matrix
    entropy: float

    @property
    def cells(self) -> int:
        """Number of cells (y, a, b) that may be positive."""
        return self.s.shape[0]


def cone_program(p: np.ndarray) -> ConeProgram:
    """The exponential-cone program of one table p[x1, x2, y]."""
    p1, p2, py = p.sum(axis=1), p.sum(axis=0), p.sum(axis=(0, 1))  # (a, y), (b, y), (y,)
    a, b, y = np.nonzero((p1[:, None, :] > 0) & (p2[None, :, :] > 0))
    n = len(a)
    rows, values = [], []
    for k in np.flatnonzero(py > 0):
        for source, margin in ((a, p1), (b, p2)):
            states = np.flatnonzero(margin[:, k] > 0)
            for state in states[: len(states) - (source is b)]:  # b's last row follows from the others
                rows.append((y == k) & (source == state))
                values.append(margin[state, k])
    pair = a * p.shape[1] + b
    s = sp.csc_matrix((pair[:, None] == pair[None, :]).astype(float)) if n <= 4000 else _same_pair(pair)
    equalities = sp.hstack([sp.csc_matrix((len(rows), n)), sp.csc_matrix(np.array(rows, dtype=float))], format="csc")
    positive = py[py > 0]
    return ConeProgram(equalities, np.array(values), s, float(-(positive * np.log2(positive)).sum()))


def _same_pair(pair: np.ndarray) -> sp.csc_matrix:
    """1 where two cells share (a, b), built sparsely."""
    member = sp.csc_matrix((np.ones(len(pair)), (np.arange(len(pair)), pair)))
    return sp.csc_matrix(member @ member.T)


def clarabel_union(p: np.ndarray, accuracy: float = 1e-9) -> float:
    """I* in bits by Clarabel (Goulart & Chen 2024, arXiv 2405.12762)."""
    import clarabel

    program = cone_program(p)
    n, m = program.cells, len(program.margins)
    # cone rows in the order (t, q, s) of each cell, as b - A x in the cone
    take = sp.vstack(
        [
            sp.hstack([-sp.eye(n), sp.csc_matrix((n, n))]),
            sp.hstack([sp.csc_matrix((n, n)), -sp.eye(n)]),
            sp.hstack([sp.csc_matrix((n, n)), -program.s]),
        ],
        format="csr",
    )
    order = np.arange(3 * n).reshape(3, n).T.ravel()
    matrix = sp.vstack([program.equalities, take[order]], format="csc")
    right = np.concatenate([program.margins, np.zeros(3 * n)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = accuracy
    settings.max_threads = 1
    cones = [clarabel.ZeroConeT(m)] + [clarabel.ExponentialConeT()] * n
    cost = np.concatenate([-np.ones(n), np.zeros(n)])
    solver = clarabel.DefaultSolver(sp.csc_matrix((2 * n, 2 * n)), cost, matrix, right, cones, settings)
    return program.entropy + solver.solve().obj_val / math.log(2.0)


def ecos_union(p: np.ndarray, accuracy: float = 1e-9) -> float:
    """I* in bits by ECOS (Domahidi, Chu & Boyd 2013), as BROJA_2PID does it (Makkeh, Theis & Vicente 2018)."""
    import ecos

    program = cone_program(p)
    n = program.cells
    # ECOS' cone is exp(u / w) <= v / w in the order (u, v, w) = (t, s, q)
    take = sp.vstack(
        [
            sp.hstack([-sp.eye(n), sp.csc_matrix((n, n))]),
            sp.hstack([sp.csc_matrix((n, n)), -program.s]),
            sp.hstack([sp.csc_matrix((n, n)), -sp.eye(n)]),
        ],
        format="csr",
    )
    order = np.arange(3 * n).reshape(3, n).T.ravel()
    result = ecos.solve(
        np.concatenate([-np.ones(n), np.zeros(n)]),
        sp.csc_matrix(take[order]),
        np.zeros(3 * n),
        {"l": 0, "q": [], "e": n},
        program.equalities,
        program.margins,
        verbose=False,
        abstol=accuracy,
        reltol=accuracy,
        feastol=accuracy,
        max_iters=200,
    )
    return program.entropy + float(result["info"]["pcost"]) / math.log(2.0)
