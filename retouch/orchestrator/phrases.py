"""The forms of words that are understood: the clauses of both languages, what stands between them, and proofreading."""

from __future__ import annotations

import re

from retouch.orchestrator.chinese import CHINESE, MENDS
from retouch.orchestrator.english import CHANGE, ENGLISH, NAMED_TEXT, OTHERS, REMOVE, REPAIR, TINT, WRITE
from retouch.orchestrator.quotation import MARK

PATTERNS = (*ENGLISH, *CHINESE)
"""Each kind of wish with a pattern that a whole clause must match, the special before the general."""

_START = (
    rf"(?:{WRITE}|{REPAIR}|{REMOVE}|{CHANGE}|{TINT}|{OTHERS}|in\s|{NAMED_TEXT})"
    rf"|把|将|给|在|往|用|改|写|修|删|去|移|擦|抹|清|放大|缩小|保留|不要|校|检查|第|最后|其[他它余]|别的|字体|颜色|风格|样式|大小|背景|保持|{MARK}|\S+\s+(?:in|into|inside)\s"
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
_CHINESE_VERB = re.compile(rf"{MENDS}|校对|检查|修改|修好|修补|改")
_CHINESE_NOUN = re.compile("字|书法|文本|笔画|笔误|校对")
_CHINESE_WORDS = re.compile(
    rf"{MENDS}|校对|检查|修改|修好|修补|改|过来|一下|进行|并|且|请|帮我|把|将|让|使|所有|全部|全文|通篇|整篇|一切|每一?个|全|都|整个|整|"
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
