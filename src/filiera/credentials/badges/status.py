"""The public list in which each badge has one bit: set means revoked or replaced."""

import base64
import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.urls import reverse

from filiera.credentials.badges.issuer import absolute, did

# The least that the specification asks for, so that a bit tells nothing about the person behind it.
LIST_LENGTH = 131_072
# A copy older than this is worth nothing: verifiers refuse it and fetch another.
_LASTS = timedelta(hours=1)
_FRESH_MS = 30_000


def place_of(index: int) -> tuple[int, int]:
    """Which list a badge is in, and its bit there."""
    return index // LIST_LENGTH + 1, index % LIST_LENGTH


def list_address(number: int) -> str:
    return absolute(reverse("badges:status_list", args=[number]))


def status_entry(index: int) -> dict[str, str]:
    """What a badge says about where its state can be read."""
    number, bit = place_of(index)
    address = list_address(number)
    return {
        "id": f"{address}#{bit}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(bit),
        "statusListCredential": address,
    }


def list_claims(number: int, set_bits: Iterable[int], *, at: datetime) -> dict[str, Any]:
    """The list as a credential of the same issuer, true at this moment."""
    address, since = list_address(number), at.astimezone(UTC).replace(microsecond=0)
    until = since + _LASTS
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did(),
        "validFrom": _written(since),
        "validUntil": _written(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded_list(set_bits),
            "ttl": _FRESH_MS,
        },
        "iss": did(),
        "jti": address,
        "sub": f"{address}#list",
        "nbf": int(since.timestamp()),
        "exp": int(until.timestamp()),
    }


def encoded_list(set_bits: Iterable[int]) -> str:
    """The bits, the first one leftmost, compressed, in the multibase alphabet of base64url."""
    bits = bytearray(LIST_LENGTH // 8)
    for bit in set_bits:
        bits[bit // 8] |= 0x80 >> (bit % 8)
    # Without the time in its head, so that the same bits are the same bytes.
    compressed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(compressed).rstrip(b"=").decode()


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
