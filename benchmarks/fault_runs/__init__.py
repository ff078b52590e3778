"""Each fault as a run: what is broken, when, and what has to be true afterwards."""
