"""Pixels: tiles under the hash of what they show, and tables of tiles."""
