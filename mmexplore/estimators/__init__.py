"""From rows to a decomposition of the population they were drawn from, with what can be said about its error."""
