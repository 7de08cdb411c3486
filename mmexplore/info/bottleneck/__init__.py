"""Exact bottlenecks: what compression keeps and discards, where theory has the answer. LARGE beta keeps more."""

from mmexplore.info.bottleneck.canonical import Canonical, canonical_correlations, canonical_correlations_from_rows
from mmexplore.info.bottleneck.decoders import DecoderIB, blend_ib, decoder_ib
from mmexplore.info.bottleneck.deterministic import deterministic_ib
from mmexplore.info.bottleneck.discrete import DiscreteIB, discrete_ib
from mmexplore.info.bottleneck.gaussian import GaussianIB, gaussian_ib, gaussian_ib_of, relevance_at
from mmexplore.info.bottleneck.score import excess_lagrangian_nats, excess_over_nats
from mmexplore.info.bottleneck.sweep import Sweep, sweep
from mmexplore.info.bottleneck.symmetric import (
    SymmetricIB,
    escape,
    pair_lagrangian_nats,
    spinodal,
    symmetric_ib,
    symmetric_ib_of,
    transition,
)
from mmexplore.info.bottleneck.tradeoff import Tradeoff

__all__ = [
    "Canonical",
    "DecoderIB",
    "DiscreteIB",
    "GaussianIB",
    "Sweep",
    "SymmetricIB",
    "Tradeoff",
    "blend_ib",
    "canonical_correlations",
    "canonical_correlations_from_rows",
    "decoder_ib",
    "deterministic_ib",
    "discrete_ib",
    "escape",
    "excess_lagrangian_nats",
    "excess_over_nats",
    "gaussian_ib",
    "gaussian_ib_of",
    "pair_lagrangian_nats",
    "relevance_at",
    "spinodal",
    "sweep",
    "symmetric_ib",
    "symmetric_ib_of",
    "transition",
]
