"""Gates: small worlds whose decomposition is known. A new gate is one declaration in a file of this folder."""

from mmexplore.datasets.gate_tables.declaration import (
    NUMERICAL,
    Gate,
    declare,
    fixed,
    gate,
    gate_info,
    gates,
    of_bits,
    of_events,
)

__all__ = ["NUMERICAL", "Gate", "declare", "fixed", "gate", "gate_info", "gates", "of_bits", "of_events"]
