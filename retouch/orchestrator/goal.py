"""Understanding a person's words without a model: the wishes that a goal holds, and who plans for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from retouch.edit import Traits
from retouch.errors import PlanError
from retouch.orchestrator.choice import choice
from retouch.orchestrator.colour_words import COLOUR, css_colour, frame_colour
from retouch.orchestrator.english import TINT
from retouch.orchestrator.phrases import BETWEEN, PATTERNS, POLITE, is_proofreading
from retouch.orchestrator.quotation import BETWEEN_TEXTS, Quoted, set_aside
from retouch.orchestrator.wish import ANY, Side, Wish
from retouch.plan import BoxedWish, Goal, Plan
from retouch.writing.variants import simplified

FORMS = (
    'fix all calligraphy characters · write 觞 in the red box · replace "A" with "B" · delete "A" · '
    'recolour "A" to red · make the second "A" red · insert "B" below "A" · ask: make it look like an ink painting · '
    '把写错的字都改正 · 在红框里写觞，并去掉红框 · 把"A"改成"B" · 删除"A" · 把"A"改成红色 · 在"A"下面加上"B"'
)
BOX_FORMS = (
    'write X · replace "A" with "B" · remove · colour red · fix · ask: add a wooden signboard · '
    '写X · 把"A"改成"B" · 删除 · 改成红色 · 改正'
)

_IT = "it"
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)、])\s+", re.MULTILINE)
"""How the lines of a list begin."""
_SEVERAL = re.compile(r"\b(?:both|all|them|boxes|frames|rectangles|squares)\b|所有|两个|这些|都", re.IGNORECASE)
_REMOVE = re.compile(
    r"(?:remove|delete|erase|clear|clean)(?:\s+(?:it|this|that|everything|the\s+\w+))?|(?:删除|删掉|去掉|移除|擦掉|清除)(?:它|掉)?",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    rf"(?:(?:re)?colou?r|make|turn|paint|dye)(?:\s+(?:it|this|the\s+text))?(?:\s+(?:to|in|into))?\s+({COLOUR})"
    rf"|(?:改成|改为|变成|染成|涂成|换成)?({COLOUR})",
    re.IGNORECASE,
)
_MAKE_IT = re.compile(
    rf"{TINT}\s+(?:it|that|the\s+new\s+\w+)\s+(?:(?:to|in|into)\s+)?({COLOUR})"
    rf"|(?:把它?|用)?(?:改成|改为|变成|染成|涂成|换成|写成)?({COLOUR})的?",
    re.IGNORECASE,
)
_ASK = re.compile(r"(?:ask|tell the editor|请编辑器?|让编辑器)\s*[:：]\s*(.*\S)", re.IGNORECASE | re.DOTALL)
"""Words that are not to be understood here, but handed on to an editing model as they are."""
_WRITE = re.compile(
    r"(?:(?:re-?)?write|put|draw|set|render|print)\s+(?P<text>\S+?)(?:\s+(?:here|correctly|properly|again))*"
    r"|(?:在?这里)?(?:写上|写入|写|改成|改为|填)(?P<characters>[^\s的]+)",
    re.IGNORECASE,
)
_SIDES: dict[Side, str] = {"before": "before|left|[前左]", "below": "below|beneath|under|下", "above": "above|over|上"}
_FIX = re.compile(r"(?:fix|correct|repair|proofread)(?:\s+(?:it|this))?|改正|修正|纠正|改对|校对|修复", re.IGNORECASE)


def understand(words: str, placed: bool = False) -> tuple[Wish, ...]:
    """The wishes in a person's words, in order; PlanError that names the clause and the forms which work otherwise.

    `placed`: the place is known (a mask was given), so that the words need not name one.
    """
    if asked := _ASK.fullmatch(words.strip()):
        return (Wish("ask", how=asked[1]),)
    quoted = set_aside(words)
    if is_proofreading(simplified(_trimmed(quoted.words))):
        return (Wish("proofread"),)
    try:
        return _understood(quoted, placed)
    except PlanError as error:
        try:
            return tuple(one for wish in _understood(quoted.in_lists(), placed) for one in _each_text(wish))
        except PlanError:
            raise error from None


def _understood(quoted: Quoted, placed: bool) -> tuple[Wish, ...]:
    whole = _trimmed(_BULLET.sub("", quoted.words))
    alone = _clause(whole, quoted)
    wishes: list[Wish] = []
    for clause in [whole] if alone is not None else BETWEEN.split(whole):
        wish = _clause(_trimmed(clause), quoted) or (_written(_trimmed(clause), quoted) if placed else None)
        if wish is not None and wish.frame in (ANY, _IT):
            wish = _same_frame(wish, wishes)
        wish = wish or _coloured(_trimmed(clause), wishes)
        if wish is None:
            raise _not_understood(quoted.restored(clause.strip()))
        if wish.kind == "replace" and wish.source == wish.target:
            raise PlanError(
                f"goal: {wish.source!r} is to be replaced by itself, which changes nothing",
                hint="to have it drawn anew where it is malformed: --box BOX=INSTRUCTION with write X",
            )
        wishes += _each_frame(wish, clause, wishes)
    wanted = tuple(wish for wish in wishes if wish.kind != "keep-frame")
    if not wanted:
        raise _not_understood(quoted.restored(whole))
    return wanted


def _coloured(clause: str, before: list[Wish]) -> Wish | None:
    """`Make it red` is said of what the wish before it wrote."""
    match = _MAKE_IT.fullmatch(simplified(clause))
    if match is None or not before or before[-1].kind not in ("replace", "write"):
        return None
    last = before[-1]
    return replace(last, kind="recolour", target=css_colour(match[1] or match[2]), now=last.target)


def _not_understood(words: str) -> PlanError:
    return PlanError(f"goal: {words!r} cannot be understood; put texts in quotes", hint=f"forms: {FORMS}")


def _each_text(wish: Wish) -> list[Wish]:
    """One wish for each text of a list; only what stands there may be one."""
    if any(BETWEEN_TEXTS in (text or "") for text in (wish.target, wish.within, wish.anchor and wish.anchor[1])):
        raise _not_understood(wish.instruction.replace(BETWEEN_TEXTS, '", "'))
    if wish.source is None:
        return [wish]
    return [replace(wish, source=text) for text in wish.source.split(BETWEEN_TEXTS)]


def understand_box(instruction: str) -> Wish:
    """The wish of one box's instruction; PlanError that names the forms which work otherwise."""
    quoted = set_aside(instruction)
    words = _trimmed(quoted.words)
    if asked := _ASK.fullmatch(instruction.strip()):
        return Wish("ask", how=asked[1])
    simple = simplified(words)
    colour = _COLOUR.fullmatch(simple)
    if _REMOVE.fullmatch(simple):
        return Wish("remove")
    if colour:
        return Wish("recolour", target=css_colour(colour[1] or colour[2]))
    if _FIX.fullmatch(simple) or is_proofreading(simple):
        return Wish("proofread")
    wish = _clause(words, quoted)
    if wish is not None and wish.frame is None and wish.kind not in ("keep-frame", "remove-frame", "insert"):
        return wish
    written = _written(words, quoted)
    if written is not None:
        return written
    if len(words) == 1 and (quoted.texts or ord(words) >= 0x3400):
        return Wish("write", target=quoted.text(words))
    raise PlanError(f"box instruction {instruction!r} cannot be understood", hint=f"forms: {BOX_FORMS}")


