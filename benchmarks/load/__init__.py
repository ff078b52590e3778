"""A contest under load and under faults: servers as in production, teams that press the button, and the books."""
