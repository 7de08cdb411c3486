"""Compare: estimators against known truth over rows, dimension or strength, and where each one fails."""
