"""API keys: from the environment only, and never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping

from retouch.clients.endpoint import Endpoint
from retouch.errors import UnavailableError

USUAL = {
    "openai": "OPENAI_API_KEY",
    "dashscope": "DASHSCOPE_API_KEY",
}
"""The variable that the provider's own tools read."""


class Key:
    """A secret: neither `repr` nor `str` nor a pickle shows it."""

    __slots__ = ("_value", "variable")

    def __init__(self, value: str, variable: str) -> None:
        self._value = value
        self.variable = variable

    def reveal(self) -> str:
        """The key itself, for the one header that carries it."""
        return self._value

    def __repr__(self) -> str:
        return f"<key from {self.variable}>"

    def __reduce__(self) -> str:
        raise TypeError("a key is never pickled")


def own_variable(provider: str) -> str:
    """Retouch's own variable for a provider's key: `RETOUCH_OPENAI_API_KEY`."""
    return f"RETOUCH_{provider.upper().replace('-', '_')}_API_KEY"


def find(provider: str, endpoint: Endpoint, environment: Mapping[str, str] | None = None) -> Key | None:
    """The key for `provider` as it may be sent to `endpoint`; None if there is none.

    Retouch's own variable comes first. The provider's usual one is not sent unencrypted to another machine: whoever
    wants that says so by setting Retouch's own. UnavailableError names a variable whose content cannot be a key.
    """
    environment = os.environ if environment is None else environment
    names = [own_variable(provider)]
    if provider in USUAL and (endpoint.scheme == "https" or endpoint.loopback):
        names.append(USUAL[provider])
    for name in names:
        value = environment.get(name, "").strip()
        if value:
            return Key(_checked(value, name), name)
    return None


def needed(provider: str, endpoint: Endpoint) -> Key:
    """As `find`; UnavailableError says which variable to set if there is no key."""
    key = find(provider, endpoint)
    if key is None:
        names = " or ".join(filter(None, (USUAL.get(provider), own_variable(provider))))
        raise UnavailableError(
            f"{provider}: {endpoint.host} wants a key, and there is none", hint=f"set the variable {names}"
        )
    return key


def _checked(value: str, name: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise UnavailableError(f"variable {name} holds no key: a key is one word of printable ASCII characters")
    return value
