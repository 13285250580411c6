"""The forms of words that are understood, in English and simplified Chinese, as patterns of one clause each.

Quotations are stand-ins (`quotation`). A clause must match as a whole: what is only half understood is not understood.
"""

from __future__ import annotations

import re

from retouch.orchestrator.colour_words import COLOUR
from retouch.orchestrator.quotation import MARK
from retouch.orchestrator.wish import Kind

_DET = r"(?:(?:the|this|that|every|each|all|any)\s+(?:(?:occurrences?|instances?)\s+of\s+)?)?"
_NOUN = r"(?:(?:words?|texts?|phrase|characters?|chars?|letters?|number|year|date|title|line|glyph|string)\s+)"
_NO_TEXT = r"(?!(?:the|an?|it|this|that|these|those|all|any|every(?:thing)?|them|each|with|by|to|in|into|what|here)\b)"


def _text(name: str, more: str = "") -> str:
    """One text: a quotation with or without a noun, or a bare word of no spaces that is no function word."""
    bare = rf"{_NO_TEXT}[^\s,;，。；、{more}]+?"
    return rf"(?:{_DET}{_NOUN}?(?P<{name}>{MARK})|(?:{_DET}{_NOUN})?(?P<{name}_bare>{bare}))"


_SOURCE, _TARGET = _text("source"), _text("target")
# Bare words are no texts where they would rather name a thing (make background red).
_QUOTED_SOURCE = rf"{_DET}{_NOUN}?(?P<source>{MARK})"
_FRAME = (
    rf"(?:(?:the|this|that|my|an?|its|both|all)\s+)?(?:(?P<frame>{COLOUR})\s+)?(?:drawn\s+|marked\s+|marker\s+)?"
    r"(?P<box>box|frame|rectangle|square|border|outline|(?<!the\s)it)(?:es|s)?"
)
_IN = rf"(?:in|into|inside|inside\s+of|within|to)\s+{_FRAME}"
_CONTENT = r"(?:(?:the|this|that)\s+)?(?:wrong\s+|malformed\s+)?(?:characters?|texts?|words?|glyphs?|contents?|writing)"
_PLACE = r"(?:\s+(?:in|on|from)\s+(?:the|this|my)\s+(?:picture|image|page|poster|photo|sign|banner|card))?"
_WELL = r"(?:\s+(?:correctly|properly|right|neatly|again|instead|everywhere|there))*"
_WRITE = r"(?:re-?)?(?:write|put|draw|paint|set|place|render|add|insert|type|print)"
_REPAIR = r"(?:fix|correct|repair|redraw|rewrite|re-?write|proofread|mend)"
_REMOVE = r"(?:remove|delete|erase|wipe(?:\s+out)?|take\s+(?:out|away)|get\s+rid\s+of|drop|clear)"
_CHANGE = r"(?:change|turn|edit|modify|update|correct|fix|alter|convert|make|rewrite|set)"
_TINT = r"(?:recolou?r|colou?r|paint|dye|tint|make|turn|set|change(?:\s+the\s+colou?r\s+of)?)"

_ENGLISH: tuple[tuple[Kind, str], ...] = (
    ("keep-frame", rf"(?:keep|leave|preserve)\s+{_FRAME}(?:\s+(?:as\s+it\s+is|there|alone|in\s+place))?"),
    ("remove-frame", rf"(?:{_REMOVE}|without)\s+{_FRAME}(?:\s+(?:itself|too|as\s+well|afterwards?))*"),
    ("write", rf"{_WRITE}\s+{_TARGET}{_WELL}\s+{_IN}{_WELL}"),
    ("write", rf"{_IN}\s*[,:]?\s*{_WRITE}\s+{_TARGET}{_WELL}"),
    (
        "write",
        rf"(?:replace|{_CHANGE}|{_REPAIR})\s+{_CONTENT}\s+{_IN}\s+(?:with|by|as|into|to(?:\s+(?:be|read|say))?)\s+"
        rf"{_TARGET}{_WELL}",
    ),
    ("write", rf"{_CONTENT}\s+{_IN}\s+(?:should|must|shall)\s+(?:be|read|say)\s+{_TARGET}"),
    ("write", rf"{_FRAME}\s+(?:should|must|shall)\s+(?:be|read|say|show|hold|contain)\s+{_TARGET}"),
    ("write", rf"fill\s+{_FRAME}\s+with\s+{_TARGET}"),
    ("write", rf"{_IN}\s*[:：]\s*{_TARGET}"),
    ("write", rf"{_TARGET}{_WELL}\s+{_IN}"),
    ("proofread", rf"{_REPAIR}\s+{_CONTENT}\s+{_IN}{_WELL}"),
    (
        "recolour",
        rf"{_TINT}\s+{_QUOTED_SOURCE}{_PLACE}\s+(?:(?:to|in|into|as)\s+)?(?:the\s+colou?r\s+)?(?P<colour>{COLOUR})"
        r"(?:\s+colou?r)?",
    ),
    ("replace", rf"substitute\s+{_TARGET}\s+for\s+{_SOURCE}{_PLACE}"),
    (
        "replace",
        rf"(?:replace|swap|substitute|exchange)\s+{_SOURCE}{_PLACE}\s+(?:with|by|for|→|->)\s+{_TARGET}{_PLACE}{_WELL}",
    ),
    (
        "replace",
        rf"{_CHANGE}\s+{_SOURCE}{_PLACE}\s+(?:to(?:\s+(?:be|read|say))?|into|read|say)\s+{_TARGET}{_PLACE}{_WELL}",
    ),
    ("replace", rf"{_SOURCE}{_PLACE}\s+(?:should|must|shall)\s+(?:be|read|say|become)\s+{_TARGET}"),
    ("replace", rf"{_SOURCE}\s*(?:->|→|=>|⇒)\s*{_TARGET}"),
    ("replace", rf"(?P<source>{MARK})\s+(?:with|by|to)\s+(?P<target>{MARK})"),
    ("insert", rf"{_WRITE}\s+{_TARGET}\s+(?P<side>after|before|behind)\s+{_text('anchor')}"),
    ("delete", rf"{_REMOVE}\s+{_SOURCE}{_PLACE}{_WELL}"),
)

