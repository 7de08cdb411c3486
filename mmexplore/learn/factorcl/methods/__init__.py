"""One file a method; the declarations in `mmexplore.tasks.objectives` name them."""
