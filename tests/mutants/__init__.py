"""``make mutants``: take one guard away at a time, and see that a test notices."""
