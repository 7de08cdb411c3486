"""Bootstrap: take off the mean by which the bootstrap replicates exceed the plug-in.

    f_c = 2 f_hat - mean f*.    Efron & Tibshirani 1993, section 10.6.

Makes no assumption on which atoms vanish, but sees the cells that occur only, and so too little of the bias where most are empty.
"""

from __future__ import annotations

from mmexplore.errors import Unsupported
from mmexplore.estimators.tables.corrections import CorrectionInput, Informations, correction


@correction(
    "bootstrap",
    label="Bootstrap",
    summary="Subtracts the bias that the bootstrap shows. The intervals are centred on it; too little where most cells are empty.",
    reference="Efron & Tibshirani 1993",
    centres=True,
    direct=False,
)
def bootstrap(asked: CorrectionInput) -> Informations:
    """Plug-in minus bootstrap bias."""
    if asked.bootstrap_bias is None:
        raise Unsupported("the bootstrap correction needs bootstrap replicates; allowed: bootstraps of 1 and more")
    r, bias = asked.plugin, asked.bootstrap_bias
    return Informations(r.i1 - bias.i1, r.i2 - bias.i2, r.i12 - bias.i12, r.union - bias.union)
