"""The cache: what was not used for longest goes first."""

from __future__ import annotations

from retouch.store.pixels.cache import LruCache


def test_the_least_recently_used_goes_first() -> None:
    cache: LruCache[str, int] = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") is None
    assert cache.values() == [3, 1]


def test_weights_count_and_the_newest_stays() -> None:
    cache: LruCache[str, int] = LruCache(10)
    cache.put("a", 1, 6)
    cache.put("a", 2, 4)
    cache.put("b", 3, 6)
    assert cache.values() == [3, 2]
    cache.put("c", 4, 99)
    assert cache.values() == [4]