def handed_on(goal: Goal, editors: Mapping[str, Traits]) -> Goal:
    """The goal with the boxes whose words are not understood marked to be handed on as they are (`ask: …`), if one of
    the run's editors, by SPEC, follows free words. PlanError that says what is missing if none does."""
    boxes = tuple(_handed_on(wish, editors) for wish in goal.boxes)
    return goal if boxes == goal.boxes else goal.model_copy(update={"boxes": boxes})


def _handed_on(wish: BoxedWish, editors: Mapping[str, Traits]) -> BoxedWish:
    try:
        understand_box(wish.instruction)
    except PlanError as error:
        if any(not traits.operations for traits in editors.values()):
            return wish.model_copy(update={"instruction": f"ask: {wish.instruction.strip()}"})
        raise PlanError(
            f"{error.message}; the editors of this run ({', '.join(editors) or 'none'}) do only what has such a form",
            hint=f"an editing model follows any words: add --editor diffusers:/models/…; else one of the {error.hint}",
        ) from error
    return wish


def choose(goal: Goal) -> str:
    """The name of the built-in planner for a goal; PlanError if its words cannot be understood."""
    if goal.boxes:
        return "boxes"
    if not goal.text.strip() and goal.reference is not None:
        return "proofread"
    return (
        "proofread"
        if all(wish.kind == "proofread" for wish in understand(goal.text, goal.mask is not None))
        else "words"
    )


