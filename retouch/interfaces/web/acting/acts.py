"""The acts: every route that changes something."""

from retouch.interfaces.web.acting import answers, branches, merges, opinions, runs, uploads

ACTS = (
    branches.router,
    merges.router,
    opinions.router,
    answers.router,
    runs.router,
    uploads.router,
)
"""The routers."""
