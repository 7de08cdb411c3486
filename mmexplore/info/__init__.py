"""Exact information theory of finite tables: float64, bits, axes [x1, x2, y], no I/O, no torch at import."""
