"""Where keys come from, and where they may go."""

from __future__ import annotations

import pytest

from retouch.clients import keys
from retouch.clients.endpoint import Endpoint
from retouch.errors import UnavailableError

OPENAI = Endpoint.parse("https://api.openai.com/v1")
LOOPBACK = Endpoint.parse("http://127.0.0.1:8000/v1")
LAN = Endpoint.parse("http://192.168.1.5:8000/v1")


def found(endpoint: Endpoint, **environment: str) -> str | None:
    key = keys.find("openai", endpoint, environment)
    return key.reveal() if key else None


def test_our_own_variable_comes_first() -> None:
    assert found(OPENAI, OPENAI_API_KEY="usual", RETOUCH_OPENAI_API_KEY="own") == "own"
    assert found(OPENAI, OPENAI_API_KEY="usual") == "usual"
    assert found(LOOPBACK, OPENAI_API_KEY=" usual\n") == "usual"
    assert found(OPENAI, OPENAI_API_KEY="") is None
    assert found(OPENAI, DASHSCOPE_API_KEY="other") is None


def test_the_usual_key_is_not_sent_in_clear_to_another_machine() -> None:
    assert found(LAN, OPENAI_API_KEY="usual") is None
    assert found(LAN, OPENAI_API_KEY="usual", RETOUCH_OPENAI_API_KEY="own") == "own"


@pytest.mark.parametrize("value", ["two words", "clé", "a\nb", "a\r\nX-Evil: 1"])
def test_what_cannot_be_a_key_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(UnavailableError, match="OPENAI_API_KEY holds no key") as caught:
        found(OPENAI, OPENAI_API_KEY=value)
    assert value not in caught.value.message


def test_a_missing_key_names_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DASHSCOPE_API_KEY", "RETOUCH_DASHSCOPE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UnavailableError, match="wants a key") as caught:
        keys.needed("dashscope", Endpoint.parse("https://dashscope.aliyuncs.com/api/v1"))
    assert caught.value.hint == "set the variable DASHSCOPE_API_KEY or RETOUCH_DASHSCOPE_API_KEY"
    assert keys.own_variable("my-host") == "RETOUCH_MY_HOST_API_KEY"
