"""The forms of Chinese wishes, in simplified characters, as patterns of one clause each; quotations are stand-ins.

A clause must match as a whole: what is only half understood is not understood.
"""

from __future__ import annotations

from retouch.orchestrator.colour_words import COLOUR
from retouch.orchestrator.quotation import MARK
from retouch.orchestrator.wish import Kind

_FORM = r"(?:(?:这|那)?(?:[一二两三四几]?[个行句段串])?(?:字样|文字|字|词|单词|数字|话))?"
_NOUN = r"(?:文字|字样|单词|字母|数字|标题|标语|店名|日期|年份|价格|词|字)"
_PART = r"左上角|右上角|左下角|右下角|左上方|右上方|左下方|右下方|上方|上面|顶部|下方|下面|底部|左边|左侧|右边|右侧"


def _characters(name: str) -> str:
    """One text in a Chinese clause: a quotation, or bare characters among which no word of the clause can hide."""
    return rf"(?:{_NOUN}?(?P<{name}>{MARK})|(?P<{name}_bare>[^\s，。；、,;的字框把将给在里{MARK[1:-1]}]+?)){_FORM}"


_CHOICE = (
    rf"(?:(?P<where>{_PART}|大?标题(?:里面?|中|上))的?)?"
    r"(?:第(?P<which>[一二三四五六七八九\d]+)(?:个|处|次出现)的?|(?P<last>最后一?(?:个|处))的?|"
    r"(?P<every>所有|全部|每一?[个处]|两[个处])的?)?"
)
_WITHIN = rf"(?:{_NOUN}?(?P<within>{MARK})(?:这?个?词)?(?:之?中|里面?|内)的?)?"
_S, _T = rf"{_WITHIN}{_CHOICE}{_characters('source')}", _characters("target")
_LETTER = rf"{_WITHIN}{_CHOICE}(?:{_NOUN}?(?P<source>{MARK})|字母(?P<source_bare>[A-Za-z])){_FORM}"
_BA = r"(?:(?:把|将|给|让|使)\s*)?"
_IMAGE = r"(?:(?:图片|图|画面|画|海报|页面|照片|招牌)(?:(?:中|里|上|内)(?:面)?的?|的(?=\W*标题))?)?"
_BOXED = rf"(?:那个|这个|此)?(?P<frame>{COLOUR})?的?(?P<box>方框|矩形框|边框|线框|框子|矩形|框)"
_INSIDE = rf"{_BOXED}(?:之?内|里面?|中|当中|处|的?位置)?"
_WRITES = r"(?:写上|写入|写|填上|填写|填|画上|画|放上|重写)(?:一个)?(?:正确的)?"
_ADDS = r"(?:加上|添上|添加|增加|加|插入|补上|写上|写)(?:一个|一行)?"
_BECOME = r"(?:改写|改正|改|替换|换|修改|更改|更换|变|重写|写|纠正|更正)(?:成|为|作|做|到)?"
_REMOVES = r"(?:删除|删掉|删去|去掉|去除|移除|擦掉|擦除|抹掉|抹去|清除|消除|不要)"
MENDS = r"(?:修正|改正|纠正|订正|修复|更正|校正|改对|改好|写对|写好|重写)"
_PAINT = r"(?:改|变|换|染|涂|设|调|修改|更改)(?:成|为)?"
_WAY = r"[上下左右]"
_FAR = r"(?:\d+(?:个)?像素|一点儿?|一些)"

_REST = r"(?:其他|其它|其余|别的)(?:的)?(?:内容|地方|部分|文字|一切)?"
_LOOK = r"(?:字体|颜色|风格|大小|样式|背景|位置|字号|排版)"
_LOOKS = rf"(?:原来的?|原有的?)?{_LOOK}(?:[和与及、]{_LOOK})*"
_AS_IS = r"(?:保持|维持)?(?:原样|不变|不动|一致)|(?:不要|不用|别)(?:改变?|动)"

CHINESE: tuple[tuple[Kind, str], ...] = (
    ("keep-frame", rf"(?:保留|留下|保持){_BOXED}(?:不变)?"),
    ("keep-frame", rf"(?:{_REST}|{_LOOKS})(?:都|均|全部|也)?(?:请)?(?:{_AS_IS})"),
    ("keep-frame", rf"(?:保持|保留|不要?改变?|不要?动)(?:{_REST}|{_LOOKS})(?:{_AS_IS})?"),
    ("remove-frame", rf"{_REMOVES}(?:掉)?(?:这?两个|所有的?|这些)?{_BOXED}"),
    ("remove-frame", rf"{_BA}(?:这?两个|所有的?|这些)?{_BOXED}(?:也|都)?{_REMOVES}(?:了)?"),
    ("proofread", rf"{_BA}{_INSIDE}的?(?:错?字|文字|内容)(?:都)?{MENDS}"),
    ("proofread", rf"{MENDS}{_INSIDE}的?(?:错?字|文字|内容)"),
    ("write", rf"(?:在|往|于)?{_INSIDE}(?:重新|正确地?|端正地?)*{_WRITES}{_T}"),
    ("write", rf"在{_INSIDE}{_BA}(?:错?字|文字|内容)?{_BECOME}{_T}"),
    ("write", rf"{_BA}{_T}(?:正确地?)?(?:写|填|放|画)(?:在|到|进|入){_INSIDE}"),
    ("write", rf"{_BA}{_INSIDE}的?(?:那个)?(?:错?字|文字|汉字|内容){_BECOME}{_T}"),
    ("write", rf"{_INSIDE}(?:的?(?:那个)?(?:字|文字|内容))?(?:应该?|应当)(?:为|是|写成|写作){_T}"),
    ("recolour", rf"{_BA}{_IMAGE}{_LETTER}(?:的颜色)?(?:都|全部)?{_PAINT}(?P<colour>{COLOUR})的?"),
    ("replace", rf"用{_T}(?:来)?(?:替换|代替|取代|换)(?:掉)?{_IMAGE}{_S}"),
    ("replace", rf"(?:替换|更换|修改|更改|改|换)(?:掉)?{_IMAGE}{_S}(?:成为|为|成){_T}"),
    ("replace", rf"{_BA}{_IMAGE}{_S}(?:都|全部|全)?{_BECOME}{_T}"),
    ("replace", rf"{_BA}{_IMAGE}(?:文字|内容|{_NOUN})?(?:从|由){_S}{_BECOME}{_T}"),
    ("replace", rf"{_IMAGE}{_S}(?:应该?|应当)(?:为|是|写成|写作|改为|改成){_T}"),
    (
        "insert",
        rf"在{_IMAGE}{_characters('anchor')}(?:的)?(?:之)?(?P<side>[后前上下左右])(?:面|边|方|侧)?{_ADDS}{_T}",
    ),
    ("move", rf"{_BA}{_IMAGE}{_S}(?P<how>(?:向|往|朝){_WAY}(?:移动|移|挪){_FAR}?|{_WAY}移{_FAR}?)"),
    (
        "resize",
        rf"{_BA}{_IMAGE}{_S}(?P<how>(?:放大|缩小)(?:一倍|两倍|一半|一点儿?|一些)?|(?:变|改|调)(?:大|小)(?:一点儿?|一些)?)",
    ),
    ("resize", rf"(?P<how>放大|缩小){_IMAGE}{_S}"),
    ("delete", rf"{_REMOVES}{_IMAGE}{_S}"),
    ("delete", rf"{_BA}{_IMAGE}{_S}(?:都|全部)?{_REMOVES}(?:了)?"),
)
"""Each kind of wish with a pattern that a whole clause must match, the special before the general."""
