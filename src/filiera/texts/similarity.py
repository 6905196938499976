"""Likeness of short texts by shared trigrams, the same measure as the database's pg_trgm."""

import re

from filiera.texts.sorting import sort_key

_WORD = re.compile(r"\w+")


def trigrams(text: str) -> frozenset[str]:
    """The three-letter pieces of each word, with the word's edges marked by blanks."""
    words = (f"  {word} " for word in _WORD.findall(sort_key(text)))
    return frozenset(word[start : start + 3] for word in words for start in range(len(word) - 2))


def similarity(left: str, right: str) -> float:
    """Share of trigrams that two texts have in common, 0 to 1; two empty texts are not alike."""
    left_pieces, right_pieces = trigrams(left), trigrams(right)
    together = left_pieces | right_pieces
    return len(left_pieces & right_pieces) / len(together) if together else 0.0
