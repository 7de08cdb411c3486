"""BROJA's union information with a certificate: `solve` tables to a gap that is proved, on NumPy or torch."""

from mmexplore.info.broja.solver import Solution, solve, solve_problem

__all__ = ["Solution", "solve", "solve_problem"]