def wants_proofreading(goal: Goal) -> bool:
    """True if a plan for the goal is made from what proofreading finds."""
    if goal.boxes:
        return any(understand_box(wish.instruction).kind == "proofread" for wish in goal.boxes)
    if not goal.text.strip():
        return goal.reference is not None
    return any(wish.kind == "proofread" for wish in understand(goal.text, goal.mask is not None))


def understood(goal: Goal) -> Plan:
    """The operations that a goal names, as steps without a place (those of `--box` have theirs); no picture needed."""
    if goal.boxes:
        boxed = [(understand_box(wish.instruction), wish.box) for wish in goal.boxes]
        steps = [wish.step(f"s{number}", box) for number, (wish, box) in enumerate(boxed, 1)]
    else:
        steps = [wish.step(f"s{number}") for number, wish in enumerate(understand(goal.text, goal.mask is not None), 1)]
    return Plan(goal=goal.text, steps=tuple(steps))


def _same_frame(wish: Wish, before: list[Wish]) -> Wish | None:
    """`the box` is the one named last, if one was; `it` must be."""
    last = next((other.frame for other in reversed(before) if other.frame is not None), None)
    if last is not None:
        return replace(wish, frame=last)
    return wish if wish.frame == ANY else None


def _each_frame(wish: Wish, clause: str, before: list[Wish]) -> list[Wish]:
    """`Remove both boxes` means every frame named before; any other wish is one."""
    named = dict.fromkeys(other.frame for other in before if other.frame is not None)
    if wish.kind == "remove-frame" and len(named) > 1 and _SEVERAL.search(simplified(clause)):
        return [replace(wish, frame=frame) for frame in named]
    return [wish]


def _trimmed(clause: str) -> str:
    before = None
    while clause != before:
        before, clause = clause, POLITE.sub("", clause.strip())
    return clause


def _written(clause: str, quoted: Quoted) -> Wish | None:
    """`Write X` without a place."""
    match = _WRITE.fullmatch(simplified(clause))
    if match is None:
        return None
    span = match.span("text" if match["text"] else "characters")
    return Wish("write", target=quoted.text(clause[slice(*span)]))


def _clause(clause: str, quoted: Quoted) -> Wish | None:
    """The wish of one clause. Patterns know simplified Chinese; texts are taken from the clause as it was typed."""
    simple = simplified(clause)
    if is_proofreading(simple):
        return Wish("proofread")
    for kind, pattern in PATTERNS:
        match = re.fullmatch(pattern, simple, re.IGNORECASE)
        if match is None:
            continue

        def text(name: str, match: re.Match[str] = match) -> str | None:
            for group in (name, f"{name}_bare", f"{name}_plain", f"{name}_letter"):
                if match.groupdict().get(group) is not None:
                    return quoted.text(clause[slice(*match.span(group))])
            return None

        found = match.groupdict()
        colour = found.get("colour")
        if kind == "replace" and css_colour(found.get("target_bare") or ""):
            return None  # a bare colour is no text, and what shall be coloured is none either
        frame = _IT if found.get("box") == _IT else ANY if found.get("box") else None
        if found.get("frame"):
            frame = frame_colour(found["frame"])
        anchor = text("anchor")
        return Wish(
            kind,
            source=text("source"),
            target=css_colour(colour) if colour else text("target"),
            frame=frame,
            anchor=(_side(found.get("side")), anchor) if anchor else None,
            within=text("within"),
            which=choice(found),
            how=found.get("how"),
        )
    return None


def _side(words: str | None) -> Side:
    """On which side of its neighbour an insertion goes; behind it where nothing is said."""
    for side, pattern in _SIDES.items():
        if re.search(pattern, words or "", re.IGNORECASE):
            return side
    return "after"
