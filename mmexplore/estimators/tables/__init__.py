"""Estimates for tables of counts: bias corrections, intervals, nulls, learning curves, and when to distrust them."""
