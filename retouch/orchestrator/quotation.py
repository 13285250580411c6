"""Quoted text in a person's words, set aside so that nothing inside the quotes is read as an instruction."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retouch.errors import PlanError

# Private-use characters stand for the quotations while the words round them are read.
_FIRST = 0xE000
MARK = "[\ue000-\uefff]"
"""Matches the stand-in of one quotation."""

# “…” also as ”…” and with straight quotes mixed in, as they are typed; '…' only where it is no apostrophe.
_QUOTED = re.compile(
    r"[\"“”„＂]([^\"“”„＂]*)[\"“”＂]|[「｢]([^」｣]*)[」｣]|『([^』]*)』|«([^»]*)»|`([^`]*)`"
    r"|‘((?:[^‘’]|(?<=\w)’(?=\w))*)’|(?<!\w)'((?:[^']|(?<=\w)'(?=\w))*)'(?!\w)"
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that no editor can draw: control codes, and those that turn the direction of the text behind them."""
_BESIDE_HAN = re.compile(rf"(?<=[\u3400-\u9fff])[ \t\u3000]+(?={MARK})|(?<={MARK})[ \t\u3000]+(?=[\u3400-\u9fff])")
"""Spaces that are typed round a quotation in a Chinese clause, and that mean nothing there."""


_LIST = re.compile(rf"{MARK}(?:(?:\s*[,，、]\s*(?:and\s+)?|\s+(?:and|&)\s+|\s*[和与及]\s*){MARK})+")
BETWEEN_TEXTS = "\x1f"
"""Stands between the texts of one list, where a clause is about several."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """`words` with each quotation replaced by a stand-in; `texts` are the quotations."""

    words: str
    texts: tuple[str, ...]

    def text(self, written: str) -> str:
        """What `written` means: the quotation that a stand-in stands for, other text as it is."""
        written = written.strip()
        if len(written) == 1 and _FIRST <= ord(written) < _FIRST + len(self.texts):
            return self.texts[ord(written) - _FIRST]
        return self.restored(written)

    def restored(self, words: str) -> str:
        """`words` as they were typed, in straight quotes."""
        for number, text in enumerate(self.texts):
            words = words.replace(chr(_FIRST + number), f'"{text}"'.replace(BETWEEN_TEXTS, '", "'))
        return words

    def in_lists(self) -> Quoted:
        """The same with one stand-in for each list of quotations (`"A", "B" and "C"`)."""
        texts = list(self.texts)

        def stand_in(match: re.Match[str]) -> str:
            texts.append(BETWEEN_TEXTS.join(self.text(mark) for mark in re.findall(MARK, match[0])))
            return chr(_FIRST + len(texts) - 1)

        words = _LIST.sub(stand_in, self.words)
        return Quoted(words, tuple(texts))


def set_aside(words: str) -> Quoted:
    """The words without their quotations; PlanError for one that is empty or cannot be drawn."""
    texts: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        text = next(group for group in match.groups() if group is not None).strip()
        if not text:
            raise PlanError(f"goal: the quotes {match[0]} in {words!r} are empty", hint='to remove a text: delete "A"')
        if unseen := _UNSEEN.search(text):
            raise PlanError(f"goal: the text {text!r} holds the control character U+{ord(unseen[0]):04X}; leave it out")
        texts.append(text)
        return chr(_FIRST + len(texts) - 1)

    return Quoted(_BESIDE_HAN.sub("", _QUOTED.sub(stand_in, words)), tuple(texts))
