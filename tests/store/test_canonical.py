"""Canonical JSON and hashes: one text for one value, another hash for another value."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UsageError
from retouch.store.canonical import canonical, digest


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": (2, "觞")}) == canonical({"a": [2, "觞"], "b": 1}) == '{"a":[2,"\\u89de"],"b":1}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32(1), {"a": np.zeros(2)}, {1, 2}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="plain JSON"):
        canonical(value)


def test_hashes_tell_where_a_part_ends() -> None:
    assert digest("row", b"ab", b"c") != digest("row", b"a", b"bc")
    assert digest("row", b"ab") != digest("column", b"ab")
    assert digest("row", b"ab") == digest("row", b"ab")
