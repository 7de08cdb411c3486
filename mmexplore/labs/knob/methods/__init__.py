"""The periodic table of two-view methods. A new method is one more declaration in a file of this folder."""

from mmexplore.labs.knob.methods.declaration import FAMILIES, REGISTRY, Method, declare, method, methods

__all__ = ["FAMILIES", "REGISTRY", "Method", "declare", "method", "methods"]
