"""The journal: runs, attempts and what came back."""
