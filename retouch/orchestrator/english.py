"""The forms of English wishes, as patterns of one clause each; quotations are stand-ins (`quotation`).

A clause must match as a whole: what is only half understood is not understood.
"""

from __future__ import annotations

from retouch.orchestrator.colour_words import COLOUR
from retouch.orchestrator.quotation import MARK
from retouch.orchestrator.wish import Kind

_NOUN = (
    r"(?:(?:words?|texts?|phrase|characters?|chars?|letters?|numbers?|digits?|year|date|price|title|headline|heading|"
    r"caption|label|slogan|name|sentence|line|glyph|string)\s+)"
)
_ONE = r"(?:(?:word|text|letter|character|digit|number|year|date|price|title|name)\s+)"
"""Nouns that tell a bare word to be a text."""
_IN_TEXT = rf"(?=\S\s+(?:in|of|inside|within)\s+(?:the\s+)?(?:(?:word|text|name|title|line)\s+)?{MARK})"
_LETTER = rf"(?:(?:letter|character)\s+|{_IN_TEXT})(?P<source_letter>[^\W\d_])"
_NO_TEXT = r"(?!(?:the|an?|it|this|that|these|those|all|any|every(?:thing)?|them|each|with|by|to|in|into|what|here)\b)"
_ORDINAL = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|last|\d+(?:st|nd|rd|th)|topmost|bottom|leftmost|"
    r"rightmost|upper|lower|top|left|right|largest|biggest|smallest"
)
_OF = r"(?:(?:occurrences?|instances?)\s+(?:of\s+)?(?:the\s+)?)?"
_DET = rf"(?:(?:the|this|that|every|each|all|any)\s+{_OF})?"
_CHOICE = (
    rf"(?:(?:only|just)\s+)?(?:(?P<every>both|all|every|each|any)\s+(?:(?:of\s+)?the\s+)?|(?P<one>the|this|that)\s+)?"
    rf"(?:(?P<which>{_ORDINAL})\s+)?{_OF}"
)
"""Which of several places with the same text is meant."""


def _bare(name: str) -> str:
    """A bare word of no spaces that is no function word."""
    return rf"(?P<{name}>{_NO_TEXT}[^\s,;，。；、\"“”„＂「」『』«»]+?)"


def _text(name: str) -> str:
    """One text: a quotation with or without a noun, or a bare word."""
    return rf"(?:{_DET}{_NOUN}?(?P<{name}>{MARK})|(?:{_DET}{_NOUN})?{_bare(name + '_bare')})"


_WITHIN = rf"(?:\s+(?:in|of|inside|within)\s+(?:the\s+)?(?:(?:word|text|name|title|line)\s+)?(?P<within>{MARK}))?"
_TARGET = _text("target")
_NAMED = rf"{_CHOICE}(?:{_NOUN}?(?P<source>{MARK})|{_LETTER}|{_ONE}{_bare('source_bare')})"
# A bare word after `the` would rather name a thing (remove the dog); one after a verb alone is a text.
_SOURCE = rf"(?:{_NAMED}|{_bare('source_plain')}){_WITHIN}"
# No bare word at all where it would name a thing as well (make background red); a letter is a text.
_QUOTED_SOURCE = rf"{_NAMED}{_WITHIN}"
_FRAME = (
    rf"(?:(?:the|this|that|my|an?|its|both|all)\s+)?(?:(?P<frame>{COLOUR})\s+)?(?:drawn\s+|marked\s+|marker\s+)?"
    r"(?P<box>box|frame|rectangle|square|border|outline|(?<!the\s)it)(?:es|s)?"
)
_IN = rf"(?:in|into|inside|inside\s+of|within|to)\s+{_FRAME}"
_CONTENT = r"(?:(?:the|this|that)\s+)?(?:wrong\s+|malformed\s+)?(?:characters?|texts?|words?|glyphs?|contents?|writing)"
_WHOLE = r"(?:picture|image|page|poster|photo|photograph|sign|banner|card)"


def _place(name: str) -> str:
    """Where on the picture; what tells places apart is the group `name`."""
    side = r"(?:very\s+)?(?:top|bottom|left|right)(?:\s+(?:left|right))?|upper\s+\w+|lower\s+\w+"
    part = r"(?:main\s+)?(?:headline|heading|title)|small\s+print|fine\s+print|footer"
    of = rf"(?:\s+of\s+(?:the|this|my)\s+{_WHOLE})?"
    return (
        rf"(?:\s+(?:in|on|from|at|of)\s+(?:(?:the|this|my)\s+)?(?:{_WHOLE}|(?P<{name}>{side}|{part})"
        rf"(?:\s+(?:corner|side|edge|line|part))?{of}))?"
    )


