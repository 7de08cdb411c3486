"""Runs: everything that trains goes through one mechanism."""
