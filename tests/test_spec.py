"""SPECs: what is typed for a part, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import SpecError
from retouch.spec import Spec, typed

words = st.text(
    st.characters(codec="utf-8", exclude_characters="?:", exclude_categories=("Cs", "Zs", "Cc")), min_size=1
)


@pytest.mark.parametrize(
    ("text", "name", "target", "options"),
    [
        ("typeset", "typeset", None, {}),
        ("diffusers:/models/Q-2511?steps=40&cfg=4", "diffusers", "/models/Q-2511", {"steps": "40", "cfg": "4"}),
        ("openai:http://127.0.0.1:8000/v1?model=q", "openai", "http://127.0.0.1:8000/v1", {"model": "q"}),
        ("dashscope?model=plus", "dashscope", None, {"model": "plus"}),
        ("x?empty=", "x", None, {"empty": ""}),
    ],
)
def test_a_spec_has_name_target_and_options(text: str, name: str, target: str | None, options: dict[str, str]) -> None:
    assert Spec.parse(text) == Spec(name=name, target=target, options=options)


@given(words, st.dictionaries(st.sampled_from(["steps", "cfg", "model"]), words))
def test_parse_is_the_inverse_of_str(target: str, options: dict[str, str]) -> None:
    spec = Spec(name="part", target=target.strip() or None, options=options)
    assert Spec.parse(str(spec)) == spec


@pytest.mark.parametrize("text", ["", ":x", "?a=b", "  "])
def test_a_spec_needs_a_name(text: str) -> None:
    with pytest.raises(SpecError, match="no name"):
        Spec.parse(text)


@pytest.mark.parametrize("option", ["api_key", "token", "password", "client_secret"])
def test_secrets_are_refused_without_being_repeated(option: str) -> None:
    with pytest.raises(SpecError, match="environment") as caught:
        Spec.parse(f"openai?{option}=sk-12345")
    assert "sk-12345" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"), [("40", 40), ("4.5", 4.5), ("true", True), ("No", False), ("bf16", "bf16"), ("", "")]
)
def test_options_are_typed_as_they_are_written(text: str, value: object) -> None:
    assert typed(text) == value
    assert type(typed(text)) is type(value)
