"""What tells one organisation from another: the form of its numbers, its name and its domain."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from filiera.texts.sorting import sort_key

# Two letters of the country as VIES writes them (Greece: EL), then the form of the number.
_VAT_FORMS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}(?:\d{3})?",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}",
    "CH": r"E\d{9}(?:MWST|TVA|IVA)?",
    "GB": r"\d{9}(?:\d{3})?",
    "NO": r"\d{9}(?:MVA)?",
}
_PREFIX_OF_COUNTRY = {"GR": "EL"}

_LEGAL_FORMS = re.compile(
    r"\b(?:s\.?\s?r\.?\s?l\.?|s\.?\s?p\.?\s?a\.?|s\.?c\.?p?\.?a\.?|scarl|s\.?c\.?a\.?r\.?l\.?|gmbh|ag|e\.?\s?v\.?|"
    r"ltd|limited|plc|inc|llc|bv|nv|sa|sas|sarl|sl|oy|oyj|ab|as|aps|kft|zrt|doo|sro|spol|consorzio|"
    r"fondazione|associazione|cluster|polo)\b\.?"
)


def normalised_vat_number(text: str, country_code: str) -> str:
    """The number as VIES writes it, with its country, without blanks and dots."""
    number = re.sub(r"[\s.\-/]", "", text).upper()
    prefix = _PREFIX_OF_COUNTRY.get(country_code, country_code)
    if number and prefix and not number.startswith(prefix) and not number[:2].isalpha():
        number = prefix + number
    return number


def vat_number_is_well_formed(number: str) -> bool:
    """Whether the form is that of its country, and for Italy also whether the check digit is right.

    That the number was given out cannot be known here: no outside service is asked.
    """
    form = _VAT_FORMS.get(number[:2])
    if form is None or not re.fullmatch(form, number[2:]):
        return False
    return number[:2] != "IT" or _luhn_is_right(number[2:])


def vat_form_in_words(country_code: str) -> str:
    """An example that shows the form, for messages."""
    prefix = _PREFIX_OF_COUNTRY.get(country_code, country_code)
    examples = {"IT": "IT00743110157", "FR": "FR40303265045", "DE": "DE136695976", "ES": "ESB58378431"}
    return examples.get(prefix, f"{prefix}…" if prefix else "IT00743110157")


def domain_of(website: str) -> str:
    """The domain under which a site is known, without `www.`."""
    host = (urlsplit(website).hostname or "").lower().rstrip(".")
    return host.removeprefix("www.")


def comparable_name(name: str) -> str:
    """A name without accents, legal forms and words that half of all organisations carry."""
    folded = sort_key(name)
    return " ".join(_LEGAL_FORMS.sub(" ", folded).split()) or folded


def name_keys(*, name: str, legal_name: str, names: Mapping[str, str], city: str) -> dict[str, str]:
    """The columns that order, compare and find an organisation by its name."""
    return {
        "sort_key": sort_key(name),
        "comparable_name": comparable_name(name),
        "search_key": " ".join(
            dict.fromkeys(sort_key(text) for text in (name, legal_name, *names.values(), city) if text)
        ),
    }


def _luhn_is_right(digits: str) -> bool:
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