_FORM = r"(?:(?:这|那)?(?:[一二两三四几]个|个)?(?:字样|文字|字|词|单词|数字))?"


def _characters(name: str) -> str:
    """One text in a Chinese clause: a quotation, or bare characters among which no word of the clause can hide."""
    return rf"(?:(?:文字|字样|单词|字)?(?P<{name}>{MARK})|(?P<{name}_bare>[^\s，。；、,;的字框把将在里]+?)){_FORM}"


_S, _T = _characters("source"), _characters("target")
_BA = r"(?:(?:把|将)\s*)?"
_IMAGE = r"(?:(?:图片|图|画面|画|海报|页面|照片|招牌)(?:中|里|上|内)(?:面)?的?)?(?:所有的?|全部的?)?"
_BOXED = rf"(?:那个|这个|此)?(?P<frame>{COLOUR})?的?(?P<box>方框|矩形框|边框|线框|框子|矩形|框)"
_INSIDE = rf"{_BOXED}(?:之?内|里面?|中|当中|处|的?位置)?"
_WRITES = r"(?:写上|写入|写|填上|填写|填|画上|画|放上|重写)(?:一个)?(?:正确的)?"
_BECOME = r"(?:改写|改正|改|替换|换|修改|更改|更换|变|重写|写|纠正|更正)(?:成|为|作|做|到)?"
_REMOVES = r"(?:删除|删掉|删去|去掉|去除|移除|擦掉|擦除|抹掉|抹去|清除|消除|不要)"
_MENDS = r"(?:修正|改正|纠正|订正|修复|更正|校正|改对|改好|写对|写好|重写)"
_PAINT = r"(?:改|变|换|染|涂|设|调)(?:成|为)?"

_CHINESE: tuple[tuple[Kind, str], ...] = (
    ("keep-frame", rf"(?:保留|留下|保持){_BOXED}(?:不变)?"),
    ("remove-frame", rf"{_REMOVES}(?:掉)?(?:这?两个|所有的?|这些)?{_BOXED}"),
    ("remove-frame", rf"{_BA}(?:这?两个|所有的?|这些)?{_BOXED}(?:也|都)?{_REMOVES}(?:了)?"),
    ("proofread", rf"{_BA}{_INSIDE}的?(?:错?字|文字|内容)(?:都)?{_MENDS}"),
    ("proofread", rf"{_MENDS}{_INSIDE}的?(?:错?字|文字|内容)"),
    ("write", rf"(?:在|往|于)?{_INSIDE}(?:重新|正确地?|端正地?)*{_WRITES}{_T}"),
    ("write", rf"在{_INSIDE}{_BA}(?:错?字|文字|内容)?{_BECOME}{_T}"),
    ("write", rf"{_BA}{_T}(?:正确地?)?(?:写|填|放|画)(?:在|到|进|入){_INSIDE}"),
    ("write", rf"{_BA}{_INSIDE}的?(?:那个)?(?:错?字|文字|汉字|内容){_BECOME}{_T}"),
    ("write", rf"{_INSIDE}(?:的?(?:那个)?(?:字|文字|内容))?(?:应该?|应当)(?:为|是|写成|写作){_T}"),
    (
        "recolour",
        rf"{_BA}{_IMAGE}(?:文字|字样|单词|字)?(?P<source>{MARK}){_FORM}(?:的颜色)?(?:都)?{_PAINT}(?P<colour>{COLOUR})的?",
    ),
    ("replace", rf"用{_T}(?:来)?(?:替换|代替|取代|换)(?:掉)?{_IMAGE}{_S}"),
    ("replace", rf"{_BA}{_IMAGE}{_S}(?:都|全部|全)?{_BECOME}{_T}"),
    ("replace", rf"{_IMAGE}{_S}(?:应该?|应当)(?:为|是|写成|写作|改为|改成){_T}"),
    (
        "insert",
        rf"在{_IMAGE}{_characters('anchor')}(?:的)?(?:之)?(?P<side>后|前)(?:面|边)?(?:加上|加|插入|补上|写上|写){_T}",
    ),
    ("delete", rf"{_REMOVES}{_IMAGE}{_S}"),
    ("delete", rf"{_BA}{_IMAGE}{_S}(?:都|全部)?{_REMOVES}(?:了)?"),
)

