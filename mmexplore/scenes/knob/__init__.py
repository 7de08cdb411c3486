"""Knob: two views, a method, where the knobs stand; and the exact theory beside it."""
