"""Decompose: a table from a gate, real data or a drawing, changed by what-ifs, and the grid behind its dial."""