_P = _place("where")
_P2 = _place("where_too")
_LOOK = r"(?:fonts?|typeface|style|colou?rs?|size|layout|position|background)"
_LOOKS = rf"{_LOOK}(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)(?:the\s+)?{_LOOK})*"
_WELL = rf"(?:\s+(?:correctly|properly|right|neatly|again|instead|everywhere|there|in\s+the\s+same\s+{_LOOKS}))*"
WRITE = r"(?:re-?)?(?:write|put|draw|paint|set|place|render|add|insert|type|print)"
REPAIR = r"(?:fix|correct|repair|redraw|rewrite|re-?write|proofread|mend)"
REMOVE = r"(?:remove|delete|erase|wipe(?:\s+out)?|take\s+(?:out|away)|get\s+rid\s+of|drop|clear)"
CHANGE = r"(?:change|turn|edit|modify|update|correct|fix|alter|convert|make|rewrite|set|rename)"
TINT = (
    r"(?:recolou?r|colou?r|paint|dye|tint|make|turn|set|"
    r"(?:change|set|turn|make)(?:\s+the\s+colou?r\s+of)?)"
)
OTHERS = r"(?:replace|swap|substitute|exchange|keep|leave|preserve|without|append|move|shift|enlarge|shrink|scale)"
"""Other verbs that a clause may begin with."""
_SAY = r"(?:be|read|say|show|become)"
_SHOULD = rf"(?:should|must|shall|ought\s+to|has\s+to|needs\s+to)\s+(?:be\s+changed\s+to|{_SAY})"
_TYPO = r"(?:(?:fix|correct)\s+the\s+(?:typo|spelling|mistake|error)(?:\s+(?:of|in))?\s*[:,]?\s*)"
_SIDE = (
    r"(?P<side>after|before|behind|below|beneath|under(?:neath)?|above|over|next\s+to|beside|"
    r"(?:to|on)\s+the\s+(?:left|right)\s+of|(?:left|right)\s+of)"
)
_PIXELS = r"(?:\d+)\s*(?:px|pixels?)"
_AWAY = r"(?:(?:to|towards?)\s+the\s+)?(?:left|right|up|down)(?:wards?)?"
_HOW = (
    rf"(?P<how>(?:by\s+)?{_PIXELS}\s+{_AWAY}|(?:(?:a\s+)?(?:bit|little)\s+)?(?:further\s+)?{_AWAY}"
    rf"(?:\s+(?:by\s+)?{_PIXELS})?)"
)
_SIZE = (
    r"(?P<how>(?:(?:a\s+)?(?:bit|little)\s+|much\s+)?(?:larger|bigger|smaller)|(?:twice|half|double|three\s+times)\s+"
    r"(?:as\s+(?:large|big|small)|the\s+size))"
)

