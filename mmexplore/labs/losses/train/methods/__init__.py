"""One file a method; the declarations in `mmexplore.labs.losses.objectives` name them."""
