"""Retouch: plans, edits, verifies and remembers corrections of pictures, one region at a time."""