PATTERNS = (*_ENGLISH, *_CHINESE)
"""Each kind of wish with a pattern that a whole clause must match, the special before the general."""

_START = (
    rf"(?:{_WRITE}|{_REPAIR}|{_REMOVE}|{_CHANGE}|{_TINT}|replace|swap|substitute|exchange|keep|leave|preserve|without|in\s)"
    rf"|把|将|在|往|用|改|写|修|删|去|移|擦|抹|清|保留|不要|校|检查|{MARK}|\S+\s+(?:in|into|inside)\s"
)
BETWEEN = re.compile(
    r"(?:\s*(?:[，。；、！,;!\n]|\.(?=\s))+\s*(?:and\s+then|and|then|并且|并|然后|再|接着|同时|最后|还要)?"
    rf"|\s+(?:and\s+then|and|then|&)\s|\s*(?:并且|并|然后|接着|同时))\s*(?={_START})",
    re.IGNORECASE,
)
"""What stands between two clauses; only where another clause can begin behind it."""

POLITE = re.compile(
    r"^(?:(?:写完(?:之?后)?|(?:完成)?之?后|最后|please|kindly|can\s+you|could\s+you|would\s+you|i\s+want\s+(?:you\s+)?to|请你?|帮我|麻烦你?|and|then|再|并|然后)"
    r"\s*,?\s*)+|[\s.。!！?？,，;；]+(?:please|thanks?|thank\s+you|谢谢)?[.。!！]*$"
    r"|\s+(?:please|when\s+done|after\s+that|at\s+the\s+end|afterwards?|now)$",
    re.IGNORECASE,
)
"""What may stand before and behind a clause and says nothing."""

_PROOF_WORDS = r"""all the any every each wrong malformed incorrect incorrectly bad broken faulty miswritten misspelled
misspelt garbled calligraphy calligraphic brush ink chinese japanese hand handwritten written drawn character characters
chars char glyph glyphs text texts words word letters typo typos spelling error errors mistake mistakes fault faults
stroke strokes writing script page picture image in on of this these those to match so that it they them is are reads
read as given it's its reference original and which please correctly with wherever needed make sure should be right
matches matching match agree agrees according exactly whole entire there one ones any wrongly mis"""
_PROOF_VERBS = "fix correct repair proofread mend rectify check restore redraw rewrite"
_PROOF_NOUNS = (
    "calligraphy characters? chars? glyphs? texts? typos? spelling errors? mistakes? faults? strokes? writing"
)

_WORD = r"[a-z']+"
_ENGLISH_PROOF = (
    {*_PROOF_WORDS.split(), *_PROOF_VERBS.split()},
    re.compile(rf"\b(?:{'|'.join(_PROOF_VERBS.split())})\b|\bmake\b.*\bread\b"),
    re.compile(rf"\b(?:{'|'.join(_PROOF_NOUNS.split())})\b|\bproofread\b"),
)
_CHINESE_VERB = re.compile(rf"{_MENDS}|校对|检查|修改|修好|修补|改")
_CHINESE_NOUN = re.compile("字|书法|文本|笔画|笔误|校对")
_CHINESE_WORDS = re.compile(
    rf"{_MENDS}|校对|检查|修改|修好|修补|改|过来|一下|进行|并|且|请|帮我|把|将|让|使|所有|全部|全文|通篇|整篇|一切|每一?个|全|都|整个|整|"
    r"这|那|一|张|幅|页|篇|些|个|图片|图|画面|画|页面|作品|里面|里|中|上|内|的|地|写错了?|写坏了?|错误|错了?|错别字|有误|"
    r"不对|有问题|畸形|变形|书法|毛笔|手写|汉字|文字|文本|字符|字迹|字|笔画|笔误|别|按照?|根据|与|和|跟|原文|参考文本|给定|"
    r"一致|正确|成|为|对|\s|[，、。]"
)


def is_proofreading(words: str) -> bool:
    """True for a wish to correct whatever is wrong in the text: nothing but words of that kind, English or Chinese."""
    lowered = words.lower()
    known, verb, noun = _ENGLISH_PROOF
    if re.fullmatch(r"[a-z'\s,\-]+", lowered):
        return set(re.findall(_WORD, lowered)) <= known and bool(verb.search(lowered)) and bool(noun.search(lowered))
    return bool(_CHINESE_VERB.search(words) and _CHINESE_NOUN.search(words)) and not _CHINESE_WORDS.sub("", words)
