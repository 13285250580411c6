"""SPEC: a part's name with options, `name:target?key=value&key=value`, as given on the command line."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import Field

from retouch.errors import SpecError
from retouch.record import Record

_SECRETS = ("key", "token", "secret", "password")


class Spec(Record):
    """A frozen recipe for a part. `target` is a path or URL where the part takes one."""

    name: str = Field(min_length=1)
    target: str | None = None
    options: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read `name`, `name:target`, `name?a=b` or `name:target?a=b`; SpecError for an empty name or a secret."""
        head, _, query = text.partition("?")
        name, _, target = head.partition(":")
        if not name.strip():
            raise SpecError(f"SPEC {text!r} has no name; expected name[:target][?option=value&…]")
        options = dict(parse_qsl(query, keep_blank_values=True))
        for option in options:
            if any(word in option.lower() for word in _SECRETS):
                raise SpecError(
                    f"SPEC {name!r}: option {option!r} looks like a secret; keys come from environment variables only"
                )
        return cls(name=name.strip(), target=target or None, options=options)

    def __str__(self) -> str:
        text = self.name + (f":{self.target}" if self.target else "")
        return text + ("?" + urlencode(self.options) if self.options else "")


def typed(value: str) -> Any:
    """An option's text as bool, int or float where it is written like one, else unchanged."""
    words = {"true": True, "false": False, "yes": True, "no": False}
    if value.lower() in words:
        return words[value.lower()]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
