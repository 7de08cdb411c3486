"""A small network of gates: products of one bent direction of each modality, in a logistic regression.

    logit_y = b_y + l_y'x1 + m_y'x2 + sum_r c_ry tanh(u_r'x1 + a_r) tanh(v_r'x2 + b_r)

Products of signs, XOR and AND have this form with one gate. It begins at the singular directions of a logistic regression on all products
of components, which has the square of its parameters, and goes on by L-BFGS with a ridge penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from mmexplore.estimators.predictive.logistic import softmax

PENALTY = 0.5  # of every weight, summed loss
STEPS = 60
DONE = 1e-5


@dataclass(frozen=True)
class Gated:
    """A fitted network.

    Attributes:
        u, v: directions, (k1 + 1, gates) and (k2 + 1, gates), the offsets last.
        w: weights of components and gates, (k1 + k2 + gates + 1, ny), the intercepts last.
    """

    u: np.ndarray
    v: np.ndarray
    w: np.ndarray

    def bent(self, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Both modalities along the gates' directions, before they are bent, (n, gates) each."""
        return first @ self.u[:-1] + self.u[-1], second @ self.v[:-1] + self.v[-1]

    def predict(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Probabilities, (n, ny)."""
        a, b = self.bent(first, second)
        seen = np.concatenate([first, second, np.tanh(a) * np.tanh(b)], axis=1)
        return softmax(seen @ self.w[:-1] + self.w[-1])


def fit_gated(
    first: np.ndarray, second: np.ndarray, one_hot: np.ndarray, weights: np.ndarray, u: np.ndarray, v: np.ndarray
) -> Gated:
    """Fit from the directions `u` (k1, gates) and `v` (k2, gates).

    Args:
        first, second: components of the modalities, (n, k1) and (n, k2).
        one_hot: 1 at the class of every row, (n, ny).
        weights: of the rows, (n,).
        u, v: where to begin.
    """
    n, k1 = first.shape
    k2, gates, ny = second.shape[1], u.shape[1], one_hot.shape[1]
    x1, x2 = np.column_stack([first, np.ones(n)]), np.column_stack([second, np.ones(n)])
    sizes = [(k1 + 1) * gates, (k2 + 1) * gates, (k1 + k2 + gates + 1) * ny]
    total = float(weights.sum())

    def parts(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        a, b, c = np.split(theta, np.cumsum(sizes)[:-1])
        return a.reshape(k1 + 1, gates), b.reshape(k2 + 1, gates), c.reshape(-1, ny)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        a, b, c = parts(theta)
        ta, tb = np.tanh(x1 @ a), np.tanh(x2 @ b)
        seen = np.concatenate([first, second, ta * tb, np.ones((n, 1))], axis=1)
        score = seen @ c
        top = score.max(axis=1, keepdims=True)
        e = np.exp(score - top)
        mass = e.sum(axis=1, keepdims=True)
        value = float(weights @ (np.log(mass) + top - (score * one_hot).sum(axis=1, keepdims=True))[:, 0])
        residual = (e / mass - one_hot) * weights[:, None]
        back = residual @ c[k1 + k2 : -1].T
        slopes = (x1.T @ (back * tb * (1.0 - ta * ta)), x2.T @ (back * ta * (1.0 - tb * tb)), seen.T @ residual)
        slope = np.concatenate([one.ravel() for one in slopes]) + 2.0 * PENALTY * theta
        return (value + PENALTY * float(theta @ theta)) / total, slope / total

    start = np.concatenate(
        [np.vstack([u, np.zeros(gates)]).ravel(), np.vstack([v, np.zeros(gates)]).ravel(), np.zeros(sizes[2])]
    )
    start[sizes[0] + sizes[1] :].reshape(-1, ny)[-1] = np.log(np.maximum(weights @ one_hot / total, 1e-9))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": DONE, "gtol": 1e-5})
    return Gated(*parts(found.x))
