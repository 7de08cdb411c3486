"""Networks that dial compression against what is kept, for every method of the periodic table."""
