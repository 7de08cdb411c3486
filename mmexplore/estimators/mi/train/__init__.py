"""Mutual information by trained critics: many copies (folds, seeds) in one batched computation."""
