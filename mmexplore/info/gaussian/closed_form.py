"""`gaussian_pid`: the BROJA decomposition of jointly Gaussian variables in closed form.

Let P1 = Cov(Y|X1), P2 = Cov(Y|X2), and lambda_i the generalised eigenvalues of (P2, P1). Then

    U1 = sum_i 1/2 [log lambda_i]_+,   U2 = sum_i 1/2 [-log lambda_i]_+,   R = I1 - U1,   S = I12 - U1 - U2 - R.

Why: under every coupling W = Cov(Y|X1,X2) lies below P1 and P2, and every such W > 0 is reached, so the union information is

    I* = 1/2 log det Cov(Y) - 1/2 max { log det W : W <= P1, W <= P2 }.

In the basis in which P1 = I and P2 = diag(lambda), the diagonal of W is at most min(1, lambda_i), and by Hadamard's inequality
det W is at most their product, which diagonal W reaches. The certificate is the dual of that concave programme: for all Z1,
Z2 >= 0,  log det W <= tr Z1 P1 + tr Z2 P2 - log det(Z1 + Z2) - dy.

Definition of I*: Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852); iterative Gaussian solvers: Venkatesh, Bennett,
Gale, Ramirez, Heller, Durand, Olsen & Mihalas 2023 (arXiv 2307.10515), Zhao, Zhao, Cheung, Liang & Mei 2025 (arXiv 2510.04417).
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData
from mmexplore.info.broja.linalg import identity, one_thread
from mmexplore.info.gaussian.covariance import NEGATIVE, as_covariance, refusal, sizes
from mmexplore.info.gaussian.result import GaussianPID
from mmexplore.info.gaussian.singular import Kept, all_rows, independent_rows
from mmexplore.info.tables import Array
from mmexplore.units import BITS_PER_NAT

NAME = "gaussian BROJA"
ILL = 1e-3  # a pivot of the correlations
FEWEST_DIGITS = 1e-6  # bit; an answer whose rounding error may be larger does not count as converged


class CholeskyFactors(NamedTuple):
    """Cholesky factors of Cov(Y), Cov(Y|X1), Cov(Y|X2), Cov(Y|X1,X2), (..., dy, dy), and how much they magnify errors, (...)."""

    y: Array
    given1: Array
    given2: Array
    given12: Array
    magnified: Array


def gaussian_pid(cov: Any, d1: int, d2: int, dy: int, *, coupling: bool = False) -> GaussianPID:
    """Exact partial information decomposition of Gaussian Y by Gaussian X1 and X2, in bits.

    Args:
        cov: covariance of (x1, x2, y) in this order, shape (p, p), or a batch (..., p, p); NumPy, torch or nested lists.
            Differentiable in torch (at a tie, lambda_i = 1, the atoms have a kink and one of its slopes is returned).
        d1, d2, dy: the dimensions, p = d1 + d2 + dy.
        coupling: also return the covariance of the optimal coupling.

    Raises:
        BadData: `cov` is not square, of the wrong size, not symmetric, not positive semi-definite, or holds values not finite; or the target
            follows from x1, x2 or both without noise, so that an information is infinite.

    Where coordinates are linear functions of others (x2 a copy of x1, say) the answer is the limit of ever less noise, and `limit` says so.

    >>> r = gaussian_pid([[2, 1, 1], [1, 2, 1], [1, 1, 1]], 1, 1, 1)  # two noisy views of one signal
    >>> round(r.redundancy, 4), round(r.unique1, 4), round(r.unique2, 4), round(r.synergy, 4)
    (0.5, 0.0, 0.0, 0.2925)
    """
    start = time.perf_counter()
    dims = sizes(d1, d2, dy)
    matrix = as_covariance(cov, dims)
    xp = array_api_compat.array_namespace(matrix)
    with one_thread(xp, 0):
        deviations = xp.sqrt(xp.linalg.diagonal(matrix))
        correlation = matrix / (deviations[..., :, None] * deviations[..., None, :])
        try:
            factors, kept = _factors(correlation, dims, xp)
        except BadData:
            if matrix.ndim == 2:
                raise
            return _one_by_one(matrix, dims, coupling, xp)  # not the same coordinates in every one of the batch
        numbers = _decompose(factors, (d1, d2, len(kept.y)), xp)
        joint = _coupling(correlation, factors, numbers, dims, kept, xp) if coupling else None
        if len(kept.y) < dy:
            _fill(numbers, correlation, kept, dims, xp)
        turned = numbers.pop("directions") / deviations[..., d1 + d2 :, None]
        numbers.pop("posterior")
    if joint is not None:
        joint = joint * (deviations[..., :, None] * deviations[..., None, :])
    lead = tuple(matrix.shape[:-2])
    shaped = {
        name: value if lead or value.ndim or _is_torch(value) else value.item() for name, value in numbers.items()
    }
    return GaussianPID(
        **shaped,
        measure=NAME,
        certificate="exact",
        tolerance=0.0,
        iterations=0 if not lead else xp.zeros(lead, dtype=xp.int64, device=array_api_compat.device(matrix)),
        directions=turned,
        coupling=joint,
        limit=kept.sentence(dims) if kept.left_out else "",
        seconds=time.perf_counter() - start,
    )


def _one_by_one(matrix: Array, dims: tuple[int, int, int], coupling: bool, xp: Any) -> GaussianPID:
    """A batch whose members are singular in their own ways."""
    lead = tuple(matrix.shape[:-2])
    found = [gaussian_pid(one, *dims, coupling=coupling) for one in xp.reshape(matrix, (-1, *matrix.shape[-2:]))]
    limits = [one.limit for one in found if one.limit]
    joined: dict[str, Any] = {"limit": limits[0] if limits else "", "seconds": sum(one.seconds for one in found)}
    device = array_api_compat.device(matrix)
    for field in dataclasses.fields(found[0]):
        value = getattr(found[0], field.name)
        if field.name in ("tolerance", *joined) or isinstance(value, str) or value is None:
            continue
        parts = [xp.asarray(getattr(one, field.name), device=device) for one in found]
        joined[field.name] = xp.reshape(xp.stack(parts), (*lead, *parts[0].shape))
    return dataclasses.replace(found[0], **joined)


def _is_torch(value: Array) -> bool:
    return array_api_compat.is_torch_array(value)


def _factors(correlation: Array, dims: tuple[int, int, int], xp: Any) -> tuple[CholeskyFactors, Kept]:
    """The factors, and of which rows: all, or those that span the same where others are linear functions of them."""
    everything = all_rows(dims)
    try:
        return factorise(correlation, everything, dims, xp), everything
    except BadData as refused:
        plain = np.reshape(np.asarray(on_host(correlation)), (-1, sum(dims), sum(dims)))
        if float(np.linalg.eigvalsh(plain)[:, 0].min()) < -NEGATIVE * sum(dims):
            raise
        kept = independent_rows(plain.mean(axis=0), dims)  # what never varies in the mean varies in none
        if not kept.left_out:
            raise refused
        return factorise(correlation, kept, dims, xp), kept


def factorise(correlation: Array, kept: Kept, dims: tuple[int, int, int], xp: Any) -> CholeskyFactors:
    """Factor the blocks; the trailing corner of a Cholesky factor is that of the conditional covariance."""
    dy = len(kept.y)
    blocks = tuple(_block(correlation, rows, xp) for rows in kept.blocks)
    try:
        factors = [xp.linalg.cholesky(b) for b in blocks]
    except (np.linalg.LinAlgError, RuntimeError) as error:
        if not type(error).__name__.endswith("LinAlgError"):  # torch's own one is a RuntimeError, as is a full memory
            raise
        raise _refuse(correlation, dims, kept) from None
    diagonals = [xp.linalg.diagonal(f) for f in factors]
    pivot = xp.min(xp.concat(diagonals, axis=-1), axis=-1) ** 2
    if bool(xp.any(pivot < 4 * correlation.shape[-1] * 2.3e-16)):
        raise _refuse(correlation, dims, kept)
    y, given1, given2, given12 = (f[..., -dy:, -dy:] for f in factors)
    magnified = 10 / pivot
    if bool(
        xp.any(pivot < ILL)
    ):  # pivots no longer tell: |log det (C + E) - log det C| <= tr C^-1 ||E|| to first order
        inverse = xp.linalg.inv(factors[-1])
        magnified = xp.where(pivot < ILL, xp.sum(inverse**2, axis=(-2, -1)), magnified)
    return CholeskyFactors(y, given1, given2, given12, magnified)


def _block(correlation: Array, rows: tuple[int, ...], xp: Any) -> Array:
    """The part of a matrix that belongs to these rows."""
    if len(rows) == correlation.shape[-1]:
        return correlation
    index = xp.asarray(rows, device=array_api_compat.device(correlation))
    return xp.take(xp.take(correlation, index, axis=-1), index, axis=-2)


def _refuse(correlation: Array, dims: tuple[int, int, int], kept: Kept) -> Exception:
    plain = on_host(correlation)
    return refusal(np.reshape(plain, (-1, *plain.shape[-2:])), dims, (kept.x1, kept.x2, kept.y, kept.x12))


def _fill(numbers: dict[str, Array], correlation: Array, kept: Kept, dims: tuple[int, int, int], xp: Any) -> None:
    """Give combinations of the target that never vary their place: nobody knows more of them, and their weights are those that make 0."""
    first = dims[0] + dims[1]
    y = [row - first for row in kept.y]
    lost = [k for k in range(dims[2]) if k not in y]
    whole = _block(correlation, tuple(range(first, sum(dims))), xp)
    inner, cross = _block(whole, tuple(y), xp), xp.stack([whole[..., y, k] for k in lost], axis=-1)
    weights = xp.linalg.solve(inner, cross)  # (..., kept, lost): a lost column in terms of the kept ones
    lead, found = tuple(correlation.shape[:-2]), numbers["directions"]
    directions = xp.zeros((*lead, dims[2], dims[2]), dtype=found.dtype, device=array_api_compat.device(found))
    directions[..., y, : len(y)] = found
    directions[..., y, len(y) :] = -weights
    for place, k in enumerate(lost):
        directions[..., k, len(y) + place] = 1.0
    zeros = xp.zeros((*lead, len(lost)), dtype=found.dtype, device=array_api_compat.device(found))
    for name in ("spectrum", "known1", "known2"):
        numbers[name] = xp.concat([numbers[name], zeros], axis=-1)
    numbers["directions"] = directions


def _decompose(factors: CholeskyFactors, dims: tuple[int, int, int], xp: Any) -> dict[str, Array]:
    """Informations, union information with its dual bounds, and the spectrum."""
    dy = dims[2]

    def half_log_det(factor: Array) -> Array:
        return xp.sum(xp.log(xp.linalg.diagonal(factor)), axis=-1) * BITS_PER_NAT

    prior, h1, h2, h12 = (half_log_det(f) for f in factors[:4])
    ratio = xp.linalg.solve(factors.given1, factors.given2)  # M with M M^T = L1^-1 P2 L1^-T
    u, sigma, _ = xp.linalg.svd(ratio, full_matrices=False)  # sigma_i^2 = lambda_i, falling
    spectrum = xp.log(sigma) * BITS_PER_NAT
    positive = 0.5 * (spectrum + xp.abs(spectrum))
    unique1 = xp.sum(positive, axis=-1)
    i1, i2, i12 = prior - h1, prior - h2, prior - h12
    union = i2 + unique1

    # Feasible W: scaled down until it lies below P1 and P2. W <= P1 in the basis of L1, W <= P2 in that of L2.
    one = identity(dy, ratio, xp)
    least = xp.where(sigma < 1, sigma, xp.ones_like(sigma))
    inside1 = u * least[..., None, :]
    inside2 = xp.linalg.solve(ratio, inside1)
    excess1 = _norm(xp.swapaxes(u, -1, -2) @ u - one, xp)
    expected2 = least / sigma
    excess2 = _norm(xp.swapaxes(inside2, -1, -2) @ inside2 - one * (expected2**2)[..., None, :], xp)
    excess = xp.where(excess1 > excess2, excess1, excess2)
    tilt = _log_det_near_one(u, xp)
    primal = prior - h1 - (xp.sum(xp.log(least), axis=-1) + 0.5 * tilt - 0.5 * dy * xp.log1p(excess)) * BITS_PER_NAT
    # Dual: Z1 on the combinations that modality 1 knows better, Z2 on the others, both in the basis of L1.
    ones = xp.ones_like(sigma)
    weight1 = xp.where(sigma >= 1, ones, 0 * ones)
    weight2 = (ones - weight1) / sigma**2
    through = xp.swapaxes(ratio, -1, -2) @ u
    spent = xp.sum(weight1 * xp.sum(u**2, axis=-2) + weight2 * xp.sum(through**2, axis=-2), axis=-1)
    log_z = xp.sum(xp.log(weight1 + weight2), axis=-1) + tilt
    dual = prior - h1 + 0.5 * BITS_PER_NAT * (log_z + dy - spent)

    known = xp.linalg.solve(xp.swapaxes(factors.given1, -1, -2), u)  # columns v: v^T P1 v = 1, v^T P2 v = lambda
    variance = xp.sum((xp.swapaxes(factors.y, -1, -2) @ known) ** 2, axis=-2)
    accuracy = 2.3e-16 * BITS_PER_NAT * sum(dims) * factors.magnified
    lower = xp.where(dual < union, dual, union)
    upper = xp.where(primal > union, primal, union)
    return {
        "i1": i1,
        "i2": i2,
        "i12": i12,
        "union": union,
        "union_lower": lower,
        "union_upper": upper,
        "converged": (upper - lower < 1e-9) & (accuracy < FEWEST_DIGITS),
        "spectrum": spectrum,
        "directions": known / xp.sqrt(variance)[..., None, :],
        "known1": 1 - 1 / variance,
        "known2": 1 - sigma**2 / variance,
        "accuracy": accuracy,
        "posterior": factors.given1 @ inside1,
    }


def _norm(matrix: Array, xp: Any) -> Array:
    return xp.sqrt(xp.sum(matrix**2, axis=(-2, -1)))


def _log_det_near_one(u: Array, xp: Any) -> Array:
    """log det U U^T of an orthogonal matrix with rounding: its first order, tr(U^T U) - k."""
    return xp.sum(u**2, axis=(-2, -1)) - u.shape[-1]


def _coupling(
    correlation: Array,
    factors: CholeskyFactors,
    numbers: dict[str, Array],
    dims: tuple[int, int, int],
    kept: Kept,
    xp: Any,
) -> Array:
    """Joint covariance under Q: X1 and X2 are independent given a view T = Y + N that tells exactly I*.

    In units in which Cov(Y) = I let W = Q diag(w) Q^T be the posterior of that view. Then Cov_Q(X1, X2) =
    C1 Q diag(1 / (1 - w)) Q^T C2^T with C = Cov(X, Y), over the directions with w < 1.
    """
    d1, d2, _ = dims
    root = xp.linalg.solve(factors.y, numbers["posterior"])
    q, s, _ = xp.linalg.svd(root, full_matrices=False)
    explained = 1 - s**2
    gain = xp.where(
        explained > 1e-12, 1 / xp.where(explained > 1e-12, explained, xp.ones_like(explained)), xp.zeros_like(explained)
    )
    channel = xp.linalg.solve(factors.y, xp.stack([correlation[..., row, : d1 + d2] for row in kept.y], axis=-2))
    seen = xp.swapaxes(q, -1, -2) @ channel
    cross = xp.swapaxes(seen[..., :d1], -1, -2) @ (gain[..., :, None] * seen[..., d1:])
    top = xp.concat([correlation[..., :d1, :d1], cross, correlation[..., :d1, d1 + d2 :]], axis=-1)
    middle = xp.concat([xp.swapaxes(cross, -1, -2), correlation[..., d1 : d1 + d2, d1:]], axis=-1)
    return xp.concat([top, middle, correlation[..., d1 + d2 :, :]], axis=-2)
