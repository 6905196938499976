"""Sort keys: the database orders by code point, people by letter."""

import unicodedata

_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "þ": "th", "ð": "d"}
)


def sort_key(text: str) -> str:
    """A text without accents and capitals, so that É stands beside e and not after z."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS_WITHOUT_DECOMPOSITION)
    letters = "".join(character for character in folded if not unicodedata.combining(character))
    return " ".join(letters.split())
