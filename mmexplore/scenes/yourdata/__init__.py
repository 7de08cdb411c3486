"""Your data: a study of rows, its answers, its reading in words, and its report."""
