"""Representation learning side by side: methods, critics, probes and the programs of the lab's runs. All seeds are one computation."""
