"""Random secrets of links and tokens: shown once, kept as a digest."""

import secrets
from hashlib import sha256

API_TOKEN_PREFIX = "fil_"  # noqa: S105  (the part that tells a token from other text)


def new_link_token() -> str:
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    return f"{API_TOKEN_PREFIX}{secrets.token_urlsafe(32)}"


def digest_of(secret: str) -> str:
    """Fast on purpose: 256 random bits cannot be guessed, so they need no slow hash."""
    return sha256(secret.encode()).hexdigest()
