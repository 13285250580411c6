"""A history in memory, for tests: the same rules without a file."""
