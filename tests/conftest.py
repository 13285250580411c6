"""What holds for all tests: the laws are tried on the same examples every time, and nothing is judged by the clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
