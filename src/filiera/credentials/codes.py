"""The code of a certificate: twelve signs that nobody guesses and everybody can read out."""

import re
import secrets

# Crockford's alphabet: no I, L, O or U, so that nothing is mistaken for a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
PATTERN = f"^[{ALPHABET}]{{{LENGTH}}}$"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BETWEEN = re.compile(r"[\s\-–—_.]+")


def new_code() -> str:
    """Sixty bits of chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """A code as somebody typed it, in any case, with spaces or dashes; empty when it cannot be one."""
    code = _BETWEEN.sub("", typed).upper().translate(_READ_AS)
    return code if re.match(PATTERN, code) else ""


def shown_code(code: str) -> str:
    """In three groups: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
