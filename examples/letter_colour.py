"""The colour of one letter: the first m of Summer becomes blue.

python -m examples.letter_colour OUT [EDITOR [VERIFIER …]]

retouch run sale.png --goal 'make the first "m" in "Summer" blue'

The built-in editor `recolour` does it and keeps every edge. A letter that stands at several places is asked about
(exit code 4) unless the words say which.
"""

from __future__ import annotations

import sys

import retouch
from examples.pictures import document, poster, tell


def main(folder: str, editor: str | retouch.Editor = "recolour", *verifiers: str | retouch.Verifier) -> int:
    work = document(poster((92, "Summer Sale"), (40, "Fresh fruit every day")), folder, "sale")
    report = work.run('make the first "m" in "Summer" blue', editors=[editor], verifiers=verifiers)
    return tell(report, work, f"{folder}/blue.png")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