ENGLISH: tuple[tuple[Kind, str], ...] = (
    ("keep-frame", rf"(?:keep|leave|preserve)\s+{_FRAME}(?:\s+(?:as\s+it\s+is|there|alone|in\s+place))?"),
    (
        "keep-frame",
        rf"(?:keep|leave|preserve|keeping|leaving|preserving)\s+(?:everything\s+else|all\s+else|the\s+rest|all\s+other\s+\w+|"
        rf"(?:the\s+|its\s+)?(?:same\s+|original\s+)?{_LOOKS})"
        r"(?:\s+(?:of\s+it|of\s+the\s+\w+|as\s+(?:it\s+is|they\s+are|is|before)|the\s+same|unchanged|untouched|alone))*",
    ),
    ("remove-frame", rf"(?:{REMOVE}|without)\s+{_FRAME}(?:\s+(?:itself|too|as\s+well|afterwards?))*"),
    ("write", rf"{WRITE}\s+{_TARGET}{_WELL}\s+{_IN}{_WELL}"),
    ("write", rf"{_IN}\s*[,:]?\s*{WRITE}\s+{_TARGET}{_WELL}"),
    (
        "write",
        rf"(?:replace|{CHANGE}|{REPAIR})\s+{_CONTENT}\s+{_IN}\s+(?:with|by|as|into|to(?:\s+(?:be|read|say))?)\s+"
        rf"{_TARGET}{_WELL}",
    ),
    ("write", rf"{_CONTENT}\s+{_IN}\s+(?:should|must|shall)\s+(?:be|read|say)\s+{_TARGET}"),
    ("write", rf"{_FRAME}\s+(?:should|must|shall)\s+(?:be|read|say|show|hold|contain)\s+{_TARGET}"),
    ("write", rf"fill\s+{_FRAME}\s+with\s+{_TARGET}"),
    ("write", rf"{_IN}\s*[:：]\s*{_TARGET}"),
    ("write", rf"{_TARGET}{_WELL}\s+{_IN}"),
    ("proofread", rf"{REPAIR}\s+{_CONTENT}\s+{_IN}{_WELL}"),
    (
        "recolour",
        rf"{TINT}\s+{_QUOTED_SOURCE}{_P}\s+(?:(?:to|in|into|as)\s+)?(?:the\s+colou?r\s+)?(?P<colour>{COLOUR})"
        r"(?:\s+colou?r)?",
    ),
    ("recolour", rf"{_QUOTED_SOURCE}{_P}\s+(?:{_SHOULD}\s+|in\s+)?(?P<colour>{COLOUR})"),
    ("replace", rf"substitute\s+{_TARGET}\s+for\s+{_SOURCE}{_P}"),
    (
        "replace",
        rf"(?:{WRITE}|(?:make\s+)?it\s+(?:should\s+)?(?:say|read)|say)\s+{_TARGET}\s+"
        rf"(?:instead|in\s+place)\s+of\s+{_SOURCE}{_P}",
    ),
    (
        "replace",
        rf"(?:replace|swap|substitute|exchange)\s+{_SOURCE}{_P}\s+(?:with|by|for|→|->)\s+{_TARGET}{_P2}{_WELL}",
    ),
    ("replace", rf"{CHANGE}\s+(?:the\s+)?{_NOUN}?from\s+{_SOURCE}{_P}\s+(?:in)?to\s+{_TARGET}{_P2}"),
    (
        "replace",
        rf"(?:{_TYPO}|{CHANGE}\s+){_SOURCE}{_P}\s+(?:to(?:\s+(?:be|read|say))?|into|read|say|"
        rf"so\s+that\s+it\s+(?:reads|says))\s+{_TARGET}{_P2}{_WELL}",
    ),
    ("replace", rf"{_TYPO}?{_SOURCE}{_P}\s+{_SHOULD}\s+{_TARGET}"),
    (
        "replace",
        rf"{_SOURCE}{_P}\s+is\s+(?:misspelled|misspelt|wrong|a\s+typo)\s*[,;:]?\s*(?:and\s+)?(?:it\s+)?"
        rf"{_SHOULD}\s+{_TARGET}",
    ),
    (
        "replace",
        rf"i(?:'d|\s+would)?\s+(?:want|like)\s+{_SOURCE}{_P}\s+"
        rf"(?:to\s+{_SAY}|(?:to\s+be\s+)?changed\s+(?:in)?to|(?:to\s+be\s+)?replaced\s+(?:with|by))\s+{_TARGET}",
    ),
    ("replace", rf"{_TYPO}?{_SOURCE}\s*(?:->|→|=>|⇒)\s*{_TARGET}"),
    ("replace", rf"(?P<source>{MARK})\s+(?:with|by|to)\s+(?P<target>{MARK})"),
    ("insert", rf"{WRITE}\s+{_TARGET}\s+{_SIDE}\s+{_text('anchor')}"),
    ("insert", rf"append\s+{_TARGET}\s+to\s+{_text('anchor')}"),
    ("move", rf"(?:move|shift|push)\s+{_SOURCE}{_P}\s+{_HOW}"),
    ("resize", rf"(?:make|scale)\s+{_SOURCE}{_P}\s+{_SIZE}"),
    (
        "resize",
        rf"(?P<how>enlarge|shrink|scale\s+(?:up|down)|(?:in|de)crease\s+the\s+(?:font\s+)?size\s+of)\s+{_SOURCE}{_P}",
    ),
    ("delete", rf"{REMOVE}\s+{_SOURCE}{_P}{_WELL}"),
    ("delete", rf"take\s+{_SOURCE}{_P}\s+(?:out|away)"),
)
"""Each kind of wish with a pattern that a whole clause must match, the special before the general."""

NAMED_TEXT = rf"(?:the\s+)?{_NOUN}?{MARK}"
"""A text with its noun, as a clause may begin that leaves its verb out."""
