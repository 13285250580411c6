"""The rung `reworded`: saying what stands there and what was wrong with the tries so far."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from retouch.errors import CancelledError, RetouchError
from retouch.picture import Picture
from retouch.plan import ColourIs, Step, TextGone, TextReads
from retouch.verdict import Verdict

OWN = "retouch"
"""Who reworded where no model did."""
_MOST_READ = 24
"""Characters of what was read that are repeated: longer readings are of the surroundings."""
_MOST_SAID = 800
"""Characters of a model's own words; services take no more in a prompt."""


@runtime_checkable
class Rewriter(Protocol):
    """A part that can say better what an editor shall do, e.g. a vision-language model."""

    def reword(self, step: Step, before: Picture, after: Picture, verdicts: Sequence[Verdict]) -> str:
        """An instruction for `step`; `after` is what its last try made of `before`, and `verdicts` what was found."""
        ...


@dataclass(frozen=True, slots=True)
class Rewording:
    """`text` stands behind the step's own words, or instead of them where a model wrote it (`replaces`)."""

    text: str
    by: str = OWN
    replaces: bool = False
    note: str = ""
    """Why a model that was asked is not the author."""


def own_words(step: Step, verdicts: Sequence[Verdict]) -> Rewording:
    """What there is to say without a model: what stands there, what the last try read as, what must be seen."""
    said = [f'Now "{step.source}" stands there.'] if step.source and step.operation == "replace" else []
    wanted = step.expectation
    # What is much longer than what was wanted was read round the place, or is there to be repeated.
    most = min(_MOST_READ, 2 * len(step.target or step.source or "") + 2)
    read = [text for text in dict.fromkeys(_readings(verdicts)) if text != step.target and len(text) <= most]
    if read and isinstance(wanted, TextReads | TextGone):
        said.append(f'A first try came out as "{read[0]}", which is wrong.')
    elif any(not verdict.passed for verdict in verdicts):
        said.append("A first try was not right.")
    if isinstance(wanted, TextGone):
        said.append(f'Nothing of "{wanted.text}" may be left.')
    elif isinstance(wanted, ColourIs):
        said.append(f"All of it must be {wanted.colour}.")
    elif step.target and step.operation != "recolour":
        said.append(f'The result must show exactly "{step.target}", every character complete and sharp.')
    return Rewording(" ".join(said))


def asked(
    rewriter: Rewriter, name: str, step: Step, before: Picture, after: Picture, verdicts: Sequence[Verdict]
) -> Rewording:
    """A model's words; where it fails, our own and a note of that."""
    try:
        text = _clean(rewriter.reword(step, before, after, verdicts), _MOST_SAID)
    except CancelledError:
        raise
    except RetouchError as error:
        return _instead(step, verdicts, f"{name} could not reword: {error.message}")
    except Exception as error:  # a stranger's part may raise anything; the run has words of its own
        return _instead(step, verdicts, f"{name} could not reword: {type(error).__name__}: {error}")
    wanted = step.target if isinstance(step.expectation, TextReads) else None
    if not text or (wanted and _clean(wanted, _MOST_SAID) not in text):
        return _instead(step, verdicts, f"{name} left out what is wanted; its words were not used")
    return Rewording(text, by=name, replaces=True)


def _instead(step: Step, verdicts: Sequence[Verdict], note: str) -> Rewording:
    own = own_words(step, verdicts)
    return Rewording(own.text, note=note)


def rewriter_of(parts: Sequence[tuple[str, Callable[[], Any]]]) -> tuple[str, Rewriter] | None:
    """The first of the named parts that can reword; each is made only when it is looked at."""
    for name, make in parts:
        part = make()
        if isinstance(part, Rewriter):
            return name, part
    return None


def _readings(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What verifiers read. It comes from the picture: it is repeated as a short quotation and never as an order."""
    for verdict in verdicts:
        evidence = verdict.evidence
        single = [each.get("read") for each in evidence.get("characters", ()) if isinstance(each, dict)]
        lines = evidence.get("read", ())
        several = [each.get("text") for each in lines if isinstance(each, dict)] if isinstance(lines, list) else [lines]
        joined = "".join(map(str, filter(None, single)))
        for text in (joined, *several):
            clean = _clean(text.replace('"', ""), _MOST_SAID) if isinstance(text, str) else ""
            if clean:
                yield clean


def _clean(text: str, most: int) -> str:
    """One line without control characters, cut to `most` characters."""
    shown = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return " ".join(shown.split())[:most]
