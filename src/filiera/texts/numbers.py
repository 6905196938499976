"""Numbers as words, as a heading says them: "Thirty of eighty-four"."""

from django.utils.formats import number_format
from django.utils.translation import get_language

_ENGLISH = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_ITALIAN = (
    "nessuna", "una", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici",
    "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove",
)  # fmt: skip
_ITALIAN_TENS = ("venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_ITALIAN_ORDINALS = (
    "prima", "seconda", "terza", "quarta", "quinta", "sesta", "settima", "ottava", "nona", "decima",
)  # fmt: skip
_FIRST_IN_FIGURES = 100


def number_in_words(number: int) -> str:
    """Of applications, so feminine in Italian; in figures from a hundred on and in other languages."""
    language = _language()
    if not 0 <= number < _FIRST_IN_FIGURES or language not in ("en", "it"):
        return str(number_format(number, use_l10n=True, force_grouping=True))
    return _english(number) if language == "en" else _italian(number)


def ordinal_in_words(number: int) -> str:
    """The third of applications, so feminine in Italian; in figures after the tenth."""
    language = _language()
    words: tuple[str, ...] = {"en": _ENGLISH_ORDINALS, "it": _ITALIAN_ORDINALS}.get(language, ())
    if 1 <= number <= len(words):
        return words[number - 1]
    endings = {"en": _english_ending(number), "it": "ª"}
    return f"{number}{endings.get(language, '.')}"


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _english(number: int) -> str:
    if number < len(_ENGLISH):
        return _ENGLISH[number]
    tens, ones = divmod(number, 10)
    return _ENGLISH_TENS[tens - 2] + (f"-{_ENGLISH[ones]}" if ones else "")


def _italian(number: int) -> str:
    if number < len(_ITALIAN):
        return _ITALIAN[number]
    tens, ones = divmod(number, 10)
    word = _ITALIAN_TENS[tens - 2]
    if ones in (1, 8):  # ventuno, ventotto: the vowels would meet
        word = word[:-1]
    ending = {0: "", 1: "uno", 3: "tré"}.get(ones, _ITALIAN[ones])
    return word + ending


def _english_ending(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
