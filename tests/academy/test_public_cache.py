"""The bounded memory of finished pages."""

from filiera.academy.page_cache import BoundedCache, mark_of


def test_the_least_recently_asked_for_leaves_first():
    cache = BoundedCache(10)
    cache.put("a", "A", 4)
    cache.put("b", "B", 4)
    cache.get("a")

    cache.put("c", "C", 4)

    assert [cache.get(key) for key in "abc"] == ["A", None, "C"]
    assert cache.held_bytes == 8


def test_what_is_larger_than_all_is_not_kept():
    cache = BoundedCache(10)
    cache.put("a", "A", 4)

    cache.put("b", "B", 11)

    assert (cache.get("a"), cache.get("b")) == ("A", None)


def test_a_value_put_again_is_counted_once():
    cache = BoundedCache(10)
    for value in ("A", "B"):
        cache.put("a", value, 6)

    assert (cache.get("a"), cache.held_bytes) == ("B", 6)


def test_marks_differ_by_key_and_are_the_same_in_every_process():
    assert mark_of(("a", 1)) == mark_of(("a", 1))
    assert mark_of(("a", 1)) != mark_of(("a", 2))
